"""The worst files: of each format what makes it dear, of any size, written without holding it.

A file is described by its beginning, a piece that is repeated, and its end. `LARGEST` has the
content (MB) of the largest one that is worth a measurement: it reaches a limit of `files/limits.py`
(lines, characters above the header, bytes), or the format's own (65,536 rows of an XLS).
"""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from tests.files.made_files import ods_of, xls_of, xlsx_of
from tests.files.made_xlsb import record, text_of, xlsb_of

_HEADER = ["NIK", "Nama", "Nilai Bantuan"]
_ROW = ["7171015708800001", "Maria Contoh", "1200000"]
_LONG = "N" * 9_990
WIDE = 90
_XLS_ROWS = 60_000
_TINY = 20
"""The tiny cells of a row."""
_BLOCK = 1 << 20
_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"

Pieces = Iterator[bytes]


def long_cells(many: int = WIDE) -> str:
    """Return so many cells as long as they may be."""
    return ",".join([_LONG] * many)


def _repeated(head: str, piece: str, end: str, size: int) -> Pieces:
    """Iterate over blocks of a text of `size` bytes: its head, a piece many times, its end."""
    yield head.encode()
    times = max(1, (size - len(head) - len(end)) // len(piece))
    a_block = max(1, _BLOCK // len(piece))
    block = piece.encode() * a_block
    for _ in range(times // a_block):
        yield block
    yield piece.encode() * (times % a_block)
    yield end.encode()


def _blank_lines(size: int) -> Pieces:
    return _repeated(",".join(_HEADER) + "\n", "\n", ",".join(_ROW) + "\n", size)


def _wide_rows(size: int) -> Pieces:
    titles = ",".join([*_HEADER, *(f"k{number}" for number in range(WIDE))])
    return _repeated(titles + "\n", ",".join([*_ROW, long_cells()]) + "\n", "", size)


def _brackets(size: int) -> Pieces:
    """Iterate over lines of brackets above the header, as far as a header may be down."""
    row = ",".join(["([" * 240] * 100) + "\n"
    yield row.encode() * min(20, size // len(row))
    yield "\n".join([",".join(_HEADER), ",".join(_ROW), ""]).encode()


def _html(size: int) -> Pieces:
    head = "<table><tr>" + "".join(f"<td>{each}" for each in _HEADER)
    return _repeated(head, "<tr>" + "<td>1" * _TINY, "</table>", size)


def _mhtml(size: int) -> Pieces:
    yield b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=batas\r\n\r\n--batas\r\n"
    yield b"Content-Type: text/html\r\n\r\n"
    yield from _html(size)
    yield b"\r\n--batas--\r\n"


def _xml(size: int) -> Pieces:
    cell = '<Cell><Data ss:Type="String">{}</Data></Cell>'
    head, last = (f"<Row>{''.join(map(cell.format, each))}</Row>" for each in (_HEADER, _ROW))
    start = (
        f'<?xml version="1.0"?><Workbook xmlns="{_SPACE}" xmlns:ss="{_SPACE}">'
        f'<Worksheet ss:Name="A"><Table>{head}'
    )
    row = "<Row>" + "<Cell/>" * 60 + "</Row>"
    return _repeated(start, row, f"{last}</Table></Worksheet></Workbook>", size)


def _members(book: bytes, part: str, pieces: Callable[[bytes], Pieces]) -> Callable[..., None]:
    """Return what writes a workbook again, with other content of one part."""

    def write(out: BinaryIO) -> None:
        with (
            zipfile.ZipFile(io.BytesIO(book)) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        ):
            for info in old.infolist():
                if info.filename != part:
                    new.writestr(info.filename, old.read(info))
                    continue
                with new.open(part, "w", force_zip64=True) as member:
                    for piece in pieces(old.read(info)):
                        member.write(piece)

    return write


def _rows_of(size: int, mark: str, row: str) -> Callable[[bytes], Pieces]:
    """Return what puts rows before a mark of an XML."""

    def pieces(xml: bytes) -> Pieces:
        head, _, end = xml.decode().rpartition(mark)
        return _repeated(head, row, mark + end, size)

    return pieces


def _xlsx(size: int) -> Callable[..., None]:
    row = "<row>" + "<c><v>1</v></c>" * _TINY + "</row>"
    book = xlsx_of([_HEADER])
    return _members(book, "xl/worksheets/sheet1.xml", _rows_of(size, "</sheetData>", row))


def _ods(size: int) -> Callable[..., None]:
    cell = '<table:table-cell office:value-type="string"><text:p>1</text:p></table:table-cell>'
    row = f"<table:table-row>{cell * _TINY}</table:table-row>"
    return _members(ods_of([_HEADER]), "content.xml", _rows_of(size, "</table:table>", row))


def _xlsb(size: int) -> Callable[..., None]:
    cells = b"".join(
        record(6, struct.pack("<II", column, 0) + text_of("1")) for column in range(_TINY)
    )

    def row(number: int) -> bytes:
        return record(0, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0)) + cells

    def pieces(sheet: bytes) -> Pieces:
        end = record(146) + record(130)
        yield sheet.removesuffix(end)
        for number in range(1, max(2, size // len(row(0)))):
            yield row(number)
        yield end

    return _members(xlsb_of([_HEADER]), "xl/worksheets/sheet1.bin", pieces)


def _xls(size: int) -> Pieces:
    yield xls_of([_HEADER, *[["1"] * _TINY] * min(size // 300, _XLS_ROWS)])


def _plain(pieces: Callable[[int], Pieces]) -> Callable[[int], Callable[[BinaryIO], None]]:
    def of(size: int) -> Callable[[BinaryIO], None]:
        return lambda out: out.writelines(pieces(size))

    return of


def _zipped(pieces: Callable[[int], Pieces]) -> Callable[[int], Callable[[BinaryIO], None]]:
    def of(size: int) -> Callable[[BinaryIO], None]:
        def write(out: BinaryIO) -> None:
            with (
                zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
                archive.open("a.csv", "w", force_zip64=True) as member,
            ):
                for piece in pieces(size):
                    member.write(piece)

        return write

    return of


def _gzipped(pieces: Callable[[int], Pieces]) -> Callable[[int], Callable[[BinaryIO], None]]:
    def of(size: int) -> Callable[[BinaryIO], None]:
        def write(out: BinaryIO) -> None:
            with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed:
                for piece in pieces(size):
                    packed.write(piece)

        return write

    return of


FILES: dict[str, tuple[float, Callable[[int], Callable[[BinaryIO], None]]]] = {
    "CSV of blank lines": (9.9, _plain(_blank_lines)),
    "CSV of rows of 900,000 characters": (200, _plain(_wide_rows)),
    "CSV with brackets above its header": (1, _plain(_brackets)),
    "ZIP of blank lines": (9.9, _zipped(_blank_lines)),
    "ZIP of rows of 900,000 characters": (2_000, _zipped(_wide_rows)),
    "gzip of blank lines": (9.9, _gzipped(_blank_lines)),
    "HTML of tiny cells": (200, _plain(_html)),
    "MHTML of tiny cells": (200, _plain(_mhtml)),
    "XML 2003 of empty cells": (200, _plain(_xml)),
    "XLSX of tiny cells": (2_000, _xlsx),
    "XLSB of tiny cells": (2_000, _xlsb),
    "XLS of tiny cells": (18, _plain(_xls)),
    "ODS of tiny cells": (2_000, _ods),
}
"""For each kind the largest content (MB, unpacked), and what writes one of so many bytes."""


def write(name: str, size: int, path: Path) -> None:
    """Write the worst file of this kind whose content has about so many bytes."""
    with path.open("wb") as out:
        FILES[name][1](size)(out)
