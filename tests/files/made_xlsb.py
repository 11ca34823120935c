"""A small XLSB: rows of texts, and of errors as numbers."""

import io
import struct
import zipfile
from collections.abc import Sequence

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin"'
    ' ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.bin" Type="http://schemas.openxmlformats.'
    'org/officeDocument/2006/relationships/worksheet"/></Relationships>'
)


def xlsb_of(rows: Sequence[Sequence[str | int]]) -> bytes:
    """Return the workbook. A number is the code of an error, as a cell and as a formula's value."""
    sheet = record(129) + record(148, struct.pack("<4I", 0, len(rows) - 1, 0, 9)) + record(145)
    for number, cells in enumerate(rows):
        sheet += record(0, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0))
        for column, cell in enumerate(cells):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                sheet += record(6, place + text_of(cell))
            elif column % 2:
                sheet += record(11, place + bytes([cell]) + b"\0" * 10)
            else:
                sheet += record(3, place + bytes([cell]))
    sheet += record(146) + record(130)
    book = record(131) + record(143)
    book += record(156, struct.pack("<II", 0, 1) + text_of("rId1") + text_of("Data"))
    book += record(144) + record(132)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", _RELATIONS)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return out.getvalue()


def record(kind: int, content: bytes = b"") -> bytes:
    number = (
        bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    )  # 7 bits a byte
    size, rest = b"", len(content)
    while rest > 127:  # as above
        size += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return number + size + bytes([rest]) + content


def text_of(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
