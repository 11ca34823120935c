"""What every format is turned into before its cells are looked at."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from chalicelib.domain.codes import Finding

SCANNED_ROWS = 50
"""How far down the header may stand, below a title block."""


class Record(Struct, gc=False):
    """One record: the line or sheet row where it begins (from 1), and its cells as text.

    `misshapen` says that its cells are not to be relied upon, so that it must be rejected.
    """

    line: int
    cells: list[str]
    misshapen: bool = False


class Source(Protocol):
    """A file whose header is found."""

    @property
    def header(self) -> Sequence[str]:
        """The header's cells, as they stand."""

    @property
    def delimiter(self) -> str:
        """What separates the cells in a text file; a comma for workbooks, which have none."""

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What was noticed, though it does not hinder."""

    def records(self) -> Iterator[Record]:
        """Iterate over what follows the header; each call begins anew.

        Raises:
            FileRefused: the file turns out not to be readable to its end.
        """
