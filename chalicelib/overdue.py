"""Looks after files of which messages are handed over, until the carriers have told of them.

When the time for a receipt is over, whoever was not heard of is `unconfirmed`: the message may have
come, and nobody knows. That time is each message's own, whatever others of the file wait for.
Where all are handed over, the summary follows the receipts as these are counted.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.adapters.protocols import (
    Batches,
    Clock,
    Enrollments,
    Objects,
    Queue,
    SmsChange,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.enrollment import Enrollment, Sms, SmsEvent
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.summary import Sums
from chalicelib.errors import Poison
from chalicelib.people import people_of_chunk
from chalicelib.report import RECEIPT_GRACE

log = logging.getLogger(__name__)

_TOGETHER = 90
"""People whose messages change in one transaction."""


@dataclass(slots=True)
class Found:
    """What was found: people given up, and files that cannot be settled."""

    unconfirmed: int = 0
    stuck: int = 0


@dataclass(frozen=True)
class Overdue:
    """Looks at files that wait for receipts; `idle` is how long a report may take."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    report_queue: Queue
    clock: Clock
    deadline: Deadline
    idle: timedelta

    def look_at(self, id_: str, found: Found) -> None:
        """Give up what is overdue, and have the summary written again where it tells too little.

        Raises:
            OutOfTime: not everybody could be given up yet; what was done is stored, and counted.
        """
        stored = self.deadline.patiently(lambda: self.batches.get(id_))
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
            # Whoever was erased before they were heard of stays counted as sent.
            self.deadline.patiently(lambda: self.batches.finish(stored))

    def look_beside(self, id_: str, found: Found) -> None:
        """Give up what is overdue in a file of which other messages are still to go out.

        Raises:
            OutOfTime: not everybody could be given up yet; what was done is stored, and counted.
            Poison: an object that an earlier step wrote is gone or broken.
        """
        batch = self.deadline.patiently(lambda: self.batches.get(id_))
        if batch is None or batch.stuck or batch.status is not BatchStatus.COMPLETED:
            return
        chunks, now = self._chunks(id_), self.clock()
        if not any(chunk.sms.sent for chunk in chunks):
            return
        if batch.receipts_due is None:
            self._wait_on(batch, now)
        elif batch.receipts_due <= now:
            # Whoever is told from now on is not overdue before those who are left.
            self._wait_on(batch, self._give_up(batch, chunks, found) or now)

    def _wait_on(self, batch: Batch, since: datetime) -> None:
        """Look again when what was sent at `since` is overdue."""
        due = since + RECEIPT_GRACE
        self.deadline.patiently(lambda: self.batches.await_receipts(batch.id, due))

    def _chunks(self, batch: str) -> list[ChunkProgress]:
        return self.deadline.patiently(lambda: self.batches.chunks(batch))

    def _give_up(
        self, batch: Batch, chunks: Sequence[ChunkProgress], found: Found
    ) -> datetime | None:
        """Give up who is overdue; return when the first was sent theirs of those who are left."""
        left: set[datetime] = set()
        for chunk in chunks:
            if not chunk.sms.sent:
                continue
            now = self.clock()
            people = people_of_chunk(
                batch,
                chunk.chunk,
                objects=self.objects,
                enrollments=self.enrollments,
                deadline=self.deadline,
            )
            sent = [each for each in people if each.sms is Sms.SENT]
            late = [each for each in sent if each.sms_is_older(RECEIPT_GRACE, now)]
            left |= {
                each.sms_at or now for each in sent if not each.sms_is_older(RECEIPT_GRACE, now)
            }
            for start in range(0, len(late), _TOGETHER):
                self.deadline.check()
                changes = [_unconfirmed(each, now) for each in late[start : start + _TOGETHER]]
                # Where a receipt has come after all, the others are left to the next look.
                if self.deadline.patiently(
                    lambda changes=changes: self.enrollments.change_sms(changes)  # type: ignore[misc]
                ):
                    found.unconfirmed += len(changes)
                else:
                    left.add(now - RECEIPT_GRACE)
        return min(left, default=None)

    def _follow(self, batch: Batch, mark: str) -> bool:
        """Ask for a report where the last one told something else; it leaves its mark.

        Return whether there is one to come.
        """
        now = self.clock()
        watch = batch.watch or Watch("", now)
        if watch.mark == mark:
            return False
        if watch.tries and now - watch.since < self.idle:
            return True  # it is asked for
        report = ReportJob(batch=batch.id).model_dump_json()
        self.deadline.patiently(lambda: self.report_queue.send([report]))
        self._keep(batch, replace(watch, since=now, tries=watch.tries + 1))
        return True

    def _keep(self, batch: Batch, watch: Watch) -> None:
        self.deadline.patiently(lambda: self.batches.watch(batch.id, watch, stuck=batch.stuck))


def _unconfirmed(enrollment: Enrollment, now: datetime) -> SmsChange:
    event = SmsEvent(now, Sms.UNCONFIRMED, "no_receipt")
    return SmsChange(enrollment, enrollment.after(event))
