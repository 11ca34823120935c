"""Files as workbooks: cells are text, so that no program changes a NIK.

A workbook is written row by row into its ZIP, in flat memory and without a file on disk: of a
million rows, a library would keep 1.4 GB there, more than a function has. Comments are the one
thing that is kept until a sheet's end.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from itertools import count
from typing import IO, BinaryIO, Self

from .neutral import all_neutral
from .write import Remark

SHEET_ROWS = 1_048_576
_SHEET_BYTES = 3 * 1024**3  # unpacked; past four GB, a ZIP needs what not every program reads
_REMARKED_ROWS = 10_000
_LONGEST = 32_767  # characters that Excel takes in a cell
_CUT = "… (terlalu panjang; selengkapnya di berkas CSV)"
_MEASURED_ROWS = 100
_NARROWEST, _WIDEST = 8, 50  # in characters
_LEVEL = 1  # of compression: a higher one takes twice as long, and saves a fifth
_TEXT, _ERROR, _NOTE, _TITLE = 1, 2, 3, 4  # styles, as `_STYLES` numbers them
_CONTROL = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
# A control character is written as `_x0001_`, so one behind `_x003D` would complete another escape.
_SPECIAL = re.compile(f"[&<>{_CONTROL}]|_(?=x[0-9A-Fa-f]{{4}}[_{_CONTROL}])")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPE = f"{_TYPE}.sheet"

_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="5"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    + "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill></fill>'
        for colour in ("FFC7CE", "FFEB9C", "D9E1F2")
    )
    + '</fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    + "".join(
        f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"'
        ' applyNumberFormat="1" applyFont="1" applyFill="1"/>'
        for font, fill in ((0, 0), (0, 2), (0, 3), (1, 4))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


class WorkbookWriter:
    """Writes rows of text into one workbook. A context manager: leaving it closes the workbook.

    The same rows give the same bytes. Beyond a sheet's rows they go on in another sheet, under the
    same header. `remarks` become colour (an error's is red) and comment in the first rows. Columns
    of `numbers` (by their index) have digits, which become numbers for sums.
    """

    def __init__(
        self,
        out: BinaryIO,
        title: str,
        header: Sequence[str],
        *,
        sheet_rows: int = SHEET_ROWS,
        numbers: Iterable[int] = (),
    ) -> None:
        """Begin the workbook; `out` stays the caller's to close, and need not be seekable."""
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._title, self._sheet_rows = title, sheet_rows
        self._numbers = frozenset(numbers)
        self._header = list(all_neutral(header))
        self._cells = [f'<c r="{letters}' for letters in map(_letters, range(len(header)))]
        self._sheets: list[bool] = []  # whether each has comments
        self._waiting: list[tuple[list[str], Sequence[Remark]]] = []
        self._rows = 0
        self._sheet: IO[bytes] | None = None
        self._row = self._bytes = 0
        self._comments: list[tuple[int, int, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._flush()
            self._end_sheet()
            self._write_parts()
        elif self._sheet:
            self._sheet.close()
        self._zip.close()

    def write(self, cells: Sequence[str], remarks: Sequence[Remark] = ()) -> None:
        """Write one row.

        No text cell runs. The cells are neutralised as in the CSV all the same, because people save
        a workbook as CSV, and because reading restores both.
        """
        row = list(all_neutral(cells))
        if self._sheet is None:
            self._waiting.append((row, remarks))
            if len(self._waiting) == _MEASURED_ROWS:
                self._flush()
        else:
            self._write(row, remarks)

    def _flush(self) -> None:
        """Write the rows that wait: the widths of the columns are known by them."""
        if self._sheet is None:
            self._begin_sheet()
        for row, remarks in self._waiting:
            self._write(row, remarks)
        self._waiting.clear()

    def _write(self, row: list[str], remarks: Sequence[Remark]) -> None:
        if self._row == self._sheet_rows or self._bytes > _SHEET_BYTES:
            self._end_sheet()
            self._begin_sheet()
        self._rows += 1
        styles = None
        if remarks and self._rows <= _REMARKED_ROWS:
            styles = {each.cell: _ERROR if each.is_error else _NOTE for each in remarks}
            texts: dict[int, str] = {}
            for cell, text, _ in remarks:
                texts[cell] = f"{texts[cell]} {text}" if cell in texts else text
            self._comments += [(self._row + 1, cell, text) for cell, text in texts.items()]
        self._put(row, styles)

    def _put(self, row: list[str], styles: dict[int, int] | None, usual: int = _TEXT) -> None:
        self._row += 1
        number = self._row
        parts = [f'\n<row r="{number}">']
        for index, (begin, text) in enumerate(zip(self._cells, row, strict=True)):
            style = usual if styles is None else styles.get(index, usual)
            if index in self._numbers and text.isdecimal():
                parts.append(f'{begin}{number}"><v>{text}</v></c>')
            elif text:
                parts.append(
                    f'{begin}{number}" s="{style}" t="inlineStr"><is>{_text(text)}</is></c>'
                )
            elif style != _TEXT:
                parts.append(f'{begin}{number}" s="{style}"/>')
        parts.append("</row>")
        self._emit("".join(parts))

    def _emit(self, text: str) -> None:
        if self._sheet is None:
            raise ValueError("no sheet is begun")
        self._bytes += self._sheet.write(text.encode())

    def _begin_sheet(self) -> None:
        number = len(self._sheets) + 1
        self._sheet = self._zip.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w")
        self._row = self._bytes = 0
        self._sheets.append(False)
        columns = "".join(
            f'<col min="{at}" max="{at}" width="{width}" style="{_TEXT}" customWidth="1"/>'
            for at, width in enumerate(self._widths(), 1)
        )
        self._emit(
            f'{_XML}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetViews>'
            '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
            ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
        )
        self._put(self._header, None, _TITLE)

    def _widths(self) -> list[int]:
        rows = [self._header, *(row for row, _ in self._waiting)]
        longest = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [max(_NARROWEST, min(_WIDEST, each + 2)) for each in longest]

    def _end_sheet(self) -> None:
        sheet, comments = self._sheet, self._comments
        if sheet is None:
            return
        self._emit("\n</sheetData>" + ('<legacyDrawing r:id="rId1"/>' if comments else ""))
        self._emit("</worksheet>")
        sheet.close()
        self._sheet = None
        if comments:
            self._sheets[-1] = True
            self._write_comments(len(self._sheets), comments)
            self._comments = []

    def _write_comments(self, sheet: int, comments: list[tuple[int, int, str]]) -> None:
        relations = (
            ("rId1", "vmlDrawing", f"../drawings/vmlDrawing{sheet}.vml"),
            ("rId2", "comments", f"../comments{sheet}.xml"),
        )
        self._add(f"xl/worksheets/_rels/sheet{sheet}.xml.rels", [_relations(relations)])
        self._add(
            f"xl/comments{sheet}.xml",
            (
                (
                    f'{_XML}<comments xmlns="{_MAIN}"><authors><author>payung</author></authors>'
                    "<commentList>"
                ),
                *(
                    f'<comment ref="{_letters(cell)}{row}" authorId="0"><text>{_text(text)}</text>'
                    "</comment>"
                    for row, cell, text in comments
                ),
                "</commentList></comments>",
            ),
        )
        self._add(
            f"xl/drawings/vmlDrawing{sheet}.vml",
            (
                (
                    '<xml xmlns:v="urn:schemas-microsoft-com:vml"'
                    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
                    ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
                    '<v:shapetype id="t" coordsize="21600,21600" o:spt="202"'
                    ' path="m,l,21600r21600,l21600,xe"/>'
                ),
                *(
                    f'<v:shape id="s{number}" type="#t" style="position:absolute;'
                    'width:220pt;height:90pt;visibility:hidden" fillcolor="#ffffe1">'
                    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
                    f"<x:Row>{row - 1}</x:Row><x:Column>{cell}</x:Column></x:ClientData></v:shape>"
                    for number, (row, cell, _) in zip(count(1), comments)
                ),
                "</xml>",
            ),
        )

    def _write_parts(self) -> None:
        """Write what says which sheets there are."""
        sheets = range(1, len(self._sheets) + 1)
        names = [self._title if one == 1 else f"{self._title} {one}" for one in sheets]
        listed = "".join(
            f'<sheet name="{name}" sheetId="{one}" r:id="rId{one}"/>'
            for one, name in zip(sheets, names, strict=True)
        )
        self._add(
            "xl/workbook.xml",
            [
                (
                    f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
                    f"<sheets>{listed}</sheets></workbook>"
                )
            ],
        )
        parts = [(f"rId{one}", "worksheet", f"worksheets/sheet{one}.xml") for one in sheets]
        parts.append((f"rId{len(parts) + 1}", "styles", "styles.xml"))
        self._add("xl/_rels/workbook.xml.rels", [_relations(parts)])
        self._add("_rels/.rels", [_relations([("rId1", "officeDocument", "xl/workbook.xml")])])
        self._add("xl/styles.xml", [_STYLES])
        kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
        for one, has_comments in zip(sheets, self._sheets, strict=True):
            kinds.append((f"/xl/worksheets/sheet{one}.xml", "worksheet"))
            if has_comments:
                kinds.append((f"/xl/comments{one}.xml", "comments"))
        overrides = "".join(
            f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>'
            for part, kind in kinds
        )
        self._add(
            "[Content_Types].xml",
            [
                (
                    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
                    '<Default Extension="rels"'
                    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                    '<Default Extension="xml" ContentType="application/xml"/>'
                    '<Default Extension="vml"'
                    ' ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
                    f"{overrides}</Types>"
                )
            ],
        )

    def _add(self, name: str, parts: Iterable[str]) -> None:
        with self._zip.open(_entry(name), "w") as entry:
            for part in parts:
                entry.write(part.encode())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # its date is 1980, so that a second run writes the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # noqa: SLF001
    return entry


def _relations(relations: Iterable[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in relations
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _text(text: str) -> str:
    """Return a text as an element; XML keeps neither control characters nor outer white space."""
    if len(text) > _LONGEST:
        text = text[: _LONGEST - len(_CUT)] + _CUT
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(_escaped, text)
    if text.isascii() and text[:1] > " " and text[-1:] > " ":
        return f"<t>{text}</t>"
    return f'<t xml:space="preserve">{text}</t>'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return _NAMED.get(character) or f"_x{ord(character):04X}_"


def _letters(index: int) -> str:
    """Return what a spreadsheet calls a column, by its index from 0."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
