"""Excel's XML: cells of the type `e`, and those with a formula but no value.

A sheet is read block by block. A block without such a cell is only searched for two short texts.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from html import unescape
from posixpath import join, normpath
from typing import IO
from xml.parsers import expat

from .found import UNKNOWN_ERROR, UNKNOWN_FORMULA, SheetBroken, Unread

_BLOCK = 1 << 20
_HEAD = 1 << 12
_ROOT = re.compile(rb"<([A-Za-z_][\w.-]{0,30}:)?worksheet[\s>]")
_ATTRIBUTE = re.compile(rb"\s(r|t)\s{0,9}=\s{0,9}[\"']([^\"']{0,20})[\"']")
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_LAST_COLUMN = 16_384
_OVERLAP = 64  # bytes, more than a tag that two blocks share


class XlsxFinder:
    """The sheets of an XLSX or XLSM."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Find the part of each sheet."""
        self._archive = archive
        self._parts = _parts(archive)

    def find(self, index: int, name: str, until: int | None) -> Iterator[Unread]:  # noqa: ARG002  # as every finder
        """Iterate over such cells of a sheet."""
        part = self._parts.get(name)
        if part is not None:
            with self._archive.open(part) as sheet:
                yield from _Scan(sheet.read(_HEAD)).cells(sheet, until)


def targets(archive: zipfile.ZipFile, relations: str) -> Mapping[str, str]:
    """Return the existing parts that the relations of a workbook name, by their ids."""
    names = set(archive.namelist())
    if relations not in names:
        return {}
    found = {
        each["Id"]: normpath(join("xl", each["Target"])).lstrip("/")
        for _, each in _elements(archive, relations, "Relationship")
        if "Id" in each and "Target" in each
    }
    return {key: part for key, part in found.items() if part in names}


def _parts(archive: zipfile.ZipFile) -> Mapping[str, str]:
    parts = targets(archive, "xl/_rels/workbook.xml.rels")
    sheets = [each for _, each in _elements(archive, "xl/workbook.xml", "sheet")]
    named = [
        (sheet.get("name", ""), value)
        for sheet in sheets
        for key, value in sheet.items()
        if key.rpartition(":")[2] == "id"
    ]
    return {name: parts[key] for name, key in named if key in parts}


def _elements(
    archive: zipfile.ZipFile, part: str, wanted: str
) -> list[tuple[str, Mapping[str, str]]]:
    """Return the elements of that name in a part, whatever its prefix, with their attributes."""
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name.rpartition(":")[2] == wanted:
            found.append((name, attributes))

    def refuse(*_: object) -> None:  # with a document type, entities could grow
        raise SheetBroken

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        with archive.open(part) as content:
            while block := content.read(_BLOCK):
                parser.Parse(block, False)  # expat takes no keywords
        parser.Parse(b"", True)  # as above
    except expat.ExpatError:
        raise SheetBroken from None
    return found


class _Scan:
    """One reading of one sheet."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        root = _ROOT.search(head)
        prefix = (root[1] or b"") if root else b""
        self._row_opens, self._ends = b"<" + prefix + b"row", b"</" + prefix + b"sheetData"
        self._formula_opens = b"<" + prefix + b"f"
        name = re.escape(prefix)
        self._opens = re.compile(rb"<" + name + rb"(c|row)(?=[\s/>])")
        self._formula = re.compile(
            rb"<" + name + rb"f(?:\s[^>]*)?(?:/>|>([^<]*)</" + name + rb"f\s*>)"
        )
        self._value = re.compile(
            rb"<" + name + rb"v(?:\s[^>]*)?(?:/>|>([^<]*)</" + name + rb"v\s*>)"
        )
        self._row = -1
        self._column = -1

    def cells(self, sheet: IO[bytes], until: int | None) -> Iterator[Unread]:
        """Iterate over the cells, in the order of the file."""
        rest, block = b"", self._head
        while block:
            # A row that begins in this block may end in the next one.
            cut = block.rfind(self._row_opens)
            whole, rest = (rest + block[:cut], block[cut:]) if cut >= 0 else (b"", rest + block)
            if whole and (self._ends in whole or (until is not None and self._row > until)):
                rest = whole
                break
            if whole:
                yield from self._found(whole)
            elif self._ends in rest[-len(block) - _OVERLAP :]:
                break
            block = sheet.read(_BLOCK)
        yield from self._found(rest.partition(self._ends)[0])

    def _found(self, text: bytes) -> Iterator[Unread]:
        if not (self._formula_opens in text or b't="e"' in text or b"t='e'" in text):
            self._skip(text)
            return
        pieces = self._opens.split(text)
        for kind, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            attributes = dict(_ATTRIBUTE.findall(piece[: piece.find(b">") + 1]))
            if kind == b"row":
                self._begin_row(attributes.get(b"r"))
                continue
            self._place_cell(attributes.get(b"r"))
            is_error = attributes.get(b"t") == b"e"
            if (is_error or self._formula_opens in piece) and self._column < _LAST_COLUMN:
                text_of_cell = self._text(piece, attributes.get(b"t"))
                if text_of_cell:
                    if self._row < 0:
                        raise SheetBroken  # a cell that is in no row
                    yield Unread(self._row, self._column, text_of_cell)

    def _text(self, piece: bytes, kind: bytes | None) -> str:
        """Return the error or the formula of a cell; nothing if the cell has a value."""
        formula, value = self._formula.search(piece), self._value.search(piece)
        written = unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else ""
        if kind == b"e":
            shown = unescape((value[1] or b"").decode("utf-8", "replace")) if value else ""
            return shown.strip() or (f"={written}" if written else UNKNOWN_ERROR)
        # The saved value of a formula may be an empty text.
        has_value = value is not None and (bool(value[1]) or kind == b"str")
        if formula is None or has_value or b"is>" in piece:
            return ""
        return f"={written}" if written else UNKNOWN_FORMULA

    def _skip(self, text: bytes) -> None:
        """Count the rows of a text without reading them."""
        last = text.rfind(self._row_opens)
        if last < 0:
            return
        number = dict(_ATTRIBUTE.findall(text[last : text.find(b">", last) + 1])).get(b"r")
        if number is None:
            self._row += len(re.findall(re.escape(self._row_opens) + rb"(?=[\s/>])", text))
        else:
            self._begin_row(number)

    def _begin_row(self, number: bytes | None) -> None:
        is_number = number is not None and number.isdigit()
        self._row = int(number or 0) - 1 if is_number else self._row + 1
        self._column = -1

    def _place_cell(self, place: bytes | None) -> None:
        at = _PLACE.fullmatch(place or b"")
        if at is None:
            self._column += 1
            return
        column = 0
        for letter in at[1]:
            column = column * 26 + letter - 64
        self._row, self._column = int(at[2]) - 1, column - 1
