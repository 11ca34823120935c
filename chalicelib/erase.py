"""Deletes one person's data on their legal request, and leaves the file's counts explained.

The field officers' lists are written anew. What remains is a note beside the file: that a row was
accepted, with what premium, and that its person was erased, when, by whom and why. The upload
itself is the bank's document and stays.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.adapters.protocols import Batches, Clock, Enrollments, Objects, Queue
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus
from chalicelib.domain.enrollment import Enrollment, Erasure
from chalicelib.domain.jobs import BatchId, OutreachJob, ReportJob
from chalicelib.domain.nik import Nik, parse_nik
from chalicelib.domain.recipient import SourceRow
from chalicelib.domain.settlement import JudgedRow
from chalicelib.errors import MessageMalformed, NotYet, ObjectMissing
from chalicelib.files import work
from chalicelib.files.limits import Limits
from chalicelib.files.write import COLUMNS, ResultCells
from chalicelib.outreach import banks_with_lists
from chalicelib.report import results_key

_OURS = ResultCells._fields
_RESULTS = ("hasil.csv", "ditolak.csv")
_AFTERWARDS = timedelta(minutes=15)
"""As long as this function may run: what is asked for so late finds it over."""


class EraseRequest(BaseModel):
    """Whose data to delete; `also_in` names further files in which the person stands.

    Those are the files that were told of a duplicate or a conflict: no index leads to them.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    nik: str = Field(max_length=64)
    by: str = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=500)
    also_in: tuple[BatchId, ...] = ()


class Erased(BaseModel):
    """What was deleted: the enrollments as programme, file and row; the objects rewritten."""

    enrollments: list[tuple[str, str, int]] = []
    objects: list[str] = []


def erase_person(
    request: EraseRequest,
    *,
    enrollments: Enrollments,
    batches: Batches,
    objects: Objects,
    report_queue: Queue,
    clock: Clock,
    deadline: Deadline,
) -> Erased:
    """Take a person out of the people's table and out of the files' objects. Safe to repeat.

    Raises:
        MessageMalformed: what was given is no NIK, or a file is unknown.
        NotYet: one of the files or messages is still on its way; try again once it is finished.
    """
    nik = parse_nik(request.nik)
    if not isinstance(nik, Nik):
        raise MessageMalformed(f"no NIK: {nik.code}")
    found = deadline.patiently(lambda: enrollments.of_person(nik.value))
    if not all(each.may_be_erased for each in found):
        raise NotYet("a message to this person is still on its way")
    files = [
        _finished(batch, batches, deadline)
        for batch in dict.fromkeys((*(each.batch for each in found), *request.also_in))
    ]
    erased = Erased()
    for batch in files:
        erased.objects += _redact(batch, nik.value, objects, deadline)
    reports = [ReportJob(batch=each.batch).model_dump_json() for each in found]
    # Asked for beforehand, too: where this run dies, the next one no longer knows of which files
    # the person was, and their summaries would never tell of it.
    deadline.patiently(lambda: report_queue.send(reports, delay=_AFTERWARDS))
    # The enrollment goes last: it is what leads a repeated run to the file.
    erasure = Erasure(clock(), request.by, request.reason)
    for enrollment in found:
        _delete(enrollment, erasure, enrollments, deadline)
        erased.enrollments.append((enrollment.programme, enrollment.batch, enrollment.row))
    # Every bank's that has lists: a repeated run no longer knows whose enrollment it was.
    lists = [OutreachJob(outreach=bank).model_dump_json() for bank in banks_with_lists(objects)]
    deadline.patiently(lambda: report_queue.send([*reports, *lists]))
    return erased


def _finished(batch: str, batches: Batches, deadline: Deadline) -> Batch:
    found = deadline.patiently(lambda: batches.get(batch))
    if found is None:
        raise MessageMalformed("there is no such file")
    if found.status not in {BatchStatus.COMPLETED, BatchStatus.REFUSED}:
        raise NotYet("the file is still on its way")
    return found


def _delete(
    enrollment: Enrollment, erasure: Erasure, enrollments: Enrollments, deadline: Deadline
) -> None:
    if not deadline.patiently(lambda: enrollments.erase(enrollment, erasure)):
        raise NotYet("the enrollment has just changed")


def _redact(batch: Batch, nik: str, objects: Objects, deadline: Deadline) -> list[str]:
    """Empty the person's rows in a file's chunk objects and results; return what was rewritten."""
    changed = []
    # By what is there: of a refused file nobody has counted the chunks.
    for key in list(objects.keys(work.rows_folder(batch.id))):
        deadline.check()
        if _redact_chunk(key, nik, objects):
            changed.append(key)
    for name in _RESULTS:
        key = results_key(batch, name)
        if _redact_result(key, nik, objects):
            changed.append(key)
    return changed


def _redact_chunk(key: str, nik: str, objects: Objects) -> bool:
    try:
        rows = work.decode_rows(objects.read(key))
    except ObjectMissing:
        return False  # chunk objects expire, and with them what stood in them
    redacted = [_without_person(row) if _is_in(row.source.cells, nik) else row for row in rows]
    if redacted == rows:
        return False
    objects.write(key, work.encode_rows(redacted), content_type=work.CONTENT_TYPE)
    return True


def _without_person(row: JudgedRow) -> JudgedRow:
    blank = SourceRow(row.source.line, tuple("" for _ in row.source.cells))
    # Anew, and not changed: whatever a row may come to hold is not kept by oversight.
    return JudgedRow(blank, (), first=row.first)


def _redact_result(key: str, nik: str, objects: Objects) -> bool:
    with tempfile.TemporaryFile() as original, _cells_of_any_size():
        try:
            objects.fetch(key, None, original)
        except ObjectMissing:
            return False
        text = io.TextIOWrapper(original, encoding="utf-8", newline="")
        if not any(_is_in(row, nik) for row in csv.reader(text)):
            return False
        text.seek(0)
        with objects.writer(key, content_type="text/csv; charset=utf-8") as out:
            rows = csv.reader(text)
            header = next(rows)
            out.write(_csv_line(header))
            width = header.index(COLUMNS[0])
            for row in rows:
                out.write(_csv_line(_blanked(row, width) if _is_in(row, nik) else row))
    return True


@contextmanager
def _cells_of_any_size() -> Iterator[None]:
    """Read cells as long as a result file may hold; the limit is the whole process's."""
    before = csv.field_size_limit(Limits().record_characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _is_in(cells: Sequence[str], nik: str) -> bool:
    """Whether one of the cells is this NIK, however it is written."""
    for cell in cells:
        if nik[-4:] in cell:
            read = parse_nik(cell)
            if isinstance(read, Nik) and read.value == nik:
                return True
    return False


def _blanked(row: Sequence[str], width: int) -> list[str]:
    """Return a row with the bank's own cells emptied and what payung said of it kept.

    What came beyond the header, and stands behind our columns, is the bank's own too.
    """
    ours = len(_OURS)
    surplus = len(row) - width - ours
    return [*([""] * width), *row[width : width + ours], *([""] * surplus)]


def _csv_line(row: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(row)
    return line.getvalue().encode()
