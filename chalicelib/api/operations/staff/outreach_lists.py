"""The lists of people that no message has reached; officers visit or call them."""

import json
from collections.abc import Callable, Iterable, Sequence

from pydantic import Field

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Clock, Links, Objects, Outbox
from chalicelib.api.audit import Shown, Subject
from chalicelib.api.operations.files import LINK_VALID, FilesResponse, ResultFile
from chalicelib.api.operations.model import Reason, RequestModel, View, demand_reason
from chalicelib.api.refusals import BadRequest
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.errors import ObjectMissing
from chalicelib.files.staff.outreach_lists import COUNTS_NAME, read_counts


class OutreachRequest(RequestModel):
    """The bank whose lists are wanted; code or short name."""

    bank: str = Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")


class OutreachQuery(OutreachRequest):
    """The bank whose lists are wanted, and why: they hold phone numbers in full."""

    reason: Reason | None = Field(None, description="required, once there are lists")


class ReasonCount(View):
    """How many people have a last message with this end; the reason is in Indonesian."""

    reason: str
    status: str
    people: int = Field(ge=0)


class OutreachResponse(FilesResponse):
    """The lists, and the counts of the people in them."""

    reasons: list[ReasonCount] = Field(description="the most frequent first")


class QueuedResponse(View):
    """The order is queued; payung carries it out soon."""

    queued: bool


def order_outreach(
    request: OutreachRequest,
    *,
    subject: Subject,
    begin: Callable[[], None],
    outbox: Outbox,
    agreements: Agreements,
) -> QueuedResponse:
    """Order a bank's lists; older lists are replaced.

    Raises:
        BadRequest: there is no such bank.
    """
    subject.bank = _code(request.bank, agreements)
    begin()
    outbox.outreach(subject.bank)
    return QueuedResponse(queued=True)


def show_outreach(
    query: OutreachQuery,
    *,
    subject: Subject,
    show: Callable[[Iterable[Sequence[str]]], None],
    objects: Objects,
    links: Links,
    agreements: Agreements,
    clock: Clock,
) -> OutreachResponse:
    """Return links to a bank's lists, and the counts by reason.

    The lists hold phone numbers in full. `show` records the people in them.

    Raises:
        BadRequest: there is no such bank, or no reason.
    """
    subject.reason = query.reason
    subject.bank = _code(query.bank, agreements)
    folder, until = bucket_keys.outreach_folder(subject.bank), clock() + LINK_VALID
    files = []
    for key in objects.keys(folder):
        if key == bucket_keys.outreach_people(subject.bank):
            continue
        name = key.removeprefix(folder)
        url = links.download(key, name=name, valid=LINK_VALID)
        files.append(ResultFile(name=name, url=url, expires_at=until))
    if files:
        demand_reason(query.reason)
        subject.shown = Shown.FULL
        show([_people(subject.bank, objects)])
    return OutreachResponse(files=files, reasons=_reasons(folder, objects) if files else [])


def _reasons(folder: str, objects: Objects) -> list[ReasonCount]:
    try:
        counts = read_counts(objects.read(folder + COUNTS_NAME))
    except ObjectMissing:
        return []  # the lists are those of an earlier version
    return [ReasonCount(reason=why, status=end, people=count) for why, end, count in counts]


def _people(bank: str, objects: Objects) -> list[str]:
    """Return the NIKs of the people in a bank's lists; the lists themselves mask them."""
    try:
        niks: list[str] = json.loads(objects.read(bucket_keys.outreach_people(bank)))
    except ObjectMissing:
        return []  # the lists are those of an earlier version
    return niks


def _code(bank: str, agreements: Agreements) -> str:
    known = agreements.bank(bank)
    if known is None:
        raise BadRequest("bank_unknown", "Bank itu tidak dikenal. Pilih bank dari daftar.")
    return known.code
