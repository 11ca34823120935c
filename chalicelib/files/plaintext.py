"""CSV and other delimited text: its delimiter, header and records.

Quoting follows RFC 4180. A line whose quoting is broken is a misshapen record by itself; where the
break runs over several lines, nobody can tell how many rows it swallowed, and the file is refused.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from chalicelib.domain.codes import Code, Finding

from .encoding import encoding_of
from .headers import Aliases, completeness
from .limits import Limits
from .refusal import refused
from .source import SCANNED_ROWS, Record

DELIMITERS = (",", ";", "\t", "|")
_HEADER_LINES = 10  # how many lines a header with line breaks in it may take
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\s"\']|\t)"?[\r\n]*', re.IGNORECASE)  # Excel's own
_BLOCK = 1 << 16
_NIK_LIKE = re.compile(r"\d{16}")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the header stands (physical line, from 1), and what separates its cells."""

    line: int
    delimiter: str
    header: list[str]


class TextSource:
    """A delimited text, read record by record in flat memory.

    The file is read twice: once to know its encoding for certain, once for its rows.
    """

    warnings: tuple[Finding, ...] = ()

    def __init__(
        self,
        file: BinaryIO,
        aliases: Aliases,
        limits: Limits,
        *,
        too_large: Code = Code.FILE_TOO_LARGE,
    ) -> None:
        """Find encoding, delimiter and header.

        Raises:
            FileRefused: it is no text that can be read (`too_large` where there is too much of
                it).
        """
        self._file = file
        self._limits = limits
        self._encoding = encoding_of(file, limits, too_large=too_large)
        self._layout = _layout(self._lines(), aliases)

    @property
    def header(self) -> Sequence[str]:
        """The header's cells."""
        return self._layout.header

    @property
    def delimiter(self) -> str:
        """What separates the cells."""
        return self._layout.delimiter

    def records(self) -> Iterator[Record]:
        """Iterate over the records below the header."""
        lines = self._lines()
        below = iter(lines)
        for _ in range(self._layout.line - 1):
            lines.begin()
            next(below)
        records = _records(lines, below, self._layout.delimiter, self._limits)
        return islice(records, 1, None)  # the first is the header

    def _lines(self) -> "_Lines":
        return _Lines(self._file, self._encoding, self._limits.record_characters)


class _Lines:
    """The physical lines, counted; a record may take only so many characters of them."""

    def __init__(self, file: BinaryIO, encoding: str, limit: int) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._limit = limit
        self.number = 0  # of the line read last
        self.last = ""  # that line; nothing once there are no more
        self.begin()

    def begin(self) -> None:
        """Begin a record with the next line."""
        self.start = self.number + 1
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        """Iterate over the lines, once, each with its end: CR, LF, or both."""
        for lines in self._blocks():
            for line in lines:
                self.last = line
                self.number += 1
                self.taken += len(line)
                if self.taken > self._limit:
                    raise refused(Code.FILE_UNREADABLE, line=self.start)
                yield line
        self.last = ""

    def _blocks(self) -> Iterator[list[str]]:
        """Iterate over the lines, many at a time, which is quicker; in flat memory all the same."""
        self._file.seek(0)
        rest, ended = "", False
        while not ended:
            block = self._file.read(_BLOCK)
            ended = not block
            text = self._decoder.decode(block, final=ended)
            lines = list(io.StringIO(rest + text, newline=""))
            # What has no end yet goes on in the next block: a CR, too, may be half of one.
            goes_on = bool(lines) and not ended and not lines[-1].endswith("\n")
            rest = lines.pop() if goes_on else ""
            if len(rest) > self._limit:  # too much already, however it goes on
                lines.append(rest)
            yield lines


def _records(
    lines: _Lines, below: Iterator[str], delimiter: str, limits: Limits
) -> Iterator[Record]:
    """Iterate over the records of what is left of the lines."""
    longest = limits.cell_characters
    reader = csv.reader(below, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        start = lines.start
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if lines.number != start or not lines.last:
                raise refused(Code.FILE_UNREADABLE, line=start) from None
            yield Record(start, lines.last.rstrip("\r\n").split(delimiter), misshapen=True)
            continue
        misshapen = lines.taken > longest and any(len(cell) > longest for cell in cells)
        if lines.number != start:
            misshapen = misshapen or any(_swallowed(cell, delimiter) for cell in cells)
        yield Record(start, cells, misshapen)


def _swallowed(cell: str, delimiter: str) -> bool:
    """Whether a quoted cell holds other people's rows, between two stray quotation marks."""
    return "\n" in cell.replace("\r", "\n") and delimiter in cell and bool(_NIK_LIKE.search(cell))


def _layout(lines: _Lines, aliases: Aliases) -> _Layout:
    """Return the first line that, under some delimiter, has every required column.

    Where none has, the one that has the most known ones, so that the refusal can name the rest.
    """
    top = []
    for line in islice(lines, SCANNED_ROWS + _HEADER_LINES):
        lines.begin()
        top.append(line)
    if not any(line.strip() for line in top):
        raise refused(Code.FILE_EMPTY)
    separator = _SEPARATOR_LINE.fullmatch(top[0])
    delimiters = (separator[1],) if separator else DELIMITERS
    best, layout = (False, -1, -1), _Layout(1, delimiters[0], [])
    for index in range(1 if separator else 0, min(len(top), SCANNED_ROWS)):
        for delimiter in delimiters:
            header = _header(top[index : index + _HEADER_LINES], delimiter)
            rank = (*completeness(header, aliases), sum(map(bool, header)))
            if rank > best:
                best, layout = rank, _Layout(index + 1, delimiter, header)
        if best[0]:
            break
    return layout


def _header(lines: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
