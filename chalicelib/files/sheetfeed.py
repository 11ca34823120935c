"""The process in which workbooks are parsed, away from everything else.

calamine lays a sheet out as a full rectangle, so that a few bytes which name its last cell make it
ask for more memory than there is, upon which it ends its process. So it gets one of its own, with
bounds on memory and time; `workbook` starts it and reads from it.

On its input: a line of JSON with the folders to import from, the bounds and the file's size; the
file; and then, each time that a sheet's rows are wanted, a line with its index. On its output,
lines of JSON: `{"sheets": [[name, first rows], …]}` or `{"refused": code}`; then for each wanted
sheet lists of rows, an empty list at the end.
"""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from chalicelib.files.cellvalue import Value

TOP_ROWS = 50
_BATCH = 200


def main() -> None:
    """Answer what the input asks, until it ends."""
    asked = sys.stdin.buffer
    start = json.loads(asked.readline())
    sys.path[:0] = start["folders"]
    _bound(start["memory"], start["seconds"])
    content = asked.read(start["size"])
    # Imported here: only now is it known from where, and how much they may take.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        sheets = _Sheets(CalamineWorkbook.from_filelike(io.BytesIO(content)))
        del content
        _tell({"sheets": [sheets.top(index) for index in range(len(sheets.names))]})
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
        return self.names[index], _texts(islice(self._sheet(index).iter_rows(), TOP_ROWS))

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


def _texts(rows: "Iterable[list[Value]]") -> list[list[str]]:
    from chalicelib.files.cellvalue import cell_text  # noqa: PLC0415  # as in main

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
    sys.stdout.write(json.dumps(answer, ensure_ascii=True, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
