"""Recognising the same rows under another name or in another format."""

import hashlib
from collections.abc import Mapping
from operator import itemgetter

from chalicelib.domain.columns import Column
from chalicelib.domain.recipient import SourceRow

_CELL, _ROW, _BEYOND = "\x1f", "\x1e", "\x1d"  # ASCII's unit, record and group separators
# They are white space to Python. These take their places until the cells' own was taken away.
_NEXT_CELL, _NEXT_ROW = "\x01", "\x02"
_AT_A_TIME = 100


class Fingerprint:
    """Accumulates the rows of a file, in their order, into one digest.

    Only the known columns count, in their own order, with outer and repeated white space taken
    away: so a CSV and a workbook of the same text, or one with a column more, are the same. Of a
    row that is wider than the header, what it has beyond counts too: it may be mended in a column
    that is not known, and is then another row.
    """

    def __init__(self, columns: Mapping[Column, int], width: int) -> None:
        """Take the columns' indexes and the width of the header, as the table tells them."""
        self._width = width
        known = sorted(columns, key=list(Column).index)
        self._known = itemgetter(*(columns[column] for column in known))
        self._waiting: list[tuple[str, ...]] = []
        self._digest = hashlib.sha256(_CELL.join(known).encode())

    def update(self, row: SourceRow) -> None:
        """Take one row in."""
        cells = row.cells
        self._waiting.append(self._known(cells))
        if len(cells) > self._width:
            self._take_in()
            self._digest.update((_BEYOND + _CELL.join(cells[self._width :])).encode())
        elif len(self._waiting) == _AT_A_TIME:
            self._take_in()

    def hexdigest(self) -> str:
        """Return the digest of the rows so far: 64 hexadecimal digits."""
        self._take_in()
        return self._digest.hexdigest()

    def _take_in(self) -> None:
        """Take in the rows that wait: many at a time are much quicker than cell by cell."""
        text = "".join([_NEXT_ROW + _NEXT_CELL.join(cells) for cells in self._waiting])
        marks = sum(map(len, self._waiting))
        if text.count(_NEXT_ROW) + text.count(_NEXT_CELL) == marks:
            text = " ".join(text.split())
            for mark, separator in ((_NEXT_CELL, _CELL), (_NEXT_ROW, _ROW)):
                text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
                text = text.replace(mark, separator)
        else:  # some cell has one of the marks in itself
            text = "".join([_ROW + _CELL.join(map(_plain, cells)) for cells in self._waiting])
        self._digest.update(text.encode())
        self._waiting.clear()


def _plain(cell: str) -> str:
    return " ".join(cell.split())
