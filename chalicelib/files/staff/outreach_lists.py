"""The lists for field officers: the people to call because no message reached them."""

import csv
import io
import re
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

from chalicelib.domain.cells.phone import HOME
from chalicelib.files.write import CsvWriter

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
COUNTED = ("alasan", "sms_status", "orang")
COUNTS_NAME = "jumlah-menurut-alasan.csv"
"""The counts of the people in all of a bank's lists, by the reason of their last message."""
CONTENT_TYPE = "text/csv; charset=utf-8"

_NO_WORD = re.compile(r"[^a-z0-9]+")


def write_counts(out: BinaryIO, people: Mapping[tuple[str, str], int]) -> None:
    """Write the counts of people by reason and state, the most frequent first."""
    writer = CsvWriter(out, COUNTED)
    for (reason, status), count in sorted(people.items(), key=lambda each: (-each[1], each[0])):
        writer.write((reason, status, str(count)))


def read_counts(body: bytes) -> list[tuple[str, str, int]]:
    """Return what `write_counts` wrote: reason, state and people, the most frequent first."""
    _, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    return [(reason, status, int(people)) for reason, status, people in rows]


class OutreachCells(NamedTuple):
    """One person of a list, in the order of `COLUMNS`.

    `nik` is masked; `phone` is complete, as it is dialled; `starts` and `ends` are ISO dates.
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
    """Writes one list: a CSV in the format of the result files, safe to open in a spreadsheet."""

    def __init__(self, out: BinaryIO) -> None:
        """Write the header line; the caller closes `out`."""
        self._csv = CsvWriter(out, COLUMNS)

    def write(self, cells: OutreachCells) -> None:
        """Write one person."""
        self._csv.write(cells)


def list_name(code: str, regency: str) -> str:
    """Return the file name of a regency's list: `7171-kota-manado.csv`."""
    return f"{code}-{_NO_WORD.sub('-', regency.casefold()).strip('-')}.csv"


def dialled(phone: str | None) -> str:
    """Return a number (E.164) as it is dialled here: `0812-3456-7890`, or `+60…` from abroad.

    The hyphens keep a spreadsheet from reading it as a number and dropping the leading zero.
    """
    if phone is None:
        return ""
    if not phone.startswith(f"+{HOME}"):
        return phone
    local = "0" + phone.removeprefix(f"+{HOME}")
    return "-".join(filter(None, (local[:4], local[4:8], local[8:])))
