"""The result files: hasil.csv and ditolak.csv."""

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from chalicelib.domain.recipient import MISSHAPEN

from .neutral import neutral

COLUMNS = (
    "payung_baris",
    "payung_status",
    "payung_kode",
    "payung_pesan",
    "payung_iuran",
    "payung_bantuan_bersih",
    "payung_mulai",
    "payung_sampai",
    "payung_referensi",
)
"""What payung adds to a row, in this order; all begin with `headers.OURS`."""

SURPLUS = "payung_kelebihan"
"""Stands behind them in a file that has rows wider than its header, whose cells beyond it are kept
here as one CSV line."""

_BOM = b"\xef\xbb\xbf"


class ResultCells(NamedTuple):
    """What payung says of one row, as the bank reads it.

    `status` is diterima, duplikat, konflik or ditolak; `codes` are joined by `;`; `premium` and
    `net_aid` are whole rupiah in digits; `starts` and `ends` ISO dates. Empty where not said.
    """

    line: str
    status: str
    codes: str = ""
    message: str = ""
    premium: str = ""
    net_aid: str = ""
    starts: str = ""
    ends: str = ""
    reference: str = ""


class ResultWriter:
    """Writes rows as they came, followed by our columns, into one CSV.

    UTF-8 with BOM, comma, CRLF; cells that begin like a formula are neutralised, and reading
    restores them, so that any text comes back as it was. Whatever a row's width, our columns stand
    under their headers: a narrow row is filled up, a wide one's surplus is kept behind them.
    """

    def __init__(self, out: BinaryIO, header: Sequence[str], *, surplus: bool = False) -> None:
        """Write the header line; `out` stays the caller's to close.

        `surplus` says that some row is wider than the header, and makes the column for it.
        """
        self._out = out
        self._buffer = io.StringIO(newline="")
        self._csv = csv.writer(self._buffer, lineterminator="\r\n")
        self._width = len(header)
        out.write(_BOM)
        self._surplus = surplus
        self._line([*header, *COLUMNS, *([SURPLUS] if surplus else [])])

    def write(self, cells: Sequence[str], ours: ResultCells) -> None:
        """Write one row.

        Raises:
            ValueError: it is wider than the header, and there is no column for that.
        """
        beyond = packed(cells[self._width :])
        if beyond and not self._surplus:
            raise ValueError("a row is wider than its header")
        own = list(cells[: self._width])
        own += [""] * (self._width - len(own))
        self._line([*own, *ours, *([beyond] if self._surplus else [])])

    def _line(self, cells: Sequence[str]) -> None:
        self._csv.writerow(map(neutral, cells))
        self._out.write(self._buffer.getvalue().encode())
        self._buffer.seek(0)
        self._buffer.truncate()


def packed(surplus: Sequence[str]) -> str:
    """Return surplus cells as one CSV line; empty ones at the end do not count."""
    end = len(surplus)
    while end and not surplus[end - 1].strip():
        end -= 1
    if not end:
        return ""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(surplus[:end])
    return line.getvalue().removesuffix("\r\n")


def unpacked(line: str) -> list[str]:
    """Return the surplus cells that `packed` made one line of; of another text, that text.

    `MISSHAPEN` at their end is left out: whether it still holds is for the reader to say again.
    """
    if not line:
        return []
    try:
        records = list(csv.reader(io.StringIO(line, newline=""), strict=True))
    except csv.Error:
        return [line]
    cells = records[0] if len(records) == 1 else [line]
    return cells[:-1] if cells[-1] == MISSHAPEN else cells
