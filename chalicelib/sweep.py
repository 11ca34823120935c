"""Finds files that stand still, and sends again just what they lack.

Scheduled. A file that moved since the last look is left alone, however old it is; so is one whose
jobs still wait in a queue, unless it has waited very long. What is missing is worked out from what
is there: chunks, outcomes, messages, reports. After a bounded number of tries the file is marked
stuck, with the reason, for staff to see; it is looked at further, and moves again once driven.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.adapters.protocols import Batches, Clock, Enrollments, Objects, Queue
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.enrollment import Sms
from chalicelib.domain.jobs import ChunkJob, ReportJob, sms_jobs
from chalicelib.domain.notification import notification_of
from chalicelib.domain.settlement import people_to_tell
from chalicelib.domain.summary import Sums
from chalicelib.errors import OutOfTime, Poison, Retry
from chalicelib.faults import log_fault
from chalicelib.files import work
from chalicelib.notify import CLAIM_GRACE

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

    `faulty` counts the files that could not even be looked at.
    """

    unfinished: int = 0
    helped: int = 0
    stuck: int = 0
    faulty: int = 0


@dataclass(frozen=True, slots=True)
class _Missing:
    """The jobs that a file lacks, the queue they go to, and what to call it where it stays so."""

    reason: str
    queue: Queue
    bodies: Sequence[str]


@dataclass(frozen=True)
class Sweep:
    """One look at all unfinished files."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    intake_queue: Queue
    chunk_queue: Queue
    sms_queue: Queue
    report_queue: Queue
    clock: Clock
    deadline: Deadline
    patience: Patience = Patience()

    def run(self) -> Swept:
        """Look at every unfinished file, help those that stand still; return the counts.

        What is wrong with one file never keeps the others from being looked at.
        """
        swept = Swept()
        for batch in self.batches.unfinished():
            swept.unfinished += 1
            try:
                self.deadline.check()
                self._look_at(batch, swept)
            except OutOfTime:
                log.warning("no time to look at every file", extra={"batch": batch})
                break
            except Retry as busy:
                log.warning("a file cannot be looked at now: %s", busy, extra={"batch": batch})
                swept.faulty += 1
            except Exception as fault:  # noqa: BLE001  # counted, logged, and looked at again
                log_fault(fault, {"batch": batch})
                swept.faulty += 1
        return swept

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
        if now - batch.watch.since < self.patience.idle:
            return
        queued = self.deadline.patiently(self._queue_of(batch, chunks).waiting)
        if queued and now - batch.watch.since < self.patience.queued:
            return
        try:
            missing = self._missing(batch, chunks)
        except Poison as fault:
            missing = _Missing(f"objects_missing: {fault}", self.report_queue, ())
        about = {"batch": batch.id, "missing": missing.reason, "jobs": len(missing.bodies)}
        if batch.watch.tries >= self.patience.tries or not missing.bodies:
            log.error("file is stuck", extra=about)
            self._keep(batch, batch.watch, stuck=missing.reason)
            swept.stuck += 1
            return
        log.warning("file stands still; its jobs are sent again", extra=about)
        self.deadline.patiently(lambda: missing.queue.send(missing.bodies))
        self._keep(batch, replace(batch.watch, since=now, tries=batch.watch.tries + 1), stuck=None)
        swept.helped += 1

    def _queue_of(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> Queue:
        """Return the queue in which the next job of this file should be waiting."""
        if batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            return self.intake_queue
        if batch.status is BatchStatus.ENROLLING and batch.chunks_done < batch.chunks:
            return self.chunk_queue
        if batch.status is BatchStatus.COMPLETED and any(chunk.sms_pending for chunk in chunks):
            return self.sms_queue
        return self.report_queue

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
        rows = work.decode_rows(self.objects.read(work.rows_key(batch.id, chunk)))
        outcomes = work.decode_outcomes(self.objects.read(work.outcomes_key(batch.id, chunk)))
        niks = people_to_tell(rows, outcomes)
        owners = self.deadline.patiently(
            lambda: self.enrollments.owners(batch.programme or "", niks)
        )
        waiting = []
        for nik in niks:
            owner = owners.get(nik)
            if owner is None:
                continue
            abandoned = owner.sms_at is not None and self.clock() - owner.sms_at >= CLAIM_GRACE
            if owner.sms is Sms.PENDING or (owner.sms is Sms.SENDING and abandoned):
                waiting.append(nik)
        return waiting

    def _keep(self, batch: Batch, watch: Watch, *, stuck: str | None) -> None:
        self.deadline.patiently(lambda: self.batches.watch(batch.id, watch, stuck=stuck))


def _mark(batch: Batch, chunks: Sequence[ChunkProgress]) -> str:
    """Return a text that changes with every step forward of a file."""
    sums = Sums.of(chunks)
    return f"{batch.status}/{sums.tally.rows}/{batch.chunks_done}/{sums.sms.settled}"
