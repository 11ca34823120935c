"""Gives up messages whose receipt never came; counts banks whose confirmations are overdue.

After 72 hours without a receipt a message is `unconfirmed`: it may have arrived, and nobody knows.
Each message has its own 72 hours. When all messages of a file are sent, its summary follows the
receipts.

The totals of all programmes are read to count the banks, so that is done once an hour: the sweep
runs every five minutes, and its first run of an hour counts.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.adapters.ports import (
    Batches,
    Clock,
    Enrollments,
    Objects,
    Outbox,
    SmsChange,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.file.totals import Unconfirmed, unconfirmed
from chalicelib.domain.messages.sending import RECEIPT_GRACE
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms, SmsEvent
from chalicelib.errors import Poison
from chalicelib.kinds.recipients.enrolled import enrolled_by
from chalicelib.kinds.recipients.rows import recipient_store
from chalicelib.steps.message_counts import count_changed, recount

log = logging.getLogger(__name__)

_MINUTES = 5
"""The minutes between two runs of the sweep."""
PEOPLE_AT_ONCE = 100
"""How many messages are given up before they are counted."""


@dataclass(slots=True)
class OverdueCounts:
    """Messages that were given up, and files that cannot be settled."""

    unconfirmed: int = 0
    stuck: int = 0


@dataclass(frozen=True)
class Overdue:
    """Checks files that wait for receipts; `idle` is how long a report may take."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    outbox: Outbox
    clock: Clock
    deadline: Deadline
    idle: timedelta

    def look_at(self, id_: str, found: OverdueCounts) -> None:
        """Give up what is overdue, and have the summary written again where it is out of date.

        Raises:
            OutOfTime: the next run does the rest; what was done is stored, and counted.
        """
        stored = self.batches.get(id_)
        if stored is None:
            return
        batch, chunks = stored, self._chunks(id_)
        somebody_waits = True
        if batch.stuck:
            found.stuck += 1
        elif batch.receipts_due and batch.receipts_due <= self.clock():
            try:
                earliest = self._give_up(batch, chunks, found)
                somebody_waits = earliest is not None
                if earliest:
                    self._wait_on(batch, earliest)
            except Poison as fault:
                log.warning("receipts cannot be given up: %s", fault, extra={"batch": batch.id})
                batch = replace(batch, stuck=f"objects_missing: {fault}")
                self._keep(batch, batch.watch or Watch("", self.clock()))
                found.stuck += 1
            chunks = self._chunks(id_)
        if not self._follow(batch, Sums.of(chunks).receipts_mark) and not somebody_waits:
            # People erased before their receipt arrived stay counted as `sent`.
            self.batches.finish(stored)

    def look_beside(self, id_: str, found: OverdueCounts) -> None:
        """Give up what is overdue in a file that still has other messages to send.

        Raises:
            OutOfTime: the next run does the rest; what was done is stored, and counted.
            Poison: an object that an earlier step wrote is gone or broken.
        """
        batch = self.batches.get(id_)
        if batch is None or batch.stuck or batch.status is not BatchStatus.COMPLETED:
            return
        chunks, now = self._chunks(id_), self.clock()
        if not any(chunk.in_state(Sms.SENT) for chunk in chunks):
            return
        if batch.receipts_due is None:
            self._wait_on(batch, now)
        elif batch.receipts_due <= now:
            # Later messages expire later, so the oldest remaining one sets the next check.
            self._wait_on(batch, self._give_up(batch, chunks, found) or now)

    def _wait_on(self, batch: Batch, since: datetime) -> None:
        """Set the next check to when a message sent at `since` is overdue."""
        due = since + RECEIPT_GRACE
        self.batches.await_receipts(batch.id, due)

    def _chunks(self, batch: str) -> list[ChunkProgress]:
        # Nobody finds the people of a lost chunk, until a later file has their rows.
        return [each for each in self.batches.chunks(batch) if not each.lost]

    def _give_up(
        self, batch: Batch, chunks: Sequence[ChunkProgress], found: OverdueCounts
    ) -> datetime | None:
        """Give up overdue messages; return when the oldest of the others was sent."""
        left: set[datetime] = set()
        for chunk in chunks:
            kinds = chunk.in_state(Sms.SENT)
            if not kinds:
                continue
            rows = recipient_store(self.objects).rows(batch.id, chunk.chunk)
            for kind in kinds:
                # Read for each kind: an earlier one may just have changed the same person.
                people = [each for _, each in enrolled_by(batch, rows, self.enrollments)]
                left |= self._give_up_kind(kind, batch, chunk.chunk, people, found)
        return min(left, default=None)

    def _give_up_kind(
        self,
        kind: MessageKind,
        batch: Batch,
        chunk: int,
        people: Sequence[Enrollment],
        found: OverdueCounts,
    ) -> set[datetime]:
        """Give up the overdue messages of one kind; return when the others were sent."""
        now = self.clock()
        sent = [each for each in people if _is_sent(each, kind)]
        late = [each for each in sent if each.messages[kind].is_older(RECEIPT_GRACE, now)]
        counted = self.enrollments.counted(kind, batch.id, chunk)
        # A run that died between a change and its count left these.
        uncounted = [each for each in people if kind in each.messages and not counted.agrees(each)]
        recount(self.enrollments, self.deadline, kind, uncounted)
        for start in range(0, len(late), PEOPLE_AT_ONCE):
            self.deadline.check()
            counted = self.enrollments.counted(kind, batch.id, chunk)
            changes = [
                _unconfirmed(each, kind, now) for each in late[start : start + PEOPLE_AT_ONCE]
            ]
            # Where a receipt has come meanwhile, that receipt counts.
            changed = [each.after for each in changes if self.enrollments.settle_sms(each)]
            count_changed(self.enrollments, self.deadline, counted, changed)
            found.unconfirmed += len(changed)
        waiting = (each.messages[kind] for each in sent)
        return {each.at or now for each in waiting if not each.is_older(RECEIPT_GRACE, now)}

    def _follow(self, batch: Batch, mark: str) -> bool:
        """Queue a report if the last one has old counts; return whether one is still expected.

        Each report stores a mark of the counts that it shows.
        """
        now = self.clock()
        watch = batch.watch or Watch("", now)
        if watch.mark == mark:
            return False
        if watch.tries and now - watch.since < self.idle:
            return True  # it is asked for
        self.outbox.report(batch.id)
        self._keep(batch, replace(watch, since=now, tries=watch.tries + 1))
        return True

    def _keep(self, batch: Batch, watch: Watch) -> None:
        self.batches.watch(batch.id, watch, stuck=batch.stuck)


def _is_sent(person: Enrollment, kind: MessageKind) -> bool:
    return kind in person.messages and person.messages[kind].state is Sms.SENT


def _unconfirmed(enrollment: Enrollment, kind: MessageKind, now: datetime) -> SmsChange:
    event = SmsEvent(now, Sms.UNCONFIRMED, "no_receipt")
    message = enrollment.messages[kind].after(event)
    return SmsChange(enrollment, enrollment.with_message(kind, message), kind)


@dataclass(frozen=True, slots=True)
class UnconfirmedCounts:
    """The banks whose confirmations are overdue, and the people whose premiums they are."""

    banks: int
    people: int


@dataclass(frozen=True, kw_only=True)
class CountUnconfirmed:
    """Looks at the totals of all programmes."""

    batches: Batches
    agreements: Agreements
    confirm_days: int

    def run(self, now: datetime) -> UnconfirmedCounts | None:
        """Return what is overdue; None if this is not the first run of an hour."""
        if now.minute >= _MINUTES:
            return None
        found: list[Unconfirmed] = []
        for programme in self.agreements.programmes.values():
            totals = self.batches.totals(programme.code)
            found += unconfirmed(totals, programme.local_day(now), self.confirm_days)
        banks = {each.bank for each in found}
        return UnconfirmedCounts(len(banks), sum(each.people for each in found))
