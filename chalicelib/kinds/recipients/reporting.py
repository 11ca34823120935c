"""Writes the outcome of a row of recipients in Indonesian, for the bank."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from chalicelib.adapters.ports import Objects
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.guard import file_mark, guard_of
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.files.write import Remark, ResultCells
from chalicelib.kinds.kind import Result
from chalicelib.kinds.results import result_cells

from .columns import Column, columns_in
from .remarks import ABOUT
from .rows import RecipientOutcome, RecipientRow, recipient_store

_REMARKED_ROWS = 10_000
_TO_FILL_IN = ("",) * 5
"""Status, amount, day, number of the booking, and reason."""


class RecipientReporting:
    """The content of the result files of recipients."""

    def __init__(self, objects: Objects, catalogue: Catalogue) -> None:
        """Take the bucket with the chunks, and the catalogue that explains codes."""
        self._store = recipient_store(objects)
        self._catalogue = catalogue
        self._columns: dict[str, Mapping[str, int]] = {}

    def results(self, batch: Batch, chunk: int) -> Iterator[Result]:
        """Iterate over the results of a chunk, in the order of its rows."""
        columns = self._columns_of(batch)
        nik, file = columns.get(Column.NIK), file_mark(batch.id)
        is_early = (chunk - 1) * batch.chunk_rows < _REMARKED_ROWS
        for row, outcome in self._store.settled(batch.id, chunk):
            cells = answer_of(outcome, self._catalogue, guard=_guard(row, nik), file=file)
            is_rejected = outcome.disposition is Disposition.REJECTED
            has_remarks = outcome.findings and (is_early or is_rejected)
            remarks = self._remarks(outcome, columns, is_error=is_rejected) if has_remarks else ()
            form = form_of(row, outcome) if outcome.reference else None
            yield Result(row.source, outcome.disposition, cells, remarks, form)

    def _columns_of(self, batch: Batch) -> Mapping[str, int]:
        """Return the index of each known column in the rows of a file."""
        if batch.id not in self._columns:
            header, _ = self._store.header(batch.id)
            self._columns[batch.id] = columns_in(header, batch.bank)
        return self._columns[batch.id]

    def _remarks(
        self, outcome: RecipientOutcome, columns: Mapping[str, int], *, is_error: bool
    ) -> list[Remark]:
        found = ((columns.get(ABOUT.get(each.code, "")), each) for each in outcome.findings)
        return [
            Remark(cell, self._catalogue.message(finding), is_error)
            for cell, finding in found
            if cell is not None
        ]


def answer_of(
    outcome: RecipientOutcome, catalogue: Catalogue, *, guard: str = "", file: str = ""
) -> ResultCells:
    """Return the cells that go behind a row of the result files, in the kind's order.

    `guard` is the guard of the row's NIK, `file` the mark of the file. Premium and net aid (rupiah)
    are digits only, so that a spreadsheet can add them. The premium of a row that is not accepted
    is 0, because nothing may be deducted. Dates are ISO.
    """
    accepted = outcome.disposition is Disposition.ACCEPTED
    own = (
        str(outcome.premium),
        str(outcome.aid - outcome.premium) if accepted else "",
        _day(outcome.starts),
        _day(outcome.ends),
        outcome.reference,
        guard,
        file,
    )
    deduct = _deduct(outcome.premium, outcome.rule) if accepted else ""
    return result_cells(outcome, catalogue, own, first=deduct)


def form_of(row: RecipientRow, outcome: RecipientOutcome) -> tuple[str, ...]:
    """Return the cells of an accepted row in `konfirmasi`; what the bank fills in is empty."""
    who = row.recipient
    nik, name = (who.nik, who.name) if who else ("", "")  # the person was erased since
    return (outcome.reference, str(outcome.line), nik, name, str(outcome.premium), *_TO_FILL_IN)


def _guard(row: RecipientRow, nik: int | None) -> str:
    if row.recipient:
        return guard_of(row.recipient.nik)
    cells = row.source.cells
    return guard_of(cells[nik]) if nik is not None and nik < len(cells) else ""


# Nearly all rows of a file have the same values.
@lru_cache(maxsize=256)
def _deduct(premium: int, rule: str) -> str:
    return f"Potong iuran Rp{format_rupiah(premium)} ({rule})."


@lru_cache(maxsize=256)
def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
