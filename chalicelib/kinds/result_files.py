"""The result files of a file whose rows are settled: each as CSV, and as a workbook for people."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.files.write import CsvWriter, Remark, ResultShape
from chalicelib.files.write_workbook import CONTENT_TYPE, WorkbookWriter
from chalicelib.kinds.kind import Kind

EVERYONE, REJECTED, FORM = "hasil", "ditolak", "konfirmasi"
RESULTS = (EVERYONE, REJECTED, FORM)
"""Their names, without the suffix of the CSV or of the workbook."""
SHEETS = {EVERYONE: "Hasil", REJECTED: "Ditolak", FORM: "Konfirmasi"}
CSV_TYPE = "text/csv; charset=utf-8"

_Write = Callable[[Sequence[str], Sequence[Remark]], None]


def write_result_files(
    batch: Batch,
    kind: Kind,
    objects: Objects,
    catalogue: Catalogue,
    deadline: Deadline,
    chunks: Sequence[int],
) -> None:
    """Write the results of these chunks of a file in one pass, in this order.

    A second run writes the same bytes.

    Raises:
        Poison: an object that an earlier step wrote is gone or broken.
    """
    header, surplus = kind.store(objects).header(batch.id)
    shape = ResultShape(header, kind.result_columns, surplus=surplus)
    reporting = kind.reporting()(objects, catalogue)
    with ExitStack() as stack:
        everyone, rejected = (
            _opened(batch, name, shape.titles, objects, stack) for name in (EVERYONE, REJECTED)
        )
        form = _opened(batch, FORM, kind.form, objects, stack) if kind.form else None
        for chunk in chunks:
            deadline.check()
            for result in reporting.results(batch, chunk):
                row = shape.row(result.source.cells, result.cells)
                everyone(row, result.remarks)
                if result.disposition is Disposition.REJECTED:
                    rejected(row, result.remarks)
                if form and result.form:
                    form(result.form, ())


def _opened(
    batch: Batch, name: str, titles: Sequence[str], objects: Objects, stack: ExitStack
) -> _Write:
    """Open a CSV and its workbook; return what writes a row into both."""
    key = bucket_keys.result(batch.bank, batch.id, name)
    out = stack.enter_context(objects.writer(f"{key}.csv", content_type=CSV_TYPE))
    book = stack.enter_context(objects.writer(f"{key}.xlsx", content_type=CONTENT_TYPE))
    text = CsvWriter(out, titles)
    workbook = stack.enter_context(WorkbookWriter(book, SHEETS[name], titles))

    def write(row: Sequence[str], remarks: Sequence[Remark]) -> None:
        text.write(row)
        workbook.write(row, remarks)

    return write
