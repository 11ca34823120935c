"""Reading whatever a bank sends: any format, one shape of rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Self

from chalicelib.domain.codes import Code, Finding
from chalicelib.domain.columns import Column
from chalicelib.domain.recipient import MISSHAPEN, SourceRow

from .closing import Closing, ControlTotal
from .headers import aliases_of, is_ours, resolve
from .limits import Limits
from .neutral import all_restored, restored
from .recognise import open_source
from .refusal import refused
from .source import Record, Source
from .write import COLUMNS, SURPLUS, unpacked

_FOOTER_ROWS = 30  # below a total: the place, the date and a signature
_STATUS = COLUMNS[1]
_RUNNING_NUMBER = re.compile(r"[0-9]{1,7}[.)]?")


class Table:
    """A file of recipients with its header understood.

    `header` is the file's own, without the columns that payung added to a result file; `columns`
    are the indexes of the known ones in it. `warnings` are the file's. While rows are given,
    `subtotal` is what the last total says that has rows below it, another object for each; once
    all were given, `total` is what the last one says, if it has none. A context manager: leaving
    it lets go of what was opened, the file itself stays the caller's.
    """

    def __init__(
        self,
        source: Source,
        header: Sequence[str],
        columns: Mapping[Column, int],
        limits: Limits,
        held: ExitStack,
    ) -> None:
        """Use `open_table`."""
        self._source = source
        self._held = held
        self._limits = limits
        self._full = header
        self._own = [index for index, text in enumerate(self._full) if not is_ours(text)]
        self.header = tuple(self._full[index] for index in self._own)
        self.columns = {column: self._own.index(index) for column, index in columns.items()}
        self._known = tuple(columns.values())
        self._titles = list(map(_told, header))
        self._nik = columns[Column.NIK]
        self.delimiter = source.delimiter
        self.warnings: tuple[Finding, ...] = source.warnings
        self.total: ControlTotal | None = None
        self.subtotal: ControlTotal | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def rows(self) -> Iterator[SourceRow]:
        """Iterate over the rows of people, in the file's order; each call begins anew.

        Blank rows are left out, those that are numbered in advance too. So is what a report has on
        each of its pages: the header again, and a TOTAL, wherever it stands; and what closes the
        file below the last one. A row has a cell for each column of the header; one that is wider
        than the header, or whose cells are not to be relied upon, has more.

        Raises:
            FileRefused: the file has no rows or too many, or is not readable to its end.
        """
        self.total = self.subtotal = None
        closing = Closing(self.columns)
        total: ControlTotal | None = None
        footers: list[SourceRow] = []
        is_empty = True
        for row, is_result in self._rows():
            if not is_result and closing.is_total(row):
                total = closing.control(total, row)
                continue
            if total is not None:
                if not is_result and len(footers) < _FOOTER_ROWS and closing.is_footer(row):
                    footers.append(row)
                    continue
                # Somebody stands below: it was no end, and what looked like one must not vanish.
                total, self.subtotal = None, total
            is_empty = False
            yield from footers
            footers.clear()
            yield row
        self.total = total
        if is_empty:
            raise refused(Code.FILE_EMPTY)

    def _rows(self) -> Iterator[tuple[SourceRow, bool]]:
        """Iterate over the rows, and whether payung itself wrote the row into a result file."""
        width, has_ours = len(self._full), len(self._own) < len(self._full)
        status = self._full.index(_STATUS) if _STATUS in self._full else None
        count = 0
        for record in self._source.records():
            cells = all_restored(record.cells)
            if len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            # Below NIK stands a number in nearly every row; then it is neither.
            if not cells[self._nik].isdecimal() and (
                self._is_blank(cells) or self._is_header(cells)
            ):
                continue
            count += 1
            _within(self._limits.rows, count)
            is_result = record.misshapen or (status is not None and bool(cells[status].strip()))
            if has_ours or len(cells) > width or record.misshapen:
                cells = self._reshaped(record, cells)
            yield SourceRow(record.line, tuple(cells)), is_result

    def _is_blank(self, cells: Sequence[str]) -> bool:
        """Whether a row says nothing: no cell of a known column, elsewhere a running number."""
        if any(cells[index].strip() for index in self._known):
            return False
        said = [cell for cell in map(str.strip, cells) if cell]
        return not said or (len(said) == 1 and bool(_RUNNING_NUMBER.fullmatch(said[0])))

    def _is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row is the header once more, as at the top of each page of a report."""
        titles = self._titles
        if _told(cells[self._nik]) != titles[self._nik]:
            return False  # nearly every row
        told = list(map(_told, cells))
        return told[: len(titles)] == titles and not any(told[len(titles) :])

    def _reshaped(self, record: Record, cells: list[str]) -> list[str]:
        """Return the row's own cells and what it has beyond the header, without our columns."""
        own = [cells[index] for index in self._own]
        surplus = cells[len(self._full) :]
        if SURPLUS in self._full:
            surplus = [*unpacked(cells[self._full.index(SURPLUS)]), *surplus]
        while surplus and not surplus[-1].strip():
            surplus.pop()
        if record.misshapen:
            surplus.append(MISSHAPEN)
        return own + surplus


def open_table(file: BinaryIO, *, bank: str | None = None, limits: Limits | None = None) -> Table:
    """Open a file of recipients, recognised by its content: its name tells nothing.

    Args:
        file: local and seekable; stays open as long as the table is in use.
        bank: the bank's code, for its own column names.
        limits: how much is taken.

    Raises:
        FileRefused: it is not readable, or its header lacks what is required.
    """
    limits = limits or Limits()
    aliases = aliases_of(bank)
    with ExitStack() as held:
        source = open_source(file, aliases, limits, held)
        header = [restored(cell) for cell in source.header]
        # A sheet that was formatted to its last column has thousands of empty ones.
        while len(header) > limits.columns and not header[-1].strip():
            header.pop()
        _within(limits.columns, len(header))
        return Table(source, header, resolve(header, aliases), limits, held.pop_all())


def _told(cell: str) -> str:
    return " ".join(cell.split()).casefold()


def _within(limit: int, count: int) -> None:
    if count > limit:
        raise refused(Code.FILE_TOO_LARGE)
