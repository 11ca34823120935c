"""States, leaves and identities: where a premium is after any statements in any order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import standing as at
from chalicelib.domain.money.balance import Balance, Moved
from chalicelib.domain.money.confirm import Effect, Stated, effect
from chalicelib.domain.money.standing import STANDINGS, Cover, Leaf, Standing

BEFORE, STARTS, AFTER = date(2026, 11, 22), date(2026, 11, 29), date(2026, 12, 10)
PREMIUM = 33_600


def said(now: Standing, stated: Stated, today: date = BEFORE) -> Standing | Effect:
    return effect(now, stated, today=today, starts=STARTS)


@pytest.mark.parametrize(
    ("now", "stated", "expected"),
    [
        (at.BEGINNING, Stated.DEDUCTED, at.DEDUCTED),
        (at.BEGINNING, Stated.FAILED, at.FAILED),
        (at.BEGINNING, Stated.DEFERRED, at.DEFERRED),
        (at.BEGINNING, Stated.RETURNED, at.RETURNED),
        (at.DEFERRED, Stated.DEDUCTED, at.DEDUCTED),
        (at.DEFERRED, Stated.FAILED, at.FAILED),
        (at.DEFERRED, Stated.DEFERRED, Effect.SAME),
        (at.FAILED, Stated.DEDUCTED, at.DEDUCTED),
        (at.FAILED, Stated.DEFERRED, Effect.FINAL),
        (at.FAILED, Stated.FAILED, Effect.SAME),
        (at.DEDUCTED, Stated.DEDUCTED, Effect.SAME),
        (at.DEDUCTED, Stated.FAILED, Effect.FINAL),
        (at.DEDUCTED, Stated.DEFERRED, Effect.FINAL),
        (at.DEDUCTED, Stated.RETURNED, at.RETURNED),
        (at.RETURNED, Stated.DEDUCTED, Effect.FINAL),
        (at.RETURNED, Stated.RETURNED, Effect.SAME),
        (at.REMITTED, Stated.FAILED, Effect.FINAL),
        (at.REMITTED, Stated.DEDUCTED, Effect.SAME),
        (at.REMITTED, Stated.RETURNED, Standing(Cover.RETURNED, Leaf.AWAITING)),
        (at.ACTIVE, Stated.DEDUCTED, Effect.SAME),
        (Standing(Cover.WITHDRAWN, Leaf.RETURNED), Stated.DEDUCTED, Effect.NOT_DUE),
        (Standing(Cover.WITHDRAWN, None), Stated.DEDUCTED, Effect.NOT_DUE),
        (Standing(Cover.WITHDRAWN, Leaf.RETURNED), Stated.FAILED, Effect.FINAL),
    ],
)
def test_a_statement_moves_a_person_or_says_why_not(now, stated, expected):
    assert said(now, stated) == expected


def test_a_return_ends_the_cover_only_before_its_first_day():
    refund = Standing(Cover.RETURNED, Leaf.REFUND_DUE)
    assert said(at.ACTIVE, Stated.RETURNED, BEFORE) == refund
    assert said(at.ACTIVE, Stated.RETURNED, STARTS) is Effect.FINAL
    assert said(at.ACTIVE, Stated.RETURNED, AFTER) is Effect.FINAL


@given(st.sampled_from(sorted(STANDINGS, key=str)), st.sampled_from(Stated), st.booleans())
def test_statements_lead_only_to_known_standings_and_never_to_cover(now, stated, begun):
    after = said(now, stated, AFTER if begun else BEFORE)
    assert isinstance(after, Effect) or after in STANDINGS
    assert after not in {at.ACTIVE, at.REMITTED}, "a bank makes nobody active, and pays nothing"
    if not isinstance(after, Effect):
        assert said(after, stated, AFTER if begun else BEFORE) is Effect.SAME


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(Stated)), max_size=40))
def test_the_leaves_add_up_to_what_was_expected_after_every_statement(statements):
    people, moved = dict.fromkeys(range(5), at.BEGINNING), Moved()
    premiums = {person: PREMIUM + person for person in people}
    for person, stated in statements:
        after = said(people[person], stated)
        if isinstance(after, Standing):
            moved.move(people[person], after, premiums[person])
            people[person] = after
        balance = Balance.of(5, sum(premiums.values()), [moved])
        assert balance.expected == sum(premiums.values())
        for leaf in Leaf:
            inside = [each for each in people if people[each].leaf is leaf]
            assert balance.people(leaf) == len(inside)
            assert balance.leaves[leaf].rupiah == sum(premiums[each] for each in inside)


@given(st.lists(st.sampled_from(sorted(STANDINGS, key=str)), max_size=30))
def test_the_sums_are_those_of_their_leaves(standings):
    moved = Moved()
    for number, each in enumerate(standings):
        moved.move(at.BEGINNING, each, PREMIUM + number)
    cancelled = sum(PREMIUM + n for n, each in enumerate(standings) if each.leaf is None)
    total = sum(PREMIUM + n for n in range(len(standings)))
    sums = Balance.of(len(standings), total, [moved]).rupiah()

    assert sums["expected"] == total - cancelled == sum(sums[leaf] for leaf in Leaf)
    received = sums["covered"] + sums["refund_due"] + sums["refunded"] + sums["credit"]
    assert sums["received"] == received
    assert sums["remitted"] == sums["awaiting"] + received == sums["deducted"] - sums["to_remit"]


def test_money_that_was_not_due_is_in_no_leaf():
    moved = Moved()
    moved.owe(50_000)
    moved.owe(20_000)
    moved.owe(-20_000, people=-1)
    balance = Balance.of(1, PREMIUM, [moved])

    assert (balance.not_due.people, balance.not_due.rupiah) == (1, 50_000)
    assert (balance.expected, balance.deducted) == (PREMIUM, 0)
