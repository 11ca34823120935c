"""Coverage-guided fuzzing of result files: any table of texts is written, and read again equal.

The neutral form of a cell has no formula at a place where some reader begins a cell, and the way
back is exact. The workbook is parsed as XML here, because calamine runs where coverage cannot look.
"""

import csv
import io
import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import atheris  # type: ignore[import-not-found]  # installed by the make target only

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["chalicelib"]):
    from chalicelib.files import write_workbook
    from chalicelib.files.neutral import (
        SEPARATORS,
        SIGNS,
        all_neutral,
        all_restored,
        neutral,
        restored,
    )
    from chalicelib.files.write import (
        CsvWriter,
        Remark,
        ResultCells,
        ResultShape,
        packed,
        unpacked,
    )

from chalicelib.domain.file.row import MISSHAPEN, SHIFTED  # noqa: E402  # as below
from tests.fuzz.fuzzed import fuzz  # noqa: E402  # the folder is on the path only now

SEEDS = (
    "NIK\x1fNama\x1e7171015708800001\x1fMaria Contoh",
    'NIK\x1fNama\x1e=1+2\x1fJl. A;=1;"=2;+3|@4\t=5\n=6',
    "=NIK\x1fNa;=1ma\x1e'\x1f''=1\x1f \u200b@A\x1f\uff1d1",
    "NIK\x1e_x003D_1\x1f<b>&amp;\x01\ufffe\r\n",
    'NIK\x1ea,"b\x1f\x1f\x1fc',
)
_ROW, _CELL = "\x1e", "\x1f"
_BEGINS = re.compile(rf"(?:\A|[{SEPARATORS}])[ \"\x00-\x08\x0e-\x1f\xa0\u200b]*[{SIGNS}]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def take(content: bytes) -> None:
    """Write a table as both kinds of result files."""
    rows = [row.split(_CELL) for row in content.decode("utf-8", "replace").split(_ROW)]
    for cell in (cell for row in rows for cell in row):
        _check_cell(cell)
    header, *others = rows
    shape = ResultShape(header, surplus=True)
    ours = ResultCells("2", "ditolak", "a;b", "=pesan")
    written = [shape.row(cells, ours) for cells in others]
    for cells, row in zip(others, written, strict=True):
        _check_row(cells, row, len(header))
    table = [shape.titles, *written]
    if _in_csv(table) != table:
        raise AssertionError("a CSV reads back otherwise")
    if _in_workbook(table) != [list(map(neutral, row)) for row in table]:
        raise AssertionError("a workbook reads back otherwise")


def _check_cell(cell: str) -> None:
    safe = neutral(cell)
    if _BEGINS.search(safe):
        raise AssertionError("a formula is left")
    if restored(safe) != cell:
        raise AssertionError("the way back is not exact")
    if list(all_neutral([cell, cell])) != [safe, safe]:
        raise AssertionError("a row and its cells differ")


def _check_row(cells: list[str], row: list[str], width: int) -> None:
    if [*cells, *[""] * width][:width] != row[:width]:
        raise AssertionError("a row is changed")
    surplus = cells[width:]
    while surplus and not surplus[-1].strip():
        surplus.pop()
    again = unpacked(packed(surplus))
    if again != surplus and surplus[-1:] not in ([MISSHAPEN], [SHIFTED]):
        raise AssertionError("surplus cells read back otherwise")


def _in_csv(table: list[list[str]]) -> list[list[str]]:
    out = io.BytesIO()
    writer = CsvWriter(out, table[0])
    for row in table[1:]:
        writer.write(row)
    text = out.getvalue().decode("utf-8-sig")
    return [all_restored(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]


def _in_workbook(table: list[list[str]]) -> list[list[str]]:
    """Return the cells of a workbook as its XML has them; each row has a remark."""
    out = io.BytesIO()
    with write_workbook.WorkbookWriter(out, "Hasil", table[0]) as book:
        for row in table[1:]:
            book.write(row, [Remark(0, f"Salah: {row[0]}", is_error=True)])
    rows = []
    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                ET.fromstring(archive.read(name))  # noqa: S314  # our own file
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # as above
    for row in sheet.iter(f"{_MAIN}row"):
        found = {}
        for cell in row:
            column = re.sub("[0-9]", "", cell.get("r", ""))
            found[column] = "".join(cell.itertext())
        names = [write_workbook._letters(index) for index in range(len(table[0]))]  # noqa: SLF001  # one spelling of columns
        rows.append([_unescaped(found.get(each, "")) for each in names])
    return rows


def _unescaped(text: str) -> str:
    """Return a text as Excel shows it: `_x0001_` is one character."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


if __name__ == "__main__":
    fuzz(take, [seed.encode() for seed in SEEDS])
