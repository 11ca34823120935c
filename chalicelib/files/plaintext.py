"""CSV and other delimited text: its delimiter, header and records.

Quoting follows RFC 4180. A line whose quoting is broken is a misshapen record by itself; where the
break runs over several lines, nobody can tell how many rows it swallowed, and the file is refused.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, cast

from chalicelib.domain.codes import Code, Finding

from .encoding import encoding_of
from .headers import Aliases, completeness
from .limits import Limits
from .refusal import refused
from .source import SCANNED_ROWS, Record

DELIMITERS = (",", ";", "\t", "|")
_HEADER_LINES = 10  # how many lines a header with line breaks in it may take
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\s"\']|\t)"?[\r\n]*', re.IGNORECASE)  # Excel's own
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
        for _ in range(self._layout.line - 1):
            lines.begin()
            next(lines)
        records = _records(lines, self._layout.delimiter, self._limits)
        return islice(records, 1, None)  # the first is the header

    def _lines(self) -> "_Lines":
        self._file.seek(0)
        lent = cast("BinaryIO", _Lent(self._file))
        text = io.TextIOWrapper(lent, self._encoding, newline="")
        return _Lines(text, self._limits.record_characters)


class _Lent(io.BufferedIOBase):
    """A file lent to a wrapper, which would close it when done."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read1(self, _size: int = -1, /) -> bytes:
        return self._file.read(1 << 16)


class _Lines:
    """The physical lines, counted; a record may take only so many characters of them."""

    def __init__(self, text: io.TextIOWrapper, limit: int) -> None:
        self._text = text
        self._limit = limit
        self.number = 0  # of the line read last
        self.begin()

    def begin(self) -> None:
        """Begin a record with the next line."""
        self.start = self.number + 1
        self.taken = 0
        self.last = ""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        self.last = self._text.readline(self._limit - self.taken + 1)
        if not self.last:
            raise StopIteration
        self.taken += len(self.last)
        self.number += 1
        if self.taken > self._limit:
            raise refused(Code.FILE_UNREADABLE, line=self.start)
        return self.last


def _records(lines: _Lines, delimiter: str, limits: Limits) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
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
        misshapen = lines.taken > limits.cell_characters and any(
            len(cell) > limits.cell_characters for cell in cells
        )
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
