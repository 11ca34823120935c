"""Finds files that make no progress, and sends again just what they lack.

Runs on a schedule. It leaves a file alone that has made progress since the last run, however old it
is, and a file whose jobs still wait in a queue, unless they have waited very long. It derives what
is missing from what exists: chunks, outcomes, messages, reports. After a bounded number of tries it
marks the file stuck, with the reason, for staff to see. It keeps watching a stuck file, which
recovers once it makes progress. After a day, or at once where objects are missing, it gives the
file up: the rows that are left are rejected, and the results are final. A file that lacks only
messages waits while messages may not go out.

The same run gives up messages whose receipt is overdue, and then checks the files that wait for
nothing else (`overdue`).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import (
    Batches,
    Clock,
    Enrollments,
    Gates,
    JobQueue,
    Objects,
    Outbox,
    Reversals,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.jobs import SmsJob, sms_jobs
from chalicelib.domain.messages.sending import CLAIM_GRACE, Gate, Sending, month_of
from chalicelib.domain.money.reversal import ReversalProgress, ReversalState
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms
from chalicelib.errors import ObjectMissing, OutOfTime, Poison, Retry
from chalicelib.fault_log import log_fault
from chalicelib.kinds.chunk_store import chunks_with_outcomes
from chalicelib.kinds.recipients.enrolled import enrolled_by
from chalicelib.kinds.recipients.rows import recipient_store
from chalicelib.steps.message_counts import recount
from chalicelib.steps.overdue import Overdue, OverdueCounts

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


@dataclass(frozen=True, slots=True)
class _Missing:
    """What a file lacks: the reason to show, how many jobs, and the call that sends them."""

    reason: str
    jobs: int
    send: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One look at all unfinished files."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    outbox: Outbox
    gates: Gates
    reversals: Reversals
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
        swept.unconfirmed, swept.stuck = found.unconfirmed, swept.stuck + found.stuck
        return swept

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
        mark = _mark(batch, chunks, self._reversed(batch))
        if batch.watch is None or batch.watch.mark != mark:
            self._keep(batch, Watch(mark, now), stuck=None)
            return
        if batch.stuck:
            swept.stuck += 1
            lost = self._lost(batch)
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
        if self._lacks_messages(batch, chunks) and self._is_closed(batch, now):
            self._keep(batch, replace(watch, since=now), stuck=None)
            return
        queued = self.outbox.waiting(self._queue_of(batch, chunks))
        if queued and now - watch.since < self.patience.queued:
            return
        try:
            missing = self._missing(batch, chunks)
        except Poison as fault:
            missing = _Missing(f"objects_missing: {fault}", 0, lambda: None)
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
            self._closing(batch, chunks).send()

    def _closing(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> _Missing:
        """Return what a file lacks that is being applied: chunks to close, or else the report."""
        if open_ := self._open_chunks(batch, chunks):
            return _Missing(
                f"chunks: {len(open_)}", len(open_), lambda: self.outbox.enroll(batch.id, open_)
            )
        return _Missing("report", 1, lambda: self.outbox.report(batch.id))

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

    def _queue_of(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> JobQueue:
        """Return the queue in which the next job of this file should wait."""
        if batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            return JobQueue.INTAKE
        is_applied = batch.status is BatchStatus.ENROLLING and batch.chunks_done < batch.chunks
        if is_applied or batch.is_being_reversed:
            return JobQueue.CHUNKS
        return JobQueue.SMS if self._lacks_messages(batch, chunks) else JobQueue.REPORTS

    @staticmethod
    def _lacks_messages(batch: Batch, chunks: Sequence[ChunkProgress]) -> bool:
        """Whether a file lacks only messages."""
        pending = any(chunk.kinds_to_send for chunk in chunks)
        return batch.status is BatchStatus.COMPLETED and pending

    def _is_closed(self, batch: Batch, now: datetime) -> bool:
        return self.sending.closed(self._gate, now, batch=batch.id) is not None

    @cached_property
    def _gate(self) -> Gate:
        """The gate, read when this sweep first needs it."""
        return self.gates.read(month_of(self.clock()))

    def _missing(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> _Missing:
        if batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            return _Missing("intake", 1, lambda: self.outbox.intake(batch.upload))
        if batch.status is BatchStatus.ENROLLING:
            if not batch.given_up:
                self._check_objects(batch)
            return self._closing(batch, chunks)
        if batch.is_being_reversed:
            left = self._not_reversed(batch)
            return _Missing(
                f"reversal: {len(left)} chunks",
                len(left),
                lambda: self.outbox.reverse(batch.id, left),
            )
        if batch.status is BatchStatus.COMPLETED and (jobs := self._sms_jobs(batch, chunks)):
            return _Missing(f"sms: {len(jobs)} jobs", len(jobs), lambda: self.outbox.notify(jobs))
        return _Missing("report", 1, lambda: self.outbox.report(batch.id))

    def _reversed(self, batch: Batch) -> Sequence[ReversalProgress]:
        return self.reversals.progress(batch) if batch.is_being_reversed else ()

    def _not_reversed(self, batch: Batch) -> list[int]:
        """Return the chunks that are not checked, or not taken back; the last one if all are.

        A run that has closed the last chunk may have died before it ended the reversal.
        """
        progress = self._reversed(batch)
        is_checking = batch.reversal and batch.reversal.state is ReversalState.CHECKING
        ready = {each.chunk for each in progress if (each.checked if is_checking else each.done)}
        left = [number for number in range(1, batch.chunks + 1) if number not in ready]
        return left or [batch.chunks]

    def _lost(self, batch: Batch) -> str | None:
        """Return which object a file lacks that is being applied; no redrive can help it."""
        if batch.status is not BatchStatus.ENROLLING or batch.given_up:
            return None
        try:
            self._check_objects(batch)
        except Poison as fault:
            return f"objects_missing: {fault}"
        return None

    def _check_objects(self, batch: Batch) -> None:
        """Check that the header and the rows of a file exist: no job can do without them.

        Raises:
            ObjectMissing: some do not; it names the first of them.
        """
        there = {*self.objects.keys(bucket_keys.rows_folder(batch.id))}
        wanted = [bucket_keys.rows(batch.id, n) for n in range(1, batch.chunks + 1)]
        missing = [key for key in wanted if key not in there]
        if not self.objects.exists(bucket_keys.header(batch.id)):
            missing.insert(0, bucket_keys.header(batch.id))
        if missing:
            more = f" and {len(missing) - 1} more" if missing[1:] else ""
            raise ObjectMissing(f"{missing[0]}{more}")

    def _open_chunks(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> list[int]:
        """Return the chunks that are not closed, or whose outcomes are not in the bucket."""
        closed = {chunk.chunk for chunk in chunks if chunk.done}
        lost = {chunk.chunk for chunk in chunks if chunk.lost}
        written = chunks_with_outcomes(self.objects, batch.id) | lost
        return [
            number
            for number in range(1, batch.chunks + 1)
            if number not in closed or number not in written
        ]

    def _sms_jobs(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> list[SmsJob]:
        """Return the SMS jobs of the people whose message is still to be sent or settled."""
        jobs: list[SmsJob] = []
        for chunk in chunks:
            if kinds := chunk.kinds_to_send:
                rows = recipient_store(self.objects).rows(batch.id, chunk.chunk)
                people = [each for _, each in enrolled_by(batch, rows, self.enrollments)]
                for kind in kinds:
                    self._count(kind, people)
                    niks = self._pending(kind, people)
                    jobs += sms_jobs(batch.id, batch.programme or "", chunk.chunk, niks, kind)
        return jobs

    def _count(self, kind: MessageKind, people: Sequence[Enrollment]) -> None:
        """Count a chunk's messages again, where a job died for good before it counted them."""
        if wrong := recount(self.enrollments, self.deadline, kind, people):
            log.warning("messages were counted again", extra={"messages": wrong})

    def _pending(self, kind: MessageKind, people: Sequence[Enrollment]) -> list[str]:
        """Return the NIKs of the people whose message is still to be sent."""
        now = self.clock()
        return [
            each.recipient.nik
            for each in people
            if (message := each.messages.get(kind))
            and (
                message.state is Sms.PENDING
                or (message.state is Sms.SENDING and message.is_older(CLAIM_GRACE, now))
            )
        ]

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
