"""The accounts under which people are counted, for the totals; and which are not confirmed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from chalicelib.domain.money.balance import Balance, Moved
from chalicelib.domain.money.listing import Listing
from chalicelib.domain.money.standing import Leaf
from chalicelib.domain.person.enrollment import MessageKind, Sms

from .batch import SmsTally
from .outcome import Tally

ELSEWHERE = "0000"
"""The code for every regency that a programme does not know."""
SHARDS = 32
"""A day's count of one bank and scheme is split into this many items; the chunk selects the item.
Without that, workers on neighbouring chunks would wait for each other in every transaction."""


@dataclass(frozen=True, slots=True)
class Account:
    """The key of a count: a programme, a bank, a scheme, and the local day of receipt of a file."""

    programme: str
    bank: str
    scheme: str
    day: date


@dataclass(frozen=True, slots=True)
class People:
    """The accepted people of one regency: their number, premiums (rupiah) and message states.

    `moved` is how far their premiums have moved since enrolling. Money that is owed to people is
    in no regency: who it is owed to is often not enrolled.
    """

    accepted: int = 0
    premium_total: int = 0
    not_possible: int = 0
    sms: SmsTally = field(default_factory=SmsTally)
    moved: Moved = field(default_factory=Moved)


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of one account: rows by disposition, messages by state, and regencies.

    `regencies` has the accepted people by the code under which they are counted. `erased` counts
    the accepted people whose data were deleted since. `sms` are the confirmations, `others` the
    other kinds of messages by state. `moved` is how far the premiums have moved since enrolling.
    """

    account: Account
    tally: Tally
    sms: SmsTally
    regencies: dict[str, People]
    erased: int = 0
    others: dict[MessageKind, Counter[Sms]] = field(default_factory=dict)
    moved: Moved = field(default_factory=Moved)

    @property
    def balance(self) -> Balance:
        """The premiums of the accepted people, by leaf."""
        return Balance.of(self.tally.accepted, self.tally.premium_total, [self.moved])

    def with_lists(self, lists: Mapping[str, Listing]) -> "Totals":
        """Return the totals with the leaves in which the people of these lists are now."""
        return replace(
            self,
            moved=self.moved.with_lists(lists),
            regencies={
                code: replace(each, moved=each.moved.with_lists(lists))
                for code, each in self.regencies.items()
            },
        )


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Premiums of a bank's scheme that are open `days` after their files came, or longer.

    `since` is the earliest local day of such a file. `rupiah` is the sum of the premiums.
    """

    programme: str
    bank: str
    scheme: str
    since: date
    people: int
    rupiah: int


def unconfirmed(totals: Iterable[Totals], today: date, days: int) -> list[Unconfirmed]:
    """Return what is overdue on a local day, by programme, bank and scheme.

    What a bank puts off, could not deduct or gave back is confirmed: only open premiums count.
    """
    latest = today - timedelta(days=days)
    found: dict[tuple[str, str, str], list[tuple[date, int, int]]] = {}
    for each in totals:
        account = each.account
        amounts = each.balance.leaves[Leaf.OPEN]
        if account.day <= latest and amounts.people > 0:
            key = account.programme, account.bank, account.scheme
            found.setdefault(key, []).append((account.day, amounts.people, amounts.rupiah))
    return [
        Unconfirmed(
            *key,
            since=min(day for day, _, _ in parts),
            people=sum(people for _, people, _ in parts),
            rupiah=sum(rupiah for _, _, rupiah in parts),
        )
        for key, parts in sorted(found.items())
    ]
