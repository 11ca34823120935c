"""The lists from which officers call the people whom no message has reached."""

import csv
import io
import re
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from chalicelib.domain.columns import Column
from chalicelib.domain.phone import HOME

from .headers import aliases_of, resolve
from .neutral import neutral
from .refusal import FileRefused

COLUMNS = (
    "nama",
    "nik",
    "alamat",
    "telepon",
    "kabupaten_kota",
    "bank",
    "skema",
    "perlindungan_mulai",
    "perlindungan_sampai",
    "referensi",
    "alasan",
    "sms_status",
)
CONTENT_TYPE = "text/csv; charset=utf-8"

_BOM = b"\xef\xbb\xbf"
_NO_WORD = re.compile(r"[^a-z0-9]+")


class OutreachCells(NamedTuple):
    """One person of a list, in the order of `COLUMNS`.

    `nik` is masked; `phone` is there in full, as it is dialled; `starts` and `ends` are ISO dates.
    """

    name: str
    nik: str
    address: str
    phone: str
    regency: str
    bank: str
    scheme: str
    starts: str
    ends: str
    reference: str
    reason: str
    status: str


class OutreachWriter:
    """Writes one list: a CSV as the result files are, safe to open in a spreadsheet."""

    def __init__(self, out: BinaryIO) -> None:
        """Write the header line; `out` stays the caller's to close."""
        self._out = out
        out.write(_BOM)
        self._line(COLUMNS)

    def write(self, cells: OutreachCells) -> None:
        """Write one person."""
        self._line(cells)

    def _line(self, cells: Sequence[str]) -> None:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
        self._out.write(line.getvalue().encode())


def list_name(code: str, regency: str) -> str:
    """Return the file name of a regency's list: `7171-kota-manado.csv`."""
    return f"{code}-{_NO_WORD.sub('-', regency.casefold()).strip('-')}.csv"


def address_column(header: Sequence[str], bank: str) -> int | None:
    """Return the index of the column of addresses in a file of that bank, None without one."""
    try:
        return resolve(header, aliases_of(bank)).get(Column.ADDRESS)
    except FileRefused:  # the aliases are others than when the file was taken
        return None


def dialled(phone: str | None) -> str:
    """Return a number (E.164) as it is dialled here: `0812-3456-7890`, or `+60…` from abroad.

    Grouped, it is no number to a spreadsheet, which would drop its leading zero.
    """
    if phone is None:
        return ""
    if not phone.startswith(f"+{HOME}"):
        return phone
    local = "0" + phone.removeprefix(f"+{HOME}")
    return "-".join(filter(None, (local[:4], local[4:8], local[8:])))
