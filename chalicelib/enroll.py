"""Enrolls the people of one chunk: each once, counted in the transaction that enrolls them.

A chunk may be begun by several deliveries, late, side by side, and die anywhere:

1. groups of up to 98 people are inserted together with the chunk's checkpoint, so that a row is
   enrolled and counted at once or not at all, and a second run goes on behind the last group;
2. the outcome of each row is written to the bucket, those settled by an earlier run read back
   from the people's table;
3. the SMS jobs are queued (twice does no harm: a message is claimed before it is sent);
4. only then is the chunk closed, and with the last one the report is asked for.

A run that dies between two of these is repeated from the first of them that is not done.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.adapters.protocols import (
    Batches,
    Checkpoint,
    Clock,
    Committed,
    Enrollments,
    Objects,
    Queue,
    Superseded,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress
from chalicelib.domain.codes import Code
from chalicelib.domain.enrollment import Enrollment
from chalicelib.domain.jobs import ChunkJob, ReportJob, sms_jobs
from chalicelib.domain.outcome import Outcome, Tally
from chalicelib.domain.programme import Agreements
from chalicelib.domain.settlement import JudgedRow, Settlement, people_to_tell
from chalicelib.errors import NotYet, ObjectMalformed
from chalicelib.files import work

log = logging.getLogger(__name__)

GROUP = 98
"""People in one transaction: DynamoDB takes 100 items, the checkpoint and the totals among them."""


def enroll_chunk(
    job: ChunkJob,
    *,
    batches: Batches,
    enrollments: Enrollments,
    objects: Objects,
    sms_queue: Queue,
    report_queue: Queue,
    agreements: Agreements,
    clock: Clock,
    deadline: Deadline,
) -> ChunkProgress | None:
    """Bring one chunk to its end; return how it stands where this run has closed it.

    Raises:
        Retry: it could not be finished now; what was done is stored.
        Poison: the job speaks of rows that are not there.
    """
    batch = deadline.patiently(lambda: batches.get(job.batch))
    if batch is None or batch.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
        raise NotYet("the file was not read in full yet")
    if batch.programme is None or job.chunk > batch.chunks:
        raise ObjectMalformed("the file has no such chunk")
    progress = deadline.patiently(lambda: batches.chunk(batch.id, job.chunk))
    key = work.outcomes_key(batch.id, job.chunk)
    closed = False
    if not progress.done or not objects.exists(key):
        chunk = _Chunk(
            settlement=_settlement(batch, job.chunk, agreements),
            rows=_Rows(batch, objects),
            enrollments=enrollments,
            batches=batches,
            clock=clock,
            deadline=deadline,
        )
        outcomes = chunk.settle(progress)
        objects.write(key, work.encode_outcomes(outcomes), content_type=work.CONTENT_TYPE)
        niks = people_to_tell(chunk.rows.of_chunk(job.chunk), outcomes)
        jobs = sms_jobs(batch.id, batch.programme, job.chunk, niks)
        deadline.patiently(lambda: sms_queue.send([each.model_dump_json() for each in jobs]))
        rows = len(outcomes)
        closed = deadline.patiently(lambda: batches.close_chunk(batch.id, job.chunk, rows=rows))
    _ask_for_report(batch.id, batches, report_queue, deadline)
    return deadline.patiently(lambda: batches.chunk(batch.id, job.chunk)) if closed else None


@dataclass
class _Chunk:
    """One run over the rows of a chunk."""

    settlement: Settlement
    rows: "_Rows"
    enrollments: Enrollments
    batches: Batches
    clock: Clock
    deadline: Deadline
    settled: dict[int, Outcome] = field(default_factory=dict)

    def settle(self, progress: ChunkProgress) -> list[Outcome]:
        """Enroll whoever is still to be enrolled; return the outcomes of all rows."""
        rows = self.rows.of_chunk(self.settlement.chunk)
        position = progress.next
        while position < len(rows):
            self.deadline.check()
            end = self._settle_next(rows, position)
            # Where another run has moved the chunk, go on from where it stands now.
            position = self._progress().next if end is None else end
        return self._outcomes(rows)

    def _settle_next(self, rows: Sequence[JudgedRow], start: int) -> int | None:
        """Settle the next rows; return the index behind them, None where another run did so."""
        outcomes, waiting = self._group(rows, start)
        end = start + len(outcomes)
        while True:
            checkpoint = Checkpoint(
                batch=self.settlement.batch.id,
                chunk=self.settlement.chunk,
                start=start,
                end=end,
                settled=Tally.of(outcomes.values()),
                account=self.settlement.account,
                received_at=self.settlement.batch.received_at,
            )
            group = list(waiting.values())
            result = self.deadline.patiently(
                lambda group=group, checkpoint=checkpoint: self.enrollments.commit(  # type: ignore[misc]
                    group, checkpoint
                )
            )
            if isinstance(result, Superseded):
                return None
            if isinstance(result, Committed):
                self.settled |= outcomes
                return end
            for index, enrollment in list(waiting.items()):
                owner = result.owners.get(enrollment.recipient.nik)
                if owner is not None:
                    outcomes[index] = self.settlement.owned(rows[index], owner)
                    del waiting[index]

    def _group(
        self, rows: Sequence[JudgedRow], start: int
    ) -> tuple[dict[int, Outcome], dict[int, Enrollment]]:
        """Return the outcomes of as many rows as a transaction takes, and whom it is to enroll.

        The outcomes, by the rows' indexes, are those that come of it if all these people are new.
        """
        now = self.clock()
        outcomes: dict[int, Outcome] = {}
        waiting: dict[int, Enrollment] = {}
        for index in range(start, len(rows)):
            row = rows[index]
            if not row.is_candidate:
                outcomes[index] = self._without_table(row)
            elif len(waiting) < GROUP:
                waiting[index] = enrollment = self.settlement.enrollment(row, now=now)
                outcomes[index] = self.settlement.accepted(row, enrollment)
            else:
                break
        return outcomes, waiting

    def _without_table(self, row: JudgedRow) -> Outcome:
        if row.first is None:
            return self.settlement.rejected(row)
        return self.settlement.repeated(row, self.rows.at(row.first))

    def _outcomes(self, rows: Sequence[JudgedRow]) -> list[Outcome]:
        """Return every row's outcome, those of other runs from the people's table."""
        missing = [i for i, row in enumerate(rows) if i not in self.settled and row.is_candidate]
        niks = [row.recipient.nik for row in (rows[i] for i in missing) if row.recipient]
        owners = self.deadline.patiently(
            lambda: self.enrollments.owners(self.settlement.programme, niks)
        )
        gone = []
        for index, nik in zip(missing, niks, strict=True):
            if nik in owners:
                self.settled[index] = self.settlement.owned(rows[index], owners[nik])
            else:
                gone.append(index)
        for index, row in enumerate(rows):
            if index not in self.settled and index not in gone:
                self.settled[index] = self._without_table(row)
        if gone:
            self._settle_erased(rows, gone)
        return [self.settled[index] for index in range(len(rows))]

    def _settle_erased(self, rows: Sequence[JudgedRow], gone: Sequence[int]) -> None:
        """Settle rows whose people were another file's and have been erased since.

        How such a row was counted is what the chunk's counts have more than the other rows.
        """
        counted = self._progress().tally
        known = Tally.of(self.settled.values())
        for index in gone:
            outcome = self.settlement.owned_once(
                rows[index],
                conflict=counted.conflict > known.conflict,
                same_bank=counted.times(Code.DUPLICATE_SAME_BANK)
                > known.times(Code.DUPLICATE_SAME_BANK),
            )
            self.settled[index] = outcome
            known.count(outcome)

    def _progress(self) -> ChunkProgress:
        return self.deadline.patiently(
            lambda: self.batches.chunk(self.settlement.batch.id, self.settlement.chunk)
        )


class _Rows:
    """The rows of a file, chunk by chunk; the chunk asked for last besides our own is kept."""

    def __init__(self, batch: Batch, objects: Objects) -> None:
        self._batch = batch
        self._objects = objects
        self._kept: dict[int, list[JudgedRow]] = {}

    def of_chunk(self, chunk: int) -> list[JudgedRow]:
        if chunk not in self._kept:
            if len(self._kept) > 1:
                del self._kept[list(self._kept)[-1]]
            self._kept[chunk] = work.decode_rows(
                self._objects.read(work.rows_key(self._batch.id, chunk))
            )
        return self._kept[chunk]

    def at(self, ordinal: int) -> JudgedRow:
        chunk, index = divmod(ordinal, self._batch.chunk_rows)
        return self.of_chunk(chunk + 1)[index]


def _settlement(batch: Batch, chunk: int, agreements: Agreements) -> Settlement:
    programme = agreements.programmes[batch.programme or ""]
    starts, ends = programme.cover(programme.local_day(batch.received_at))
    return Settlement(
        batch=batch,
        chunk=chunk,
        programme=programme.code,
        starts=starts,
        ends=ends,
        timezone=programme.timezone,
        regencies=programme.regions.regencies.keys(),
        bank_names={bank.code: bank.name for bank in agreements.banks},
    )


def _ask_for_report(batch: str, batches: Batches, queue: Queue, deadline: Deadline) -> None:
    """Queue the report once every chunk is closed; a repeated one does no harm."""
    stored = deadline.patiently(lambda: batches.get(batch))
    if stored and stored.status is BatchStatus.ENROLLING and stored.chunks_done == stored.chunks:
        deadline.patiently(lambda: queue.send([ReportJob(batch=batch).model_dump_json()]))
