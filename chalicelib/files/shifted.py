"""Detects the rows of a text whose cells a separator in a value has moved to the right.

A row that is wider than the header shows it. A header that ends in untitled columns, or lines that
end in a separator, hide it: then a postal code may be in the place of the amount. A row whose cells
another separator divides has too few, and all of a person in one of them.
"""

import re
from collections import Counter
from collections.abc import Sequence

from chalicelib.domain.cells.money import parse_rupiah

from .formats.source import DELIMITERS

SAMPLE = 100
"""How many of the first rows show how wide the rows are."""

_SEN = re.compile(r"\s*0{1,2}\s*")  # behind a comma: 1200000,00
_NIK_LIKE = re.compile(r"\s*[\"']?[0-9]{16}[\"']?\s*")
_PART_OF_NUMBER = re.compile(r"\s*[0-9]{1,3}\s*")


class ShiftedRows:
    """Knows the usual rows of one file, from its first ones.

    `titled` is the width of the header up to its last title. Nearly every row has it, and has not
    moved.
    """

    def __init__(
        self, header: Sequence[str], amount: int | None, sample: Sequence[Sequence[str]]
    ) -> None:
        """Take the header's cells, the index of the amount, and the cells of the first rows."""
        filled = [index for index, title in enumerate(header) if title.strip()]
        self.titled = max(filled, default=-1) + 1
        self._amount = amount
        widths = Counter(map(len, sample)).most_common(1)
        self._usual = max(len(header), widths[0][0] if widths else 0)
        self._used = {
            index for index in range(self.titled, len(header)) if self._is_used(index, sample)
        }
        beside = [self._number_beside(cells) for cells in sample]
        self._has_number_beside = 2 * sum(each is not None for each in beside) > len(sample)

    def is_shifted(self, cells: Sequence[str]) -> bool:
        """Whether the cells of a row have moved."""
        if len(cells) < self.titled and has_other_separator(cells):
            return True
        beyond = [
            (index, cell)
            for index, cell in enumerate(cells[self.titled :], self.titled)
            if cell.strip() and index not in self._used
        ]
        if not beyond:
            return len(cells) > self._usual and self._is_beside(cells)
        if self._amount is not None and len(beyond) == 1:
            index, cell = beyond[0]
            if index == self._amount + 1 and _SEN.fullmatch(cell):
                return False
        if any(char.isdecimal() for _, cell in beyond for char in cell):
            return True
        return self._is_beside(cells)  # words there may be a note

    def _is_used(self, index: int, sample: Sequence[Sequence[str]]) -> bool:
        """Whether most rows have something in an untitled column, and no part of the amount."""
        values = [cells[index] for cells in sample if index < len(cells) and cells[index].strip()]
        if self._amount is not None and index == self._amount + 1:
            values = [value for value in values if not _PART_OF_NUMBER.fullmatch(value)]
        return 2 * len(values) > len(sample)

    def _is_beside(self, cells: Sequence[str]) -> bool:
        """Whether the amount is in the next column, where other rows have none."""
        return not self._has_number_beside and self._number_beside(cells) is not None

    def _number_beside(self, cells: Sequence[str]) -> int | None:
        if self._amount is None or self._amount + 1 >= len(cells):
            return None
        return parse_rupiah(cells[self._amount + 1])


def has_other_separator(cells: Sequence[str]) -> bool:
    """Whether another separator than that of the file divides the cells of a row.

    That is, no cell is a NIK, but a part of one is, between two separators.
    """
    if any(map(_NIK_LIKE.fullmatch, cells)):
        return False
    return any(
        _NIK_LIKE.fullmatch(part)
        for cell in cells
        for delimiter in DELIMITERS
        if delimiter in cell
        for part in cell.split(delimiter)
    )
