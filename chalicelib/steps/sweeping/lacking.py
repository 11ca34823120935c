"""Finds out what an unfinished file lacks, from its chunks, outcomes, messages and reports."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Clock, Enrollments, JobQueue, Objects, Outbox, Reversals
from chalicelib.deadline import Deadline
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress
from chalicelib.domain.jobs import SmsJob, sms_jobs
from chalicelib.domain.messages.sending import CLAIM_GRACE
from chalicelib.domain.money.reversal import ReversalProgress, ReversalState
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms
from chalicelib.errors import ObjectMissing, Poison
from chalicelib.kinds.chunk_store import chunks_with_outcomes
from chalicelib.kinds.recipients.enrolled import enrolled_by
from chalicelib.kinds.recipients.rows import recipient_store
from chalicelib.steps.message_counts import recount

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a file lacks: the reason to show, how many jobs, and the call that sends them."""

    reason: str
    jobs: int
    send: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """What files lack, and where the jobs that would help them wait."""

    enrollments: Enrollments
    objects: Objects
    outbox: Outbox
    reversals: Reversals
    clock: Clock
    deadline: Deadline

    def missing(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> Missing:
        """Return what an unfinished file lacks, whatever its status.

        Raises:
            Poison: objects that no job can do without are gone, or cannot be read.
        """
        if batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            return Missing("intake", 1, lambda: self.outbox.intake(batch.upload))
        if batch.status is BatchStatus.ENROLLING:
            if not batch.given_up:
                self._check_objects(batch)
            return self.closing(batch, chunks)
        if batch.is_being_reversed:
            left = self._not_reversed(batch)
            return Missing(
                f"reversal: {len(left)} chunks",
                len(left),
                lambda: self.outbox.reverse(batch.id, left),
            )
        if batch.status is BatchStatus.COMPLETED and (jobs := self._sms_jobs(batch, chunks)):
            return Missing(f"sms: {len(jobs)} jobs", len(jobs), lambda: self.outbox.notify(jobs))
        return Missing("report", 1, lambda: self.outbox.report(batch.id))

    def reversed(self, batch: Batch) -> Sequence[ReversalProgress]:
        """Return how far the reversal of a file is, chunk by chunk; nothing if there is none."""
        return self.reversals.progress(batch) if batch.is_being_reversed else ()

    def lost(self, batch: Batch) -> str | None:
        """Return which object a file lacks that is being applied; no redrive can help it."""
        if batch.status is not BatchStatus.ENROLLING or batch.given_up:
            return None
        try:
            self._check_objects(batch)
        except Poison as fault:
            return f"objects_missing: {fault}"
        return None

    def closing(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> Missing:
        """Return what a file lacks that is being applied: chunks to close, or else the report."""
        if open_ := self._open_chunks(batch, chunks):
            return Missing(
                f"chunks: {len(open_)}", len(open_), lambda: self.outbox.enroll(batch.id, open_)
            )
        return Missing("report", 1, lambda: self.outbox.report(batch.id))

    def queues(self, batch: Batch, chunks: Sequence[ChunkProgress]) -> Sequence[JobQueue]:
        """Return the queues in which the next job of this file may wait."""
        if batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            return (JobQueue.INTAKE,)
        is_applied = batch.status is BatchStatus.ENROLLING and batch.chunks_done < batch.chunks
        if is_applied or batch.is_being_reversed:
            return (JobQueue.CHUNKS,)
        if lacks_messages(batch, chunks):
            return (JobQueue.SMS, JobQueue.SINGLE_SMS)
        return (JobQueue.REPORTS,)

    def _not_reversed(self, batch: Batch) -> list[int]:
        """Return the chunks that are not checked, or not taken back; the last one if all are.

        A run that has closed the last chunk may have died before it ended the reversal.
        """
        progress = self.reversed(batch)
        is_checking = batch.reversal and batch.reversal.state is ReversalState.CHECKING
        ready = {each.chunk for each in progress if (each.checked if is_checking else each.done)}
        left = [number for number in range(1, batch.chunks + 1) if number not in ready]
        return left or [batch.chunks]

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


def lacks_messages(batch: Batch, chunks: Sequence[ChunkProgress]) -> bool:
    """Whether a file lacks only messages."""
    pending = any(chunk.kinds_to_send for chunk in chunks)
    return batch.status is BatchStatus.COMPLETED and pending
