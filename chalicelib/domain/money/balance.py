"""People and rupiah by leaf, and the sums that hold at any time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .listing import RETURNED_ON_ITS_WAY, Listing
from .standing import BEGINNING, DEDUCTED, Leaf, Standing

_RECEIVED = (Leaf.COVERED, Leaf.REFUND_DUE, Leaf.REFUNDED, Leaf.CREDIT)
_REMITTED = (Leaf.AWAITING, *_RECEIVED)
_DEDUCTED = (Leaf.TO_REMIT, *_REMITTED)


@dataclass(slots=True)
class Amounts:
    """A number of people, and the sum of their premiums in whole rupiah."""

    people: int = 0
    rupiah: int = 0

    def add(self, people: int, rupiah: int) -> None:
        """Add to both; either may be negative."""
        self.people += people
        self.rupiah += rupiah


@dataclass(slots=True)
class OnList:
    """Those of a file or account who are on one list; `returned` went back after its payment.

    The leaves count both under `to_remit`, where they were when they came on the list.
    """

    listed: Amounts = field(default_factory=Amounts)
    returned: Amounts = field(default_factory=Amounts)


@dataclass(slots=True)
class Moved:
    """How far leaves have moved since enrolling; the sum over all leaves is 0 unless cancelled.

    `lists` has who is on which list, by its id. Their leaves follow from how far the list is: they
    are counted there by `with_lists`.

    `not_due` is money apart from the leaves: what a bank took from rows that owe nothing. It is
    owed to those people.
    """

    leaves: dict[Leaf, Amounts] = field(default_factory=dict)
    not_due: Amounts = field(default_factory=Amounts)
    lists: dict[str, OnList] = field(default_factory=dict)

    def move(self, before: Standing, after: Standing, amount: int, *, people: int = 1) -> None:
        """Move the premiums (rupiah, together) of people from a leaf to another."""
        if before.leaf is not after.leaf:
            self._add(before.leaf, -people, -amount)
            self._add(after.leaf, people, amount)

    def on_list(self, remittance: str, people: int, amount: int) -> None:
        """Count people and their premiums (rupiah) on a list; negative: off it."""
        self._list(remittance).listed.add(people, amount)

    def returned_on_list(self, remittance: str, people: int, amount: int) -> None:
        """Count people of a paid list whose deduction went back; they stay on it, apart."""
        self._list(remittance).listed.add(-people, -amount)
        self._list(remittance).returned.add(people, amount)

    def with_lists(self, lists: Mapping[str, Listing]) -> "Moved":
        """Return the moves with the leaves in which the people of these lists are now."""
        now = Moved()
        now.add(self)
        now.lists = {}
        for remittance, each in self.lists.items():
            if (listing := lists.get(remittance)) is None or not listing.is_open:
                continue
            for of, stored in ((each.listed, DEDUCTED), (each.returned, RETURNED_ON_ITS_WAY)):
                after = listing.standing(stored)
                now.move(DEDUCTED, after, of.rupiah, people=of.people)
        return now

    def owe(self, amount: int, *, people: int = 1) -> None:
        """Count money (rupiah) that a bank took and that was not due; negative: count it off."""
        self.not_due.add(people, amount)

    def add(self, other: "Moved") -> None:
        """Add other moves to these."""
        for leaf, each in other.leaves.items():
            self._add(leaf, each.people, each.rupiah)
        self.not_due.add(other.not_due.people, other.not_due.rupiah)
        for remittance, on in other.lists.items():
            mine = self._list(remittance)
            mine.listed.add(on.listed.people, on.listed.rupiah)
            mine.returned.add(on.returned.people, on.returned.rupiah)

    def _list(self, remittance: str) -> OnList:
        return self.lists.setdefault(remittance, OnList())

    def _add(self, leaf: Leaf | None, people: int, rupiah: int) -> None:
        if leaf is not None:
            self.leaves.setdefault(leaf, Amounts()).add(people, rupiah)


@dataclass(frozen=True, slots=True)
class Balance:
    """The premiums of accepted people by leaf, and the money that is owed to people beside them.

    Every sum is in whole rupiah. `deducted`, `remitted` and `received` include what has moved on.
    """

    leaves: Mapping[Leaf, Amounts]
    not_due: Amounts

    @classmethod
    def of(cls, people: int, premiums: int, moved: Iterable[Moved]) -> "Balance":
        """Return the balance of so many accepted people, their premiums and all moves since."""
        sums = Moved({leaf: Amounts() for leaf in Leaf})
        for each in moved:
            sums.add(each)
        if BEGINNING.leaf:
            sums.leaves[BEGINNING.leaf].add(people, premiums)
        return cls(sums.leaves, sums.not_due)

    @property
    def expected(self) -> int:
        """The sum of all leaves."""
        return self._sum(Leaf).rupiah

    @property
    def deducted(self) -> int:
        """What the bank has deducted and not given back."""
        return self._sum(_DEDUCTED).rupiah

    @property
    def remitted(self) -> int:
        """What the bank states that it has paid to BPJS."""
        return self._sum(_REMITTED).rupiah

    @property
    def received(self) -> int:
        """What BPJS has confirmed."""
        return self._sum(_RECEIVED).rupiah

    def people(self, leaf: Leaf) -> int:
        """The number of people whose premium is in a leaf."""
        return self.leaves[leaf].people

    def rupiah(self) -> dict[str, int]:
        """Return the sums in the order of a premium's way, by their public names."""
        return {name: each.rupiah for name, each in self.amounts().items()}

    def amounts(self) -> dict[str, Amounts]:
        """Return people and rupiah in the order of a premium's way, by their public names."""
        sums = {"expected": self._sum(Leaf)}
        for leaf in (Leaf.OPEN, Leaf.DEFERRED):
            sums[leaf.value] = self.leaves[leaf]
        sums["deducted"] = self._sum(_DEDUCTED)
        for leaf in (Leaf.FAILED, Leaf.RETURNED, Leaf.TO_REMIT):
            sums[leaf.value] = self.leaves[leaf]
        sums["remitted"] = self._sum(_REMITTED)
        sums[Leaf.AWAITING.value] = self.leaves[Leaf.AWAITING]
        sums["received"] = self._sum(_RECEIVED)
        for leaf in _RECEIVED:
            sums[leaf.value] = self.leaves[leaf]
        return sums

    def _sum(self, leaves: Iterable[Leaf]) -> Amounts:
        found = [self.leaves[leaf] for leaf in leaves]
        return Amounts(sum(each.people for each in found), sum(each.rupiah for each in found))
