"""Files of made-up recipients, in every format, and a quick way to read them."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from chalicelib.files.limits import Limits
from chalicelib.files.read import open_table
from chalicelib.files.refusal import FileRefused

HEADER = ["NIK", "Nama", "Nilai Bantuan"]
MARIA = ["7171015708800001", "Maria Contoh", "1200000"]
YOHAN = ["7171011708800002", "Yohan Contoh", "1200000"]


@dataclass
class Reading:
    header: tuple[str, ...]
    columns: dict
    delimiter: str
    warnings: tuple
    rows: list
    total: Any

    @property
    def cells(self) -> list[list[str]]:
        return [list(row.cells) for row in self.rows]

    @property
    def lines(self) -> list[int]:
        return [row.line for row in self.rows]


def read(content: bytes, *, bank: str | None = None, limits: Limits | None = None) -> Reading:
    with open_table(io.BytesIO(content), bank=bank, limits=limits) as table:
        rows = list(table.rows())
        return Reading(
            table.header, dict(table.columns), table.delimiter, table.warnings, rows, table.total
        )


def codes_of(content: bytes, limits: Limits | None = None) -> list[str]:
    """Return the codes with which a file is refused, none where it is taken."""
    try:
        read(content, limits=limits)
    except FileRefused as refusal:
        return [finding.code.value for finding in refusal.findings]
    return []


def finding_of(content: bytes, limits: Limits | None = None) -> Any:
    try:
        read(content, limits=limits)
    except FileRefused as refusal:
        return refusal.findings[0]
    raise AssertionError("the file was taken")


def text_of(
    rows: Iterable[Sequence[str]],
    *,
    delimiter: str = ",",
    end: str = "\r\n",
    encoding: str = "utf-8",
) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_of(rows: Iterable[Sequence[Any]], **more: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook whose first sheet is `Data`; `more` are further sheets by name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, content in {"Data": rows, **more}.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
    return _saved(book)


def ods_of(rows: Iterable[Sequence[str]]) -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = Table(name="Data")
    for row in rows:
        line = TableRow()
        for text in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    return _saved(book)


def xls_of(rows: Iterable[Sequence[Any]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    return _saved(book)


def zip_of(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def gzip_of(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def with_sheet_xml(cells: str, *, prolog: str = "") -> bytes:
    """Return a workbook whose only sheet's rows are this XML."""
    plain, out = io.BytesIO(xlsx_of([HEADER])), io.BytesIO()
    sheet = (
        f'<?xml version="1.0"?>{prolog}<worksheet xmlns='
        f'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData>'
        "</worksheet>"
    )
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            is_sheet = info.filename == "xl/worksheets/sheet1.xml"
            new.writestr(info.filename, sheet if is_sheet else old.read(info))
    return out.getvalue()


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
