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

from chalicelib.files.limits import Budget, Limits
from chalicelib.files.read import open_table
from chalicelib.files.refusal import FileRefused
from chalicelib.kinds.recipients.columns import recipient_columns

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
    nobody: list

    @property
    def cells(self) -> list[list[str]]:
        return [list(row.cells) for row in self.rows]

    @property
    def lines(self) -> list[int]:
        return [row.line for row in self.rows]


def read(content: bytes, *, bank: str | None = None, limits: Limits | None = None) -> Reading:
    with open_table(io.BytesIO(content), recipient_columns(bank), budget=Budget(limits)) as table:
        rows = list(table.rows())
        return Reading(
            table.header,
            dict(table.columns),
            table.delimiter,
            table.warnings,
            rows,
            table.total,
            nobody_of(table),
        )


def nobody_of(table: Any) -> list:
    listed = table.nobody.listed()
    return list(listed.lines) if listed else []


def codes_of(content: bytes, limits: Limits | None = None) -> list[str]:
    """Return the codes with which a file is refused; none if it is accepted."""
    try:
        read(content, limits=limits)
    except FileRefused as refusal:
        return [finding.code for finding in refusal.findings]
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


def html_of(rows: Iterable[Sequence[str]], encoding: str = "utf-8") -> bytes:
    """Return a table of HTML; a cell that begins with `<` is its own markup."""
    lines = ("".join(_html_cell(cell) for cell in row) for row in rows)
    table = "".join(f"<tr>{line}</tr>\n" for line in lines)
    return f"<table>{table}</table>".encode(encoding)


def xml_of(rows: Iterable[Sequence[str]], encoding: str = "utf-8") -> bytes:
    """Return an XML Spreadsheet 2003; a cell that begins with `<` is its own markup."""
    lines = ("".join(_xml_cell(cell) for cell in row) for row in rows)
    table = "".join(f"<Row>{line}</Row>" for line in lines)
    return (
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Data"><Table>{table}</Table></Worksheet></Workbook>'
    ).encode(encoding)


def mhtml_of(document: bytes) -> bytes:
    start = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=batas\r\n\r\n--batas\r\n"
    )
    return start + b"Content-Type: text/html\r\n\r\n" + document + b"\r\n--batas--\r\n"


def _html_cell(cell: str) -> str:
    return cell if cell.startswith("<") else f"<td>{cell}</td>"


def _xml_cell(cell: str) -> str:
    return cell if cell.startswith("<") else f'<Cell><Data ss:Type="String">{cell}</Data></Cell>'


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


def row_of(number: int, cells: Sequence[str]) -> str:
    """Return the XML of a row of texts in the first columns."""
    placed = zip("ABC", cells, strict=True)
    return f"<row>{''.join(inline(f'{letter}{number}', text) for letter, text in placed)}</row>"


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
