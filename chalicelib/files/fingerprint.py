"""Recognising the same rows under another name or in another format."""

import hashlib
from collections.abc import Mapping

from chalicelib.domain.columns import Column
from chalicelib.domain.recipient import SourceRow

_CELL, _ROW = "\x1f", "\x1e"  # ASCII's own unit and record separators


class Fingerprint:
    """Accumulates the rows of a file, in their order, into one digest.

    Only the known columns count, in their own order, with outer and repeated white space taken
    away: so a CSV and a workbook of the same text, or one with a column more, are the same.
    """

    def __init__(self, columns: Mapping[Column, int]) -> None:
        """Take the columns' indexes, as the table tells them."""
        known = sorted(columns, key=list(Column).index)
        self._indexes = [columns[column] for column in known]
        self._digest = hashlib.sha256(_CELL.join(known).encode())

    def update(self, row: SourceRow) -> None:
        """Take one row in."""
        cells = row.cells
        values = (" ".join(cells[index].split()) for index in self._indexes)
        self._digest.update((_ROW + _CELL.join(values)).encode())

    def hexdigest(self) -> str:
        """Return the digest of the rows so far: 64 hexadecimal digits."""
        return self._digest.hexdigest()
