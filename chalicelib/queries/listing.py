"""The list of files, the latest first, over one bank or over all of them."""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from chalicelib.adapters.protocols import Batches
from chalicelib.cursor import Cursors, Place, Question
from chalicelib.domain.batch import Batch, BatchStatus
from chalicelib.domain.programme import Agreements
from chalicelib.permissions import Caller
from chalicelib.queries.files import BatchView, view
from chalicelib.queries.model import Asked, View
from chalicelib.queries.outlook import Outlook
from chalicelib.refusals import BadRequest

ELSEWHERE = "tidak-dikenal"
"""Under what intake keeps files that were put into no bank's folder."""
_MOST_EXAMINED = 500
"""Files that one question looks at; where few of them fit, its page is short and has a `next`."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(day: object) -> object:
    """Refuse what else would pass for a day: a number would be one of seconds since 1970."""
    if isinstance(day, str) and not _DAY.fullmatch(day):
        raise ValueError("a day is written as 2026-11-22")
    return day


Day = Annotated[date, BeforeValidator(_written_out)]
Cursor = Annotated[str, Field(min_length=1, max_length=512, description="`next` of a page before")]


class BatchesQuery(Asked):
    """Which files; `from` and `to` are days of the province, both included."""

    bank: str | None = Field(
        None, pattern=r"^[0-9A-Za-z_-]{1,32}$", description="code or short name; own only for banks"
    )
    scheme: str | None = Field(None, pattern=r"^[0-9A-Za-z_-]{1,32}$")
    status: BatchStatus | None = None
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    limit: int = Field(20, ge=1, le=50)
    cursor: Cursor | None = None


class BatchesResponse(View):
    """A page of files, the latest first; `next` is the cursor of the next one."""

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
        NotAllowed: another bank was asked for than the caller's own.
        BadRequest: the cursor is not ours, or the days are the wrong way round.
    """
    asked = _Asked.of(query, caller, agreements)
    place = cursors.opened(query.cursor, asked.question) if query.cursor else None
    found: list[Batch] = []
    last: Batch | None = None
    more = False
    for examined, each in enumerate(asked.files(batches, place, query.limit + 1)):
        if len(found) == query.limit or examined == _MOST_EXAMINED:
            more = True
            break
        last = each
        if asked.is_for(each):
            found.append(each)
    following = cursors.sealed(_place(last), asked.question) if last and more else None
    shown = [view(each, batches=batches, agreements=agreements, outlook=outlook) for each in found]
    return BatchesResponse(batches=shown, next=following)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question for files: of which banks, received when (UTC, both included), and what else."""

    banks: tuple[str, ...]
    scheme: str | None
    status: BatchStatus | None
    earliest: datetime | None
    latest: datetime | None
    question: Question

    @classmethod
    def of(cls, query: BatchesQuery, caller: Caller, agreements: Agreements) -> "_Asked":
        """Return what a query asks for, where this caller may."""
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

    def is_for(self, batch: Batch) -> bool:
        """Whether a file is one of those that were asked for."""
        return (self.scheme is None or batch.scheme == self.scheme) and (
            self.status is None or batch.shown_status is self.status
        )

    def files(self, batches: Batches, place: Place | None, fetch: int) -> Iterator[Batch]:
        """Iterate over the banks' files of those days, the latest first, from behind a place."""
        before = (datetime.fromisoformat(str(place[0])), str(place[1])) if place else None
        latest = min((each for each in (self.latest, before and before[0]) if each), default=None)
        of_banks = [_of_bank(batches, bank, latest, fetch) for bank in self.banks]
        for each in heapq.merge(*of_banks, key=_order, reverse=True):
            if self.earliest and each.received_at < self.earliest:
                return
            if before is None or _order(each) < before:
                yield each


def _of_bank(batches: Batches, bank: str, before: datetime | None, fetch: int) -> Iterator[Batch]:
    """Iterate over a bank's files, the latest first, those of one moment in the order of their ids.

    The index has those of one moment in no order: they are taken together, never in part.
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
    """Return the province's time zone: that of the programme which closes last."""
    return max(agreements.programmes.values(), key=lambda each: each.closes).timezone


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    if day == date.min:  # in UTC it may have begun before there are days
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    if day == date.max:  # no day comes after it
        return datetime.max.replace(tzinfo=UTC)
    return _start_of(day + timedelta(days=1), zone) - timedelta(microseconds=1)
