"""Reads one row of a confirmation: who is meant, and what is stated. Nothing is looked up here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.cells.blank import is_blank, unwrapped
from chalicelib.domain.cells.dates import is_no_day, other_days, parse_date
from chalicelib.domain.cells.money import parse_rupiah
from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.file.row import SourceRow
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.money.confirm import Stated
from chalicelib.domain.person.reference import ReferenceInvalid, parse_reference
from chalicelib.kinds.kind import Judged
from chalicelib.kinds.shape import misshapen

from .codes import ConfirmCode
from .columns import Column
from .rows import ConfirmRow
from .statement import NOTHING, Cells, Statement, Statements
from .words import Words

_DEBIT = ("DB", "DR", "D")
"""What banks put before or behind the amount of a debit. CR is a credit, and unreadable."""
_HOST_TIME = re.compile(r"(20[0-9]{6})[0-9]{4}(?:[0-9]{2})?")
"""A day and a time as hosts write them: `20261122081522`."""
_MOST_SAID = 4096
_A_YEAR = timedelta(days=366)
_OF_A_STATEMENT = (
    Column.STATUS, Column.TAKEN, Column.SNAP, Column.DETAIL, Column.CODE, Column.REASON,
    Column.REMARK, Column.SIDE, Column.CREDIT,
)  # fmt: skip
"""In the order of `Cells`."""
_WHY = {
    Code.NIK_EXCEL_ROUNDED: "NIK dibulatkan Excel, angka aslinya hilang",
    Code.NIK_NOT_DIGITS: "NIK disamarkan atau bukan angka",
    Code.NIK_MISSING: "NIK dan referensi kosong",
}


@dataclass(frozen=True, slots=True)
class _Person:
    """Who a row means; `problem` where that cannot be read."""

    nik: str = ""
    batch: str = ""
    row: int = 0
    problem: Finding | None = None


class Judge:
    """Reads the rows of one file."""

    def __init__(
        self, columns: Mapping[str, int], words: Words, *, width: int, today: date
    ) -> None:
        """Take the columns of the file, the words of its bank, and the local day of its arrival."""
        self._columns = columns
        self._statements = Statements(words)
        self._places = tuple(columns[each] for each in _OF_A_STATEMENT if each in columns)
        self._said: dict[tuple[str, ...], Statement] = {}
        self._days: dict[str, tuple[date | None, tuple[Finding, ...]]] = {}
        self._width = width
        self._today = today

    def __call__(self, row: SourceRow) -> Judged[ConfirmRow]:
        """Return the row with what it says."""
        if shape := misshapen(row.cells, self._width):
            return Judged(ConfirmRow(row, (shape,)), None, fit=False)
        cells = row.cells
        amount, is_readable = self._amount(cells)
        who, what = self._person(cells), self._statement(cells)
        counted = (amount or 0) if is_readable else None
        nik = who.nik or None
        if not (what.stated or what.problem):
            return Judged(ConfirmRow(row, ()), counted, fit=True, nik=nik)
        problem = who.problem or what.problem
        if not problem and what.stated == Stated.DEDUCTED and not is_readable:
            problem = Finding(ConfirmCode.AMOUNT_DIFFERS)
        if problem:
            # The person stays known: this row may contradict another row of the file.
            broken = ConfirmRow(row, (problem,), nik=who.nik, batch=who.batch, row=who.row)
            return Judged(broken, counted, fit=False, nik=nik)
        day, warnings = self._day(cells)
        only_nik = who.nik.endswith("0") and not who.batch
        judged = ConfirmRow(
            row,
            warnings,
            stated=what.stated,
            amount=amount,
            day=day,
            evidence=self._cell(cells, Column.EVIDENCE),
            reason=what.reason,
            words=self._own_words(cells) if what.reason else "",
            nik=who.nik,
            batch=who.batch,
            row=who.row,
            name=self._cell(cells, Column.NAME) if only_nik else "",
            doubt=what.doubt,
        )
        good = what.stated == Stated.DEDUCTED
        return Judged(judged, counted, fit=True, nik=nik, good=good)

    def _cell(self, cells: Sequence[str], column: Column) -> str:
        place = self._columns.get(column)
        return unwrapped(cells[place]) if place is not None and place < len(cells) else ""

    def _own_words(self, cells: Sequence[str]) -> str:
        return self._cell(cells, Column.REASON) or self._cell(cells, Column.REMARK)

    def _statement(self, cells: Sequence[str]) -> Statement:
        """Return what a row states. Few of them differ, so what was read is kept."""
        written = tuple([cells[place] for place in self._places])
        found = self._said.get(written)
        if found is None:
            if len(self._said) >= _MOST_SAID:
                self._said.clear()
            says = Cells(*(self._cell(cells, column) for column in _OF_A_STATEMENT))
            found = self._said[written] = self._statements.of(says)
        return found

    def _amount(self, cells: Sequence[str]) -> tuple[int | None, bool]:
        """Return the amount (rupiah), None for an empty cell, and whether it can be read.

        Only an empty cell means the premium: 0 and a dash are statements of their own. A total with
        a fee in it is compared where nothing else is given; what of it is premium is not guessed.
        """
        text = self._cell(cells, Column.AMOUNT)
        if not text and (text := self._cell(cells, Column.TOTAL)):
            fee = self._cell(cells, Column.FEE)
            if fee and fee != "-" and not NOTHING.fullmatch(fee):
                return None, False
        if not text:
            return None, True
        if NOTHING.fullmatch(text):
            return 0, True
        amount = parse_rupiah(text)
        if amount is None:
            text = _without_debit(text)
            amount = 0 if NOTHING.fullmatch(text) else parse_rupiah(text)
        return amount, amount is not None

    def _person(self, cells: Sequence[str]) -> _Person:
        nik = parse_nik(self._cell(cells, Column.NIK))
        number = nik.value if isinstance(nik, Nik) else ""
        if (text := self._cell(cells, Column.REFERENCE)) not in {"", "-"}:
            try:
                return _Person(number, *parse_reference(text))
            except ReferenceInvalid:
                return _Person(problem=Finding(ConfirmCode.REFERENCE_MISTYPED))
        if isinstance(nik, Nik):
            return _Person(number)
        why = {"why": _WHY[Code(nik.code)]} if nik.code in _WHY else {}
        return _Person(problem=Finding.of(ConfirmCode.PERSON_UNKNOWN, **why))

    def _day(self, cells: Sequence[str]) -> tuple[date | None, tuple[Finding, ...]]:
        """Return the stated day. Few of them differ, so what was read is kept."""
        text = self._cell(cells, Column.DATE)
        found = self._days.get(text)
        if found is None:
            if len(self._days) >= _MOST_SAID:
                self._days.clear()
            found = self._days[text] = self._day_of(text)
        return found

    def _day_of(self, text: str) -> tuple[date | None, tuple[Finding, ...]]:
        """Return the day of a cell. Where it may mean several, one of the last year is meant."""
        if is_blank(text) or is_no_day(text):
            return None, ()
        if clear := parse_date(_HOST_TIME.sub(r"\1", text)):
            return clear, ()
        days = other_days(text)
        if not days:
            return None, (Finding(ConfirmCode.DATE_UNREADABLE),)
        near = (day for day in days if abs(day - self._today) <= _A_YEAR)
        return next(near, days[0]), ()


def _without_debit(text: str) -> str:
    """Return an amount without its plus sign and the mark of a debit at its start or end."""
    text = text.removeprefix("+").strip()
    for mark in _DEBIT:
        rest = text[len(mark) :].removeprefix(".").lstrip()
        if text[: len(mark)].upper() == mark and rest[:1].isdecimal():
            return rest
    text = text.removesuffix(".")
    for mark in _DEBIT:
        if text[-len(mark) :].upper() == mark:
            return text[: -len(mark)].rstrip()
    return text
