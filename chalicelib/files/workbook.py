"""XLSX, XLS and ODS: the sheet with the recipients, its header and rows."""

import contextlib
import importlib.util
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO

from chalicelib.domain.codes import Code, Finding

from .headers import Aliases, completeness
from .limits import Limits
from .refusal import refused
from .source import SCANNED_ROWS, Record

_PROGRAM = Path(__file__).with_name("sheetfeed.py")
_OUT_OF_BOUNDS = {-signal.SIGABRT, -signal.SIGKILL, -signal.SIGXCPU}

_Sheets = Sequence[tuple[str, list[list[str]]]]
"""The name and the first rows of each."""


class WorkbookSource:
    """The first sheet of a workbook that has the header; the others are warned of."""

    delimiter = ","

    def __init__(self, file: BinaryIO, aliases: Aliases, limits: Limits) -> None:
        """Parse the workbook and find the header.

        Raises:
            FileRefused: it cannot be parsed, or not within the bounds; or is encrypted, or empty.
        """
        self._limits = limits
        self._parser = _Parser(file, limits)
        try:
            sheets = self._parser.answer()["sheets"]
            self._sheet, self._row, self.header = _header(sheets, aliases)
        except BaseException:
            self.close()
            raise
        self.warnings = _ignored(sheets, self._sheet)

    def records(self) -> Iterator[Record]:
        """Iterate over the rows below the header; one iteration at a time."""
        longest = self._limits.cell_characters
        for row, cells in enumerate(self._parser.rows(self._sheet), 1):
            if row > self._row:
                misshapen = max(map(len, cells), default=0) > longest
                yield Record(row, cells, misshapen)

    def close(self) -> None:
        """End the process that parses."""
        self._parser.close()


class _Parser:
    """The process that parses (`sheetfeed`), seen from here."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        # -S and -P: it finds what it needs in the folders that it is told, and nowhere else.
        self._process = subprocess.Popen(  # noqa: S603  # our own program, by its full path
            [sys.executable, "-S", "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._pending = False
        start = {
            "folders": _folders(),
            "memory": limits.workbook_bytes,
            "seconds": limits.workbook_seconds,
            "size": file.seek(0, 2),
        }
        file.seek(0)
        with self._asking() as asked:
            asked.write(json.dumps(start).encode() + b"\n")
            shutil.copyfileobj(file, asked, 1 << 20)

    def rows(self, sheet: int) -> Iterator[list[str]]:
        """Iterate over all rows of a sheet."""
        while self._pending and self.answer():
            pass  # what an earlier iteration left
        with self._asking() as asked:
            asked.write(f"{sheet}\n".encode())
        self._pending = True
        while batch := self.answer():
            yield from batch
        self._pending = False

    def answer(self) -> Any:
        """Return the next answer.

        Raises:
            FileRefused: the process says so, or ended without an answer.
        """
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line.endswith(b"\n"):
            ended = self._process.wait()
            raise refused(Code.FILE_BOMB if ended in _OUT_OF_BOUNDS else Code.FILE_UNREADABLE)
        answer = json.loads(line)
        if isinstance(answer, dict) and "refused" in answer:
            raise refused(Code(answer["refused"]))
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                if pipe:
                    pipe.close()
        self._process.wait()

    @contextlib.contextmanager
    def _asking(self) -> Iterator[IO[bytes]]:
        """Write to the process; that it has ended already is told when the answer is read."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                yield self._process.stdin
                self._process.stdin.flush()


def _folders() -> list[str]:
    """Return where calamine is to be imported from."""
    found = importlib.util.find_spec("python_calamine")
    return [str(Path(found.origin).parents[1])] if found and found.origin else []


def _header(sheets: _Sheets, aliases: Aliases) -> tuple[int, int, list[str]]:
    """Return the sheet (index) and the row (from 1) of the first header that is complete.

    Where none is, of the row that has the most known columns, so that the refusal can name the
    rest.
    """
    best, found = (False, -1), None
    for sheet, (_, top) in enumerate(sheets):
        for row, cells in enumerate(top[:SCANNED_ROWS], 1):
            rank = completeness(cells, aliases)
            if any(map(str.strip, cells)) and rank > best:
                best, found = rank, (sheet, row, cells)
            if best[0]:
                break
    if not found:
        raise refused(Code.FILE_EMPTY)
    return found


def _ignored(sheets: _Sheets, read: int) -> tuple[Finding, ...]:
    names = [
        name
        for sheet, (name, top) in enumerate(sheets)
        if sheet != read and any(cell.strip() for cells in top for cell in cells)
    ]
    if not names:
        return ()
    return (Finding.of(Code.SHEETS_IGNORED, sheet=sheets[read][0], ignored=", ".join(names)),)
