"""The result files: what payung puts behind a row, and hasil.csv and ditolak.csv."""

import csv
import io
import re
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from chalicelib.domain.file.row import MISSHAPEN, SHIFTED

from .neutral import all_neutral

LINE = "payung_baris"
STATUS = "payung_status"
COLUMNS = (LINE, STATUS, "payung_kode", "payung_pesan")
"""The columns that payung adds to a row of any kind, in this order; a kind's own columns follow.

All begin with `headers.OURS`."""

SHEET = "payung_lembar"
"""Comes before them in the results of a workbook whose rows are of several sheets."""
REFERENCE = "payung_referensi"
GUARD = "payung_nik"
FILE = "payung_berkas"
"""The reference of an enrolled person, the guard of the row's NIK, and the id of the file.

If a result file is handed in again, payung reads them (`domain/file/guard`)."""

SURPLUS = "payung_kelebihan"
"""The last column of a result file if some row is wider than the header. It has the surplus cells
of the row as one CSV line."""

_BOM = b"\xef\xbb\xbf"


class ResultCells(NamedTuple):
    """The cells that payung adds to one row; a cell without a value is empty.

    `status` is diterima, duplikat, konflik or ditolak; `codes` are joined by `;`; `own` are the
    cells of the kind's own columns.
    """

    line: str
    status: str
    codes: str = ""
    message: str = ""
    own: tuple[str, ...] = ()


class Remark(NamedTuple):
    """A comment on one cell of a row, by the cell's index, and whether it is an error."""

    cell: int
    text: str
    is_error: bool


class ResultShape:
    """The columns of a file's results: the file's own columns, followed by payung's.

    payung's columns are always under their headers: a narrow row is filled up, and the surplus of a
    wide row goes behind them.
    """

    def __init__(
        self, header: Sequence[str], own: Sequence[str] = (), *, surplus: bool = False
    ) -> None:
        """Take the file's header.

        `own` are the kind's own columns. `surplus` means that some row is wider than the header; it
        adds the column for surplus cells.
        """
        self._width, self._own, self._surplus = len(header), len(own), surplus
        self.titles = [*header, *COLUMNS, *own, *([SURPLUS] if surplus else [])]

    def row(self, cells: Sequence[str], ours: ResultCells) -> list[str]:
        """Return a row's cells and payung's, one for each title.

        Raises:
            ValueError: the row is wider than the header and there is no column for surplus cells;
                or `ours` does not have a cell for each of the kind's own columns.
        """
        if len(ours.own) != self._own:
            raise ValueError("not a cell for each of the kind's own columns")
        beyond = packed(cells[self._width :])
        if beyond and not self._surplus:
            raise ValueError("a row is wider than its header")
        theirs = list(cells[: self._width])
        theirs += [""] * (self._width - len(theirs))
        line, status, codes, message, own = ours
        row = [*theirs, line, status, codes, message, *own]
        return [*row, beyond] if self._surplus else row


_PLAIN_TITLE = re.compile(r"[^\W_][\w .()/-]*")
_STATEMENT = re.compile(r"(?:INSERT|CREATE|DROP|SET)\s", re.IGNORECASE)  # of SQL


class CsvWriter:
    """Writes rows of results into one CSV.

    UTF-8 with BOM, comma, CRLF. What begins like a formula is neutralised, at the start of a cell
    and behind each separator inside it; reading restores it, so every text comes back unchanged.
    All our CSV is written here. The titles are quoted if the first one could make a
    reader take the file for another format, such as HTML or SQL.
    """

    def __init__(self, out: BinaryIO, titles: Sequence[str]) -> None:
        """Write the header line; the caller closes `out`."""
        self._out = out
        self._buffer = io.StringIO(newline="")
        self._csv = csv.writer(self._buffer, lineterminator="\r\n")
        out.write(_BOM)
        first = titles[0] if titles else ""
        if first and (not _PLAIN_TITLE.fullmatch(first) or _STATEMENT.match(first)):
            quoted = csv.writer(self._buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
            quoted.writerow(all_neutral(titles))
            self._flush()
        else:
            self.write(titles)

    def write(self, cells: Sequence[str]) -> None:
        """Write one row."""
        self._csv.writerow(all_neutral(cells))
        self._flush()

    def _flush(self) -> None:
        self._out.write(self._buffer.getvalue().encode())
        self._buffer.seek(0)
        self._buffer.truncate()


def packed(surplus: Sequence[str]) -> str:
    """Return surplus cells as one CSV line; empty cells at the end are left out."""
    end = len(surplus)
    while end and not surplus[end - 1].strip():
        end -= 1
    if not end:
        return ""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(surplus[:end])
    return line.getvalue().removesuffix("\r\n")


def unpacked(line: str) -> list[str]:
    """Return the surplus cells of a line that `packed` made; any other text is one cell.

    A final `MISSHAPEN` or `SHIFTED` is left out: the reader decides again about the row.
    """
    if not line:
        return []
    try:
        records = list(csv.reader(io.StringIO(line, newline=""), strict=True))
    except csv.Error:
        return [line]
    cells = records[0] if len(records) == 1 else [line]
    return cells[:-1] if cells[-1] in {MISSHAPEN, SHIFTED} else cells
