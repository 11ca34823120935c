"""Control totals: what a file says of itself, against what stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .codes import Code, Finding
from .money import format_rupiah


@dataclass(slots=True)
class ControlSums:
    """What was counted while a file was read: rows, and rupiah over the amounts that read."""

    rows: int = 0
    amount: int = 0
    unreadable: int = 0

    def add(self, amount: int | None) -> None:
        """Count a row with its amount in whole rupiah, None where that cannot be read."""
        self.rows += 1
        if amount is None:
            self.unreadable += 1
        else:
            self.amount += amount

    def __add__(self, other: "ControlSums") -> "ControlSums":
        """Return the sums over both."""
        return ControlSums(
            self.rows + other.rows,
            self.amount + other.amount,
            self.unreadable + other.unreadable,
        )

    def disagreement(self, *, rows: int | None, amount: int | None) -> Finding | None:
        """Return what is wrong if the stated rows or amount (rupiah) differ from the counted.

        Where some amounts cannot be read, a stated total may be any that leaves room for them:
        those rows are rejected by themselves, and a bad row never stops the others.
        """
        if rows is not None and rows != self.rows:
            return Finding.of(
                Code.CONTROL_TOTAL_MISMATCH,
                stated=f"{format_rupiah(rows)} baris",
                counted=f"{format_rupiah(self.rows)} baris",
            )
        if amount is None or amount == self.amount or (self.unreadable and amount > self.amount):
            return None
        return Finding.of(
            Code.CONTROL_TOTAL_MISMATCH,
            stated=f"Rp{format_rupiah(amount)}",
            counted=f"Rp{format_rupiah(self.amount)}",
        )


@dataclass(slots=True)
class SectionedSums:
    """The sums over a file that may have totals in between, as a report has on each page.

    `section` is over what stands below the last total that has rows below it. `above` are the sums
    over the file and over its section as they were at that total, as long as no row below it was
    fit.
    """

    section: ControlSums = field(default_factory=ControlSums)
    above: tuple[ControlSums, ...] = ()
    _ended: ControlSums = field(default_factory=ControlSums)

    @property
    def file(self) -> ControlSums:
        """The sums over all of the file."""
        return self._ended + self.section

    def add(self, amount: int | None, *, fit: bool) -> None:
        """Count a row, and whether it is fit to enroll its person."""
        self.section.add(amount)
        if fit:
            self.above = ()

    def begin(self) -> None:
        """Begin a section, below a total."""
        self._ended, self.above = self.file, (self.file, self.section)
        self.section = ControlSums()


def disagreement(
    counted: Iterable[ControlSums], *, rows: int | None, amount: int | None
) -> Finding | None:
    """Return what is wrong if stated figures differ from each of the sums, as the first tells it.

    Each figure by itself: in a report of several pages the count may be that of the last page, and
    the amount that of the file.
    """
    for stated in ({"rows": rows, "amount": None}, {"rows": None, "amount": amount}):
        findings = [sums.disagreement(**stated) for sums in counted]
        if all(findings):
            return next(iter(findings), None)
    return None
