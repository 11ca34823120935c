"""A cell that was found, and the names of errors."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Unread(NamedTuple):
    """A cell: its row and column (both from 0), and its text."""

    row: int
    column: int
    text: str


class Finder(Protocol):
    """Finds such cells in the sheets of a workbook."""

    def find(self, index: int, name: str, until: int | None) -> Iterator[Unread]:
        """Iterate over those of a sheet, by rows; it may stop at row `until` (from 0).

        `index` is the place of the sheet among all sheets of the workbook.

        Raises:
            SheetBroken: the sheet is not what its format demands.
        """


class SheetBroken(Exception):
    """A sheet is broken."""


ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""The errors of Excel's binary formats ([MS-XLS] 2.5.10 and [MS-XLSB] 2.5.97.2, BErr)."""

UNKNOWN_ERROR = "#ERROR!"
UNKNOWN_FORMULA = "=(rumus)"
"""A formula that is not written in its own cell."""
