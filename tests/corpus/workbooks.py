"""Workbooks made from a readable description: cells as in TOML.

A text is a text cell, a number a number cell, a date a cell with a date format;
`{ formula = "=A1", value = 5 }` is a formula with the result that was saved with it, and
`{ formula = "=A1" }` one that was never computed, and `{ error = "#N/A" }` a cell that shows an
error.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
import xlwt
from odf.number import DateStyle, Day, Month, Text, Year
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style
from odf.table import Table, TableCell, TableRow
from odf.text import P
from pydantic import BaseModel, ConfigDict

_UNSAVED = "unsaved"

Cell = str | int | float | datetime | date | dict[str, Any]


class Sheet(BaseModel):
    """A sheet: rows of cells, the first in A1."""

    model_config = ConfigDict(extra="forbid")

    name: str = "Penerima"
    hidden: bool = False
    rows: list[list[Any]]

    def cells(self) -> Iterator[tuple[int, int, Cell]]:
        """Iterate over the cells with content, with row and column from 0."""
        for row, cells in enumerate(self.rows):
            for column, cell in enumerate(cells):
                if cell != "":
                    yield row, column, cell


def workbook(kind: str, sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook of that kind (`xlsx`, `xls` or `ods`)."""
    return {"xlsx": _xlsx, "xls": _xls, "ods": _ods}[kind](sheets)


def _xlsx(sheets: Sequence[Sheet]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        dates = book.add_format({"num_format": "dd/mm/yyyy"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            if sheet.hidden:
                page.hide()
            elif all(each.hidden for each in sheets[: sheets.index(sheet)]):
                page.activate()  # else the first is active, and so is never hidden
                page.set_first_sheet()
            for row, column, cell in sheet.cells():
                match cell:
                    case str():
                        page.write_string(row, column, cell)
                    case date():
                        page.write_datetime(row, column, cell, dates)
                    case {"formula": formula, "value": value}:
                        page.write_formula(row, column, formula, None, value)
                    case {"formula": formula}:
                        page.write_formula(row, column, formula, None, _UNSAVED)
                    case {"error": error}:
                        page.write_formula(row, column, "=NA()", None, error)
                    case _:
                        page.write_number(row, column, cell)
    return _without_unsaved(out.getvalue())


def _without_unsaved(content: bytes) -> bytes:
    """Return the workbook without the values that mark formulas which were never computed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            part = old.read(info).replace(f"<v>{_UNSAVED}</v>".encode(), b"")
            new.writestr(info, part)
    return out.getvalue()


def _xls(sheets: Sequence[Sheet]) -> bytes:
    book, out = xlwt.Workbook(), io.BytesIO()
    dates = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        for row, column, cell in sheet.cells():
            style = (dates,) if isinstance(cell, date) else ()
            page.write(row, column, cell, *style)
    book.save(out)
    return out.getvalue()


def _ods(sheets: Sequence[Sheet]) -> bytes:
    book, out = OpenDocumentSpreadsheet(), io.BytesIO()
    for sheet in sheets:
        table = Table(name=sheet.name)
        for cells in sheet.rows:
            line = TableRow()
            for cell in cells:
                line.addElement(_ods_cell(cell))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    _date_style(book)
    book.save(out)
    return out.getvalue()


def _ods_cell(cell: Cell) -> TableCell:
    match cell:
        case "":
            return TableCell()
        case str():
            made = TableCell(valuetype="string")
        case date():
            made = TableCell(valuetype="date", datevalue=cell.isoformat(), stylename="day")
        case _:
            made = TableCell(valuetype="float", value=str(cell))
    made.addElement(P(text=str(cell)))
    return made


def _date_style(book: Any) -> None:
    form = DateStyle(name="ddmmyyyy")
    for each in (Day(), Text(text="/"), Month(), Text(text="/"), Year()):
        form.addElement(each)
    book.automaticstyles.addElement(form)
    book.automaticstyles.addElement(Style(name="day", family="table-cell", datastylename=form))
