"""Writes what the bank gets back: `hasil.csv`, `ditolak.csv` and `ringkasan.json`.

A file is completed here and nowhere else: when every chunk is closed and their counts add up to
the rows that were read. What is written twice is written the same.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.adapters.protocols import Batches, Clock, Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, Watch
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.outcome import Disposition, Outcome
from chalicelib.domain.recipient import SourceRow
from chalicelib.domain.summary import Sums, summary
from chalicelib.errors import ObjectMalformed, PayungError
from chalicelib.files import work
from chalicelib.files.results import answer_of
from chalicelib.files.write import ResultWriter

log = logging.getLogger(__name__)

RECEIPT_GRACE = timedelta(hours=72)
"""How long carriers may take with their receipts."""


class CountsDoNotClose(PayungError):
    """Rows in are not rows out: a fault of ours that a person must look at."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report brought to its end.

    `completed` is a file that it has completed; `awaited` counts the messages of a file that needs
    nothing more, whose receipts were waited for, and `silent` those of which none came.
    """

    completed: Batch | None = None
    awaited: int = 0
    silent: int = 0


def results_key(batch: Batch, name: str) -> str:
    """Where a result file of a batch stands."""
    return f"results/{batch.bank}/{batch.id}/{name}"


def write_summary(
    batch: Batch, sums: Sums, objects: Objects, *, unless_there: bool = False
) -> None:
    """Write `ringkasan.json`; with `unless_there`, only where no report has done so before."""
    body = json.dumps(summary(batch, sums), ensure_ascii=False, indent=2) + "\n"
    objects.write(
        results_key(batch, "ringkasan.json"),
        body.encode(),
        content_type="application/json; charset=utf-8",
        unless_there=unless_there,
    )


def write_report(
    job: ReportJob, *, batches: Batches, objects: Objects, clock: Clock, deadline: Deadline
) -> Reported:
    """Write the results of a file that is refused, or that has every chunk closed.

    Nothing is written of a file that is still on its way: the last chunk asks again. Once every
    message is handed over, the file waits for the carriers' receipts only.

    Raises:
        CountsDoNotClose: the chunks' counts are not the file's rows.
        Poison: an object that an earlier step wrote is gone or broken.
    """
    batch = deadline.patiently(lambda: batches.get(job.batch))
    if batch is None:
        raise ObjectMalformed("there is no such file")
    # A file that is reported on moves; that it was stuck would otherwise stay in its summary.
    batch = replace(batch, stuck=None)
    reported = Reported()
    if batch.status is BatchStatus.ENROLLING and batch.chunks_done == batch.chunks:
        sums = _sums(batch, batches, deadline)
        if sums.tally.rows != batch.rows:
            raise CountsDoNotClose(f"{sums.tally.rows} of {batch.rows} rows are counted")
        _write_rows(batch, objects, deadline)
        completed = replace(batch, status=BatchStatus.COMPLETED)
        # The summary comes first: whoever sees `completed` finds all three files.
        write_summary(completed, sums, objects)
        if deadline.patiently(lambda: batches.advance(completed, BatchStatus.ENROLLING)):
            reported = Reported(completed)
        batch = completed
    if batch.status in {BatchStatus.COMPLETED, BatchStatus.REFUSED}:
        sums = _write_last_summary(batch, batches, objects, deadline)
        if not sums.sms_counts["pending"]:
            _finish(batch, sums, batches, clock, deadline)
            if batch.receipts_due and not sums.sms.sent:
                heard = sums.sms.delivered + sums.sms.failed
                silent = sums.sms.unconfirmed
                reported = replace(reported, awaited=heard + silent, silent=silent)
    return reported


def _finish(batch: Batch, sums: Sums, batches: Batches, clock: Clock, deadline: Deadline) -> None:
    """Take a file from among the unfinished ones; those who were sent something may be heard of."""
    now = clock()
    due = now + RECEIPT_GRACE if sums.sms.sent else None
    deadline.patiently(lambda: batches.finish(batch, receipts_due=due))
    if due:
        # What the summary tells: the sweep asks for another when more has been counted.
        told = Watch(sums.receipts_mark, now)
        deadline.patiently(lambda: batches.watch(batch.id, told, stuck=None))


def _sums(batch: Batch, batches: Batches, deadline: Deadline) -> Sums:
    return Sums.of(deadline.patiently(lambda: batches.chunks(batch.id)))


def _write_last_summary(
    batch: Batch, batches: Batches, objects: Objects, deadline: Deadline
) -> Sums:
    """Write the summary until it tells what is counted; return that.

    Messages that were settled before the file was completed asked for no report. And another
    report may be written beside this one: whoever writes last must have seen the last count, so
    each looks again once it has written.
    """
    sums = _sums(batch, batches, deadline)
    while True:
        deadline.check()
        write_summary(batch, sums, objects)
        now = _sums(batch, batches, deadline)
        if now == sums:
            return sums
        sums = now


def _write_rows(batch: Batch, objects: Objects, deadline: Deadline) -> None:
    header, surplus = work.decode_header(objects.read(work.header_key(batch.id)))
    with ExitStack() as stack:
        everyone, rejected = (
            ResultWriter(
                stack.enter_context(
                    objects.writer(results_key(batch, name), content_type="text/csv; charset=utf-8")
                ),
                header,
                surplus=surplus,
            )
            for name in ("hasil.csv", "ditolak.csv")
        )
        for source, outcome in _rows(batch, objects, deadline):
            answer = answer_of(outcome)
            everyone.write(source.cells, answer)
            if outcome.disposition is Disposition.REJECTED:
                rejected.write(source.cells, answer)


def _rows(
    batch: Batch, objects: Objects, deadline: Deadline
) -> Iterator[tuple[SourceRow, Outcome]]:
    for chunk in range(1, batch.chunks + 1):
        deadline.check()
        rows = work.decode_rows(objects.read(work.rows_key(batch.id, chunk)))
        outcomes = work.decode_outcomes(objects.read(work.outcomes_key(batch.id, chunk)))
        if [row.source.line for row in rows] != [outcome.line for outcome in outcomes]:
            raise ObjectMalformed("outcomes do not fit their rows")
        yield from zip((row.source for row in rows), outcomes, strict=True)
