"""Reads the file of a bank, in any format, into rows under a known header."""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from chalicelib.domain.cells import units
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.guard import Said
from chalicelib.domain.file.host_records import has_opening_record
from chalicelib.domain.file.nobody import (
    NobodyLines,
    Reason,
    is_example,
    remarks_example,
    tells_to_delete,
)
from chalicelib.domain.file.row import MISSHAPEN, SHIFTED, SourceRow
from chalicelib.domain.findings.finding import Code, Finding

from .columns import Columns
from .folded import uncut, unfolded
from .footer import Footer
from .formats.plaintext import TextSource
from .formats.recognise import open_source
from .formats.source import Record, Source
from .headers import (
    column_letters,
    header_again,
    is_ours,
    repeated,
    repeated_refusal,
    resolve,
)
from .limits import Budget
from .neutral import all_restored, restored
from .refusal import FileRefused, refused
from .shifted import SAMPLE, ShiftedRows
from .write import FILE, GUARD, REFERENCE, SHEET, STATUS, SURPLUS, unpacked

if TYPE_CHECKING:
    from chalicelib.domain.file.control import ControlTotal

_TOTALS = {Reason.TOTAL, Reason.TRAILER}
_IN_WORDS = {Reason.TEXT, Reason.PREFILLED}
_END_OF_FILE = "\x1a"  # Ctrl-Z, with which DOS programs end a text
_LONG = 16  # digits: a NIK, so that the row is a person's
_WHITE = string.whitespace + _END_OF_FILE + "\u00a0"
_NARROW = 4  # columns
_SAMPLED_CELLS = 100_000  # five times those of a file with the most columns
_DIGIT = re.compile(r"[0-9]")
_RUNNING_NUMBER = re.compile(r"[0-9]{1,7}[.)]?")


class Table:
    """A file with a known header.

    `header` is the file's own, without the columns that payung added to a result file. `columns`
    has the indexes of the known columns in it; `known` is the kind's description of them.
    `warnings` are those of the file. `has_said` means that it has columns of payung. During `rows`,
    `subtotal` is the last total that has rows below it; each total is a new object. After the last
    row, `total` is the total that closes the file, if there is one, and `nobody` has the lines that
    are no rows. A table is a context manager: its exit closes everything that it opened. The caller
    closes the file itself.
    """

    def __init__(
        self,
        source: Source,
        header: Sequence[str],
        columns: Mapping[str, int],
        known: Columns,
        budget: Budget,
        held: ExitStack,
    ) -> None:
        """Use `open_table`."""
        self._source = source
        self._held = held
        self._limits = budget.limits
        self._full = header
        known_places = set(columns.values())
        self._own = [
            index
            for index, text in enumerate(self._full)
            if index in known_places or not is_ours(text)
        ]
        self.header = tuple(self._full[index] for index in self._own)
        if source.in_sheets:
            self.header = (*self.header, SHEET)
        self.columns = {column: self._own.index(index) for column, index in columns.items()}
        self._known = tuple(columns.values())
        self._places = columns
        self.known = known
        # Columns of one meaning, by their places among the file's own.
        self._repeated = {
            column: tuple(map(self._own.index, places))
            for column, places in repeated(header, known).items()
        }
        # A kind that reads the reference itself needs no guard against changed results.
        said_in = () if known.names(REFERENCE) else (GUARD, REFERENCE, FILE)
        self._said_in = [self._place(column) for column in said_in]
        self._said: dict[int, Said] = {}
        self.has_said = any(place is not None for place in self._said_in)
        self._key = known.key_in(columns)
        self._money = [place for each, place in self.columns.items() if each in known.money]
        # Where one of these is filled in, the row is a person's, also without a key.
        self._instead = [columns[each] for each in known.instead_of(known.key) if each in columns]
        self._opened = has_opening_record(source.above)
        # An unknown first column has the numbers of the rows.
        self._number = bool(self._own) and 0 not in self.columns.values()
        self.delimiter = source.delimiter
        self.warnings: tuple[Finding, ...] = source.warnings
        self.total: ControlTotal | None = None
        self.subtotal: ControlTotal | None = None
        self.nobody = NobodyLines()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def lacks_key(self, row: SourceRow) -> bool:
        """Whether a row has no digit in its key: it may be a total in unknown words."""
        columns, known = self.columns, self.known
        others = [columns[each] for each in known.instead_of(known.key) if each in columns]
        if any(row.cells[other].strip() for other in others):
            return False
        return not any(map(str.isdecimal, row.cells[known.key_in(columns)]))

    def said(self, row: SourceRow) -> Said | None:
        """Return what payung wrote in a row of a result file; None if the file is no result.

        Call it once for each row, right after `rows` yields the row.
        """
        return self._said.pop(row.line, None)

    def rows(self) -> Iterator[SourceRow]:
        """Iterate over the rows, in file order; each call starts at the first row.

        Blank rows are left out, also with a running number. So are the lines that are nobody: the
        header again, examples, totals, headings, notes and signatures. A row has a cell for each
        column of the header. A row that is wider than the header has more cells, and so has a row
        whose cells are not reliable.

        Raises:
            FileRefused: the file has no rows or too many, or is not readable to its end; or another
                table begins in it.
        """
        self.total = self.subtotal = None
        self.nobody = NobodyLines()
        closing = Footer(self.columns, self.known)
        total: ControlTotal | None = None
        is_empty, is_unusual = True, bool(self._repeated) or self._source.in_sheets
        heading = 0
        remark, number = self.columns.get(self.known.remark or ""), self._number
        for row, is_long in self._rows():
            cells = row.cells
            # Most examples are above the first person; others must say it beyond doubt.
            if (
                (is_empty and (row.line == heading + 1 or self._is_example(row)))
                or (remark is not None and cells[remark] and tells_to_delete(cells[remark]))
                or (number and not cells[0][:1].isdecimal() and is_example(cells[0]))
            ):
                self.nobody.add(row.line, Reason.EXAMPLE, closing.amount(row))
                continue
            if not is_long and (reason := self._reason(closing, row)):
                self._check_unit(row, reason, is_first=is_empty)
                if reason is Reason.TEXT and any(map(is_example, row.cells)):
                    heading = row.line
                self.nobody.add(row.line, reason, closing.amount(row))
                if reason in _TOTALS:
                    total = closing.control(total, row)
                continue
            if total is not None:  # a person follows: this was not the end
                total, self.subtotal = None, total
            is_empty = False
            yield self._finished(row) if is_unusual else row
        self.total = total
        if is_empty:
            raise refused(Code.FILE_EMPTY)
        if self._opened and not (total and total.figures):
            raise refused(Code.CONTROL_TOTAL_MISMATCH, opening="")

    def _is_example(self, row: SourceRow) -> bool:
        """Whether a row says that it is an example: in its remark, or in an unknown column."""
        remark = self.columns.get(self.known.remark or "")
        if remark is not None and remarks_example(row.cells[remark]):
            return True
        known = set(self.columns.values())
        return any(is_example(each) for at, each in enumerate(row.cells) if at not in known)

    def _check_unit(self, row: SourceRow, reason: Reason, *, is_first: bool) -> None:
        """Check that a line which is nobody gives the amounts no other unit than rupiah.

        Raises:
            FileRefused: it does.
        """
        if not self._money or reason not in _IN_WORDS:
            return
        unit = units.of_texts(row.cells)
        if is_first:
            unit = unit or units.below_title([row.cells[place] for place in self._money])
        if unit:
            raise FileRefused(unit)

    def _finished(self, row: SourceRow) -> SourceRow:
        """Return a row with the name of its sheet where there are several.

        Raises:
            FileRefused: `header_repeated`, for the first columns of one meaning of which the row
                does not say the same.
        """
        for column, places in self._repeated.items():
            if len({_spaced(row.cells[place]) for place in places}) > 1:
                full = [self._own[place] for place in places]
                raise repeated_refusal(column, full, self._full, self.known, row.line)
        if not self._source.in_sheets:
            return row
        own = len(self._own)
        name = self._source.sheet_at(row.line)
        return SourceRow(row.line, (*row.cells[:own], name, *row.cells[own:]))

    def _rows(self) -> Iterator[tuple[SourceRow, bool]]:
        """Iterate over the rows, and whether the row is certainly a person's.

        That is, its key is as long a number as a NIK, as in nearly every row; or its cells cannot
        be relied upon; or payung itself wrote it into a result file.
        """
        width, has_ours = len(self._full), len(self._own) < len(self._full)
        status = self._full.index(STATUS) if STATUS in self._full else None
        self._said.clear()
        count, most, at = 0, self._limits.rows, self._key
        for line, cells, misshapen, has_moved in self._records():
            key = cells[at]
            is_person = len(key) >= _LONG and key.isdecimal()
            if not is_person:
                if self._is_blank(cells):
                    continue
                is_result = status is not None and bool(cells[status].strip())
                is_result = is_result or any(cells[each].strip() for each in self._instead)
                is_person = misshapen or is_result
            count += 1
            if count > most:
                limit = f"{format_rupiah(most)} baris"
                raise refused(
                    Code.FILE_TOO_LARGE, size=f"lebih dari {limit}", limit=limit, parts="berkas"
                )
            if has_ours or len(cells) > width or misshapen or has_moved:
                if self.has_said:
                    self._said[line] = self._read_said(cells)
                own = self._reshaped(cells, misshapen=misshapen)
                if has_moved:
                    own.append(SHIFTED)
                yield SourceRow(line, tuple(own)), is_person
            else:
                yield SourceRow(line, tuple(cells)), is_person

    def _records(self) -> Iterator[tuple[int, list[str], bool, bool]]:
        """Iterate over the records: line, cells, whether misshapen, whether cells have moved.

        A record has at least as many cells as the header.
        """
        width = len(self._full)
        records = self._source.records()
        shifted = None
        if isinstance(self._source, TextSource):
            first = _sample(records)
            amount = None if self.known.amount is None else self._places.get(self.known.amount)
            shifted = ShiftedRows(self._full, amount, [record.cells for record in first])
            records = chain(first, records)
        usual = width if shifted is None or shifted.titled == width else None
        for record in records:
            misshapen, cells = record.misshapen, record.cells
            if len(cells) == usual and not misshapen:  # fast path: nearly every row
                yield record.line, all_restored(cells), False, False
                continue
            # A spreadsheet may have left the whole row in one cell.
            if (len(cells) < width or misshapen) and (whole := self._unfolded(record)):
                misshapen, cells = False, whole
            has_moved = (
                shifted is not None
                and not misshapen
                and len(cells) != shifted.titled
                and not any(map(str.strip, cells[width:]))  # a wide row is reported as such
                and shifted.is_shifted(cells)
            )
            cells = all_restored(cells)
            if len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            yield record.line, cells, misshapen, has_moved

    def _reason(self, closing: Footer, row: SourceRow) -> Reason | None:
        """Return why a line is nobody, None if it may be a person.

        Raises:
            FileRefused: it is the header of another table.
        """
        if not any(map(str.isdecimal, row.cells[self._key].strip())):
            again = header_again(row.cells, self.columns, self.known)
            if again is False:
                raise refused(Code.SECOND_TABLE, line=row.line)
            if again:
                return Reason.HEADER
        return closing.reason(row)

    def _place(self, column: str) -> int | None:
        return next((at for at, text in enumerate(self._full) if _spaced(text) == column), None)

    def _read_said(self, cells: Sequence[str]) -> Said:
        guard, reference, file = (
            None if place is None else cells[place].strip() for place in self._said_in
        )
        return Said(guard, reference or "", file or "")

    def _unfolded(self, record: Record) -> list[str] | None:
        """Return the cells of a row that is in one cell; None if the row is not.

        In a narrow file, a note with commas can look like such a row. So the key needs a digit.
        """
        if record.misshapen:
            return uncut(self.delimiter.join(record.cells), self.delimiter, len(self._full))
        whole = unfolded(record.cells, self.delimiter, len(self._full))
        if whole and len(whole) <= _NARROW and not _DIGIT.search(whole[self._key]):
            return None
        return whole

    def _is_blank(self, cells: Sequence[str]) -> bool:
        """Whether a row says nothing: no cell of a known column, elsewhere a running number."""
        if any(cells[index].strip(_WHITE) for index in self._known):
            return False
        filled = [cell for cell in (cell.strip(_WHITE) for cell in cells) if cell]
        return not filled or (len(filled) == 1 and bool(_RUNNING_NUMBER.fullmatch(filled[0])))

    def _reshaped(self, cells: list[str], *, misshapen: bool) -> list[str]:
        """Return the row's own cells and its surplus cells, without payung's columns."""
        own = [cells[index] for index in self._own]
        surplus = cells[len(self._full) :]
        if SURPLUS in self._full:
            surplus = [*unpacked(cells[self._full.index(SURPLUS)]), *surplus]
        while surplus and not surplus[-1].strip():
            surplus.pop()
        if misshapen:
            surplus.append(MISSHAPEN)
        return own + surplus


def open_table(file: BinaryIO, known: Columns, *, budget: Budget | None = None) -> Table:
    """Open a file. Its content decides the format, not its name.

    Args:
        file: local and seekable; it must stay open while the table is in use.
        known: the columns of its kind.
        budget: what the reading may cost; without one, the usual limits and any time.

    Raises:
        FileRefused: the file is not readable, or its header lacks a required column.
        OutOfTime: the budget's time is nearly over; so may every row that is read later.
    """
    budget = budget or Budget()
    limits = budget.limits
    with ExitStack() as held:
        source = open_source(file, known, budget, held)
        header = [restored(cell) for cell in source.header]
        # A sheet that is formatted up to its last column has thousands of empty columns.
        while len(header) > limits.columns and not header[-1].strip():
            header.pop()
        if len(header) > limits.columns:
            size, limit = (f"{count} kolom" for count in (len(header), limits.columns))
            last = column_letters(limits.columns - 1)
            raise refused(Code.FILE_TOO_LARGE, size=size, limit=limit, column=last)
        columns = resolve(header, known)
        if known.money and (unit := units.of_texts(source.above)):
            raise FileRefused(unit)
        return Table(source, header, columns, known, budget, held.pop_all())


def _sample(records: Iterator[Record]) -> list[Record]:
    """Return the first records, fewer where each has thousands of cells."""
    first: list[Record] = []
    cells = 0
    for record in islice(records, SAMPLE):
        first.append(record)
        cells += len(record.cells)
        if cells > _SAMPLED_CELLS:
            break
    return first


def _spaced(cell: str) -> str:
    return " ".join(cell.split()).casefold()
