"""CSV and other delimited text: its delimiter, header and records.

Quoting follows RFC 4180. A line with broken quoting becomes one misshapen record. If the broken
quoting covers several lines, the number of lost rows is unknown, and the file is refused.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.files.columns import Columns
from chalicelib.files.folded import unfolded
from chalicelib.files.headers import completeness, joined_rows, too_low
from chalicelib.files.limits import Budget, Limits
from chalicelib.files.refusal import refused

from .encoding import encoding_of
from .source import DELIMITERS, SCANNED_ROWS, Record

_HEADER_LINES = 10  # the maximum of lines of a header that contains line breaks
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\s"\']|\t)"?[\r\n]*', re.IGNORECASE)  # Excel's own
_LOOKED_THROUGH = 500  # lines; a header below those that count is named
_MARKS = ("^", ":", "~", "#", "*", "!", "\x01", "\x1f", "\xa6", "=", "/")
_ENOUGH = 2  # titles that are known, where nothing but blanks separates them
_WIDE_SPACES = re.compile(r"\s{2,}")
_SPACES = re.compile(r"\s+")
_BLOCK = 1 << 16
_NIK_LIKE = re.compile(r"\d{16}")


@dataclass(frozen=True, slots=True)
class _Layout:
    """The physical line (from 1) of the header, and the delimiter of its cells."""

    line: int
    delimiter: str
    header: list[str]
    above: Sequence[str] = ()

    @property
    def behind(self) -> str:
        """Another separator that ends the header; nothing if there is none.

        A spreadsheet with another list separator adds it to each line, as many times as the widest
        line has it.
        """
        last = self.header[-1][-1:] if self.header else ""
        return last if last in DELIMITERS and last != self.delimiter else ""


class TextSource:
    """A delimited text, read record by record with constant memory.

    The file is read twice: first for its encoding, then for its rows.
    """

    warnings: tuple[Finding, ...] = ()
    in_sheets = False

    def __init__(
        self,
        file: BinaryIO,
        known: Columns,
        budget: Budget,
        *,
        too_large: Code = Code.FILE_TOO_LARGE,
    ) -> None:
        """Find encoding, delimiter and header.

        Raises:
            FileRefused: the text cannot be read; the code is `too_large` if it is too long.
        """
        self._file = file
        self._budget = budget
        self._encoding = encoding_of(file, budget, too_large=too_large)
        self._layout = _layout(self._lines(), known, budget.limits.top_characters)

    @property
    def header(self) -> Sequence[str]:
        """The header's cells."""
        *others, last = self._layout.header or [""]
        return [*others, last.rstrip(behind) if (behind := self._layout.behind) else last]

    @property
    def above(self) -> Sequence[str]:
        """The lines above the header."""
        return self._layout.above

    @property
    def delimiter(self) -> str:
        """The delimiter of the cells."""
        return self._layout.delimiter

    def sheet_at(self, line: int) -> str:  # noqa: ARG002  # as every source
        """Return no name: a text has no sheets."""
        return ""

    def records(self) -> Iterator[Record]:
        """Iterate over the records below the header."""
        lines = self._lines()
        below = iter(lines)
        for _ in range(self._layout.line - 1):
            lines.begin()
            next(below)
        records = _records(lines, below, self._layout.delimiter, self._budget.limits)
        below_header = islice(records, 1, None)  # the first is the header
        behind = self._layout.behind
        return _without(behind, below_header) if behind else below_header

    def _lines(self) -> "_Lines":
        return _Lines(self._file, self._encoding, self._budget)


class _Lines:
    """Counts the physical lines of one pass, and limits the characters of each record."""

    def __init__(self, file: BinaryIO, encoding: str, budget: Budget) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._pass = budget.begin_pass()
        self._limit = budget.limits.record_characters
        self.number = 0  # the number of the last line that was read
        self.last = ""  # that line; empty at the end of the file
        self.begin()

    def begin(self) -> int:
        """Start a record at the next line; return that line."""
        self.start = start = self.number + 1
        self.taken = 0
        return start

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
        """Iterate over blocks of lines: faster than single lines, and memory stays constant."""
        self._file.seek(0)
        rest, ended = "", False
        while not ended:
            block = self._file.read(_BLOCK)
            ended = not block
            text = self._decoder.decode(block, final=ended)
            lines = list(io.StringIO(rest + text, newline=""))
            # An incomplete line continues in the next block. A final CR may be half of a CRLF.
            goes_on = bool(lines) and not ended and not lines[-1].endswith("\n")
            rest = lines.pop() if goes_on else ""
            if len(rest) > self._limit:  # too long already, whatever follows
                lines.append(rest)
            self._pass.spend(lines=len(lines), characters=len(text))
            yield lines


def _records(
    lines: _Lines, below: Iterator[str], delimiter: str, limits: Limits
) -> Iterator[Record]:
    """Iterate over the records of the remaining lines."""
    longest = limits.cell_characters
    next_record = csv.reader(below, delimiter=delimiter, strict=True).__next__
    while True:
        start = lines.begin()
        try:
            cells = next_record()
        except StopIteration:
            return
        except csv.Error:
            if lines.number != start or not lines.last:
                raise refused(Code.FILE_UNREADABLE, line=start) from None
            yield Record(start, lines.last.rstrip("\r\n").split(delimiter), misshapen=True)
            continue
        if lines.taken <= longest and lines.number == start:
            yield Record(start, cells)  # fast path: nearly every record
            continue
        misshapen = any(len(cell) > longest for cell in cells)
        if lines.number != start:
            misshapen = misshapen or any(_swallowed(cell, delimiter) for cell in cells)
        yield Record(start, cells, misshapen)


def _without(behind: str, records: Iterator[Record]) -> Iterator[Record]:
    """Iterate over records without another separator at the end of each."""
    for record in records:
        if record.cells:
            record.cells[-1] = record.cells[-1].rstrip(behind)
        yield record


def _swallowed(cell: str, delimiter: str) -> bool:
    """Whether a quoted cell contains rows of other people, between two stray quotation marks."""
    return "\n" in cell.replace("\r", "\n") and delimiter in cell and bool(_NIK_LIKE.search(cell))


def _layout(lines: _Lines, known: Columns, most: int) -> _Layout:
    """Return the first header that, under some delimiter, has every required column.

    Where none has, the line that has the most known ones, so that the refusal can name the rest.
    Lines behind the first `most` characters are not looked at: each costs several parsings.

    Raises:
        FileRefused: all lines are blank; or there is a header, but too far down, or its columns
            are separated otherwise.
    """
    top = []
    for line in islice(lines, _LOOKED_THROUGH):
        lines.begin()
        top.append(line)
        most -= len(line)
        if most < 0:
            break
    if not any(line.strip() for line in top):
        raise refused(Code.FILE_EMPTY)
    separator = _SEPARATOR_LINE.fullmatch(top[0])
    delimiters = (separator[1],) if separator else DELIMITERS
    first = 1 if separator else 0
    best, layout = _best_layout(top, range(first, min(len(top), SCANNED_ROWS)), delimiters, known)
    if best:
        return replace(layout, above=top[first : layout.line - 1])
    if separation := _other_separation(top[first:SCANNED_ROWS], known):
        raise refused(Code.SEPARATOR_UNKNOWN, separator=separation)
    best, below = _best_layout(top, range(SCANNED_ROWS, len(top)), delimiters, known)
    if best:
        raise too_low(known, below.line, SCANNED_ROWS)
    return layout


def _best_layout(
    top: list[str], places: range, delimiters: Sequence[str], known: Columns
) -> tuple[bool, _Layout]:
    """Return the best layout of the lines at these places, and whether its header is complete."""
    best, layout = (False, -1, -1), _Layout(1, delimiters[0], [])
    for index in places:
        for delimiter in delimiters:
            if joined := _joined(top[index : index + 2], delimiter, known):
                return True, _Layout(index + 2, delimiter, joined)
            header = _header(top[index : index + _HEADER_LINES], delimiter)
            if len(header) == 1:  # a line that is one cell may be quoted as one
                header = unfolded(header, delimiter) or header
            rank = (*completeness(header, known), sum(map(bool, header)))
            if rank > best:
                best, layout = rank, _Layout(index + 1, delimiter, header)
        if best[0]:
            break
    return best[0], layout


def _joined(pair: list[str], delimiter: str, known: Columns) -> list[str] | None:
    """Return the header that two lines are together."""
    if len(pair) < 2 or not all(delimiter in line for line in pair):  # noqa: PLR2004  # a pair
        return None
    above, below = (_header([line], delimiter) for line in pair)
    return joined_rows(above, below, known)


def _other_separation(top: Sequence[str], known: Columns) -> str | None:
    """Return what separates the columns, in words, where it is nothing that can be read."""
    for line in top:
        text = line.strip("\r\n")
        for mark in _MARKS:
            if mark in text and completeness(text.split(mark), known)[0]:
                return f"tanda {mark}" if mark.isprintable() else "tanda yang tidak terlihat"
        if any(delimiter in text for delimiter in DELIMITERS):
            continue
        for spaces in (_WIDE_SPACES, _SPACES):
            titles = [title for title in spaces.split(text) if title]
            if completeness(titles, known)[1] >= _ENOUGH:
                return "spasi (lebar tetap)"
    return None


def _header(lines: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
