"""Writes what the bank gets back: the result files and `ringkasan.json`.

Only this step completes a file: when every chunk is closed and their counts add up to the rows
that were read. A second run writes the same bytes.

A file that was given up is completed in the same way: its results have what was settled, and are
final. Rows that cannot be read any more are in no result.

A bank gets one mail about a file that is done. An object beside the chunks marks it: a run that
dies between mail and mark sends the mail twice.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Announcer, Batches, Clock, Enrollments, Ledger, Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch, BatchStatus, Watch
from chalicelib.domain.file.summary import Sums, figures, summary
from chalicelib.domain.findings.code import Code
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.messages.notice import notice
from chalicelib.domain.messages.sending import RECEIPT_GRACE
from chalicelib.domain.money.reversal import ReversalState
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import ObjectMalformed, ObjectMissing, PayungError
from chalicelib.kinds.kind import Chunk, Kind
from chalicelib.kinds.registry import KINDS, Kinds
from chalicelib.kinds.result_files import write_result_files

log = logging.getLogger(__name__)

_DONE = frozenset({BatchStatus.COMPLETED, BatchStatus.REFUSED})


class CountsDoNotClose(PayungError):
    """The chunks' counts are not the file's rows: a fault of ours, for a person to see."""


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What a report finished.

    `completed` is a file that this report has completed. `awaited` counts the messages of a
    finished file that waited for a receipt, and `silent` those that never got one.
    """

    completed: Batch | None = None
    awaited: int = 0
    silent: int = 0


def write_summary(
    batch: Batch, sums: Sums, objects: Objects, kinds: Kinds, *, unless_there: bool = False
) -> None:
    """Write `ringkasan.json`; with `unless_there`, only where no report has written it."""
    kind, catalogue = kinds.of(batch.scheme), kinds.catalogue_of(batch.scheme)
    content = summary(batch, sums, catalogue) | {"kind": kind.name}
    content |= figures(batch, sums, catalogue, kind.matched)
    body = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    objects.write(
        bucket_keys.result(batch.bank, batch.id, "ringkasan.json"),
        body.encode(),
        content_type="application/json; charset=utf-8",
        unless_there=unless_there,
    )


@dataclass(frozen=True, kw_only=True)
class WriteReport:
    """Writes the results of a file that is refused, or whose every chunk is closed."""

    batches: Batches
    enrollments: Enrollments
    ledger: Ledger
    objects: Objects
    agreements: Agreements
    clock: Clock
    deadline: Deadline
    kinds: Kinds = KINDS

    def run(self, job: ReportJob) -> ReportResult:
        """Write a file's results, and complete it.

        Nothing is written for a file that is not that far: its last chunk asks again. Once every
        message is sent, the file waits for the carriers' receipts only.

        Raises:
            CountsDoNotClose: the chunks' counts are not the file's rows.
            Poison: an object that an earlier step wrote is gone or broken.
        """
        batch = self.batches.get(job.batch)
        if batch is None:
            raise ObjectMalformed("there is no such file")
        # A file that is reported on makes progress: its summary must not say that it is stuck.
        batch = replace(batch, stuck=None)
        reported = ReportResult()
        if batch.status is BatchStatus.ENROLLING and batch.chunks_done == batch.chunks:
            batch, reported = self._completed(batch)
        elif batch.reversal and batch.reversal.state is ReversalState.DONE:
            self._write_reversed(batch)
        if batch.status in {BatchStatus.COMPLETED, BatchStatus.REFUSED}:
            sums = self._write_last_summary(batch)
            if not sums.messages(Sms.PENDING) and not batch.is_being_reversed:
                self._finish(batch, sums)
                if batch.receipts_due and not sums.messages(Sms.SENT):
                    answered = sums.messages(Sms.DELIVERED, Sms.FAILED)
                    silent = sums.messages(Sms.UNCONFIRMED)
                    reported = replace(reported, awaited=answered + silent, silent=silent)
        return reported

    def _completed(self, batch: Batch) -> tuple[Batch, ReportResult]:
        """Write the results of a file whose every chunk is closed, and complete it."""
        batch = self._sealed(batch)
        kind, words = self.kinds.of(batch.scheme), self.kinds.catalogue_of(batch.scheme)
        readable = self._readable(batch, kind)
        sums = self._sums(batch)
        if sums.tally.rows != batch.rows and len(readable) == batch.chunks:
            raise CountsDoNotClose(f"{sums.tally.rows} of {batch.rows} rows are counted")
        if readable:
            write_result_files(batch, kind, self.objects, words, self.deadline, readable)
        if len(readable) == batch.chunks and not sums.tally.times(Code.NOT_PROCESSED):
            batch = replace(batch, given_up=None)  # it lacks nothing after all
        completed = replace(batch, status=BatchStatus.COMPLETED)
        # The summary comes first: a reader who sees `completed` finds all files.
        write_summary(completed, sums, self.objects, self.kinds)
        is_new = self.batches.advance(completed, BatchStatus.ENROLLING)
        return completed, ReportResult(completed) if is_new else ReportResult()

    def _write_reversed(self, batch: Batch) -> None:
        """Write the results of a file that was reversed: each row says what became of it."""
        kind = self.kinds.of(batch.scheme)
        lost = {each.chunk for each in self.batches.chunks(batch.id) if each.lost}
        numbers = [n for n in range(1, batch.chunks + 1) if n not in lost]
        if numbers:
            words = self.kinds.catalogue_of(batch.scheme)
            write_result_files(batch, kind, self.objects, words, self.deadline, numbers)

    def _sealed(self, batch: Batch) -> Batch:
        """End takeovers from a file: from here on its results are final.

        A person who was taken over before is found in the people's table, so the outcomes of a
        file from which somebody was taken are derived again.
        """
        sealed = self.batches.seal(batch.id)
        if sealed is None:
            raise ObjectMalformed("there is no such file")
        return replace(sealed, stuck=None)

    def _readable(self, batch: Batch, kind: Kind) -> Sequence[int]:
        """Return the chunks (from 1) whose rows the results have.

        Those are all, unless the file was given up.
        Of a file that was given up, chunks without rows or header are marked as lost.
        """
        store = kind.store(self.objects)
        lost = {each.chunk for each in self.batches.chunks(batch.id) if each.lost}
        numbers = [n for n in range(1, batch.chunks + 1) if n not in lost]
        found = []
        for number in numbers:
            if not (batch.given_up or batch.moved):
                return numbers
            self.deadline.check()
            try:
                store.header(batch.id)
                if batch.moved or not store.has_outcomes(batch.id, number):
                    self._settle_again(batch, kind, number)
                store.settled(batch.id, number)
                found.append(number)
            except (ObjectMissing, ObjectMalformed):
                if not batch.given_up:
                    raise
                self.batches.lose_chunk(batch, self.batches.chunk(batch.id, number))
        return found

    def _settle_again(self, batch: Batch, kind: Kind, number: int) -> None:
        """Write the outcomes of a chunk as the people's table shows them now."""
        chunk = Chunk.of(batch, number, self)
        outcomes = kind.applying()(chunk).applied().outcomes
        kind.store(self.objects).write_outcomes(batch.id, number, outcomes)

    def _finish(self, batch: Batch, sums: Sums) -> None:
        """Take a file from the unfinished ones; messages that were sent may still get a receipt."""
        now = self.clock()
        due = now + RECEIPT_GRACE if sums.messages(Sms.SENT) else None
        self.batches.finish(batch, receipts_due=due)
        if due:
            # The mark of this summary: the sweep asks for another once more receipts are counted.
            self.batches.watch(batch.id, Watch(sums.receipts_mark, now), stuck=None)

    def _sums(self, batch: Batch) -> Sums:
        moved = self.batches.moved(batch.id) if batch.programme else None
        return Sums.of(self.batches.chunks(batch.id), moved)

    def _write_last_summary(self, batch: Batch) -> Sums:
        """Write the summary until it shows the current counts; return those.

        Messages that were settled before the file was completed asked for no report. Another report
        may run at the same time: the last writer must have seen the last counts, so each reads the
        counts again after it has written.
        """
        sums = self._sums(batch)
        while True:
            self.deadline.check()
            write_summary(batch, sums, self.objects, self.kinds)
            now = self._sums(batch)
            if now == sums:
                return sums
            sums = now


@dataclass(frozen=True, kw_only=True)
class InformBank:
    """Sends the mail about a file once it is completed or refused."""

    batches: Batches
    objects: Objects
    announcer: Announcer
    page: str
    kinds: Kinds = KINDS

    def run(self, job: ReportJob) -> bool:
        """Inform the bank of a file that is done, once; return whether this call did.

        Raises:
            Retry: it could not be informed now.
        """
        batch = self.batches.get(job.batch)
        if batch is None or batch.status not in _DONE:
            return False
        mark = bucket_keys.informed(batch.id)
        if self.objects.exists(mark):
            return False
        sums = Sums.of(self.batches.chunks(batch.id))
        mail = notice(batch, sums, self.kinds.catalogue, self.page)
        self.announcer.tell(batch.bank, mail.subject, mail.text)
        self.objects.write(mark, b"", content_type="text/plain; charset=utf-8")
        return True
