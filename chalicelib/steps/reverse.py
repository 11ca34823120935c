"""Reverses a file of confirmations, chunk by chunk, once two users have ordered it.

1. Each chunk is checked: if a premium of the file is remitted, the file is not reversed at all.
2. After the last check, each chunk takes its rows back, group by group. A transaction moves people,
   counts and the chunk's progress together, so a second run continues after the last group.
3. The outcomes explain what became of each row, and the chunk is closed. The last chunk ends the
   reversal and asks for the report.

A chunk may be delivered several times, late or at the same time; the next run starts at the first
unfinished point. The sweep sends the jobs again that a file lacks.
"""

import logging
from dataclasses import dataclass

from chalicelib.adapters.ports import (
    Batches,
    Clock,
    Enrollments,
    Ledger,
    Objects,
    Outbox,
    Reversals,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.jobs import ReverseJob
from chalicelib.domain.money.reversal import ReversalProgress, ReversalState, summed
from chalicelib.errors import ObjectMalformed
from chalicelib.kinds.kind import Chunk
from chalicelib.kinds.reversing import Reversing

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ReverseChunk:
    """Brings the reversal of one chunk on."""

    batches: Batches
    enrollments: Enrollments
    ledger: Ledger
    reversals: Reversals
    objects: Objects
    outbox: Outbox
    agreements: Agreements
    clock: Clock
    deadline: Deadline

    def run(self, job: ReverseJob) -> int:
        """Check a chunk, or take its rows back; return how many people this run took back.

        Raises:
            Retry: it could not be finished now; what was done is stored.
            Poison: the job names rows that do not exist.
        """
        batch = self.batches.get(job.batch)
        if batch is None or job.reverse > batch.chunks:
            raise ObjectMalformed("the file has no such chunk")
        if batch.reversal is None:
            return 0
        if batch.reversal.state is ReversalState.CHECKING:
            self._check(batch, job.reverse)
        elif batch.reversal.state is ReversalState.REVERSING:
            return self._take_back(batch, job.reverse)
        return 0

    def _check(self, batch: Batch, number: int) -> None:
        order = batch.reversal
        if order is None:
            return
        chunk = self._chunk(batch, number)
        if chunk and Reversing(chunk, self.reversals).has_remitted():
            if self.reversals.order(batch, order.at_state(ReversalState.REFUSED)):
                log.warning("a file is not reversed: premiums of it are remitted")
                self.outbox.report(batch.id)
            return
        self.reversals.check(batch, number)
        checked = {each.chunk for each in self.reversals.progress(batch) if each.checked}
        every = range(1, batch.chunks + 1)
        if checked.issuperset(every):
            self.reversals.order(batch, order.at_state(ReversalState.REVERSING))
            self.outbox.reverse(batch.id, every)

    def _take_back(self, batch: Batch, number: int) -> int:
        before = self._progress(batch, number)
        if not before.done:
            chunk = self._chunk(batch, number)
            rows = 0
            if chunk:
                run = Reversing(chunk, self.reversals)
                rows, position = run.rows, before.next
                while position < rows:
                    self.deadline.check()
                    end = run.take_back(position)
                    # Where another run has moved the chunk, continue from its progress.
                    position = self._progress(batch, number).next if end is None else end
                # The summaries of the files whose premiums have moved; a repeated report does no
                # harm.
                self.outbox.report(*sorted(run.explain()))
            self.reversals.close(batch, number, rows=rows)
        self._end(batch)
        return self._progress(batch, number).people - before.people

    def _end(self, batch: Batch) -> None:
        """End the reversal once every chunk is closed."""
        chunks = self.reversals.progress(batch)
        done = {each.chunk for each in chunks if each.done}
        if batch.reversal and done.issuperset(range(1, batch.chunks + 1)):
            ended = summed(batch.reversal, chunks).at_state(ReversalState.DONE)
            self.reversals.order(batch, ended)
            self.outbox.report(batch.id)

    def _progress(self, batch: Batch, number: int) -> ReversalProgress:
        found = (each for each in self.reversals.progress(batch) if each.chunk == number)
        return next(found, ReversalProgress(number))

    def _chunk(self, batch: Batch, number: int) -> Chunk | None:
        """Return a chunk; None if its rows are lost, so that nothing of them can be found."""
        if self.batches.chunk(batch.id, number).lost:
            return None
        return Chunk.of(batch, number, self)
