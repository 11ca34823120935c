"""The list of files, latest first, of one bank or of all banks."""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from chalicelib.adapters.ports import Batches
from chalicelib.api.cursor import Cursors, Place, Question
from chalicelib.api.operations.files import BatchView, view
from chalicelib.api.operations.model import PageSize, RequestModel, View
from chalicelib.api.operations.outlook import Outlook
from chalicelib.api.permissions import Caller
from chalicelib.api.refusals import BadRequest
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.summary import Sums

ELSEWHERE = "tidak-dikenal"
"""Intake stores a file under this bank code if its folder is not a bank's."""
_MOST_EXAMINED = 500
"""Files that one request examines. If few of them match, the page is short and has a `next`."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(day: object) -> object:
    """Read the one form of a day: pydantic also reads a number as seconds since 1970."""
    if not isinstance(day, str):
        return day
    if not _DAY.fullmatch(day):
        raise ValueError("a day is written as 2026-11-22")
    return date.fromisoformat(day)


Day = Annotated[date, BeforeValidator(_written_out)]
Cursor = Annotated[
    str, Field(min_length=1, max_length=512, description="`next` of an earlier page")
]


class BatchesQuery(RequestModel):
    """Filters for files; `from` and `to` are days in the province's time zone, both included."""

    bank: str | None = Field(
        None,
        pattern=r"^[0-9A-Za-z_-]{1,32}$",
        description="code or short name; banks: only their own",
    )
    scheme: str | None = Field(None, pattern=r"^[0-9A-Za-z_-]{1,32}$")
    status: BatchStatus | None = None
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    limit: PageSize = 20
    cursor: Cursor | None = None


class BatchesResponse(View):
    """A page of files, latest first; `next` is the cursor of the next page."""

    batches: list[BatchView]
    next: str | None


def list_batches(
    query: BatchesQuery,
    *,
    caller: Caller,
    batches: Batches,
    agreements: Agreements,
    outlook: Outlook,
    cursors: Cursors,
) -> BatchesResponse:
    """Return a page of the files that this caller may see.

    Raises:
        NotAllowed: the query names another bank than the caller's own.
        BadRequest: the cursor is not valid, or `to` is before `from`.
    """
    wanted = _Filter.of(query, caller, agreements)
    place = cursors.opened(query.cursor, wanted.question) if query.cursor else None
    found: list[Batch] = []
    last: Batch | None = None
    more = False
    for examined, each in enumerate(wanted.files(batches, place, query.limit + 1)):
        if len(found) == query.limit or examined == _MOST_EXAMINED:
            more = True
            break
        last = each
        if wanted.matches(each):
            found.append(each)
    following = cursors.sealed(_place(last), wanted.question) if last and more else None
    progress = batches.progress(found)
    shown = [
        view(
            each,
            Sums.of(progress[each.id]),
            caller=caller,
            agreements=agreements,
            outlook=outlook,
        )
        for each in found
    ]
    return BatchesResponse(batches=shown, next=following)


@dataclass(frozen=True, slots=True)
class _Filter:
    """The files that a query selects; `earliest` and `latest` are UTC, both included."""

    banks: tuple[str, ...]
    scheme: str | None
    status: BatchStatus | None
    earliest: datetime | None
    latest: datetime | None
    question: Question

    @classmethod
    def of(cls, query: BatchesQuery, caller: Caller, agreements: Agreements) -> "_Filter":
        """Return the filter of a query, limited to the banks that this caller may see."""
        if query.from_ and query.to and query.to < query.from_:
            raise BadRequest("days_reversed", "Tanggal akhir lebih awal daripada tanggal mulai.")
        known = agreements.bank(query.bank) if query.bank else None
        bank = caller.own(known.code if known else query.bank)
        every = (*(each.code for each in agreements.banks), ELSEWHERE)
        scheme = agreements.scheme(query.scheme) or query.scheme if query.scheme else None
        zone = _timezone(agreements)
        return cls(
            banks=(bank,) if bank else every,
            scheme=scheme,
            status=query.status,
            earliest=_start_of(query.from_, zone) if query.from_ else None,
            latest=_end_of(query.to, zone) if query.to else None,
            question={
                "of": "batches",
                "bank": bank,
                "scheme": scheme,
                "status": query.status,
                "from": query.from_.isoformat() if query.from_ else None,
                "to": query.to.isoformat() if query.to else None,
                "caller": caller.bank,
            },
        )

    def matches(self, batch: Batch) -> bool:
        """Whether a file has the scheme and the status of the filter."""
        return (self.scheme is None or batch.scheme == self.scheme) and (
            self.status is None or batch.shown_status is self.status
        )

    def files(self, batches: Batches, place: Place | None, fetch: int) -> Iterator[Batch]:
        """Iterate over the banks' files of these days, latest first, after a place."""
        before = (datetime.fromisoformat(str(place[0])), str(place[1])) if place else None
        latest = min((each for each in (self.latest, before and before[0]) if each), default=None)
        of_banks = [_of_bank(batches, bank, latest, fetch) for bank in self.banks]
        for each in heapq.merge(*of_banks, key=_order, reverse=True):
            if self.earliest and each.received_at < self.earliest:
                return
            if before is None or _order(each) < before:
                yield each


def _of_bank(batches: Batches, bank: str, before: datetime | None, fetch: int) -> Iterator[Batch]:
    """Iterate over a bank's files, latest first; files of the same time are ordered by id.

    The index does not order files of the same time, so they are read together or not at all.
    """
    limit = fetch
    while True:
        found = batches.of_bank(bank, before=before, limit=limit)
        edge = found[-1].received_at if len(found) >= limit else None
        whole = [each for each in found if each.received_at != edge]
        yield from sorted(whole, key=_order, reverse=True)
        if edge is None:
            return
        limit = fetch if whole else limit * 2
        before = edge


def _order(batch: Batch) -> tuple[datetime, str]:
    return batch.received_at, batch.id


def _place(batch: Batch) -> Place:
    return [batch.received_at.isoformat(), batch.id]


def _timezone(agreements: Agreements) -> ZoneInfo:
    """Return the province's time zone: the zone of the programme that closes last."""
    return max(agreements.programmes.values(), key=lambda each: each.closes).timezone


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    if day == date.min:  # its start in UTC may be before the first datetime
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    if day == date.max:  # there is no next day
        return datetime.max.replace(tzinfo=UTC)
    return _start_of(day + timedelta(days=1), zone) - timedelta(microseconds=1)
