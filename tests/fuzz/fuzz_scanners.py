"""Coverage-guided fuzzing of what looks for unread cells in workbooks (`files/formats/unread`).

The bytes are a part of a workbook, in each format; only the container is ours. A scanner yields
cells in the order of rows and within the sheet, or says that the sheet is broken. Any other
exception is a fault. What it yields is put into the rows, and no row is lost.
"""

import io
import sys
import zipfile
import zlib
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by the make target only

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["chalicelib"]):
    from chalicelib.files.formats.unread.cells import completed, finder_of
    from chalicelib.files.formats.unread.found import SheetBroken

from tests.files.made_files import xls_of  # noqa: E402  # the folder is on the path only now
from tests.fuzz.fuzzed import fuzz  # noqa: E402  # as above

_RELATIONS = (
    b'<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'
)
_BOOK = b'<workbook xmlns:r="r"><sheets><sheet name="A" r:id="r1"/></sheets></workbook>'
_ROWS = [["NIK", "Nama"], ["7171015708800001", "Maria Contoh"]]
_MOST_CELLS = 5_000
SEEDS = (
    b"0<worksheet><row r='1'><c r='A1' t='e'><v>#N/A</v></c></row></sheetData></worksheet>",
    b'0<x:worksheet ><x:c r=\'B7\'><x:f>A1</x:f></x:c><x:c r="C7" t="e"></x:c></x:worksheet>',
    b"1<Relationships><Relationship Id='r1' Target='/xl/worksheets/sheet1.xml'/></Relationships>",
    b"2<workbook xmlns:r='r'><sheets><sheet name='A' r:id='r1'/></sheets></workbook>",
    bytes.fromhex(
        "33 00 19 00 00 00 00 03 0c 00 00 00 00 00 00 00 00 2a 00 00 00".replace(" ", "")
    ),
    b"4" + xls_of(_ROWS)[:1_500],
    (
        b"5<office:document-content xmlns:office='o' xmlns:table='t' xmlns:calcext='c'>"
        b"<table:table table:name='A'><table:table-row table:number-rows-repeated='3'>"
        b"<table:table-cell table:formula='of:=1' calcext:value-type='error'/></table:table-row>"
        b"</table:table></office:document-content>"
    ),
)


def take(content: bytes) -> None:
    """Scan the bytes as the part that their first byte names."""
    kind, part = content[:1], content[1:]
    try:
        finder = finder_of(_made(kind, part))
        if finder is None:
            raise AssertionError("a workbook that no scanner knows")
        found = list(islice(finder.find(0, "A", None), _MOST_CELLS))
    except (SheetBroken, zipfile.BadZipFile, zlib.error):
        return
    if any(cell.row < 0 or cell.column < 0 or not cell.text for cell in found):
        raise AssertionError("a cell outside the sheet, or without a text")
    in_order = sorted(found, key=lambda cell: cell.row)
    small = [cell for cell in in_order if cell.row < 100 and cell.column < 100]
    rows = list(completed(iter([list(row) for row in _ROWS]), iter(small)))
    if len(rows) < len(_ROWS) or any(not rows[cell.row][cell.column] for cell in small):
        raise AssertionError("a row or a cell is lost")


def _made(kind: bytes, part: bytes) -> bytes:
    """Return a workbook with these bytes as one of its parts."""
    sheet = b"<worksheet/>"
    if kind == b"4":
        whole = bytearray(xls_of(_ROWS))
        whole[8 : 8 + len(part)] = part[8:] if part[:8] == whole[:8] else part
        return bytes(whole)
    if kind == b"5":
        return _packed({"content.xml": part})
    if kind == b"3":
        book = {"xl/workbook.bin": _binary_sheet(), "xl/worksheets/sheet1.xml": part}
        return _packed(book | {"xl/_rels/workbook.bin.rels": _RELATIONS})
    parts = {
        "xl/worksheets/sheet1.xml": sheet,
        "xl/_rels/workbook.xml.rels": _RELATIONS,
        "xl/workbook.xml": _BOOK,
    }
    names = list(parts)
    at = kind[0] - ord("0") if kind in {b"1", b"2"} else 0
    return _packed(parts | {names[at]: part})


def _binary_sheet() -> bytes:
    """Return a `workbook.bin` with one sheet, `A`, of the relation `r1`."""
    texts = b"".join(
        len(text).to_bytes(4, "little") + text.encode("utf-16-le") for text in ("r1", "A")
    )
    content = bytes(8) + texts
    return b"\x9c\x01" + bytes([len(content)]) + content


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


if __name__ == "__main__":
    fuzz(take, SEEDS)
