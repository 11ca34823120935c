"""The lines of a file that are nobody: totals, headings, notes, signatures, rows filled in advance.

They are listed for the bank. They are no rows: they enroll nobody, and are in no count and no sum.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

_LISTED = 100


class Reason(StrEnum):
    """Why a line is nobody. Stored, and read by banks' programs: a name keeps its meaning."""

    TOTAL = "total"
    TRAILER = "trailer"
    HEADER = "header"
    COLUMN_NUMBERS = "column_numbers"
    PREFILLED = "prefilled"
    TEXT = "text"
    EXAMPLE = "example"


MESSAGES = {
    Reason.TOTAL: "baris jumlah",
    Reason.TRAILER: "rekaman penutup",
    Reason.HEADER: "judul kolom yang diulang",
    Reason.COLUMN_NUMBERS: "nomor kolom",
    Reason.PREFILLED: "tanpa NIK dan tanpa nama",
    Reason.TEXT: "judul, catatan, atau tanda tangan",
    Reason.EXAMPLE: "baris contoh",
}
"""What banks read."""

_EXAMPLE = r"\W*(?:(?:baris|data)\W+)?(?:contoh|cth|example|sampel|sample)"
_IS_EXAMPLE = re.compile(
    rf"{_EXAMPLE}(?:\W+(?:pengisian|isian|data|baris))?\W*[0-9]?\W*", re.IGNORECASE
)
_BEGINS_AS_EXAMPLE = re.compile(
    rf"{_EXAMPLE}\b.*\b(?:di)?(?:hapus|pengisian|isian|isi|jangan)\b", re.IGNORECASE
)
_MARKED = re.compile(r"\W*(?:(?:baris|data)\W+)?(?:contoh|cth|example)\W*[0-9]?\W*", re.IGNORECASE)
_LONGEST = 100  # characters of a cell that is looked at


def is_example(cell: str) -> bool:
    """Whether a cell says only that its row is an example: `Contoh`, `(contoh pengisian)`."""
    return len(cell) <= _LONGEST and bool(_IS_EXAMPLE.fullmatch(cell))


def remarks_example(cell: str) -> bool:
    """Whether a remark says that its row is an example: `CONTOH - HAPUS BARIS INI`."""
    return is_example(cell) or bool(_BEGINS_AS_EXAMPLE.match(cell[:_LONGEST]))


def tells_to_delete(cell: str) -> bool:
    """Whether a remark is that of an example, wherever it is: `CONTOH - HAPUS BARIS INI`."""
    return bool(_BEGINS_AS_EXAMPLE.match(cell[:_LONGEST]))


def is_marked_example(cell: str) -> bool:
    """Whether a remark is only the word: `contoh`. A sample (`sampel`) may be one of an audit."""
    return len(cell) <= _LONGEST and bool(_MARKED.fullmatch(cell))


@dataclass(frozen=True, slots=True)
class Nobody:
    """How many lines are nobody, and the first hundred of them, with the reason for each."""

    count: int = 0
    lines: tuple[tuple[int, Reason], ...] = ()


@dataclass(slots=True)
class NobodyLines:
    """Gathers these lines while a file is read.

    `amount` is the sum of their amounts (whole rupiah), without totals: rows that are filled
    in advance may have one, and a bank's total may count it.
    """

    count: int = 0
    amount: int = 0
    _lines: list[tuple[int, Reason]] = field(default_factory=list)

    def add(self, line: int, reason: Reason, amount: int | None = None) -> None:
        """Take one line in."""
        self.count += 1
        if len(self._lines) < _LISTED:
            self._lines.append((line, reason))
        if reason not in {Reason.TOTAL, Reason.TRAILER}:
            self.amount += amount or 0

    def listed(self) -> Nobody | None:
        """Return the list; None if there is no such line."""
        return Nobody(self.count, tuple(self._lines)) if self.count else None
