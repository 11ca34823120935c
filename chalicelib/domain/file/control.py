"""Control totals: the totals that a file states, compared with its rows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.findings.finding import Code, Finding

_DAY = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]|[0-3][0-9](?:0[1-9]|1[0-2])20[0-9]{2}")
_ENVELOPE = (0, 1, 2)  # some trailers count the header's record, and their own
_SEN = 100
_OF_PARTS = (4, 6)  # figures: count and amount of the file, then of the rows of each outcome
_SECTIONS = 10_000  # a list longer than that would be kept for each of them


class Bounds(NamedTuple):
    """The least and the most (whole rupiah) that one row's amount can be."""

    least: int = 1
    most: int | None = None


ANY_AMOUNT = Bounds()


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """What a closing row says of the rows above it; None where it says nothing.

    `amount` is whole rupiah, `rows` a number of people, `line` is the line of the row. `unreadable`
    says that there is an amount which cannot be read. `figures` are those of a trailer, whose
    meaning is known by their size only.
    """

    line: int
    amount: int | None = None
    rows: int | None = None
    unreadable: bool = False
    figures: tuple[int, ...] = ()

    @property
    def has_amount(self) -> bool:
        """Whether there is an amount, readable or not."""
        return self.unreadable or self.amount is not None


@dataclass(slots=True)
class ControlSums:
    """What was counted while a file was read: rows, and rupiah over the amounts that read.

    `unreadable` counts amounts that cannot be read. `bounds` are those of each.
    """

    rows: int = 0
    amount: int = 0
    unreadable: int = 0
    bounds: Bounds = ANY_AMOUNT

    def add(self, amount: int | None) -> None:
        """Count a row with its amount in whole rupiah; None if it cannot be read."""
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
            self.bounds,
        )

    def __sub__(self, other: "ControlSums") -> "ControlSums":
        """Return the sums over these rows without the others."""
        return ControlSums(
            self.rows - other.rows,
            self.amount - other.amount,
            self.unreadable - other.unreadable,
            self.bounds,
        )

    def leaves_room(self, amount: int) -> bool:
        """Whether a stated total leaves what the amounts that cannot be read may be.

        Some of those may be nothing, so that one aid is enough.
        """
        rest, most = amount - self.amount, self.bounds.most
        if not self.unreadable or rest < self.bounds.least:
            return False
        return most is None or rest <= most * self.unreadable

    def disagreement(self, *, rows: int | None, amount: int | None) -> Finding | None:
        """Return a finding if the stated rows or amount (rupiah) differ from these sums.

        If some amounts cannot be read, any stated total above the sum is accepted. Those rows are
        rejected one by one, and a bad row never stops the others.
        """
        if rows is not None and rows != self.rows:
            return Finding.of(
                Code.CONTROL_TOTAL_MISMATCH,
                stated=f"{format_rupiah(rows)} baris",
                counted=f"{format_rupiah(self.rows)} baris",
            )
        if amount is None or amount == self.amount or self.leaves_room(amount):
            return None
        return Finding.of(
            Code.CONTROL_TOTAL_MISMATCH,
            stated=f"Rp{format_rupiah(amount)}",
            counted=f"Rp{format_rupiah(self.amount)}",
        )


@dataclass(slots=True)
class SectionedSums:
    """The sums of a file that can have totals between its rows, as a report has on each page.

    `section` has the sums below the last total that has rows below it. `above` has the sums of the
    file and of its section at that total, until a fit row follows; then it is empty. `nameless` has
    the sums of the rows without a NIK: some of them may be subtotals in unknown words. `good` has
    the sums of the rows that state a success, in a kind of file whose rows state that.
    """

    bounds: Bounds = ANY_AMOUNT
    section: ControlSums = field(default_factory=ControlSums)
    above: tuple[ControlSums, ...] = ()
    nameless: ControlSums = field(default_factory=ControlSums)
    good: ControlSums = field(default_factory=ControlSums)
    _ended: ControlSums = field(default_factory=ControlSums)
    _before: list[ControlSums] = field(default_factory=list)

    def __post_init__(self) -> None:
        for sums in (self.section, self._ended):
            sums.bounds = self.bounds

    @property
    def file(self) -> ControlSums:
        """The sums of the whole file."""
        return self._ended + self.section

    def add(
        self, amount: int | None, *, fit: bool, nameless: bool = False, good: bool = False
    ) -> None:
        """Count a row; `fit` means that it has no error, `nameless` that it has no NIK."""
        self.section.add(amount)
        if good:
            self.good.add(amount)
        if fit:
            self.above = ()
        if nameless:
            self.nameless.add(amount)

    def is_subtotal(self, amount: int) -> bool:
        """Whether an amount is the sum over a section of several rows, or over the file so far."""
        return any(sums.rows > 1 and sums.amount == amount for sums in (self.section, self.file))

    def possible(self) -> list[ControlSums]:
        """Return the sums that a closing total may mean: the file's first.

        It may be that of its section, or of several, as of all branches of a regency.
        """
        file = self.file
        several = [file - before for before in reversed(self._before)]
        sums = [file, self.section, *several]
        if self.nameless.rows:
            sums.append(file - self.nameless)
        if self.good.rows:
            sums += [self.good, file - self.good]
        return sums

    def file_with(self, amount: int) -> ControlSums:
        """Return the sums over the file, with an amount of lines that are nobody."""
        return self.file + ControlSums(amount=amount)

    def begin(self) -> None:
        """Begin a section, below a total."""
        file = self.file
        self._ended, self.above = file, (file, self.section)
        if len(self._before) < _SECTIONS:
            self._before.append(file)
        self.section = ControlSums(bounds=self.bounds)


def trailer_disagreement(counted: Iterable[ControlSums], total: ControlTotal) -> Finding | None:
    """Return what is wrong if a trailer's figures differ from each of the sums.

    Their order differs between banks: one must be the number of rows, another the amount. A single
    figure may be either. A day is neither; an amount may be in sen. Where all figures are counts,
    they are that of the file and those of parts of it. Of several pairs the first counts.
    """
    figures = [each for each in total.figures if not _DAY.fullmatch(f"{each:08d}")]
    figures = figures or list(total.figures)
    sums = list(counted)
    if len(figures) in _OF_PARTS:
        figures = figures[:2]
    if any(_agrees(each, figures) for each in sums):
        return None
    counts = {each.rows for each in sums}
    if len(figures) > 1 and sums[0].rows in figures and counts.issuperset(figures):
        return None
    return Finding.of(
        Code.CONTROL_TOTAL_MISMATCH,
        stated=" / ".join(map(format_rupiah, figures)),
        counted=f"{format_rupiah(sums[0].rows)} baris / Rp{format_rupiah(sums[0].amount)}",
    )


def _agrees(sums: ControlSums, figures: list[int]) -> bool:
    amounts = {
        place
        for place, figure in enumerate(figures)
        if sums.amount in {figure, figure / _SEN} or sums.leaves_room(figure)
    }
    counts = {sums.rows + more for more in (_ENVELOPE if amounts else _ENVELOPE[:1])}
    rows = {place for place, figure in enumerate(figures) if figure in counts}
    if len(figures) == 1:
        return bool(amounts or rows)
    return any(place != other for place in amounts for other in rows)


def disagreement(
    counted: Iterable[ControlSums], *, rows: int | None, amount: int | None
) -> Finding | None:
    """Return the finding of the first sums if a stated figure differs from all of the sums.

    Each figure is compared by itself: in a report of several pages the count can be that of the
    last page, and the amount that of the file.
    """
    for stated in ({"rows": rows, "amount": None}, {"rows": None, "amount": amount}):
        findings = [sums.disagreement(**stated) for sums in counted]
        if all(findings):
            return next(iter(findings), None)
    return None
