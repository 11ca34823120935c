"""Every premium is in one leaf; the leaves of files and totals are those of their people."""

from collections.abc import Iterable

from chalicelib.domain.money.balance import Balance, Moved
from chalicelib.domain.money.standing import BEGINNING, STANDINGS, Leaf
from chalicelib.domain.person.enrollment import Enrollment
from tests.support.fake_tables import MemoryTables
from tests.support.fake_totals import account_of


def check_money(tables: MemoryTables) -> None:
    """Check ledgers, leaves and identities.

    Raises:
        AssertionError: one of them is wrong.
    """
    everybody = list(tables.people.values())
    for person in everybody:
        _check_ledger(person)
    for batch in tables.files.values():
        people = [each for each in everybody if each.batch == batch.id]
        _check_leaves(people, tables.moved.get(batch.id, Moved()))
    for account, totals in tables.totals.items():
        people = [each for each in everybody if account_of(each) == account]
        _check_leaves(people, totals.moved)
        for regency, counted in totals.regencies.items():
            of_it = [each for each in people if each.counted_regency == regency]
            _check_leaves(of_it, counted.moved)
    owed = sum(each.amount for each in tables.owed.values())
    for books in (tables.moved.values(), (each.moved for each in tables.totals.values())):
        assert sum(each.not_due.rupiah for each in books) == owed


def _check_ledger(person: Enrollment) -> None:
    now = BEGINNING
    for line in person.ledger:
        assert line.before == now, "a line does not follow the line before it"
        assert line.amount == person.premium
        now = line.after
    assert person.standing == now
    assert now in STANDINGS
    sources = [(line.source, line.reverses) for line in person.ledger if line.source]
    assert len(set(sources)) == len(sources), "a row was applied or taken back twice"
    in_force = person.steps_in_force
    assert person.standing == (in_force[-1].after if in_force else BEGINNING)


def _check_leaves(people: Iterable[Enrollment], moved: Moved) -> None:
    people = list(people)
    expected = sum(each.premium for each in people)
    balance = Balance.of(len(people), expected, [moved])
    for leaf in Leaf:
        inside = [each for each in people if each.leaf is leaf]
        assert balance.people(leaf) == len(inside), leaf
        assert balance.leaves[leaf].rupiah == sum(each.premium for each in inside)
    sums = balance.rupiah()
    assert sums["expected"] == expected
    assert sums["deducted"] == sums["to_remit"] + sums["remitted"]
