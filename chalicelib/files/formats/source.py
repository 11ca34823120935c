"""What every format becomes: a header and records of text cells."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from chalicelib.domain.findings.finding import Finding

SCANNED_ROWS = 50
"""The header is within this many rows from the top, because a title block may be above it."""

DELIMITERS = (",", ";", "\t", "|")
"""The delimiters that a line may have."""


class Record(Struct, gc=False):
    """One record: the line or sheet row where it begins (from 1), and its cells as text.

    `misshapen` means that the cells are not reliable, so the record must be rejected.
    """

    line: int
    cells: list[str]
    misshapen: bool = False


class Source(Protocol):
    """An open file with a known header."""

    @property
    def header(self) -> Sequence[str]:
        """The header's cells, unchanged."""

    @property
    def above(self) -> Sequence[str]:
        """The lines above the header, each as one text."""

    @property
    def delimiter(self) -> str:
        """The delimiter of a text file, or of the lines that a workbook has in one cell each."""

    @property
    def in_sheets(self) -> bool:
        """Whether the rows are of several sheets."""

    def sheet_at(self, line: int) -> str:
        """Return the name of the sheet of a row that was read, by its line."""

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The warnings about the file; they do not refuse it."""

    def records(self) -> Iterator[Record]:
        """Iterate over the records below the header; each call starts at the first.

        Raises:
            FileRefused: the file is not readable to its end.
        """
