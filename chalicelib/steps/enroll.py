"""Applies one chunk of a file: of recipients, it enrolls the people.

One chunk may be delivered several times, late or at the same time. Each run may stop at any point.

1. The file's kind applies the rows group by group. A transaction moves the chunk's checkpoint and
   counts together with what the rows do. So a row is applied and counted together or not at all,
   and a second run continues after the last group.
2. The outcome of each row goes to the bucket.
3. The SMS jobs are queued. To queue one twice does no harm: a message is claimed before it is sent.
4. The chunk is closed. The last chunk asks for the report.

In a file that was given up, the rows that are left are rejected as not processed, in the same way.

The next run starts at the first unfinished point. A repeated point changes nothing.
"""

from dataclasses import dataclass

from chalicelib.adapters.ports import Batches, Clock, Enrollments, Ledger, Objects, Outbox
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress
from chalicelib.domain.jobs import ChunkJob, sms_jobs
from chalicelib.errors import NotYet, ObjectMalformed, ObjectMissing
from chalicelib.kinds.kind import Applied, Chunk
from chalicelib.kinds.registry import KINDS, Kinds


@dataclass(frozen=True, kw_only=True)
class EnrollChunk:
    """Brings one chunk to its end."""

    batches: Batches
    enrollments: Enrollments
    ledger: Ledger
    objects: Objects
    outbox: Outbox
    agreements: Agreements
    clock: Clock
    deadline: Deadline
    kinds: Kinds = KINDS

    def run(self, job: ChunkJob) -> ChunkProgress | None:
        """Apply a chunk's rows; return its progress where this run has closed it.

        Raises:
            Retry: it could not be finished now; what was done is stored.
            Poison: the job names rows that do not exist.
        """
        batch = self.batches.get(job.batch)
        if batch is None or batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            raise NotYet("the file was not read in full yet")
        if job.chunk > batch.chunks:
            raise ObjectMalformed("the file has no such chunk")
        progress = self.batches.chunk(batch.id, job.chunk)
        store = self.kinds.of(batch.scheme).store(self.objects)
        closed = False
        if not progress.done or not (progress.lost or store.has_outcomes(batch.id, job.chunk)):
            try:
                applied = self._apply(batch, progress)
            except (ObjectMissing, ObjectMalformed):
                if not batch.given_up:
                    raise
                closed = self.batches.lose_chunk(batch, progress)
            else:
                store.write_outcomes(batch.id, job.chunk, applied.outcomes)
                niks = applied.to_notify
                self.outbox.notify(sms_jobs(batch.id, batch.programme or "", job.chunk, niks))
                # The summaries of the files whose premiums have moved; a repeated report does no
                # harm.
                self.outbox.report(*sorted(applied.changed))
                closed = self.batches.close_chunk(batch.id, job.chunk, rows=len(applied.outcomes))
        self._ask_for_report(batch.id)
        return self.batches.chunk(batch.id, job.chunk) if closed else None

    def set_aside(self, job: ChunkJob) -> ChunkProgress | None:
        """End a chunk that can never be done: its file is given up, and reports what it settled.

        The rows that are not applied are rejected as `not_processed`; nobody of them is enrolled.

        Raises:
            Retry: it could not be finished now; what was done is stored.
        """
        if self.batches.get(job.batch) is None:
            return None
        self.batches.give_up(job.batch, "set_aside")
        return self.run(job)

    def _apply(self, batch: Batch, progress: ChunkProgress) -> Applied:
        """Apply the rows that are not applied yet; return what became of all of them.

        The other rows of a file that was given up are not applied any more.
        """
        chunk = Chunk.of(batch, progress.chunk, self)
        applying = self.kinds.of(batch.scheme).applying()(chunk)
        step_on = applying.give_up if batch.given_up else applying.apply
        position = progress.next
        while position < applying.rows:
            self.deadline.check()
            end = step_on(position)
            # Where another run has moved the chunk, continue from its checkpoint.
            position = self.batches.chunk(batch.id, chunk.number).next if end is None else end
        return applying.applied()

    def _ask_for_report(self, batch: str) -> None:
        """Queue the report once every chunk is closed; a repeated one does no harm."""
        found = self.batches.get(batch)
        if found and found.status is BatchStatus.ENROLLING and found.chunks_done == found.chunks:
            self.outbox.report(batch)
