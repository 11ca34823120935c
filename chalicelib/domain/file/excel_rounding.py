"""Detects that a spreadsheet rounded the NIKs of a file. A single NIK does not show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LONG = 16  # digits: a spreadsheet keeps 15

_ALL_OF = 3
_MOST_OF = 4  # and four fifths
_TOGETHER = 3


def ends_in_zero(cells: Sequence[str], places: Iterable[int]) -> bool | None:
    """Whether a number in one of these cells ends in 0, as if a spreadsheet had rounded it.

    Only numbers of more digits than a spreadsheet keeps count; None if no cell has one.
    """
    found = None
    for place in places:
        cell = cells[place]
        if len(cell) >= _LONG and cell.isdecimal():
            if cell[-1] == "0":
                return True
            found = False
    return found


@dataclass(slots=True)
class NikEndings:
    """The number of NIKs of a file that end in 0, and of rows whose other long number does too.

    A spreadsheet keeps 15 digits of a number and replaces the sixteenth by 0. If such a NIK is
    shown without decimals and saved as text, it is valid, but belongs to another person. Serial
    numbers count up from 0001, so fewer than one in ten true NIKs ends in 0. Family card numbers
    and accounts of 16 digits are rounded together with the NIK: `together` counts the rows in which
    both end in 0, `apart` the rows in which only one does. `rounded` counts the NIKs that differ
    from their guard.
    """

    niks: int = 0
    zeros: int = 0
    together: int = 0
    apart: int = 0
    rounded: int = 0

    def add(self, nik: str, beside: bool | None = None) -> None:
        """Count a NIK that no guard confirms.

        `beside` says whether another long number of its row ends in 0; None if it has none.
        """
        ends = nik[-1] == "0"
        self.niks += 1
        if ends:
            self.zeros += 1
        if ends and beside:
            self.together += 1
        elif beside is not None and ends is not beside:
            self.apart += 1

    @property
    def are_few(self) -> bool:
        """Whether all NIKs end in 0, and are too few to say that this is no chance."""
        return 0 < self.niks < _ALL_OF and self.zeros == self.niks

    @property
    def are_rounded(self) -> bool:
        """Whether chance is excluded. Decision 0005 has the probabilities."""
        if self.rounded and self.zeros:
            return True
        if self.zeros == self.niks:
            return self.zeros >= _ALL_OF
        most = self.zeros >= _MOST_OF and 5 * self.zeros >= 4 * self.niks
        return most or (self.together >= _TOGETHER and not self.apart)
