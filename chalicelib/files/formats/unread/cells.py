"""Which reader fits a workbook; puts the cells that were found into the rows."""

import io
import zipfile
from collections.abc import Iterator

from .found import Finder, Unread
from .ods import OdsFinder
from .xls import XlsFinder
from .xlsb import XlsbFinder
from .xlsx import XlsxFinder

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def finder_of(content: bytes) -> Finder | None:
    """Return the reader of a workbook that calamine has opened; None for an unknown one.

    Raises:
        SheetBroken: the workbook is broken.
    """
    if content.startswith(_OLE2):
        return XlsFinder(content)
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return XlsxFinder(archive)
    if "xl/workbook.bin" in names:
        return XlsbFinder(archive)
    return OdsFinder(archive) if "content.xml" in names else None


def completed(rows: Iterator[list[str]], found: Iterator[Unread]) -> Iterator[list[str]]:
    """Iterate over the rows of a sheet, with these cells where calamine has none.

    They may be below and beside all of its rows.
    """
    number, cell = -1, next(found, None)
    for number, row in enumerate(rows):
        while cell is not None and cell.row <= number:
            if cell.row == number:
                _put(row, cell)
            cell = next(found, None)
        yield row
    row = []
    while cell is not None:
        while number + 1 < cell.row:
            number += 1
            yield row
            row = []
        _put(row, cell)
        cell = next(found, None)
        if cell is None:
            yield row


def _put(row: list[str], cell: Unread) -> None:
    row += [""] * (cell.column + 1 - len(row))
    row[cell.column] = row[cell.column] or cell.text
