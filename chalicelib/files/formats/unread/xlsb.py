"""Excel's binary parts in a ZIP ([MS-XLSB]): records of errors.

A formula always has a saved value there.
"""

import struct
import zipfile
from collections.abc import Iterator
from typing import IO

from .found import ERRORS, UNKNOWN_ERROR, SheetBroken, Unread
from .xlsx import targets

_BLOCK = 1 << 20
_ROW, _CELL_ERROR, _FORMULA_ERROR, _SHEET_DATA_ENDS = 0, 3, 11, 146
_SHEET = 156
_ERROR_AT = 8  # behind the column and the style
_MOST_COLUMNS = 16_384
_LONGEST_RECORD = 1 << 24


class XlsbFinder:
    """The sheets of an XLSB."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Find the part of each sheet.

        Raises:
            SheetBroken: the description of a sheet is cut off.
        """
        self._archive = archive
        parts = targets(archive, "xl/_rels/workbook.bin.rels")
        with archive.open("xl/workbook.bin") as book:
            try:
                named = [_sheet(record) for kind, record in _records(book) if kind == _SHEET]
            except struct.error:
                raise SheetBroken from None
        self._parts = {name: parts[key] for name, key in named if key in parts}

    def find(self, index: int, name: str, until: int | None) -> Iterator[Unread]:  # noqa: ARG002  # as every finder
        """Iterate over such cells of a sheet."""
        part = self._parts.get(name)
        if part is None:
            return
        row = -1
        with self._archive.open(part) as sheet:
            for kind, record in _records(sheet):
                if kind == _ROW:
                    row = _number(record)
                    if until is not None and row > until:
                        return
                elif kind in {_CELL_ERROR, _FORMULA_ERROR}:
                    column = _number(record)
                    if row < 0 or len(record) <= _ERROR_AT:
                        raise SheetBroken  # a cell that is in no row, or cut off
                    if column < _MOST_COLUMNS:
                        yield Unread(row, column, ERRORS.get(record[_ERROR_AT], UNKNOWN_ERROR))
                elif kind == _SHEET_DATA_ENDS:
                    return


def _number(record: bytes) -> int:
    """Return the number with which a record begins: a row or a column.

    Raises:
        SheetBroken: the record is shorter.
    """
    if len(record) < 4:  # noqa: PLR2004  # bytes
        raise SheetBroken
    return int.from_bytes(record[:4], "little")


def _sheet(record: bytes) -> tuple[str, str]:
    """Return the name of a sheet, and the id of its part (BrtBundleSh)."""
    key, at = _text(record, 8)
    name, _ = _text(record, at)
    return name, key


def _text(record: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", record, at)
    end = at + 4 + 2 * length
    return record[at + 4 : end].decode("utf-16-le", "replace"), end


def _head(held: bytes, at: int) -> tuple[int, int, int]:
    """Return type and size of the record that begins at `at`, and where its content begins."""
    kind = held[at]
    at += 1
    if kind & 0x80:
        kind = kind & 0x7F | (held[at] & 0x7F) << 7
        at += 1
    size = shift = 0
    while True:
        byte = held[at]
        at += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80 or shift > 21:  # noqa: PLR2004  # four bytes at most
            return kind, size, at


def _records(part: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Iterate over the records of a part; both type and size are numbers of 7 bits a byte."""
    held, at = part.read(_BLOCK), 0
    while True:
        if len(held) - at < _LONGEST_RECORD >> 8:
            held, at = held[at:] + part.read(_BLOCK), 0
        if at >= len(held):
            return
        try:
            kind, size, at = _head(held, at)
        except IndexError:
            raise SheetBroken from None  # the part ends within a record's head
        while len(held) - at < size:
            more = part.read(max(_BLOCK, size))
            if not more:
                return
            held, at = held[at:] + more, 0
        yield kind, held[at : at + size]
        at += size
