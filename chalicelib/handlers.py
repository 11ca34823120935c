"""What each endpoint does: hands the step that it is about what that step needs of the world.

`endpoints` says who may call it, and how.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.api import Call
from chalicelib.needs import needs
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
    return people.look_up(call.body(people.LookupRequest), **_given(people.look_up, call))


def resend(call: Call) -> people.EnrollmentView:
    """Send one person's confirmation again."""
    return confirmations.resend_person(
        call.body(confirmations.ResendRequest), **_given(confirmations.resend_person, call)
    )


def list_batches(call: Call) -> listing.BatchesResponse:
    """The files, the latest first."""
    return listing.list_batches(
        call.body(listing.BatchesQuery),
        **_given(listing.list_batches, call, outlook=_outlook(call)),
    )


def show_batch(call: Call) -> files.BatchView:
    """How far is this file?"""
    return files.show_batch(call.batch, **_given(files.show_batch, call, outlook=_outlook(call)))


def list_rows(call: Call) -> rows.RowsResponse:
    """The rows of a file."""
    return rows.list_rows(call.batch, call.body(rows.RowsQuery), **_given(rows.list_rows, call))


def show_results(call: Call) -> files.FilesResponse:
    """Links to what the bank got back."""
    return files.show_results(call.batch, **_given(files.show_results, call))


def resend_batch(call: Call) -> files.ResendBatchResponse:
    """Send a file's failed confirmations again."""
    return files.resend_batch(
        call.batch, call.body(files.ResendBatchRequest), **_given(files.resend_batch, call)
    )


def show_totals(call: Call) -> totals.TotalsResponse:
    """The sums over all files."""
    return totals.show_totals(call.body(totals.TotalsQuery), **_given(totals.show_totals, call))


def upload(call: Call) -> uploads.UploadTicket:
    """A ticket to upload one file with."""
    return uploads.ticket(call.body(uploads.UploadRequest), **_given(uploads.ticket, call))


def show_gate(call: Call) -> sending.GateView:
    """How sending stands."""
    return sending.show_gate(**_given(sending.show_gate, call))


def switch_gate(call: Call) -> sending.GateView:
    """Stop messages, or let them go out again."""
    return sending.switch_gate(call.body(sending.GateRequest), **_given(sending.switch_gate, call))


def order_outreach(call: Call) -> outreach.QueuedResponse:
    """Write the lists of people whom no message has reached."""
    return outreach.order_outreach(
        call.body(outreach.OutreachRequest), **_given(outreach.order_outreach, call)
    )


def show_outreach(call: Call) -> files.FilesResponse:
    """Links to those lists."""
    return outreach.show_outreach(
        call.body(outreach.OutreachRequest), **_given(outreach.show_outreach, call)
    )


def show_me(call: Call) -> about.MeView:
    """Who am I, and what may I do?"""
    return about.show_me(**_given(about.show_me, call))


def show_health(call: Call) -> about.HealthView:
    """Is the service well?"""
    return about.show_health(call.world.settings.stage)


def _given(step: Callable[..., object], call: Call, **own: object) -> dict[str, Any]:
    return needs(step, call, call.world, **own)


def _outlook(call: Call) -> Outlook:
    return Outlook(**_given(Outlook, call))
