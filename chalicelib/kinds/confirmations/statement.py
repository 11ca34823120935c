"""Reads what a row states: its status, beside codes, descriptions and remarks.

The words decide, never a code. Whatever contradicts them makes the row uncertain.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.money.confirm import Stated

from .codes import ConfirmCode
from .words import BLANK, DEAD, OTHER, Words, agreed, is_known

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
    side: str
    credit: str


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
        shown = cells.status or cells.taken or cells.snap or cells.detail or cells.code
        reason = words.reason(cells.reason)
        if fitting := words.failed_with.get(words.text(cells.status)):
            says_failed = words.status.get(words.text(cells.status).split()[0]) == Stated.FAILED
            is_fitting = reason in fitting or (not reason and says_failed)
            return self._failed(cells, shown, reason) if is_fitting else _unknown(shown)
        meant, why = self._meant(cells)
        if not meant and (of_code := words.reason_of_code(cells.code)):
            meant, why = {Stated.FAILED.value}, {of_code}
        if reason == DEAD and meant <= {BLANK, Stated.DEFERRED}:
            return Statement(Stated.FAILED.value, DEAD)  # nothing is taken from the dead any more
        if meant <= {BLANK}:
            # A reason without a status says something, and so does a code: but not for certain.
            says = words.text(cells.code) not in _SILENT or is_known(reason)
            if says or words.says_moved(cells.reason):
                return _unknown(shown or cells.reason)
            return Statement()
        stated = meant.pop()
        if meant or stated is None:
            return _unknown(shown)
        if stated == Stated.FAILED:
            reason = agreed({*why, reason, words.reason_of_code(cells.code)})
            return self._failed(cells, shown, reason)
        is_doubtful = self._contradicts(stated, cells)
        doubt = show(shown) if is_doubtful else ""
        return Statement(stated, "" if stated == Stated.DEDUCTED else reason, doubt)

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

    def _failed(self, cells: Cells, shown: str, reason: str) -> Statement:
        """Return a failure with its reason; money that may have moved makes it uncertain.

        Death counts nevertheless: nobody may write to that person.
        """
        words = self._words
        for remark in (cells.reason, cells.detail):
            is_doubtful = words.is_unfinished(remark) or words.says_success(remark)
            if is_doubtful and reason != DEAD:
                return _unknown(f"{shown}, {remark}")
        if not reason:
            return Statement(problem=Finding(ConfirmCode.REASON_MISSING))
        return Statement(Stated.FAILED.value, reason)

    def _contradicts(self, stated: str, cells: Cells) -> bool:
        """Whether another cell of the row contradicts a status."""
        words = self._words
        remarks = (cells.reason, cells.detail)
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
