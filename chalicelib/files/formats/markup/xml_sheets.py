"""The sheets of XML Spreadsheet 2003."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers import expat

from .documents import Part, SheetsRefused
from .reader import DEEPEST, LONGEST, WIDEST, Reader, Row, Take, number_text, span

_XML_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_EXCEL_NAMESPACE = "urn:schemas-microsoft-com:office:excel"
_LAST_ROW = 1_048_576
"""Excel's own limit. Each row that is left out costs time, so an index beyond it is no row."""
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?")


class XmlReader(Reader):
    """Sheets of XML Spreadsheet 2003."""

    def __init__(self, part: Part, take: Take) -> None:
        super().__init__(part, take)
        self._path: list[str] = []
        self._sheet = -1
        self._row = self._column = 0
        self._cells: Row = []
        self._across = 0
        self._text: list[str] | None = None
        self._size = 0
        self._type = self._formula = ""
        self.named: dict[int, tuple[str, bool]] = {}

    def steps(self) -> Iterator[None]:
        """Parse a block at a time."""
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        # No document type: with one, entities could grow, name files, or be left out in silence.
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            for block in self._blocks:
                parser.Parse(block, False)  # expat takes no keywords
                yield
            parser.Parse("", True)  # as above
        except expat.ExpatError:
            raise SheetsRefused("file_unreadable") from None
        yield

    def _refuse(self, *_: Any) -> None:
        raise SheetsRefused("file_unreadable")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._path) >= DEEPEST:
            raise SheetsRefused("file_bomb")
        space, _, local = name.rpartition(" ")
        above = self._path[-1] if self._path else ""
        self._path.append(local)
        if space == _EXCEL_NAMESPACE and local == "Visible":
            self._begin_text()
        if space != _XML_NAMESPACE:
            return

        def said(attribute: str) -> str:
            return attributes.get(f"{_XML_NAMESPACE} {attribute}", "")

        match local:
            case "Worksheet":
                self._sheet += 1
                self._row = 0
                self.named[self._sheet] = said("Name"), False
            case "Row" if above == "Table":
                self._cells = []
                self._column = self._size = 0
                self._go_to_row(said("Index"))
            case "Cell" if above == "Row":
                self._go_to_column(said("Index"))
                self._across = span(said("MergeAcross"), WIDEST, least=0)
                self._formula = said("Formula")
            case "Data" if above == "Cell":
                self._type = said("Type")
                self._begin_text()

    def _end(self, name: str) -> None:
        local = self._path.pop()
        above = self._path[-1] if self._path else ""
        match local:
            case "Data" if above == "Cell" and self._text is not None:
                self._put(self._value("".join(self._text)) or self._formula)
                self._text, self._formula = None, ""
            case "Cell" if above == "Row":
                if self._formula:  # no value was saved with it
                    self._put(self._formula)
                    self._formula = ""
                self._column += 1 + self._across
            case "Row" if above == "Table":
                self._row += 1
                self.emit(self._sheet, self._cells)
            case "Worksheet":
                self.closed.add(self._sheet)
            case "Visible" if self._text is not None and name.startswith(_EXCEL_NAMESPACE):
                hidden = "".join(self._text).strip() in {"SheetHidden", "SheetVeryHidden"}
                self.named[self._sheet] = self.named.get(self._sheet, ("", False))[0], hidden
                self._text = None

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
            self._size += len(text)
            if self._size > LONGEST:
                raise SheetsRefused("file_unreadable")

    def _begin_text(self) -> None:
        self._text = []

    def _go_to_row(self, index: str) -> None:
        if not index:
            return
        row = span(index, _LAST_ROW + 1) - 1
        if not self._row <= row < _LAST_ROW:
            raise SheetsRefused("file_unreadable")
        while self._row < row:
            self._row += 1
            self.emit(self._sheet, [])

    def _go_to_column(self, index: str) -> None:
        if index:
            self._column = span(index, WIDEST + 1) - 1
        if self._column >= WIDEST:
            raise SheetsRefused("file_bomb")

    def _put(self, text: str) -> None:
        self._cells += [""] * (self._column + 1 - len(self._cells))
        self._cells[self._column] = text

    def _value(self, text: str) -> str:
        if self._type == "Number":
            return number_text(text)
        if self._type == "Boolean":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if self._type == "DateTime" and (said := _DATE_TIME.fullmatch(text.strip())):
            return said[1] if said[2] == "00:00:00" else f"{said[1]} {said[2]}"
        return text
