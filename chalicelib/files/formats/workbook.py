"""XLSX, XLS, ODS and documents with tables: the sheets with the rows, their header and rows."""

import contextlib
import importlib.util
import shutil
import signal
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Annotated, BinaryIO, TypeVar

import msgspec

from chalicelib.domain.cells.unvalued import unvalued
from chalicelib.domain.findings.finding import Code
from chalicelib.files.columns import Columns
from chalicelib.files.limits import Budget, Limits, Pass
from chalicelib.files.refusal import refused

from . import foreign
from .sheetfeed import LONGEST_LINE
from .sheets import Top, choose
from .source import Record

_PROGRAM = _CHECKER = Path(__file__).with_name("sheetfeed.py")
_ROOT = Path(__file__).parents[3]
_OUT_OF_BOUNDS = {-signal.SIGABRT, -signal.SIGKILL, -signal.SIGXCPU}
_BUFFER = 1 << 16  # the capacity of a pipe

_Rows = list[list[str]]
_Sheets = Sequence[Top]
_Answer = TypeVar("_Answer", _Sheets, _Rows)


class _Refusal(msgspec.Struct, forbid_unknown_fields=True):
    """The answer of the process if it cannot parse the file."""

    refused: Code


_SHEETS = msgspec.json.Decoder[_Sheets | _Refusal](_Sheets | _Refusal)
_ROWS = msgspec.json.Decoder[_Rows | _Refusal](_Rows | _Refusal)


class WorkbookSource:
    """The sheets of a workbook that have the list; the others are warned of."""

    def __init__(
        self, parser: "Parser", known: Columns, budget: Budget, *, is_markup: bool = False
    ) -> None:
        """Find the header; closing the parser stays the caller's business.

        `is_markup` says that the sheets are the tables of a document.

        Raises:
            FileRefused: the file cannot be parsed, or not within the bounds; or is encrypted, or
                empty; or it is not clear which of its sheets has the list.
        """
        self._parser = parser
        self._budget = budget
        tops = parser.sheets()
        if is_markup and not tops:
            raise foreign.NO_TABLE.refusal()
        chosen = choose(tops, known, is_markup=is_markup)
        self._sheets, self.header = chosen.sheets, chosen.header
        self.delimiter = chosen.delimiter
        self.warnings = chosen.warnings
        self.above = chosen.above
        self.in_sheets = len(self._sheets) > 1
        self._begins: list[int] = []  # the line of each sheet's first row

    def sheet_at(self, line: int) -> str:
        """Return the name of the sheet of a row that was read, by its line."""
        return self._sheets[bisect_right(self._begins, line) - 1][1]

    def records(self) -> Iterator[Record]:
        """Iterate over the rows below the headers; one iteration at a time.

        Rows are numbered on from sheet to sheet, so that a number is one row's.
        """
        longest, above, width = self._budget.limits.cell_characters, 0, len(self.header)
        one_pass = self._budget.begin_pass()
        self._begins.clear()
        for sheet, _, last in self._sheets:
            below = above + last
            self._begins.append(above + 1)
            for rows, has_longer in self._parser.batches(sheet, longest, one_pass):
                for row, cells in enumerate(rows, above + 1):
                    if row > below:
                        if len(cells) > width:
                            cells = _without_untitled(cells, width)  # noqa: PLW2901  # shortened
                        misshapen = has_longer and max(map(len, cells), default=0) > longest
                        yield Record(row, cells, misshapen)
                above += len(rows)


class Parser:
    """The child process that parses (`sheetfeed`)."""

    def __init__(self, file: BinaryIO, limits: Limits, *, of: str = "workbook") -> None:
        """Start it with a copy of the file; while it works, the caller may read the file itself.

        `of` is what the file is: `workbook` or `markup`; or `container`, for the check of it.
        """
        size = file.seek(0, 2)
        bounds = map(str, (limits.workbook_bytes, limits.workbook_seconds, size))
        program = _CHECKER if of == "container" else _PROGRAM
        # -S and -P: it imports from the folders in its arguments only.
        self._process = subprocess.Popen(  # noqa: S603  # our own program, by its full path
            [sys.executable, "-S", "-P", str(program), *bounds, of, *_folders()],
            bufsize=_BUFFER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._pending = False
        try:
            file.seek(0)
            with self._asking() as requests:
                shutil.copyfileobj(file, requests, 1 << 20)
        except BaseException:
            self.close()
            raise

    def check(self, limits: Limits) -> None:
        """Check the container of a workbook, as a process that was started for that.

        Raises:
            FileRefused: it is too large, encrypted or broken; or the process ended early.
        """
        asked = (limits.unpacked_bytes, limits.archive_members, limits.directory_bytes)
        with self._asking() as requests:
            requests.write(f"{' '.join(map(str, asked))}\n".encode())
        _decoded(_ROWS, self._line())

    def sheets(self) -> _Sheets:
        """Return the sheets. Call it once, before any other method.

        Raises:
            FileRefused: the process refused the file, ended early, or sent an invalid answer.
        """
        return _decoded(_SHEETS, self._line())

    def batches(self, sheet: int, longest: int, one_pass: Pass) -> Iterator[tuple[_Rows, bool]]:
        """Iterate over batches of a sheet's rows, and whether a cell is longer than `longest`.

        Raises:
            FileRefused: as above; or the rows exceed the budget.
            OutOfTime: the function's time is nearly over.
        """
        while self._pending:  # rows that an earlier iteration did not read
            self._pending = bool(_decoded(_ROWS, self._line()))
        with self._asking() as requests:
            requests.write(f"{sheet}\n".encode())
        self._pending = True
        # To check the length while decoding costs a tenth of a check afterwards.
        short = msgspec.json.Decoder(list[list[Annotated[str, msgspec.Meta(max_length=longest)]]])
        while self._pending:
            line, has_longer = self._line(), False
            try:
                rows = short.decode(line)
            except ValueError:
                rows, has_longer = _decoded(_ROWS, line), True
            one_pass.spend(lines=len(rows), characters=len(line))
            self._pending = bool(rows)
            yield rows, has_longer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                if pipe:
                    pipe.close()
        self._process.wait()

    def _line(self) -> bytes:
        line = self._process.stdout.readline(LONGEST_LINE) if self._process.stdout else b""
        if not line.endswith(b"\n"):
            if len(line) == LONGEST_LINE:
                raise refused(Code.FILE_BOMB)
            status = self._process.wait()
            raise refused(Code.FILE_BOMB if status in _OUT_OF_BOUNDS else Code.FILE_UNREADABLE)
        return line

    @contextlib.contextmanager
    def _asking(self) -> Iterator[IO[bytes]]:
        """Write to the process. If it has ended already, reading the answer raises the error."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                yield self._process.stdin
                self._process.stdin.flush()


def _without_untitled(cells: list[str], width: int) -> list[str]:
    """Return a row without what is beside its columns, if that is errors and formulas only.

    They say nothing of the person, and a row with more cells than titles would be rejected.
    """
    beside = any(cell.strip() and not unvalued(cell) for cell in cells[width:])
    return cells if beside else cells[:width]


def _decoded(decoder: msgspec.json.Decoder[_Answer | _Refusal], line: bytes) -> _Answer:
    try:
        answer = decoder.decode(line)
    except ValueError:  # msgspec's error and the error of invalid UTF-8 are both a ValueError
        raise refused(Code.FILE_UNREADABLE) from None
    if isinstance(answer, _Refusal):
        raise refused(answer.refused)
    return answer


def _folders() -> list[str]:
    """Return the folders of the packages that the process imports."""
    found = map(importlib.util.find_spec, ("python_calamine", "msgspec"))
    return [
        str(_ROOT),
        *(str(Path(each.origin).parents[1]) for each in found if each and each.origin),
    ]
