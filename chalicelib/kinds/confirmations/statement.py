"""Reads what a row states: its status, beside codes, descriptions and remarks.

The words decide, never a code. Whatever contradicts them makes the row uncertain.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.money.confirm import Stated

from .codes import ConfirmCode
from .words import BLANK, DEAD, Words, agreed, is_known

NOTHING = re.compile(r"(?:(?:RP|IDR)\.?\s*)?0+(?:[.,][0-]+)*", re.IGNORECASE)
"""An amount of zero."""
_LONG_NUMBER = re.compile(r"\d{5,}")
_SHOWN = 40  # characters
_SILENT = {"", "-"}


class Cells(NamedTuple):
    """The cells of a row that say what became of the deduction."""

    status: str
    taken: str
    snap: str
    detail: str
    code: str
    reason: str
    remark: str
    side: str
    credit: str

    @property
    def shown(self) -> str:
        """The cell that a message repeats as the status."""
        return self.status or self.taken or self.snap or self.detail or self.code

    @property
    def remarks(self) -> tuple[str, ...]:
        """The cells in free words, which may contradict the status."""
        return self.reason, self.remark, self.detail


@dataclass(frozen=True, slots=True)
class Statement:
    """What a row states; `problem` where that cannot be read.

    `stated` is empty for a row that says nothing yet. `doubt` is the status as the bank wrote it,
    if something else in the row contradicts it.
    """

    stated: str = ""
    reason: str = ""
    doubt: str = ""
    problem: Finding | None = None


class Statements:
    """Reads the statements of a bank's rows."""

    def __init__(self, words: Words) -> None:
        """Take the words of the bank."""
        self._words = words

    def of(self, cells: Cells) -> Statement:
        """Return what a row states."""
        words = self._words
        reason = agreed(map(words.reason, (cells.reason, cells.remark)))
        if words.text(cells.status) in words.failed_with:
            return self._of_the_aid(cells, reason)
        meant, why = self._meant(cells)
        if not meant and (of_code := words.reason_of_code(cells.code)):
            meant, why = {Stated.FAILED.value}, {of_code}
        if reason == DEAD and meant <= {BLANK, Stated.DEFERRED}:
            return Statement(Stated.FAILED.value, DEAD)  # nothing is taken from the dead any more
        if meant <= {BLANK}:
            return self._not_yet(cells, reason)
        stated = meant.pop()
        if meant or stated is None:
            return _unknown(cells.shown)
        if stated == Stated.FAILED:
            return self._failed(cells, agreed({*why, reason, words.reason_of_code(cells.code)}))
        doubt = show(cells.shown) if self._contradicts(stated, cells) else ""
        return Statement(stated, "" if stated == Stated.DEDUCTED else reason, doubt)

    def _of_the_aid(self, cells: Cells, reason: str) -> Statement:
        """Return what a word of the aid states: a failure, if the reason fits it."""
        words = self._words
        status = words.text(cells.status)
        says_failed = words.status.get(status.split()[0]) == Stated.FAILED
        is_fitting = reason in words.failed_with[status] or (not reason and says_failed)
        return self._failed(cells, reason) if is_fitting else _unknown(cells.shown)

    def _not_yet(self, cells: Cells, reason: str) -> Statement:
        """Return what a row without a status states.

        A reason, a code or money that has moved says something: but not for certain.
        """
        words = self._words
        says = words.text(cells.code) not in _SILENT or is_known(reason)
        if says or any(map(words.says_moved, (cells.reason, cells.remark))):
            return _unknown(cells.shown or cells.reason or cells.remark)
        return Statement()

    def _meant(self, cells: Cells) -> tuple[set[str | None], set[str]]:
        """Return what the columns of a status mean (None: unknown), and why deductions failed."""
        words = self._words
        meant: set[str | None] = set()
        why: set[str] = set()
        for cell, table in (
            (cells.status, words.status),
            (cells.taken, words.taken),
            (cells.snap, words.snap),
            (cells.detail, words.status),
        ):
            text = words.text(cell)
            if text in _SILENT:
                continue
            meaning = table.get(text)
            if meaning is None and (failing := words.failing(cell)):
                meaning = Stated.FAILED.value
                why.add(failing)
            # A description beside a status may be a remark in any words.
            if meaning is not None or cell is not cells.detail or not meant:
                meant.add(meaning)
        return meant, why

    def _failed(self, cells: Cells, reason: str) -> Statement:
        """Return a failure with its reason; money that may have moved makes it uncertain.

        Death counts nevertheless: nobody may write to that person.
        """
        words = self._words
        for remark in cells.remarks:
            is_doubtful = words.is_unfinished(remark) or words.says_success(remark)
            if is_doubtful and reason != DEAD:
                return _unknown(f"{cells.shown}, {remark}")
        if not reason:
            return Statement(problem=Finding(ConfirmCode.REASON_MISSING))
        return Statement(Stated.FAILED.value, reason)

    def _contradicts(self, stated: str, cells: Cells) -> bool:
        """Whether another cell of the row contradicts a status."""
        words = self._words
        remarks = cells.remarks
        if stated == Stated.RETURNED:
            return any(
                words.is_unfinished(each) or words.says_not_given_back(each) for each in remarks
            )
        if stated == Stated.DEFERRED:
            return any(map(words.says_moved, remarks))
        came_in = cells.credit not in _SILENT and not NOTHING.fullmatch(cells.credit)
        return (
            came_in
            or words.is_credit(cells.side)
            or bool(words.reason_of_code(cells.code))
            or any(map(words.contradicts_success, remarks))
        )


def _unknown(cell: str) -> Statement:
    return Statement(problem=Finding.of(ConfirmCode.STATUS_UNKNOWN, shown=show(cell)))


def show(cell: str) -> str:
    """Return a status as a message repeats it: a long number may be a person's."""
    return _LONG_NUMBER.sub("…", " ".join(cell.split()))[:_SHOWN]
