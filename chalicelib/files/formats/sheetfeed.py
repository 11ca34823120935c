"""The process in which workbooks and documents with tables are parsed, away from everything else.

calamine allocates a sheet as a full rectangle. So a few bytes that name a far last cell make it ask
for more memory than the machine has, and its process aborts. For that reason calamine runs in a
child process, with limits on memory and time. `workbook` starts that process and reads its output.

It is started with the memory and the seconds that it may take, the file's size, what the file is
(`workbook`, `markup`, or `container` for the check of a workbook's ZIP), and the folders to import
from. On its input: the file, and then, each time that a sheet's rows are wanted, a line with its
index. On its output, lines of JSON: `[[name, shown, first rows], …]` for the sheets; then for each
wanted sheet lists of rows, an empty list at the end; or `{"refused": code}` instead of any of
these. A line has at most `LONGEST_LINE` bytes. It imports only what the file needs, so as to start
quickly.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from chalicelib.files.formats.unread.found import Finder

Value = int | float | str | bool | time | date | datetime | timedelta
"""The types that calamine returns for a cell. An empty cell is the empty text, and so is an error,
and a formula without a saved value: `unread` finds these two."""

TOP_ROWS = 200
BATCH = 200
LONGEST_LINE = 20 * 1024**2
"""Bytes of one line of the output, so that its reader needs little memory."""
_LONGEST_ROWS = 4 * 1024**2
"""Bytes of the rows in one line; a single row that has more is no list's."""
_LONGEST_TOP_CELL = 1_000
_DOUBTFUL = 1e15
_EXACT = 2**53
_LIKE_THOUSANDS = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}")  # at most 3 digits come before a group


def cell_text(value: Value) -> str:
    """Return a cell as the text that a person would type.

    Excel keeps 15 digits of a number. So a whole number of 16 digits that ends in 0 may be rounded,
    and so may one that is too large for a double. Both become scientific notation
    (`7.17101010190001E+15`), which shows the doubt wherever the text goes. Other whole numbers
    become their digits. Dates become ISO dates, with the time only if there is one. A fraction
    never gets exactly three decimals, because these look like a thousands group: 120.555 becomes
    `120.5550`.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _DOUBTFUL:
        return str(int(value))  # fast path: nearly all numbers
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number_text(value)
        case datetime():
            midnight = value.time() == time.min
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case _:
            return str(value)  # dates and times: the ISO form


def _number_text(value: float) -> str:
    if value - value != 0:  # infinite, or not a number
        return ""
    if value != int(value):
        text = repr(value)
        return f"{text}0" if _LIKE_THOUSANDS.fullmatch(text) else text
    size = abs(value)
    if size >= _EXACT or (size >= _DOUBTFUL and int(value) % 10 == 0):
        return f"{value:.14E}"
    return str(int(value))


class Sheets(Protocol):
    """The sheets of a file."""

    @property
    def names(self) -> Sequence[str]:
        """Their names."""

    def top(self, index: int) -> tuple[str, bool, list[list[str]]]:
        """Return a sheet's name, whether it is shown, and its first rows."""

    def batches(self, index: int) -> Iterator[list[list[str]]]:
        """Iterate over a sheet's rows, some at a time, from row 1 of the sheet on."""


def main() -> None:
    """Answer the requests on the input, until it ends."""
    requests = sys.stdin.buffer
    memory, seconds, size = map(int, sys.argv[1:4])
    sys.path[:0] = sys.argv[5:]
    _bound(memory, seconds)
    feed(sys.argv[4], requests.read(size), requests, sys.stdout.buffer)


def feed(kind: str, content: bytes, requests: Iterable[bytes], output: BinaryIO) -> None:
    """Answer the requests for a file: `kind` is `workbook`, `markup` or `container`."""
    answers = {"markup": _answer_of_markup, "container": _answer_of_container}
    answer = answers.get(kind, _answer_of_workbook)
    out = _Output(output)
    try:
        answer(content, requests, out)
    except MemoryError:
        out.send({"refused": "file_bomb"})


class _Output:
    """The lines that are sent."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output

    def send(self, answer: Any) -> None:
        """Send an answer that is not too long."""
        self.sent(answer, LONGEST_LINE)

    def sent(self, answer: Any, longest: int) -> bool:
        """Send an answer if it has at most so many bytes; return whether it was sent."""
        from msgspec.json import encode  # noqa: PLC0415  # as in main

        line = encode(answer)
        if len(line) >= longest:
            return False
        self._output.write(line + b"\n")
        self._output.flush()
        return True


def _answer_of_workbook(content: bytes, requests: Iterable[bytes], out: _Output) -> None:
    # Imported here: only now is it known from where, and how much they may take.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    from chalicelib.files.formats.unread.cells import finder_of  # noqa: PLC0415
    from chalicelib.files.formats.unread.found import SheetBroken  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        _answer(_Sheets(book, finder_of(content)), requests, out)
    except PasswordError:
        out.send({"refused": "file_encrypted"})
    except (CalamineError, SheetBroken):
        out.send({"refused": "file_unreadable"})


def _answer_of_container(content: bytes, requests: Iterable[bytes], out: _Output) -> None:
    """Check the container of a workbook; the request has the limits for it."""
    from chalicelib.files.formats.unpack import check_workbook  # noqa: PLC0415  # as above
    from chalicelib.files.limits import Limits  # noqa: PLC0415  # as above
    from chalicelib.files.refusal import FileRefused  # noqa: PLC0415  # as above

    for line in requests:
        unpacked, members, directory = map(int, line.split())
        limits = Limits(unpacked_bytes=unpacked, archive_members=members, directory_bytes=directory)
        try:
            check_workbook(io.BytesIO(content), limits)
        except FileRefused as refusal:
            out.send({"refused": refusal.findings[0].code})
        else:
            out.send([])


def _answer_of_markup(content: bytes, requests: Iterable[bytes], out: _Output) -> None:
    from chalicelib.files.formats.markup import documents, tables  # noqa: PLC0415  # as above

    try:
        _answer(tables.MarkupSheets(content), requests, out)
    except documents.SheetsRefused as refusal:
        out.send({"refused": refusal.code})


def _answer(sheets: Sheets, requests: Iterable[bytes], out: _Output) -> None:
    tops = [sheets.top(index) for index in range(len(sheets.names))]
    # Only titles are wanted of the first rows, and no title is as long.
    if not out.sent(tops, LONGEST_LINE) and not out.sent(list(map(_cut, tops)), LONGEST_LINE):
        out.send({"refused": "file_bomb"})
        return
    for line in requests:
        for batch in sheets.batches(int(line)):
            if out.sent(batch, _LONGEST_ROWS):
                continue
            for row in batch:
                if not out.sent([row], _LONGEST_ROWS):
                    out.send({"refused": "file_unreadable"})
                    return
        out.send([])


def _cut(top: tuple[str, bool, list[list[str]]]) -> tuple[str, bool, list[list[str]]]:
    name, shown, rows = top
    for row in rows:  # a sheet that is formatted to its last column has thousands of cells
        while row and not row[-1]:
            row.pop()
    return name, shown, [[cell[:_LONGEST_TOP_CELL] for cell in row] for row in rows]


class _Sheets:
    """The sheets with cells, visible ones first. The sheet that was read last stays parsed."""

    def __init__(self, book: "CalamineWorkbook", finder: "Finder | None") -> None:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415  # as in main

        self._book, self._finder = book, finder
        self._place = {each.name: index for index, each in enumerate(book.sheets_metadata)}
        self._complete: set[int] = set()  # sheets in which calamine reads every cell
        about = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        about.sort(key=lambda each: each.visible != SheetVisibleEnum.Visible)
        self.names = [each.name for each in about]
        self._shown = [each.visible == SheetVisibleEnum.Visible for each in about]
        self._parsed: tuple[int, CalamineSheet] | None = None

    def top(self, index: int) -> tuple[str, bool, list[list[str]]]:
        """Return a sheet's name, whether it is shown, and its first rows."""
        rows = list(islice(self._rows(index, TOP_ROWS), TOP_ROWS))
        return self.names[index], self._shown[index], rows

    def batches(self, index: int) -> Iterator[list[list[str]]]:
        """Iterate over a sheet's rows in batches, from row 1 of the sheet."""
        rows = self._rows(index, None)
        while batch := list(islice(rows, BATCH)):
            yield batch

    def _rows(self, index: int, until: int | None) -> Iterator[list[str]]:
        """Iterate over the rows of a sheet; those below row `until` may lack cells."""
        from chalicelib.files.formats.unread.cells import completed  # noqa: PLC0415  # as in main

        rows = map(_texts, self._sheet(index).iter_rows())
        if self._finder is None or index in self._complete:
            return rows
        name = self.names[index]
        found = self._finder.find(self._place[name], name, until)
        first = next(found, None)
        if first is None:
            if until is None:
                self._complete.add(index)
            return rows
        return completed(rows, chain((first,), found))

    def _sheet(self, index: int) -> "CalamineSheet":
        if self._parsed is None or self._parsed[0] != index:
            self._parsed = None  # free the memory before the next one is parsed
            self._parsed = index, self._book.get_sheet_by_name(self.names[index])
        return self._parsed[1]


def _texts(row: list[Value]) -> list[str]:
    return [value if isinstance(value, str) else cell_text(value) for value in row]


def _bound(memory: int, seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415  # some development systems do not have it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
