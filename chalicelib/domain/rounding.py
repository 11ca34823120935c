"""Telling that a spreadsheet has rounded a whole file's NIKs, where no single one shows it."""

from dataclasses import dataclass

_FEWEST = 6
_SHARE = 0.8


@dataclass(slots=True)
class Endings:
    """How many of a file's NIKs end in 0.

    A spreadsheet keeps 15 digits of a number and puts a 0 in the place of the sixteenth. Shown
    without decimals and saved as text, such a NIK is well formed, and somebody else's. Serials
    count up from 0001, so that of true NIKs fewer than one in ten ends in 0.
    """

    niks: int = 0
    zeros: int = 0

    def add(self, nik: str) -> None:
        """Count a NIK."""
        self.niks += 1
        self.zeros += nik.endswith("0")

    @property
    def are_rounded(self) -> bool:
        """Whether it can be no chance: six of seven would be one file in a hundred thousand."""
        return self.zeros >= _FEWEST and self.zeros > _SHARE * self.niks
