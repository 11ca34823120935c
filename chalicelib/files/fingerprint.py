"""Recognises the same rows under another file name or in another format."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from chalicelib.domain.file.row import SourceRow

_CELL, _ROW, _BEYOND = "\x1f", "\x1e", "\x1d"  # ASCII's unit, record and group separators
# Python treats those separators as white space. These marks replace them while the white space of
# the cells is removed.
_NEXT_CELL, _NEXT_ROW = "\x01", "\x02"
_ONE_MARK = bytes.maketrans(_NEXT_ROW.encode(), _NEXT_CELL.encode())
_SEPARATORS = bytes.maketrans((_NEXT_CELL + _NEXT_ROW).encode(), (_CELL + _ROW).encode())
_RARE_WHITE_SPACE = bytes(char for char in range(0x80) if chr(char).isspace() and char != ord(" "))
_OUTER_OR_REPEATED = (b"  ", f" {_NEXT_CELL}".encode(), f"{_NEXT_CELL} ".encode())
_AT_A_TIME = 100


class Fingerprint:
    """Computes one digest of the rows of a file, in file order.

    Only the known columns count, in the kind's order. Outer and repeated white space is removed. So
    a CSV and a workbook with the same text have the same digest, and an extra column changes
    nothing. If a row is wider than the header, its surplus cells count too: a bank may correct such
    a row in an unknown column, and the corrected row is then a different one.
    """

    def __init__(self, columns: Mapping[str, int], width: int, *, order: Iterable[str]) -> None:
        """Take the columns' indexes and the header's width from the table.

        `order` has the kind's columns in their order.
        """
        self._width = width
        known = [column for column in order if column in columns]
        self._known = _cells_at([columns[column] for column in known])
        self._waiting: list[tuple[str, ...]] = []
        self._digest = hashlib.sha256(_CELL.join(known).encode())

    def update(self, row: SourceRow) -> None:
        """Add one row."""
        cells = row.cells
        self._waiting.append(self._known(cells))
        if len(cells) > self._width:
            self._add_waiting()
            self._digest.update((_BEYOND + _CELL.join(cells[self._width :])).encode())
        elif len(self._waiting) == _AT_A_TIME:
            self._add_waiting()

    def hexdigest(self) -> str:
        """Return the digest of the rows so far: 64 hexadecimal digits."""
        self._add_waiting()
        return self._digest.hexdigest()

    def _add_waiting(self) -> None:
        """Add the waiting rows. Many rows at a time are much faster than cell by cell."""
        text = "".join([_NEXT_ROW + _NEXT_CELL.join(cells) for cells in self._waiting])
        marks = sum(map(len, self._waiting))
        if text.count(_NEXT_ROW) + text.count(_NEXT_CELL) != marks:  # a cell contains one of them
            text = "".join([_ROW + _CELL.join(map(_plain, cells)) for cells in self._waiting])
            self._digest.update(text.encode())
        else:
            if not _is_plain(text):
                text = " ".join(text.split())
                for mark in (_NEXT_CELL, _NEXT_ROW):
                    text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
            self._digest.update(text.encode().translate(_SEPARATORS))
        self._waiting.clear()


def _is_plain(text: str) -> bool:
    """Whether waiting rows have only ASCII, and no outer, repeated or rare white space.

    Most rows of most files are so. A search for each of it is faster than to split the text.
    """
    if not text.isascii() or text.endswith(" "):
        return False
    marked = text.encode().translate(_ONE_MARK, _RARE_WHITE_SPACE)
    return len(marked) == len(text) and not any(each in marked for each in _OUTER_OR_REPEATED)


def _cells_at(places: Sequence[int]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    if len(places) == 1:  # an `itemgetter` with one argument returns no tuple
        return itemgetter(slice(places[0], places[0] + 1))
    return itemgetter(*places)


def _plain(cell: str) -> str:
    return " ".join(cell.split())
