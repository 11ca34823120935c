"""What each endpoint does: hands the step that it is about what that step needs of the world.

`endpoints` says who may call it, and how.
"""

from chalicelib.api import Call
from chalicelib.queries import (
    about,
    confirmations,
    files,
    listing,
    outreach,
    people,
    rows,
    sending,
    totals,
    uploads,
)
from chalicelib.queries.outlook import Outlook


def look_up(call: Call) -> people.LookupResponse:
    """Is this person protected?"""
    return people.look_up(
        call.body(people.LookupRequest),
        caller=call.caller,
        subject=call.subject,
        enrollments=call.world.enrollments,
        batches=call.world.batches,
        objects=call.world.objects,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def resend(call: Call) -> people.EnrollmentView:
    """Send one person's confirmation again."""
    return confirmations.resend_person(
        call.body(confirmations.ResendRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        enrollments=call.world.enrollments,
        batches=call.world.batches,
        objects=call.world.objects,
        texter=call.world.texter,
        sms_queue=call.world.sms_queue,
        agreements=call.world.agreements,
        sending=call.world.sending,
        clock=call.world.clock,
        deadline=call.deadline,
    )


def list_batches(call: Call) -> listing.BatchesResponse:
    """The files, the latest first."""
    return listing.list_batches(
        call.body(listing.BatchesQuery),
        caller=call.caller,
        batches=call.world.batches,
        agreements=call.world.agreements,
        outlook=_outlook(call),
        cursors=call.world.cursors,
    )


def show_batch(call: Call) -> files.BatchView:
    """How far is this file?"""
    return files.show_batch(
        call.batch,
        caller=call.caller,
        subject=call.subject,
        batches=call.world.batches,
        agreements=call.world.agreements,
        outlook=_outlook(call),
    )


def list_rows(call: Call) -> rows.RowsResponse:
    """The rows of a file."""
    return rows.list_rows(
        call.batch,
        call.body(rows.RowsQuery),
        caller=call.caller,
        subject=call.subject,
        batches=call.world.batches,
        objects=call.world.objects,
        cursors=call.world.cursors,
    )


def show_results(call: Call) -> files.FilesResponse:
    """Links to what the bank got back."""
    return files.show_results(
        call.batch,
        caller=call.caller,
        subject=call.subject,
        batches=call.world.batches,
        objects=call.world.objects,
        links=call.world.links,
        clock=call.world.clock,
    )


def resend_batch(call: Call) -> files.ResendBatchResponse:
    """Send a file's failed confirmations again."""
    return files.resend_batch(
        call.batch,
        call.body(files.ResendBatchRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        batches=call.world.batches,
        resend_queue=call.world.resend_queue,
        clock=call.world.clock,
    )


def show_totals(call: Call) -> totals.TotalsResponse:
    """The sums over all files."""
    return totals.show_totals(
        call.body(totals.TotalsQuery),
        caller=call.caller,
        batches=call.world.batches,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def upload(call: Call) -> uploads.UploadTicket:
    """A ticket to upload one file with."""
    return uploads.ticket(
        call.body(uploads.UploadRequest),
        caller=call.caller,
        subject=call.subject,
        links=call.world.links,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def show_gate(call: Call) -> sending.GateView:
    """How sending stands."""
    return sending.show_gate(
        gates=call.world.gates,
        batches=call.world.batches,
        sending=call.world.sending,
        clock=call.world.clock,
        deadline=call.deadline,
    )


def switch_gate(call: Call) -> sending.GateView:
    """Stop messages, or let them go out again."""
    return sending.switch_gate(
        call.body(sending.GateRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        gates=call.world.gates,
        trigger=call.world.trigger,
        batches=call.world.batches,
        sending=call.world.sending,
        clock=call.world.clock,
        deadline=call.deadline,
    )


def order_outreach(call: Call) -> outreach.QueuedResponse:
    """Write the lists of people whom no message has reached."""
    return outreach.order_outreach(
        call.body(outreach.OutreachRequest),
        subject=call.subject,
        begin=call.begin,
        report_queue=call.world.report_queue,
        agreements=call.world.agreements,
    )


def show_outreach(call: Call) -> files.FilesResponse:
    """Links to those lists."""
    return outreach.show_outreach(
        call.body(outreach.OutreachRequest),
        subject=call.subject,
        objects=call.world.objects,
        links=call.world.links,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def show_me(call: Call) -> about.MeView:
    """Who am I, and what may I do?"""
    return about.show_me(
        caller=call.caller, agreements=call.world.agreements, clock=call.world.clock
    )


def show_health(call: Call) -> about.HealthView:
    """Is the service well?"""
    return about.show_health(call.world.settings.stage)


def _outlook(call: Call) -> Outlook:
    world = call.world
    return Outlook(world.gates, world.batches, world.sending, world.clock)
