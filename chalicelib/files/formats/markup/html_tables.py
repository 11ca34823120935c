"""The tables of HTML, the first rows of which may be the layout of a page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from .documents import MOST_TABLES, Part, SheetsRefused, file_name
from .reader import DEEPEST, LONGEST, MOST_ROWS, WIDEST, Reader, Row, Take, of_number, span

_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAK = "\0"  # means a line break of HTML; no text has it
_BREAKS = frozenset({"br", "p", "div", "li"})
_SHEET_SOURCE = re.compile(r"<x:WorksheetSource HRef=\"([^\"]{1,500})\"")
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,100})</x:Name>")
_SHEET_HIDDEN = re.compile(r"<x:Visible>\s*Sheet(?:Very)?Hidden")


class _Grid:
    """The rows of one table: puts each cell where it belongs."""

    def __init__(self) -> None:
        self.row: Row | None = None
        self._taken: dict[int, int] = {}  # column: the row before which a cell from above ends
        self._number = 0
        self._length = 0

    def begin(self) -> None:
        """Begin a row."""
        self.row = []
        self._length = 0

    def add(self, text: str, across: int = 1, down: int = 1) -> None:
        """Put a cell into the next free place. What it spans beside and below it stays empty."""
        if self.row is None:
            self.begin()
        row = self.row if self.row is not None else []
        while self._taken.get(len(row), 0) > self._number:
            row.append("")
        at = len(row)
        row.append(text)
        row += [""] * (across - 1)
        if len(row) > WIDEST:
            raise SheetsRefused("file_bomb")
        self._length += len(text)
        if self._length > LONGEST:
            raise SheetsRefused("file_unreadable")
        if down > 1:
            for column in range(at, len(row)):
                self._taken[column] = self._number + down

    def end(self) -> Row | None:
        """Return the row that ends here; None if none has begun."""
        row, self.row = self.row, None
        if row is not None:
            self._number += 1
        return row


@dataclass(slots=True)
class _Open:
    """A table of HTML that is open, and its open cell."""

    number: int
    grid: _Grid = field(default_factory=_Grid)
    text: list[str] | None = None
    size: int = 0
    across: int = 1
    down: int = 1
    value: str | None = None  # of a number; empty where it is the text


class HtmlReader(Reader, HTMLParser):
    """Tables of HTML. End tags may be missing, except that of the table itself."""

    def __init__(self, part: Part, take: Take) -> None:
        Reader.__init__(self, part, take)
        HTMLParser.__init__(self)
        self._open: list[_Open] = []
        self._count = 0
        self._muted = 0
        self.sheets: dict[str, tuple[str, bool]] = {}

    def steps(self) -> Iterator[None]:
        """Parse a block at a time."""
        try:
            for block in self._blocks:
                self.feed(block)
                if len(self.rawdata) > LONGEST:
                    raise SheetsRefused("file_unreadable")
                yield
            # No `close`: it would look through the rest for each tag that has no end. A table
            # whose end is in an unfinished tag is cut, and refused as such.
        except AssertionError:  # how the parser says that a declaration makes no sense
            raise SheetsRefused("file_unreadable") from None
        yield

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins, after the end of what it implies."""
        if tag == "table":
            if len(self._open) >= DEEPEST:
                raise SheetsRefused("file_bomb")
            self._open.append(_Open(self._count))
            self._count += 1
            self._muted = 0
        elif not self._open:
            return
        elif tag in {"td", "th"}:
            self._end_cell()
            self._begin_cell(dict(attrs))
        elif tag == "tr":
            self._end_row()
            self._open[-1].grid.begin()
        elif tag in _BREAKS:
            self._add(_BREAK)
        elif tag == "comment":  # a note of LibreOffice on a cell, which it does not show
            self._muted += 1

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends."""
        if not self._open:
            return
        if tag == "table":
            self._end_row()
            self.closed.add(self._open.pop().number)
        elif tag in {"tr", "thead", "tbody", "tfoot"}:
            self._end_row()
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag in _BREAKS:
            self._add(_BREAK)
        elif tag == "comment":
            self._muted = max(0, self._muted - 1)

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self._open and not self.cdata_elem and not self._muted:
            self._add(data)

    def handle_comment(self, data: str) -> None:
        """Note what Excel says of its sheets in a comment."""
        for sheet in data.split("<x:ExcelWorksheet>")[1:MOST_TABLES]:
            source, name = _SHEET_SOURCE.search(sheet), _SHEET_NAME.search(sheet)
            if source and name:
                self.sheets[file_name(source[1])] = name[1], bool(_SHEET_HIDDEN.search(sheet))

    def _begin_cell(self, attributes: Mapping[str, str | None]) -> None:
        table = self._open[-1]
        table.text, table.size = [], 0
        table.across = span(attributes.get("colspan"), WIDEST)
        table.down = span(attributes.get("rowspan"), MOST_ROWS)
        has = next((name for name in ("x:num", "sdval") if name in attributes), None)
        table.value = None if has is None else (attributes[has] or "")

    def _add(self, text: str) -> None:
        table = self._open[-1]
        if table.text is not None:
            table.text.append(text)
            table.size += len(text)
            if table.size > LONGEST:
                raise SheetsRefused("file_unreadable")

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.text is not None:
            text = _shown("".join(table.text))
            table.text = None
            table.grid.add(of_number(text, table.value), table.across, table.down)

    def _end_row(self) -> None:
        self._end_cell()
        table = self._open[-1]
        row = table.grid.end()
        if row is not None:
            self.emit(table.number, row)


def _shown(text: str) -> str:
    """Return the text of a cell of HTML as it is shown: white space is one space."""
    lines = _SPACE.sub(" ", text).split(_BREAK)
    return "\n".join(filter(None, (line.strip(" ") for line in lines)))
