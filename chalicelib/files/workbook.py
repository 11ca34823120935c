"""XLSX, XLS and ODS: the sheet with the recipients, its header and rows."""

import contextlib
import importlib.util
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Annotated, BinaryIO, TypeVar

import msgspec

from chalicelib.domain.codes import Code, Finding

from .headers import Aliases, completeness
from .limits import Limits
from .refusal import refused
from .source import SCANNED_ROWS, Record

_PROGRAM = Path(__file__).with_name("sheetfeed.py")
_OUT_OF_BOUNDS = {-signal.SIGABRT, -signal.SIGKILL, -signal.SIGXCPU}
_BUFFER = 1 << 16  # what a pipe holds

_Rows = list[list[str]]
_Sheets = Sequence[tuple[str, _Rows]]
"""The name and the first rows of each."""
_Answer = TypeVar("_Answer", _Sheets, _Rows)


class _Refusal(msgspec.Struct, forbid_unknown_fields=True):
    """What the process says instead of an answer."""

    refused: Code


_SHEETS = msgspec.json.Decoder[_Sheets | _Refusal](_Sheets | _Refusal)
_ROWS = msgspec.json.Decoder[_Rows | _Refusal](_Rows | _Refusal)


class WorkbookSource:
    """The first sheet of a workbook that has the header; the others are warned of."""

    delimiter = ","

    def __init__(self, parser: "Parser", aliases: Aliases, limits: Limits) -> None:
        """Find the header; closing the parser stays the caller's business.

        Raises:
            FileRefused: the file cannot be parsed, or not within the bounds; or is encrypted, or
                empty.
        """
        self._parser = parser
        self._longest = limits.cell_characters
        sheets = parser.sheets()
        self._sheet, self._row, self.header = _header(sheets, aliases)
        self.warnings = _ignored(sheets, self._sheet)

    def records(self) -> Iterator[Record]:
        """Iterate over the rows below the header; one iteration at a time."""
        longest, above = self._longest, 0
        for rows, has_longer in self._parser.batches(self._sheet, longest):
            for row, cells in enumerate(rows, above + 1):
                if row > self._row:
                    misshapen = has_longer and max(map(len, cells), default=0) > longest
                    yield Record(row, cells, misshapen)
            above += len(rows)


class Parser:
    """The process that parses (`sheetfeed`), seen from here."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        """Start it with a copy of the file; while it works, the caller may read the file itself."""
        size = file.seek(0, 2)
        bounds = map(str, (limits.workbook_bytes, limits.workbook_seconds, size))
        # -S and -P: it finds what it needs in the folders that it is told, and nowhere else.
        self._process = subprocess.Popen(  # noqa: S603  # our own program, by its full path
            [sys.executable, "-S", "-P", str(_PROGRAM), *bounds, *_folders()],
            bufsize=_BUFFER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._pending = False
        try:
            file.seek(0)
            with self._asking() as asked:
                shutil.copyfileobj(file, asked, 1 << 20)
        except BaseException:
            self.close()
            raise

    def sheets(self) -> _Sheets:
        """Return the sheets; to be called once, before anything else.

        Raises:
            FileRefused: the process says so, ended without an answer, or gave none that is one.
        """
        return _understood(_SHEETS, self._line())

    def batches(self, sheet: int, longest: int) -> Iterator[tuple[_Rows, bool]]:
        """Iterate over all rows of a sheet, some at a time, and whether a cell is over `longest`.

        Raises:
            FileRefused: as above.
        """
        while self._pending:  # what an earlier iteration left
            self._pending = bool(_understood(_ROWS, self._line()))
        with self._asking() as asked:
            asked.write(f"{sheet}\n".encode())
        self._pending = True
        # Measuring cells while they are decoded costs a tenth of doing so afterwards.
        short = msgspec.json.Decoder(list[list[Annotated[str, msgspec.Meta(max_length=longest)]]])
        while self._pending:
            line, has_longer = self._line(), False
            try:
                rows = short.decode(line)
            except ValueError:
                rows, has_longer = _understood(_ROWS, line), True
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
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line.endswith(b"\n"):
            ended = self._process.wait()
            raise refused(Code.FILE_BOMB if ended in _OUT_OF_BOUNDS else Code.FILE_UNREADABLE)
        return line

    @contextlib.contextmanager
    def _asking(self) -> Iterator[IO[bytes]]:
        """Write to the process; that it has ended already is told when the answer is read."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                yield self._process.stdin
                self._process.stdin.flush()


def _understood(decoder: msgspec.json.Decoder[_Answer | _Refusal], line: bytes) -> _Answer:
    try:
        answer = decoder.decode(line)
    except ValueError:  # msgspec's own error is one, and so is what is no UTF-8
        raise refused(Code.FILE_UNREADABLE) from None
    if isinstance(answer, _Refusal):
        raise refused(answer.refused)
    return answer


def _folders() -> list[str]:
    """Return where what it imports is found."""
    found = map(importlib.util.find_spec, ("python_calamine", "msgspec"))
    return [str(Path(each.origin).parents[1]) for each in found if each and each.origin]


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
