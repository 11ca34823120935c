"""Deletes one person's data on their legal request, and keeps the file's counts explained.

The outreach lists are written again. A note beside the file stays: that a row was accepted, with
what premium, and that its person was erased, when, by which administrator and why. The upload is
the bank's document and stays.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Batches, Clock, Enrollments, Objects, Outbox
from chalicelib.deadline import Deadline
from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.outcome import Outcome
from chalicelib.domain.file.row import JudgedRow
from chalicelib.domain.jobs import BatchId
from chalicelib.domain.money.standing import Leaf
from chalicelib.domain.person.enrollment import Erasure
from chalicelib.errors import MessageMalformed, NotYet, ObjectMissing
from chalicelib.files.limits import Limits
from chalicelib.files.neutral import all_restored, restored
from chalicelib.files.write import COLUMNS, GUARD, LINE, CsvWriter
from chalicelib.files.write_workbook import CONTENT_TYPE as WORKBOOK_TYPE
from chalicelib.files.write_workbook import WorkbookWriter
from chalicelib.kinds.chunk_store import ChunkStore
from chalicelib.kinds.registry import KINDS, Kinds
from chalicelib.kinds.result_files import CSV_TYPE, RESULTS, SHEETS
from chalicelib.steps.staff.outreach import banks_with_lists

_ON_ITS_WAY = {Leaf.TO_REMIT, Leaf.AWAITING}
_AFTERWARDS = timedelta(minutes=15)
"""As long as this function may run: a job that waits so long finds it ended."""


class EraseRequest(BaseModel):
    """Whose data to delete; `also_in` names further files that have a row of the person.

    Those are files whose row was a duplicate or a conflict: no index leads to them.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    nik: str = Field(max_length=64)
    by: str = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=500)
    also_in: tuple[BatchId, ...] = ()


class Erased(BaseModel):
    """What was deleted: enrollments as programme, file and row; and the rewritten objects."""

    enrollments: list[tuple[str, str, int]] = []
    objects: list[str] = []


@dataclass(frozen=True, kw_only=True)
class ErasePerson:
    """Takes a person out of the people's table and out of the files' objects."""

    enrollments: Enrollments
    batches: Batches
    objects: Objects
    outbox: Outbox
    clock: Clock
    deadline: Deadline
    kinds: Kinds = KINDS

    def run(self, request: EraseRequest) -> Erased:
        """Erase one person; return what was deleted. Safe to repeat.

        Raises:
            MessageMalformed: the request has no NIK, or a file is unknown.
            NotYet: a file or message of this person is not finished; try again once it is.
        """
        nik = parse_nik(request.nik)
        if not isinstance(nik, Nik):
            raise MessageMalformed(f"no NIK: {nik.code}")
        found = self.enrollments.of_person(nik.value)
        if not all(each.may_be_erased for each in found):
            raise NotYet("a message to this person is still on its way")
        if any(each.standing.leaf in _ON_ITS_WAY for each in found):
            # The premium would be paid for nobody: it goes back or is received first.
            raise NotYet("the premium of this person is deducted, and not received yet")
        files = [
            self._finished(batch)
            for batch in dict.fromkeys(
                (*(file for each in found for file in each.files), *request.also_in)
            )
        ]
        erased = Erased()
        for batch in files:
            erased.objects += self._redact(batch, nik.value)
        reports = [each.batch for each in found]
        # Ask for the reports beforehand, too: if this run dies, the next one finds no enrollment
        # that leads to the files, and their summaries would never show the erasure.
        self.outbox.report(*reports, after=_AFTERWARDS)
        # The enrollment goes last: it leads a repeated run to the file.
        erasure = Erasure(self.clock(), request.by, request.reason)
        for enrollment in found:
            if not self.enrollments.erase(enrollment, erasure):
                raise NotYet("the enrollment has just changed")
            erased.enrollments.append((enrollment.programme, enrollment.batch, enrollment.row))
        self.outbox.report(*reports)
        # The lists of every bank: a repeated run no longer knows the person's bank.
        self.outbox.outreach(*banks_with_lists(self.objects))
        return erased

    def _finished(self, batch: str) -> Batch:
        found = self.batches.get(batch)
        if found is None:
            raise MessageMalformed("there is no such file")
        if found.status not in {BatchStatus.COMPLETED, BatchStatus.REFUSED}:
            raise NotYet("the file is still on its way")
        return found

    def _redact(self, batch: Batch, nik: str) -> list[str]:
        """Blank the person's rows in a file's chunk objects and results; return what changed."""
        changed = []
        kind = self.kinds.of(batch.scheme)
        store = kind.store(self.objects)
        # List the objects: a refused file has no chunk count.
        for chunk in store.chunks_with_rows(batch.id):
            self.deadline.check()
            if _redact_chunk(batch.id, chunk, nik, store):
                changed.append(bucket_keys.rows(batch.id, chunk))
        ours = (*COLUMNS, *kind.result_columns)
        for name in RESULTS:
            key = bucket_keys.result(batch.bank, batch.id, name)
            changed += _redact_results(key, nik, self.objects, ours, SHEETS[name])
        return changed


def _redact_chunk(batch: str, chunk: int, nik: str, store: ChunkStore[JudgedRow, Outcome]) -> bool:
    try:
        rows = store.rows(batch, chunk)
    except ObjectMissing:
        return False  # it has expired, with all that it held
    redacted = [row.blanked() if _is_in(row.source.cells, nik) else row for row in rows]
    if redacted == rows:
        return False
    store.write_rows(batch, chunk, redacted)
    return True


def _redact_results(
    stem: str, nik: str, objects: Objects, ours: Sequence[str], sheet: str
) -> list[str]:
    """Blank a person's rows in a CSV of results with these columns of ours, and its workbook.

    The workbook is written again from the CSV, so it loses its colours and comments: the rows that
    it was made of may have expired. It appears first; the CSV leads a repeated run here. A file
    from before a column came has fewer columns, and one from before workbooks came has none.
    """
    key, workbook = f"{stem}.csv", f"{stem}.xlsx"
    with tempfile.TemporaryFile() as original, _cells_of_any_size():
        try:
            objects.fetch(key, None, original)
        except ObjectMissing:
            return []
        text = io.TextIOWrapper(original, encoding="utf-8-sig", newline="")
        if not any(_is_in(row, nik) for row in csv.reader(text)):
            return []
        text.seek(0)
        rows = csv.reader(text)
        header = next(rows)
        kept = [column in ours and column != GUARD for column in header]
        kept[: header.index(LINE)] = [False] * header.index(LINE)
        with ExitStack() as stack:
            out = stack.enter_context(objects.writer(key, content_type=CSV_TYPE))
            writers = [CsvWriter(out, header).write]
            if objects.exists(workbook):
                book = stack.enter_context(objects.writer(workbook, content_type=WORKBOOK_TYPE))
                titles = [restored(title) for title in header]
                writers.append(stack.enter_context(WorkbookWriter(book, sheet, titles)).write)
            for row in rows:
                cells = _blanked(row, kept) if _is_in(row, nik) else row
                for write in writers:
                    write(all_restored(cells))
    return [workbook, key] if len(writers) > 1 else [key]


@contextmanager
def _cells_of_any_size() -> Iterator[None]:
    """Read cells as long as a result file may hold. The limit is global to the process."""
    before = csv.field_size_limit(Limits().record_characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _is_in(cells: Sequence[str], nik: str) -> bool:
    """Whether a cell holds this NIK, in any spelling."""
    for cell in cells:
        if nik[-4:] in cell:
            read = parse_nik(cell)
            if isinstance(read, Nik) and read.value == nik:
                return True
    return False


def _blanked(row: Sequence[str], kept: Sequence[bool]) -> list[str]:
    """Return a row with the bank's cells blank and our cells kept, but for the NIK's guard.

    Cells beyond the header come after our columns. They are the bank's, too.
    """
    return [cell if keep else "" for cell, keep in zip(row, kept, strict=True)]
