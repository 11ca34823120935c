"""Recognising the same rows under another name or in another format."""

import hashlib
from collections.abc import Mapping
from operator import itemgetter

from chalicelib.domain.columns import Column
from chalicelib.domain.recipient import SourceRow

_CELL, _ROW, _BEYOND = "\x1f", "\x1e", "\x1d"  # ASCII's unit, record and group separators


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
        self._digest = hashlib.sha256(_CELL.join(known).encode())

    def update(self, row: SourceRow) -> None:
        """Take one row in."""
        cells = row.cells
        # Most cells are a number or a word, in which there is no white space to take away.
        values = [cell if cell.isalnum() else " ".join(cell.split()) for cell in self._known(cells)]
        self._digest.update((_ROW + _CELL.join(values)).encode())
        if len(cells) > self._width:
            self._digest.update((_BEYOND + _CELL.join(cells[self._width :])).encode())

    def hexdigest(self) -> str:
        """Return the digest of the rows so far: 64 hexadecimal digits."""
        return self._digest.hexdigest()
