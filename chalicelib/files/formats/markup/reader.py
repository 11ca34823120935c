"""What the readers of HTML and XML have in common: rows, their limits, cells that are numbers."""

import re
from collections.abc import Callable, Iterator, Mapping

from chalicelib.files.formats.sheetfeed import cell_text

from .documents import Part, SheetsRefused, blocks_of

LONGEST = 1_000_000
"""Characters of a row, and of what a parser has not understood yet."""

WIDEST = 1_000
"""Columns; HTML, too, spans no more with one cell."""

MOST_ROWS = 5_000_000
DEEPEST = 100
"""Elements, or tables, inside each other."""

_UNSHOWN = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d+|#+", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{16,}")

Row = list[str]
Take = Callable[[int, Row], None]
"""Takes a finished row: the number of its table in the document, and its cells."""


class Reader:
    """Reads the tables of one part, block by block."""

    def __init__(self, part: Part, take: Take) -> None:
        self._blocks = blocks_of(part)
        self._take = take
        self._rows: dict[int, int] = {}
        self.closed: set[int] = set()
        self.named: Mapping[int, tuple[str, bool]] = {}
        self.sheets: Mapping[str, tuple[str, bool]] = {}

    def steps(self) -> Iterator[None]:
        """Parse a block at a time."""
        raise NotImplementedError

    def emit(self, number: int, row: Row) -> None:
        """Hand over a finished row."""
        count = self._rows[number] = self._rows.get(number, 0) + 1
        if count > MOST_ROWS:
            raise SheetsRefused("file_too_large")
        while row and not row[-1]:
            row.pop()
        self._take(number, row)


def span(text: str | None, most: int, *, least: int = 1) -> int:
    """Return how much a cell spans, or an index; what makes no sense is `least`."""
    if not text or len(text) > len(str(most)) + 9 or not text.strip().isdecimal():
        return least
    return max(least, min(int(text), most))


def of_number(text: str, value: str | None) -> str:
    """Return the text of a cell that is a number to its program, by its digits.

    The text that is shown counts, as a date or money is easier to read so. But a number in
    scientific form, or too wide for its column, is taken from its value; and one of 16 digits may
    have lost its last one.
    """
    if value is None or not (_UNSHOWN.fullmatch(text) or _LONG_NUMBER.fullmatch(text)):
        return text
    return number_text(value or text)


def number_text(text: str) -> str:
    """Return a number in the form of `cell_text`; any other text stays as it is."""
    try:
        return cell_text(int(text) if text.strip().isdecimal() else float(text))
    except (ValueError, OverflowError):
        return text
