"""A row of a file, and what became of it once it was judged."""

from datetime import date

from .codes import Finding
from .premium import Premium
from .record import Record, StoredRecord

MISSHAPEN = "(sel-sel baris ini tidak dapat dipisahkan dengan pasti)"
"""Stands beyond the header in a row whose cells are not to be relied upon; reading drops it."""

LONGEST_CELL = 10_000
"""Characters. A cell with more than that has swallowed others."""


class SourceRow(StoredRecord, frozen=True):
    """A record as it stands in the file.

    `line` is the line of a CSV, or the row of a sheet, where the record begins: from 1, header
    counted. `cells` has one text for each column of the header, and what stands beyond it.
    """

    line: int
    cells: tuple[str, ...]


class Recipient(StoredRecord, frozen=True):
    """A person whose row is fit to be enrolled.

    `aid` and `income` (monthly, declared; None: the programme's own applies) are whole rupiah.
    `phone` is E.164, None where there is none that an SMS could reach.
    """

    nik: str
    name: str
    aid: int
    phone: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    regency: str | None = None
    income: int | None = None


class Judgement(Record, frozen=True):
    """A row with everything that was found in it.

    `recipient` and `premium` are both there, or neither is: neither where a finding is an error.
    `nik` is the NIK as read wherever it could be read at all, in rejected rows too.
    """

    row: SourceRow
    nik: str | None
    recipient: Recipient | None
    premium: Premium | None
    findings: tuple[Finding, ...]
