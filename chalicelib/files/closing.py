"""The rows of a report that are no people: TOTAL and JUMLAH, and what stands below the last one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.blank import is_blank
from chalicelib.domain.columns import Column
from chalicelib.domain.money import TOTAL_DIGITS, parse_rupiah
from chalicelib.domain.recipient import SourceRow

_TOTAL = {"total", "jumlah", "jml", "subtotal", "grandtotal"}
_BESIDE = re.compile(
    "grand|sub|keseluruhan|seluruh(nya)?|semua(nya)?|akhir|besar|umum|bantuan|dana|kredit|pinjaman"
    "|plafond?|nominal|nilai|pencairan|penerima|peserta|debitur|nasabah|anggota|orang|org|baris"
    "|data|rp|idr|dan|halaman|hal|hlm|lembar|ke|dari|ini|sampai|dengan|sd|pindahan|dipindahkan"
)
"""Words that may stand beside TOTAL. Any other, and it may be somebody's name."""

_NO_NAME = re.compile(
    "halaman|hal|hlm|lembar|keseluruhan|seluruhnya|semuanya|bantuan|penerima|peserta|debitur|nasabah"
    "|anggota|orang|org|baris|data"
)
"""Those that may stand alone in the column of names; others may be a name there, such as Dana."""

_MONEY = re.compile("rp|idr|rupiah|ribu|rb|juta|jt|mil[iy]ar|m|triliun|trilyun|t|e")
"""Words of an amount, well or badly written; `1,8E+11` has one too."""

_WORD = re.compile(r"[^\W\d_]+")
_UNTIL = re.compile(r"\bs[/.]d\b")
_LONGEST = 100  # characters of a cell in a row that says TOTAL
_COUNTED = re.compile(
    r"(\d[\d.,]*)\s*(orang|org|penerima|peserta|debitur|nasabah|anggota|baris|data)\b",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\dE\+?\d", re.IGNORECASE)  # what a spreadsheet made of a NIK
_SOMEBODYS = re.compile(r"\d{16}|(?<!\d)(?:0|\+62)\d{8}")  # a NIK, or a phone or account number
_FOOTER_CELLS = 3
_NIK_DIGITS = 10  # fewer are a running number or a count
_COUNT_DIGITS = 7

_OF_A_PERSON = (
    Column.PHONE,
    Column.BIRTH_DATE,
    Column.SEX,
    Column.REGENCY,
    Column.ACCOUNT,
    Column.FAMILY_CARD,
)
"""Columns in which no total is ever shown, so that a number there is somebody's."""


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """What a closing row says of the rows above it; None where it says nothing.

    `amount` is whole rupiah, `rows` a number of people, `line` where the row stands. `unreadable`
    says that there is an amount which cannot be read.
    """

    line: int
    amount: int | None = None
    rows: int | None = None
    unreadable: bool = False

    @property
    def tells_amount(self) -> bool:
        """Whether there is an amount, readable or not."""
        return self.unreadable or self.amount is not None


class Closing:
    """Tells totals and footers from people. Where a row may be somebody, it is a person's."""

    def __init__(self, columns: Mapping[Column, int]) -> None:
        """Take the indexes of the known columns."""
        self._nik = columns[Column.NIK]
        self._name = columns[Column.NAME]
        self._amount = columns[Column.AMOUNT]
        self._of_a_person = {columns[each] for each in _OF_A_PERSON if each in columns}
        never = (Column.AMOUNT, Column.PHONE, Column.BIRTH_DATE, Column.ACCOUNT)
        self._not_in_footers = {columns[each] for each in never if each in columns}
        self._known = frozenset(columns.values())

    def is_total(self, row: SourceRow) -> bool:
        """Whether the row calls itself a total, and names nobody.

        No cell has another word than those of a total, and none a number that is somebody's.
        """
        cells = row.cells
        nik = cells[self._nik]
        if len(nik) >= _NIK_DIGITS and nik.isdigit():
            return False  # nearly every row, and quick to see
        if _is_number(nik) and not _says_total(nik):
            return False
        says = False
        for index, cell in enumerate(cells):
            if is_blank(cell) or (index == self._amount and _is_figure(cell)):
                continue
            if not self._names_nobody(cells, index):
                return False
            says = says or _says_total(cell)
        return says

    def is_footer(self, row: SourceRow) -> bool:
        """Whether the row may stand below a total: place and date, or a signature.

        That is, one cell of words; or a few cells, where none is a person's amount, phone, birth
        date or account, and a name has nothing beside it that would be of its person: a NIK, an
        address, a running number.
        """
        cells = row.cells
        filled = {index for index, cell in enumerate(cells) if cell.strip()}
        if len(filled) > _FOOTER_CELLS or any(_is_number(cells[index]) for index in filled):
            return False
        if len(filled) == 1:
            return all(_is_text(cells[index]) for index in filled)
        if self._name in filled:
            beside = filled - {self._name}
            return beside.isdisjoint(self._known) and all(_is_text(cells[each]) for each in beside)
        if self._nik in filled and not _is_text(cells[self._nik]):
            return False
        return filled.isdisjoint(self._not_in_footers)

    def control(self, said: ControlTotal | None, row: SourceRow) -> ControlTotal:
        """Return what a total says, after what those right above it said.

        Amount and count may stand in two rows. A row that says anew what was said already is the
        total of more than the one above it, which then does not count.
        """
        cell = row.cells[self._amount]
        amount = parse_rupiah(cell, most_digits=TOTAL_DIGITS)
        now = ControlTotal(row.line, amount, _counted(row), amount is None and _states(cell))
        if (
            said is None
            or (now.tells_amount and said.tells_amount)
            or (now.rows is not None and said.rows is not None)
        ):
            return now
        of_amount = now if now.tells_amount else said
        rows = said.rows if now.rows is None else now.rows
        return ControlTotal(of_amount.line, of_amount.amount, rows, of_amount.unreadable)

    def _names_nobody(self, cells: tuple[str, ...], index: int) -> bool:
        """Whether a cell of a row that may be a total is neither a name nor anybody's number."""
        cell = cells[index]
        if len(cell) > _LONGEST or _SOMEBODYS.search(cell):
            return False
        words = _words(cell)
        if not all(map(_is_of_totals, words)):
            return False
        if words:
            return index != self._name or _says_total(cell) or any(map(_NO_NAME.fullmatch, words))
        if index in self._of_a_person:
            return False
        if index == self._nik and _says_total(cells[self._name]):
            return False  # somebody who is called so, with a bad NIK
        return index not in {self._nik, self._name} or _digits(cell) <= _COUNT_DIGITS


def _words(cell: str) -> set[str]:
    return set(_WORD.findall(_UNTIL.sub("sd", cell.casefold())))


def _digits(cell: str) -> int:
    return sum(map(str.isdigit, cell))


def _is_number(cell: str) -> bool:
    """Whether the cell holds a NIK, well or badly written, or a number as long as one."""
    return _digits(cell) >= _NIK_DIGITS or bool(_SCIENTIFIC.search(cell))


def _is_text(cell: str) -> bool:
    """Whether the cell is words rather than a number: "Manado, 7 September 2021" is."""
    return sum(map(str.isalpha, cell)) > _digits(cell)


def _is_of_totals(word: str) -> bool:
    return word in _TOTAL or bool(_BESIDE.fullmatch(word))


def _says_total(cell: str) -> bool:
    if len(cell) > _LONGEST:
        return False
    words = _words(cell)
    return not words.isdisjoint(_TOTAL) and all(map(_is_of_totals, words))


def _is_figure(cell: str) -> bool:
    """Whether a cell of the amounts is one, well or badly written, or a spreadsheet's error."""
    if len(cell) > _LONGEST or _SOMEBODYS.search(cell):
        return False
    is_money = _digits(cell) > 0 and all(map(_MONEY.fullmatch, _words(cell)))
    return is_money or cell.lstrip().startswith("#")


def _states(cell: str) -> bool:
    """Whether a cell of the amounts, which cannot be read, is more than the word or a count."""
    rest = _COUNTED.sub("", cell).strip()
    if _says_total(rest) and not _digits(rest):
        return False
    return rest == "0" or not is_blank(rest)  # here 0 says something


def _counted(row: SourceRow) -> int | None:
    for cell in row.cells:
        if said := _COUNTED.search(cell):
            return int(re.sub(r"\D", "", said[1]))
    return None
