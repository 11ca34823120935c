"""Reads a confirmation: judges its rows, and finds people who have two rows."""

from array import array
from collections.abc import Mapping
from zlib import crc32
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.domain.file.control import ANY_AMOUNT, Bounds
from chalicelib.domain.file.first_rows import FirstRows
from chalicelib.domain.file.guard import Said
from chalicelib.domain.file.row import SourceRow
from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.money.confirm import Stated
from chalicelib.kinds.kind import FileToRead, Judged, RowJudge

from .codes import ConfirmCode
from .judgement import Judge
from .rows import ConfirmRow
from .words import words_of

_NIK_DIGITS = 16
_UNCERTAIN = 0
"""The mark of a row that states nothing for certain."""


class ConfirmReading:
    """One reading of one confirmation.

    Two rows of one person that say the same are one statement: the first counts. If they differ,
    neither counts, because payung never guesses which is right. That is known only at the second of
    them, so the file is read once more (`again`) with the list of such people.
    """

    def __init__(self, file: FileToRead, contradicted: Mapping[int, int] | None = None) -> None:
        """Take the file, and the rows (by ordinal) that a row at another line contradicts."""
        self._file = file
        self._contradicted = contradicted
        self._found: dict[int, int] = {}
        self._first, self._named = FirstRows(), FirstRows()
        # By ordinal: what a row states, its booking, its line, and whether it has a reference.
        self._stated, self._booked, self._lines = array("I"), array("I"), array("I")
        self._referring = array("B")

    @property
    def programme(self) -> None:
        """A confirmation can speak of people of several programmes."""
        return

    @property
    def timezone(self) -> ZoneInfo:
        """The time zone of the programme that opened last."""
        programmes = self._file.agreements.programmes.values()
        return max(programmes, key=lambda each: each.opens).timezone

    @property
    def bounds(self) -> Bounds:
        """Any amount: rows that failed may have one, too."""
        return ANY_AMOUNT

    def judge(self, columns: Mapping[str, int], *, width: int, doubtful: bool = False) -> RowJudge:  # noqa: ARG002  # of the protocol
        """Return the judge of a file with these columns.

        `doubtful` changes nothing: a NIK that ends in 0 has to fit the person's name anyway.
        """
        today = self._file.batch.received_at.astimezone(self.timezone).date()
        judge = Judge(columns, words_of(self._file.bank.code), width=width, today=today)

        def judged(source: SourceRow, ordinal: int, _: Said | None) -> Judged[ConfirmRow]:
            found = judge(source)
            row = found.row
            stated, booked = self._marks(row)
            for marks, mark in (
                (self._stated, stated),
                (self._booked, booked),
                (self._lines, source.line),
                (self._referring, bool(row.batch)),
            ):
                del marks[ordinal:]  # the row before was a total: its place is given again
                marks.append(mark)
            if not row.concerns_somebody:
                return found
            twice = self._twice(row, ordinal)
            return found if twice is None else _broken(found, twice)

        return judged

    def estimate(self) -> None:
        """Return None: no message goes out."""
        return

    def warnings(self) -> tuple[Finding, ...]:
        """Return no warnings about the file: each row has its own."""
        return ()

    def again(self) -> "ConfirmReading | None":
        """Return a reading that knows the rows which contradict each other; None if none do."""
        if self._contradicted is not None or not self._found:
            return None
        return ConfirmReading(self._file, self._found)

    def _twice(self, row: ConfirmRow, ordinal: int) -> Finding | None:
        """Return the finding of a row whose person has another row that matters.

        A row that cannot be read for certain, such as a reversal, contradicts one that can.
        """
        first = self._first_row(row, ordinal)
        contradicted = self._contradicted or {}
        if first == ordinal:
            return _neither(contradicted[ordinal]) if ordinal in contradicted else None
        if first in contradicted:
            return _neither(self._lines[first])
        stated = self._stated[first], self._stated[ordinal]
        if stated == (_UNCERTAIN, _UNCERTAIN):
            return None  # each has its own finding, and moves nobody
        if stated[0] != stated[1]:
            self._found.setdefault(first, row.source.line)
            return _neither(self._lines[first])
        # Two bookings of one deduction: the person was charged twice, which the later step finds.
        booked = self._booked[first], self._booked[ordinal]
        if row.stated == Stated.DEDUCTED and all(booked) and booked[0] != booked[1]:
            return None
        return Finding.of(ConfirmCode.CONFIRM_TWICE_IN_FILE, line=self._lines[first])

    def _first_row(self, row: ConfirmRow, ordinal: int) -> int:
        """Return the ordinal of the first row about the same premium.

        A row with a NIK alone is about the same one as a row with a reference and this NIK. If the
        person has two premiums, such a row is ambiguous anyway.
        """
        first = self._first.first(_key(row), ordinal)
        if not row.nik:
            return first
        named = self._named.first(row.nik, ordinal)
        is_other_premium = self._referring[named] and self._referring[ordinal]
        return first if is_other_premium else min(first, named)

    @staticmethod
    def _marks(row: ConfirmRow) -> tuple[int, int]:
        """Return marks of what a row states and of its booking; equal rows have equal marks."""
        booking = row.booking
        booked = crc32(booking.encode()) if booking else 0
        if not row.stated:
            return _UNCERTAIN, booked
        stated = f"{row.stated}|{row.amount}|{row.day}|{row.reason}|{row.name}|{bool(row.doubt)}"
        return crc32(stated.encode()) or 1, booked


def _key(row: ConfirmRow) -> str:
    """Return whose premium a row means, so that no key is the beginning of another one's.

    One person can have several premiums: a reference tells them apart, a NIK does not.
    """
    return f"{row.batch}-{row.row}".ljust(_NIK_DIGITS, "_") if row.batch else row.nik


def _neither(line: int) -> Finding:
    return Finding.of(ConfirmCode.CONFIRM_TWICE_IN_FILE, line=line, neither="")


def _broken(found: Judged[ConfirmRow], problem: Finding) -> Judged[ConfirmRow]:
    row = ConfirmRow(found.row.source, (problem,))
    return replace(found, row=row, fit=False)
