"""The tables of a document, as if they were the sheets of a workbook."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.files.formats.sheetfeed import BATCH, TOP_ROWS

from .documents import HEAD, MOST_TABLES, Part, SheetsRefused, blocks_of, file_name, parts_of
from .html_tables import HtmlReader
from .reader import Reader, Row, Take
from .xml_sheets import XmlReader

_TOPS = 20_000_000  # characters of all first rows
_WORKBOOK = re.compile(r"<(?:[A-Za-z]{1,10}:)?Workbook[\s>]")


@dataclass(slots=True)
class _Table:
    """What is known of a table: its part, its number in it, and its first rows."""

    part: int
    number: int
    name: str
    hidden: bool = False
    closed: bool = False
    top: list[Row] = field(default_factory=list)


class MarkupSheets:
    """The tables of a document that have a cell, as if they were the sheets of a workbook."""

    def __init__(self, content: bytes) -> None:
        """Look through the whole document for its tables.

        Raises:
            SheetsRefused: it is not what it looks like, is cut, or is past all measure.
        """
        self._parts = parts_of(content)
        self._tables: list[_Table] = []
        self._sheets: dict[str, tuple[str, bool]] = {}
        self._room = _TOPS
        for index in range(len(self._parts)):
            self._scan(index)
        for table in self._tables:
            place = file_name(self._parts[table.part].place)
            if place in self._sheets:
                table.name, table.hidden = self._sheets[place]

    @property
    def names(self) -> Sequence[str]:
        """The names of the tables, in their order."""
        return [table.name for table in self._tables]

    def top(self, index: int) -> tuple[str, bool, list[Row]]:
        """Return a table's name, whether it is shown, and its first rows."""
        table = self._tables[index]
        return table.name, not table.hidden, table.top

    def batches(self, index: int) -> Iterator[list[Row]]:
        """Iterate over the rows of a table, some at a time.

        Raises:
            SheetsRefused: the table has no end.
        """
        table, rows = self._tables[index], list[Row]()

        def take(number: int, row: Row) -> None:
            if number == table.number:
                rows.append(row)

        reader = _reader(self._parts[table.part], take)
        for _ in reader.steps():
            while len(rows) >= BATCH:
                yield rows[:BATCH]
                del rows[:BATCH]
            if table.number in reader.closed:
                break
        while rows:
            yield rows[:BATCH]
            del rows[:BATCH]
        if not table.closed:
            raise SheetsRefused("file_unreadable")

    def _scan(self, index: int) -> None:
        part = self._parts[index]
        found: dict[int, _Table] = {}

        def take(number: int, row: Row) -> None:
            table = found.get(number)
            if table is None:
                if len(self._tables) + len(found) >= MOST_TABLES:
                    raise SheetsRefused("file_bomb")
                table = found[number] = _Table(index, number, "")
            if len(table.top) < TOP_ROWS:
                table.top.append(row)
                self._room -= sum(map(len, row)) + 1
                if self._room < 0:
                    raise SheetsRefused("file_bomb")

        reader = _reader(part, take)
        for _ in reader.steps():
            pass
        stem = file_name(part.place).rpartition(".")[0]
        for number, table in sorted(found.items()):
            named, table.hidden = reader.named.get(number, ("", False))
            table.name = named or " ".join(filter(None, (stem, f"tabel {number + 1}")))
            table.closed = number in reader.closed
        self._tables += [found[number] for number in sorted(found)]
        self._sheets |= reader.sheets


def _reader(part: Part, take: Take) -> Reader:
    start = next(blocks_of(part), "")[:HEAD]
    return (XmlReader if _WORKBOOK.search(start) else HtmlReader)(part, take)
