"""OpenDocument: cells that show an error, and those with a formula but no value.

LibreOffice writes an error as an empty text, with a mark of its own (`calcext:value-type`).
"""

import zipfile
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from .found import UNKNOWN_ERROR, SheetBroken, Unread

_BLOCK = 1 << 20
_PART = "content.xml"
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_LONGEST = 10_000  # characters of what a cell shows
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})


_Rows = list[tuple[int, int, list[tuple[int, str]]]]
"""Rows with such cells: the first row, how often it is repeated, and column and text of each."""


class OdsFinder:
    """The tables of an OpenDocument workbook."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Look through all tables at once, if there is a formula: else no cell is an error."""
        self._tables = _read(archive) if _has(archive, b"table:formula") else {}

    def find(self, index: int, name: str, until: int | None) -> Iterator[Unread]:  # noqa: ARG002  # as every finder
        """Iterate over such cells of a sheet."""
        for first, times, cells in self._tables.get(name, ()):
            for row in range(first, first + times):
                for column, text in cells:
                    yield Unread(row, column, text)


def _read(archive: zipfile.ZipFile) -> Mapping[str, _Rows]:
    tables = _Tables()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = tables.start
    parser.EndElementHandler = tables.end
    parser.CharacterDataHandler = tables.text
    try:
        with archive.open(_PART) as content:
            while block := content.read(_BLOCK):
                parser.Parse(block, False)  # expat takes no keywords
    except expat.ExpatError:
        raise SheetBroken from None
    return tables.found


class _Tables:
    """The tables of a workbook, while they are parsed."""

    def __init__(self) -> None:
        self.found: dict[str, _Rows] = {}
        self._rows_found: _Rows = []  # of the open table
        self._depth = 0  # of tables inside each other: the first level has the sheets
        self._row = 0
        self._rows = self._column = self._columns = 1
        self._kept: list[tuple[int, str]] = []  # of this row
        self._formula: str | None = None  # of the open cell, if that is such a cell
        self._is_error = False
        self._shown: list[str] = []
        self._size = 0
        self._muted = 0  # notes on a cell that are open

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        if name == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._row = 0
                self._rows_found = self.found.setdefault(attributes.get("table:name", ""), [])
        elif self._depth != 1:
            return
        elif name == "table:table-row":
            self._rows = _times(attributes.get("table:number-rows-repeated"), _MOST_ROWS)
            self._column = 0
        elif name in _CELLS:
            self._columns = _times(attributes.get("table:number-columns-repeated"), _MOST_COLUMNS)
            formula = attributes.get("table:formula", "")
            self._is_error = attributes.get("calcext:value-type") == "error"
            has_value = "office:value-type" in attributes and not self._is_error
            self._formula = formula if formula and not has_value else None
            self._shown, self._size = [], 0
        elif name == "office:annotation":
            self._muted += 1

    def end(self, name: str) -> None:
        """End an element."""
        if name == "table:table":
            self._depth -= 1
        elif self._depth != 1:
            return
        elif name in _CELLS:
            self._end_cell()
        elif name == "table:table-row":
            if self._kept:
                self._rows_found.append((self._row, self._rows, self._kept))
                self._kept = []
            self._row += self._rows
        elif name == "office:annotation":
            self._muted -= 1

    def text(self, text: str) -> None:
        """Add text to the open cell."""
        if self._formula is not None and not self._muted and self._size < _LONGEST:
            self._shown.append(text)
            self._size += len(text)

    def _end_cell(self) -> None:
        if self._formula is not None:
            shown = "".join(self._shown).strip()
            written = "=" + self._formula.partition("=")[2]
            text = (shown or UNKNOWN_ERROR) if self._is_error else (shown or written)
            last = min(self._column + self._columns, _MOST_COLUMNS)
            self._kept += [(column, text) for column in range(self._column, last)]
        self._formula = None
        self._column += self._columns


def _times(text: str | None, most: int) -> int:
    if not text or not text.isdecimal() or len(text) > 9:  # noqa: PLR2004  # digits
        return 1
    return max(1, min(int(text), most))


def _has(archive: zipfile.ZipFile, wanted: bytes) -> bool:
    before = b""
    with archive.open(_PART) as content:
        while block := content.read(_BLOCK):
            if wanted in before + block:
                return True
            before = block[-len(wanted) :]
    return False
