"""The process in which workbooks are parsed, away from everything else.

calamine lays a sheet out as a full rectangle, so that a few bytes which name its last cell make it
ask for more memory than there is, upon which it ends its process. So it gets one of its own, with
bounds on memory and time; `workbook` starts it and reads from it.

It is started with the memory and the seconds that it may take, the file's size, and the folders to
import from. On its input: the file, and then, each time that a sheet's rows are wanted, a line with
its index. On its output, lines of JSON: `[[name, first rows], …]`, a pair for each sheet; then for
each wanted sheet lists of rows, an empty list at the end; or `{"refused": code}` instead of any of
these. It imports nothing of ours, so as to start quickly.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

Value = int | float | str | bool | time | date | datetime | timedelta
"""What calamine makes of a cell; an empty one and one with an error are the empty text."""

_TOP_ROWS = 50
_BATCH = 200
_DOUBTFUL = 1e15
_EXACT = 2**53
_LIKE_THOUSANDS = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}")  # of more digits no group is made


def cell_text(value: Value) -> str:
    """Return a cell as the text that a person would have typed.

    Excel keeps 15 digits of a number. So a whole number of 16 that ends in 0, and one too large
    for a double to hold exactly, may once have been another one: it is written in scientific form
    (`7.17101010190001E+15`), which says so wherever the text travels. Other whole numbers are
    their digits, dates are ISO dates, with the time only where there is one. A fraction never has
    just the three decimals that would make a group of thousands of it: 120.555 is `120.5550`.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _DOUBTFUL:
        return str(int(value))  # nearly all that are no text
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
            return str(value)  # of dates and times the ISO form


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


def main() -> None:
    """Answer what the input asks, until it ends."""
    asked = sys.stdin.buffer
    memory, seconds, size = map(int, sys.argv[1:4])
    sys.path[:0] = sys.argv[4:]
    _bound(memory, seconds)
    content = asked.read(size)
    # Imported here: only now is it known from where, and how much they may take.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        sheets = _Sheets(CalamineWorkbook.from_filelike(io.BytesIO(content)))
        del content
        _tell([sheets.top(index) for index in range(len(sheets.names))])
        for line in asked:
            for batch in sheets.batches(int(line)):
                _tell(batch)
            _tell([])
    except PasswordError:
        _tell({"refused": "file_encrypted"})
    except MemoryError:
        _tell({"refused": "file_bomb"})
    except CalamineError:
        _tell({"refused": "file_unreadable"})


class _Sheets:
    """The sheets that hold cells, the visible ones first; the one read last is kept parsed."""

    def __init__(self, book: "CalamineWorkbook") -> None:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415  # as in main

        self._book = book
        about = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        about.sort(key=lambda each: each.visible != SheetVisibleEnum.Visible)
        self.names = [each.name for each in about]
        self._parsed: tuple[int, CalamineSheet] | None = None

    def top(self, index: int) -> tuple[str, list[list[str]]]:
        """Return a sheet's name and first rows."""
        return self.names[index], _texts(islice(self._sheet(index).iter_rows(), _TOP_ROWS))

    def batches(self, index: int) -> Iterator[list[list[str]]]:
        """Iterate over a sheet's rows, some at a time, from row 1 of the sheet on."""
        rows = iter(self._sheet(index).iter_rows())
        while batch := _texts(islice(rows, _BATCH)):
            yield batch

    def _sheet(self, index: int) -> "CalamineSheet":
        if self._parsed is None or self._parsed[0] != index:
            self._parsed = None  # let go before the next one is parsed
            self._parsed = index, self._book.get_sheet_by_name(self.names[index])
        return self._parsed[1]


def _texts(rows: Iterable[list[Value]]) -> list[list[str]]:
    return [
        [value if isinstance(value, str) else cell_text(value) for value in row] for row in rows
    ]


def _bound(memory: int, seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415  # not on every system that payung is developed on
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _tell(answer: Any) -> None:
    from msgspec.json import encode  # noqa: PLC0415  # as in main

    sys.stdout.buffer.write(encode(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
