"""A row of a file, and the row with its findings."""

from typing import Self

from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.record import StoredRecord

MISSHAPEN = "(sel-sel baris ini tidak dapat dipisahkan dengan pasti)"
"""Marks a row whose cells could not be separated reliably.

The reader adds it as the last cell, after the cells of the header. If the row comes back from a
result file, the mark is dropped: the reader then decides again.
"""

SHIFTED = "(sel-sel baris ini bergeser)"
"""Marks, in the same way, a row whose cells have moved to the right."""

LONGEST_CELL = 10_000
"""In characters. A longer cell has other cells in it, because of a quote that was never closed."""


class SourceRow(StoredRecord, frozen=True):
    """A record of the file, unchanged.

    `line` is the line of a CSV, or the row of a sheet, where the record begins. It counts from 1
    and includes the header. `cells` has one text for each column of the header, and then the cells
    after the last column.
    """

    line: int
    cells: tuple[str, ...]


class JudgedRow(StoredRecord, frozen=True):
    """A row with all of its findings. A kind adds the fields that its later steps need.

    Those come after these, each with a default.
    """

    source: SourceRow
    findings: tuple[Finding, ...]

    def blanked(self) -> Self:
        """Return the row as it stays after its person was erased: only its line.

        It is a new row, not a changed copy: fields that are added later are not kept by oversight.
        """
        blank = SourceRow(self.source.line, tuple("" for _ in self.source.cells))
        return type(self)(blank, ())
