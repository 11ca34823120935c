"""The row with which many files close: TOTAL, a control figure and not a person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.columns import Column
from chalicelib.domain.money import parse_rupiah
from chalicelib.domain.recipient import SourceRow

_TOTAL = {"total", "jumlah", "subtotal", "grandtotal"}
_BESIDE = re.compile(
    "grand|sub|keseluruhan|seluruh(nya)?|semua(nya)?|akhir|besar|umum|bantuan|dana|kredit|pinjaman"
    "|plafond?|nominal|nilai|pencairan|penerima|peserta|debitur|nasabah|anggota|orang|org|baris"
    "|data|rp|idr|dan"
)
"""Words that may stand beside TOTAL. Any other, and it may be somebody's name."""

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 100  # characters of a cell that says TOTAL
_COUNTED = re.compile(
    r"(\d[\d.,]*)\s*(orang|org|penerima|peserta|debitur|nasabah|anggota|baris|data)\b",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\dE\+?\d", re.IGNORECASE)  # what a spreadsheet made of a NIK
_FOOTER_CELLS = 3
_NIK_DIGITS = 10  # fewer are a running number or a count


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """What a closing row says of the rows above it; None where it says nothing.

    `amount` is whole rupiah, `rows` a number of people, `line` where the row stands.
    """

    line: int
    amount: int | None = None
    rows: int | None = None


class Closing:
    """Tells closing rows from people."""

    def __init__(self, columns: Mapping[Column, int]) -> None:
        """Take the indexes of the known columns."""
        self._nik = columns[Column.NIK]
        self._amount = columns[Column.AMOUNT]

    def is_total(self, row: SourceRow) -> bool:
        """Whether the row calls itself a total, and names nobody."""
        return not self._names_somebody(row) and any(map(_says_total, row.cells))

    def is_footer(self, row: SourceRow) -> bool:
        """Whether the row may stand below a total: place and date, or a signature.

        That is, a few words at most: no number that could be somebody's, and no amount.
        """
        filled = [cell for cell in row.cells if cell.strip()]
        return (
            len(filled) <= _FOOTER_CELLS
            and not any(map(_is_number, filled))
            and self._amount_of(row) is None
        )

    def control(self, rows: Iterable[SourceRow]) -> ControlTotal | None:
        """Return what closing rows say together; the last one that says a thing is right."""
        control = None
        for row in filter(self.is_total, rows):
            said = control or ControlTotal(row.line)
            amount, counted = self._amount_of(row), _counted(row)
            control = ControlTotal(
                row.line,
                said.amount if amount is None else amount,
                said.rows if counted is None else counted,
            )
        return control

    def _names_somebody(self, row: SourceRow) -> bool:
        return _is_number(row.cells[self._nik])

    def _amount_of(self, row: SourceRow) -> int | None:
        return parse_rupiah(row.cells[self._amount])


def _is_number(cell: str) -> bool:
    """Whether the cell holds a NIK, well or badly written, or a number as long as one."""
    return sum(map(str.isdigit, cell)) >= _NIK_DIGITS or bool(_SCIENTIFIC.search(cell))


def _says_total(cell: str) -> bool:
    if len(cell) > _LONGEST:
        return False
    words = set(_WORD.findall(cell.casefold()))
    return not words.isdisjoint(_TOTAL) and all(map(_BESIDE.fullmatch, words - _TOTAL))


def _counted(row: SourceRow) -> int | None:
    for cell in row.cells:
        if said := _COUNTED.search(cell):
            return int(re.sub(r"\D", "", said[1]))
    return None
