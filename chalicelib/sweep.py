"""Finds files that stand still, and sends again just what they lack.

Scheduled. A file that moved since the last look is left alone, however old it is; so is one whose
jobs still wait in a queue, unless it has waited very long. What is missing is worked out from what
is there: chunks, outcomes, messages, reports. After a bounded number of tries the file is marked
stuck, with the reason, for staff to see; it is looked at further, and moves again once driven.
A file that only lacks messages is left alone for as long as messages may not go out.

Receipts that carriers owe are looked for beside that, and then in the files that wait for nothing
else (`overdue`).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from chalicelib.adapters.protocols import (
    Batches,
    Clock,
    Enrollments,
    Gates,
    Objects,
    Queue,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.enrollment import Sms
from chalicelib.domain.jobs import ChunkJob, ReportJob, sms_jobs
from chalicelib.domain.notification import notification_of
from chalicelib.domain.sending import Gate, Sending, month_of
from chalicelib.domain.summary import Sums
from chalicelib.errors import OutOfTime, Poison, Retry
from chalicelib.faults import log_fault
from chalicelib.files import work
from chalicelib.notify import CLAIM_GRACE
from chalicelib.overdue import Found, Overdue
from chalicelib.people import people_of_chunk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a file may stand still before it is helped, and how often it is.

    `idle` where no job waits in the queue that it needs; `queued` where some do, which may be its
    own. A try counts from the last, so the tries are spread over at least `tries` times `idle`.
    """

    idle: timedelta = timedelta(minutes=10)
    queued: timedelta = timedelta(hours=6)
    tries: int = 5


@dataclass(slots=True)
class Swept:
    """What a sweep saw: files not finished, those helped by it, those that are stuck.

    `faulty` counts the files that could not even be looked at, `unconfirmed` the people of whom no
    receipt came in time.
    """

    unfinished: int = 0
    helped: int = 0
    stuck: int = 0
    faulty: int = 0
    unconfirmed: int = 0


@dataclass(frozen=True, slots=True)
class _Missing:
    """The jobs that a file lacks, the queue they go to, and what to call it where it stays so."""

    reason: str
    queue: Queue
    bodies: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One look at all unfinished files."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    intake_queue: Queue
    chunk_queue: Queue
    sms_queue: Queue
    report_queue: Queue
    gates: Gates
    sending: Sending
    clock: Clock
    deadline: Deadline
    patience: Patience = Patience()

    def run(self) -> Swept:
        """Look at every file that needs something, help those that stand still; return the counts.

        What is wrong with one file never keeps the others from being looked at.
        """
        swept, found = Swept(), Found()
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

    def _each(self, files: Iterable[str], look: Callable[[str], None], swept: Swept) -> int:
        """Look at each of these files; return how many there were, as far as there was time."""
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
            except Exception as fault:  # noqa: BLE001  # counted, logged, and looked at again
                log_fault(fault, {"batch": batch})
                swept.faulty += 1
        return seen

    def _look_at(self, id_: str, swept: Swept) -> None:
        batch = self.deadline.patiently(lambda: self.batches.get(id_))
        if batch is None:
            return
        now = self.clock()
        chunks = self.deadline.patiently(lambda: self.batches.chunks(batch.id))
        mark = _mark(batch, chunks)
        if batch.watch is None or batch.watch.mark != mark:
            self._keep(batch, Watch(mark, now), stuck=None)
            return
        if batch.stuck:
            swept.stuck += 1
            return
        if now - batch.watch.since >= self.patience.idle:
            self._help(batch, batch.watch, chunks, swept)

    def _help(
        self, batch: Batch, watch: Watch, chunks: Sequence[ChunkProgress], swept: Swept
    ) -> None:
        """Send a file that stands still what it lacks, unless that may well be on its way."""
        now = self.clock()
        if self._lacks_messages(batch, chunks) and self._is_closed(batch, now):
            self._keep(batch, replace(watch, since=now), stuck=None)
            return
        queued = self.deadline.patiently(self._queue_of(batch, chunks).waiting)
        if queued and now - watch.since < self.patience.queued:
            return
        try:
            missing = self._missing(batch, chunks)
        except Poison as fault:
            missing = _Missing(f"objects_missing: {fault}", self.report_queue, ())
        about = {"batch": batch.id, "missing": missing.reason, "jobs": len(missing.bodies)}
        if watch.tries >= self.patience.tries or not missing.bodies:
            log.error("file is stuck", extra=about)
            self._keep(batch, watch, stuck=missing.reason)
            swept.stuck += 1
            return
        log.warning("file stands still; its jobs are sent again", extra=about)
        self.deadline.patiently(lambda: missing.queue.send(missing.bodies))
        self._keep(batch, replace(watch, since=now, tries=watch.tries + 1), stuck=None)
        swept.helped += 1

    def _overdue(self) -> Overdue:
        return Overdue(
            batches=self.batches,
            enrollments=self.enrollments,
            objects=self.objects,
            report_queue=self.report_queue,
            clock=self.clock,
            deadline=self.deadline,
            idle=self.patience.idle,
        )

    def _queue_of(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> Queue:
        """Return the queue in which the next job of this file should be waiting."""
        if batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            return self.intake_queue
        if batch.status is BatchStatus.ENROLLING and batch.chunks_done < batch.chunks:
            return self.chunk_queue
        return self.sms_queue if self._lacks_messages(batch, chunks) else self.report_queue

    @staticmethod
    def _lacks_messages(batch: Batch, chunks: Sequence[ChunkProgress]) -> bool:
        """Whether everything but messages is done."""
        pending = any(chunk.sms_pending for chunk in chunks)
        return batch.status is BatchStatus.COMPLETED and pending

    def _is_closed(self, batch: Batch, now: datetime) -> bool:
        return self.sending.closed(self._gate, now, batch=batch.id) is not None

    @cached_property
    def _gate(self) -> Gate:
        """The gate as this sweep finds it, when it first needs to know."""
        return self.deadline.patiently(lambda: self.gates.read(month_of(self.clock())))

    def _missing(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> _Missing:
        if batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            return _Missing("intake", self.intake_queue, [notification_of(batch.upload)])
        if batch.status is BatchStatus.ENROLLING and (open_ := self._open_chunks(batch, chunks)):
            jobs = [ChunkJob(batch=batch.id, chunk=number).model_dump_json() for number in open_]
            return _Missing(f"chunks: {len(open_)}", self.chunk_queue, jobs)
        if batch.status is BatchStatus.COMPLETED and (jobs := self._untold(batch, chunks)):
            return _Missing(f"sms: {len(jobs)} jobs", self.sms_queue, jobs)
        report = ReportJob(batch=batch.id).model_dump_json()
        return _Missing("report", self.report_queue, [report])

    def _open_chunks(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> list[int]:
        """Return the chunks that are not closed, or whose outcomes are not in the bucket."""
        closed = {chunk.chunk for chunk in chunks if chunk.done}
        written = set(self.objects.keys(work.outcomes_key(batch.id, 0).rpartition("/")[0] + "/"))
        return [
            number
            for number in range(1, batch.chunks + 1)
            if number not in closed or work.outcomes_key(batch.id, number) not in written
        ]

    def _untold(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> list[str]:
        """Return the SMS jobs of the people whose message is still to be sent or settled."""
        jobs = []
        for chunk in chunks:
            if chunk.sms_pending:
                niks = self._pending(batch, chunk.chunk)
                jobs += sms_jobs(batch.id, batch.programme or "", chunk.chunk, niks)
        return [job.model_dump_json() for job in jobs]

    def _pending(self, batch: Batch, chunk: int) -> list[str]:
        """Return who of a chunk is still to be told, those with a corrected phone among them."""
        now = self.clock()
        return [
            each.recipient.nik
            for each in people_of_chunk(
                batch,
                chunk,
                objects=self.objects,
                enrollments=self.enrollments,
                deadline=self.deadline,
            )
            if each.sms is Sms.PENDING
            or (each.sms is Sms.SENDING and each.sms_is_older(CLAIM_GRACE, now))
        ]

    def _keep(self, batch: Batch, watch: Watch, *, stuck: str | None) -> None:
        self.deadline.patiently(lambda: self.batches.watch(batch.id, watch, stuck=stuck))


def _mark(batch: Batch, chunks: Sequence[ChunkProgress]) -> str:
    """Return a text that changes with every step forward of a file."""
    sums = Sums.of(chunks)
    return f"{batch.status}/{sums.tally.rows}/{batch.chunks_done}/{sums.sms.settled}"
