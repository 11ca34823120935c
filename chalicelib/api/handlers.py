"""The wiring of the API: gives each operation the ports that it needs.

`endpoints` says who may call an operation, and how.
"""

from chalicelib.api.operations import (
    about,
    confirmations,
    files,
    listing,
    lookup,
    rows,
    sms_gate,
    uploads,
)
from chalicelib.api.operations.money import overdue, reversals, totals, totals_file
from chalicelib.api.operations.money.reversal_views import ReversalView
from chalicelib.api.operations.outlook import Outlook
from chalicelib.api.operations.staff import access, outreach_lists
from chalicelib.api.requests import ApiPorts, Call
from chalicelib.steps.gate import Gatekeeper
from chalicelib.steps.sending.resend_person import ResendPerson


def look_up(call: Call) -> lookup.LookupResponse:
    """Is this person protected?"""
    return lookup.look_up(
        call.body(lookup.LookupRequest),
        caller=call.caller,
        subject=call.subject,
        enrollments=call.ports.enrollments,
        batches=call.ports.batches,
        objects=call.ports.objects,
        agreements=call.ports.agreements,
        clock=call.ports.clock,
    )


def resend(call: Call) -> lookup.EnrollmentView:
    """Send one person's confirmation again."""
    ports = call.ports
    return confirmations.resend_person(
        call.body(confirmations.ResendRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        enrollments=ports.enrollments,
        batches=ports.batches,
        objects=ports.objects,
        agreements=ports.agreements,
        clock=ports.clock,
        resend=ResendPerson(
            enrollments=ports.enrollments,
            opt_outs=ports.opt_outs,
            outbox=ports.outbox,
            agreements=ports.agreements,
            sending=ports.sending,
            clock=ports.clock,
        ),
    )


def list_batches(call: Call) -> listing.BatchesResponse:
    """List the files, latest first."""
    return listing.list_batches(
        call.body(listing.BatchesQuery),
        caller=call.caller,
        batches=call.ports.batches,
        agreements=call.ports.agreements,
        outlook=_outlook(call.ports),
        cursors=call.ports.cursors,
    )


def show_batch(call: Call) -> files.BatchView:
    """Show the progress of a file."""
    return files.show_batch(
        call.batch,
        caller=call.caller,
        subject=call.subject,
        batches=call.ports.batches,
        agreements=call.ports.agreements,
        outlook=_outlook(call.ports),
    )


def list_rows(call: Call) -> rows.RowsResponse:
    """List the rows of a file."""
    return rows.list_rows(
        call.batch,
        call.body(rows.RowsQuery),
        caller=call.caller,
        subject=call.subject,
        batches=call.ports.batches,
        enrollments=call.ports.enrollments,
        objects=call.ports.objects,
        cursors=call.ports.cursors,
    )


def show_results(call: Call) -> files.FilesResponse:
    """Return links to the bank's result files."""
    return files.show_results(
        call.batch,
        call.body(files.ResultsQuery),
        caller=call.caller,
        subject=call.subject,
        show=call.show,
        batches=call.ports.batches,
        objects=call.ports.objects,
        links=call.ports.links,
        clock=call.ports.clock,
    )


def resend_batch(call: Call) -> files.ResendBatchResponse:
    """Send a file's failed confirmations again."""
    return files.resend_batch(
        call.batch,
        call.body(files.ResendBatchRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        batches=call.ports.batches,
        outbox=call.ports.outbox,
        clock=call.ports.clock,
    )


def propose_reversal(call: Call) -> ReversalView:
    """Propose to reverse a file of confirmations."""
    return reversals.propose(
        call.batch,
        call.body(reversals.ProposeReversalRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        batches=call.ports.batches,
        reversals=call.ports.reversals,
        clock=call.ports.clock,
    )


def decide_reversal(call: Call) -> ReversalView:
    """Approve or drop a proposed reversal."""
    return reversals.decide(
        call.batch,
        call.body(reversals.DecideReversalRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        batches=call.ports.batches,
        reversals=call.ports.reversals,
        outbox=call.ports.outbox,
        clock=call.ports.clock,
    )


def show_confirmations(call: Call) -> overdue.ConfirmationsResponse:
    """Show which confirmations are overdue, and which reversals are proposed."""
    return overdue.show_confirmations(
        caller=call.caller,
        batches=call.ports.batches,
        reversals=call.ports.reversals,
        agreements=call.ports.agreements,
        confirm_days=call.ports.confirm_days,
        clock=call.ports.clock,
    )


def show_totals(call: Call) -> totals.TotalsResponse:
    """Show the sums over all files."""
    return totals.show_totals(
        call.body(totals.TotalsQuery),
        caller=call.caller,
        batches=call.ports.batches,
        agreements=call.ports.agreements,
        clock=call.ports.clock,
    )


def export_totals(call: Call) -> totals_file.ExportView:
    """Return the sums as a file."""
    query = call.body(totals_file.ExportQuery)
    sums = totals.show_totals(
        query,
        caller=call.caller,
        batches=call.ports.batches,
        agreements=call.ports.agreements,
        clock=call.ports.clock,
    )
    return totals_file.exported(query, sums)


def upload(call: Call) -> uploads.UploadTicket:
    """Return a ticket to upload one file."""
    return uploads.ticket(
        call.body(uploads.UploadRequest),
        caller=call.caller,
        subject=call.subject,
        links=call.ports.links,
        agreements=call.ports.agreements,
        clock=call.ports.clock,
    )


def show_gate(call: Call) -> sms_gate.GateView:
    """Show the state of sending."""
    return sms_gate.show_gate(
        gates=call.ports.gates,
        batches=call.ports.batches,
        sending=call.ports.sending,
        clock=call.ports.clock,
    )


def switch_gate(call: Call) -> sms_gate.GateView:
    """Pause or resume messages."""
    ports = call.ports
    return sms_gate.switch_gate(
        call.body(sms_gate.GateRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        gates=ports.gates,
        batches=ports.batches,
        sending=ports.sending,
        clock=ports.clock,
        gatekeeper=Gatekeeper(
            gates=ports.gates,
            # No retry while the trigger is busy: the caller does not wait, and the schedule
            # switches it later.
            event_source=ports.event_source_once,
            sending=ports.sending,
            clock=ports.clock,
        ),
    )


def order_outreach(call: Call) -> outreach_lists.QueuedResponse:
    """Order the lists of people that no message has reached."""
    return outreach_lists.order_outreach(
        call.body(outreach_lists.OutreachRequest),
        subject=call.subject,
        begin=call.begin,
        outbox=call.ports.outbox,
        agreements=call.ports.agreements,
    )


def show_outreach(call: Call) -> outreach_lists.OutreachResponse:
    """Return links to those lists."""
    return outreach_lists.show_outreach(
        call.body(outreach_lists.OutreachQuery),
        subject=call.subject,
        show=call.show,
        objects=call.ports.objects,
        links=call.ports.links,
        agreements=call.ports.agreements,
        clock=call.ports.clock,
    )


def order_access(call: Call) -> access.AccessOrderView:
    """Order a file about who asked for whose data."""
    ports = call.ports
    return access.order_access(
        call.body(access.OrderAccessRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        hash_of=ports.audit.hash_of,
        batches=ports.batches,
        objects=ports.objects,
        outbox=ports.outbox,
        agreements=ports.agreements,
        clock=ports.clock,
    )


def list_access(call: Call) -> access.AccessOrdersResponse:
    """List the latest orders."""
    return access.list_access(objects=call.ports.objects, clock=call.ports.clock)


def show_access_file(call: Call) -> files.FilesResponse:
    """Return the link to the file of an order."""
    return access.show_access_file(
        call.body(access.AccessFileQuery),
        subject=call.subject,
        objects=call.ports.objects,
        links=call.ports.links,
        clock=call.ports.clock,
    )


def show_me(call: Call) -> about.MeView:
    """Show the signed-in user and their permissions."""
    return about.show_me(
        caller=call.caller, agreements=call.ports.agreements, clock=call.ports.clock
    )


def show_health(call: Call) -> about.HealthView:
    """Report that the service answers."""
    return about.show_health(call.ports.stage)


def _outlook(ports: ApiPorts) -> Outlook:
    return Outlook(
        gates=ports.gates, batches=ports.batches, sending=ports.sending, clock=ports.clock
    )
