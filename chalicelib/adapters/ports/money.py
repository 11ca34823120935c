"""The ledger of premiums: steps, owed money, and reversals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.totals import Account
from chalicelib.domain.money.balance import Moved
from chalicelib.domain.money.ledger import Line, Source
from chalicelib.domain.money.listing import UNPAID
from chalicelib.domain.money.reversal import Kept, Reversal, ReversalProgress
from chalicelib.domain.money.standing import DEDUCTED, RETURNED, Cover, Leaf
from chalicelib.domain.person.enrollment import Enrollment

from .people import Checkpoint, Committed, Superseded

MOST_WRITES = 100
"""The items of one transaction: people, owed money, and the counts of what they belong to."""


@dataclass(frozen=True, slots=True)
class Step:
    """One person's step: the enrollment as it was read, and the line to add to its ledger.

    A reversal adds `more` lines behind it, if the file has moved the person more than once.
    """

    before: Enrollment
    line: Line
    more: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines to add, in their order."""
        return (self.line, *self.more)

    @property
    def leaves_list(self) -> bool:
        """Whether the person leaves a list: one that is not paid yet."""
        listing = self.before.on_list
        return listing is not None and listing.state in UNPAID

    def count(self, moved: Moved, people: int, rupiah: int) -> None:
        """Count this step, of so many people who are alike, in the moves of a file or account."""
        listing = self.before.on_list
        if listing is None or self.leaves_list:
            moved.move(self.line.before, self.lines[-1].after, rupiah, people=people)
        if listing and self.leaves_list:
            moved.on_list(listing.remittance, -people, -rupiah)
        elif listing and self.before.cover is not self.lines[-1].after.cover:
            moved.returned_on_list(listing.remittance, people, rupiah)

    def count_cut(self, moved: Moved) -> None:
        """Count this step in the moves of a file or account: the person is cut from a paid list."""
        listing = self.before.on_list
        if listing is None:
            raise ValueError("who is on no list cannot be cut")
        amount = self.line.amount
        if self.before.cover is Cover.RETURNED:
            moved.returned_on_list(listing.remittance, -1, -amount)
            moved.move(DEDUCTED, RETURNED, amount)
        moved.on_list(listing.remittance, -1, -amount)

    @property
    def after(self) -> Enrollment:
        """The enrollment after the step."""
        after = self.before
        for line in self.lines:
            after = after.stepped(line)
        return after

    @property
    def items(self) -> tuple[object, ...]:
        """Keys of the items that it writes: person, counts of file and account, list."""
        of = self.before
        account = of.programme, of.bank, of.scheme, of.day
        own = (of.programme, of.recipient.nik), of.batch, account
        return (*own, of.on_list.remittance) if of.on_list else own


@dataclass(frozen=True, slots=True)
class Owed:
    """Money (whole rupiah) that a bank took although it was not due: it is owed to the person.

    It belongs to a row of a file of recipients (`batch`, `row`), under that file's programme, bank,
    scheme and day. `source` is the row of the file that states it. The same money is stated again
    under the same `evidence` (the number of the booking, empty if the bank gives none).
    """

    batch: str
    row: int
    account: Account
    amount: int
    source: Source
    evidence: str = ""

    @property
    def items(self) -> tuple[object, ...]:
        """Keys of the items that it writes: its own, and the counts of file and account."""
        of = self.account
        account = of.programme, of.bank, of.scheme, of.day
        return (self.batch, self.row, self.evidence), self.batch, account


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Nothing was written: these people are no longer as they were read.

    `people` has their current enrollments by NIK, None for who has none. `owed` has the indexes of
    the owed money that was stated before.
    """

    people: Mapping[str, Enrollment | None]
    owed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ErasedPremium:
    """What is kept of an erased person: the premium (whole rupiah) and where it is."""

    premium: int
    leaf: Leaf | None


SettleResult = Committed | Superseded | Overtaken


class Ledger(Protocol):
    """The steps of premiums, each in one transaction with its leaf and all counts."""

    def settle(
        self, steps: Sequence[Step], owed: Sequence[Owed], checkpoint: Checkpoint, decided: str
    ) -> SettleResult:
        """Take the steps, store owed money, and move the chunk of a file; or write nothing.

        No two steps are of one person. `decided` is kept for later runs of the chunk; `writes` says
        how many writes a transaction takes.
        """

    def decided(self, batch: str, chunk: int) -> list[str]:
        """Return what was decided about the rows of a chunk (from 1), in their order."""

    def erased(self, batch: str, row: int) -> ErasedPremium | None:
        """Return the premium of a row whose person was erased; None if nobody was erased there."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A step of a reversal in a chunk: from row `start` to row `end` (indexes), with its counts.

    `decided` has what became of these rows; later runs of the chunk read it.
    """

    chunk: int
    start: int
    end: int
    decided: str
    kept: Mapping[Kept, int] = field(default_factory=dict)


class Reversals(Protocol):
    """The orders to reverse files of confirmations, and how far they are."""

    def order(self, batch: Batch, reversal: Reversal) -> bool:
        """Store a new state of a file's reversal; False if it is no longer as `batch` was read.

        Only a completed file has one. A file with an approved reversal is unfinished (see
        `Batches.unfinished`).
        """

    def proposed(self) -> list[str]:
        """Return the ids of the files whose reversal waits for the other user."""

    def progress(self, batch: Batch) -> list[ReversalProgress]:
        """Return the chunks that the reversal of a file has begun, in their order."""

    def check(self, batch: Batch, chunk: int) -> None:
        """Note that nothing of a chunk is remitted; safe to repeat."""

    def close(self, batch: Batch, chunk: int, *, rows: int) -> None:
        """Note that the reversal of a chunk is done; nothing if it is not at its last row."""

    def take_back(
        self, batch: Batch, steps: Sequence[Step], owed: Sequence[Owed], step: TakenBack
    ) -> SettleResult:
        """Take these steps, remove owed money, and move the chunk; or write nothing.

        `steps` lead back. People must have the ledger that was read, money its source. At most
        `MOST_WRITES` fit, see `writes`.
        """

    def decided(self, batch: Batch, chunk: int) -> list[str]:
        """Return what became of the rows of a chunk, in their order."""


OF_THE_CHUNK = 2
"""The writes of every transaction: the chunk's checkpoint, and what was decided."""


def writes(steps: Sequence[Step], owed: Sequence[Owed]) -> int:
    """Return how many writes `settle` needs: no more than `MOST_WRITES` fit."""
    files = {step.before.batch for step in steps} | {each.batch for each in owed}
    accounts = {account_of(step.before) for step in steps} | {each.account for each in owed}
    lists = {step.before.on_list.remittance for step in steps if step.before.on_list}
    of_others = len(files) + len(accounts) + len(lists)
    return len(steps) + len(owed) + of_others + OF_THE_CHUNK


def account_of(enrollment: Enrollment) -> Account:
    """Return the account under which the totals count a person."""
    return Account(enrollment.programme, enrollment.bank, enrollment.scheme, enrollment.day)
