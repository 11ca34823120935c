"""The maximum sizes of a file, and the budget from which every loop of reading spends."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.row import LONGEST_CELL
from chalicelib.domain.findings.finding import Code

from .refusal import refused


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a file. A file that exceeds one of them is refused, never read in part.

    `upload_bytes` limits the file itself, `unpacked_bytes` the unpacked content of a gzip, ZIP or
    workbook, and the characters of all rows of a workbook, which may name one text many times.
    `archive_members` limits the parts of a workbook, `directory_bytes` the list of them,
    `gzip_members` the members of a gzip: some programs end one every 64 KB.

    `rows` counts people, `lines` all lines of a text or rows of a sheet, also blank ones. A cell
    longer than `cell_characters` makes its row misshapen. A record longer than `record_characters`
    has a quotation mark that was never closed. The header of a text is within the first
    `top_characters`.

    `workbook_bytes` (memory) and `workbook_seconds` (processor time) limit the parsing of a
    workbook, `check_bytes` the check of its container beside it. A sheet of a million rows and ten
    columns takes about one GiB and ten seconds. The function that reads files must have more memory
    than both; otherwise Lambda ends it together with its child processes.

    `chunk_bytes` limits a chunk object before it is packed, so that the function with the least
    memory can read each one.
    """

    upload_bytes: int = 200 * 1024**2
    unpacked_bytes: int = 2 * 1024**3
    archive_members: int = 5_000
    directory_bytes: int = 4 * 1024**2
    gzip_members: int = 100_000
    rows: int = 5_000_000
    lines: int = 10_000_000
    columns: int = 200
    cell_characters: int = LONGEST_CELL
    record_characters: int = 1_000_000
    top_characters: int = 1_000_000
    workbook_bytes: int = 2 * 1024**3
    workbook_seconds: int = 120
    check_bytes: int = 512 * 1024**2
    chunk_bytes: int = 8 * 1024**2


class Check(Protocol):
    """Raises an exception if the time left is not enough for work of `needs` seconds."""

    def __call__(self, *, needs: float = 0.0) -> None:
        """Check the time."""


def _endless(*, needs: float = 0.0) -> None:
    """Let any work go on: for a reader without a deadline."""


class Budget:
    """What the reading of one file may cost: its limits, and the time of the function that reads.

    Each pass over the file has its own counts of lines and characters; the time is that of all.
    """

    def __init__(self, limits: Limits | None = None, check: Check = _endless) -> None:
        """Take the limits, and what looks at the time: `Deadline.check`."""
        self.limits = limits or Limits()
        self.check = check

    def begin_pass(self) -> "Pass":
        """Return the counts of one pass."""
        return Pass(self)


class Pass:
    """One pass over a file."""

    def __init__(self, budget: Budget) -> None:
        """Use `Budget.begin_pass`."""
        self._budget = budget
        self._lines_left = budget.limits.lines
        self._characters_left = budget.limits.unpacked_bytes

    def spend(self, *, lines: int = 0, characters: int = 0) -> None:
        """Count a block of lines or rows before they are used, and look at the time.

        Raises:
            FileRefused: `file_too_large` for too many lines, `file_bomb` for too many characters.
            OutOfTime: the function's time is nearly over.
        """
        self._budget.check()
        self._lines_left -= lines
        self._characters_left -= characters
        if self._characters_left < 0:
            raise refused(Code.FILE_BOMB)
        if self._lines_left < 0:
            limit = f"{format_rupiah(self._budget.limits.lines)} baris, termasuk yang kosong"
            raise refused(
                Code.FILE_TOO_LARGE, size=f"lebih dari {limit}", limit=limit, parts="berkas"
            )
