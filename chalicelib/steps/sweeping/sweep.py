"""Finds files that make no progress, and sends again just what they lack.

Runs on a schedule. It leaves a file alone that has made progress since the last run, however old it
is, and a file whose jobs still wait in a queue, unless they have waited very long. `lacking` finds
out what a file needs. After a bounded number of tries the sweep marks the file stuck, with the
reason, for staff to see. It keeps watching a stuck file, which recovers once it makes progress.
After a day, or at once where objects are missing, it gives the file up: the rows that are left are
rejected, and the results are final. A file that lacks only messages waits while messages may not go
out.

The same run gives up messages whose receipt is overdue, and then checks the files that wait for
nothing else (`overdue`).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from chalicelib.adapters.ports import (
    Batches,
    Clock,
    Enrollments,
    Gates,
    JobQueue,
    Objects,
    Outbox,
    Remittances,
    Reversals,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.messages.sending import Gate, Sending, month_of
from chalicelib.domain.money.reversal import ReversalProgress
from chalicelib.errors import OutOfTime, Poison, Retry
from chalicelib.fault_log import log_fault
from chalicelib.steps.sweeping.lacking import Lacking, Missing, lacks_messages
from chalicelib.steps.sweeping.overdue import Overdue, OverdueCounts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a file may make no progress before it gets help, and how often it does.

    `idle` applies if the queue that the file needs is empty; `queued` applies if jobs wait there,
    because one may belong to this file. Each further try waits the same time again. After `stuck`
    a stuck file is given up, so that its bank learns what it settled.
    """

    idle: timedelta = timedelta(minutes=10)
    queued: timedelta = timedelta(hours=6)
    tries: int = 5
    stuck: timedelta = timedelta(hours=24)


@dataclass(slots=True)
class SweepCounts:
    """What a sweep found: unfinished files, files that it helped, that are stuck, that it gave up.

    `faulty` counts files that could not be checked, `unconfirmed` people whose receipt did not come
    in time.
    """

    unfinished: int = 0
    helped: int = 0
    stuck: int = 0
    given_up: int = 0
    faulty: int = 0
    unconfirmed: int = 0


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One look at all unfinished files."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    outbox: Outbox
    gates: Gates
    reversals: Reversals
    remittances: Remittances
    sending: Sending
    clock: Clock
    deadline: Deadline
    patience: Patience = Patience()

    def run(self) -> SweepCounts:
        """Check every unfinished file, help those that make no progress; return the counts.

        A fault with one file never stops the check of the others.
        """
        swept, found = SweepCounts(), OverdueCounts()
        overdue = self._overdue()

        def look(batch: str) -> None:
            self._look_at(batch, swept)
            overdue.look_beside(batch, found)

        swept.unfinished = self._each(self.batches.unfinished(), look, swept)
        self._each(
            self.batches.awaiting_receipts(), lambda batch: overdue.look_at(batch, found), swept
        )
        self._help_lists()
        swept.unconfirmed, swept.stuck = found.unconfirmed, swept.stuck + found.stuck
        return swept

    def _help_lists(self) -> None:
        """Send the jobs again of lists that are being made, unless jobs wait that may be theirs."""
        lists = self.remittances.unfinished()
        if lists and not self.outbox.waiting(JobQueue.CHUNKS):
            for each in lists:
                log.warning("a list of premiums is not made yet; its job is sent again")
                self.outbox.list_premiums(each)

    def _each(self, files: Iterable[str], look: Callable[[str], None], swept: SweepCounts) -> int:
        """Check each of these files; return how many there were, as far as there was time."""
        seen = 0
        for batch in files:
            seen += 1
            try:
                self.deadline.check()
                look(batch)
            except OutOfTime:
                log.warning("no time to look at every file", extra={"batch": batch})
                break
            except Retry as busy:
                log.warning("a file cannot be looked at now: %s", busy, extra={"batch": batch})
                swept.faulty += 1
            except Exception as fault:  # noqa: BLE001  # counted, logged, and checked by the next run
                log_fault(fault, {"batch": batch})
                swept.faulty += 1
        return seen

    def _look_at(self, id_: str, swept: SweepCounts) -> None:
        batch = self.batches.get(id_)
        if batch is None:
            return
        now = self.clock()
        chunks = self.batches.chunks(batch.id)
        mark = _mark(batch, chunks, self._lacking.reversed(batch))
        if batch.watch is None or batch.watch.mark != mark:
            self._keep(batch, Watch(mark, now), stuck=None)
            return
        if batch.stuck:
            swept.stuck += 1
            lost = self._lacking.lost(batch)
            if lost or now - batch.watch.since >= self.patience.stuck:
                self._give_up(batch, chunks, lost or batch.stuck, swept)
            return
        if now - batch.watch.since >= self.patience.idle:
            self._help(batch, batch.watch, chunks, swept)

    def _help(
        self, batch: Batch, watch: Watch, chunks: Sequence[ChunkProgress], swept: SweepCounts
    ) -> None:
        """Send again what a file lacks, unless its jobs may still be on their way."""
        now = self.clock()
        if lacks_messages(batch, chunks) and self._is_closed(batch, now):
            self._keep(batch, replace(watch, since=now), stuck=None)
            return
        queued = any(map(self.outbox.waiting, self._lacking.queues(batch, chunks)))
        if queued and now - watch.since < self.patience.queued:
            return
        try:
            missing = self._lacking.missing(batch, chunks)
        except Poison as fault:
            missing = Missing(f"objects_missing: {fault}", 0, lambda: None)
        about = {"batch": batch.id, "missing": missing.reason, "jobs": missing.jobs}
        if watch.tries >= self.patience.tries or not missing.jobs:
            log.error("file is stuck", extra=about)
            self._keep(batch, watch, stuck=missing.reason)
            swept.stuck += 1
            if not missing.jobs:  # no try can help
                self._give_up(batch, chunks, missing.reason, swept)
            return
        log.warning("file makes no progress; its jobs are sent again", extra=about)
        missing.send()
        self._keep(batch, replace(watch, since=now, tries=watch.tries + 1), stuck=None)
        swept.helped += 1

    def _give_up(
        self, batch: Batch, chunks: Sequence[ChunkProgress], reason: str, swept: SweepCounts
    ) -> None:
        """Give up a file that is being applied: it reports what it settled, and that is final.

        A file that was not read has settled nothing, and one with results has only messages left.
        """
        if batch.status is not BatchStatus.ENROLLING or batch.given_up:
            return
        if self.batches.give_up(batch.id, reason):
            log.error("file is given up", extra={"batch": batch.id, "missing": reason})
            swept.given_up += 1
            self._lacking.closing(batch, chunks).send()

    @cached_property
    def _lacking(self) -> Lacking:
        return Lacking(
            enrollments=self.enrollments,
            objects=self.objects,
            outbox=self.outbox,
            reversals=self.reversals,
            clock=self.clock,
            deadline=self.deadline,
        )

    def _overdue(self) -> Overdue:
        return Overdue(
            batches=self.batches,
            enrollments=self.enrollments,
            objects=self.objects,
            outbox=self.outbox,
            clock=self.clock,
            deadline=self.deadline,
            idle=self.patience.idle,
        )

    def _is_closed(self, batch: Batch, now: datetime) -> bool:
        return self.sending.closed(self._gate, now, batch=batch.id) is not None

    @cached_property
    def _gate(self) -> Gate:
        """The gate, read when this sweep first needs it."""
        return self.gates.read(month_of(self.clock()))

    def _keep(self, batch: Batch, watch: Watch, *, stuck: str | None) -> None:
        self.batches.watch(batch.id, watch, stuck=stuck)


def _mark(
    batch: Batch, chunks: Sequence[ChunkProgress], reversal: Sequence[ReversalProgress]
) -> str:
    """Return a text that changes with every step forward of a file."""
    sums = Sums.of(chunks)
    mark = f"{batch.status}/{sums.tally.rows}/{batch.chunks_done}/{sums.settled}"
    if batch.is_being_reversed and batch.reversal:
        steps = sum(each.next + each.checked + each.done for each in reversal)
        mark += f"/{batch.reversal.state}/{steps}"
    return mark
