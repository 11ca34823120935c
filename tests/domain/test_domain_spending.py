"""All shards together never reserve more than the budget, in any order and at any time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.messages.spending import SPEND_SHARDS, shares

PRICE = 45
NOTHING = (0,) * SPEND_SHARDS


@pytest.mark.parametrize("messages", [0, 1, 7, 8, 9, 613])
def test_the_shares_are_whole_messages_and_the_whole_budget(messages):
    found = shares(NOTHING, budget=messages * PRICE + PRICE - 1, price=PRICE)
    assert sum(found) == messages * PRICE
    assert max(found) - min(found) <= PRICE


def test_the_shares_stay_the_same_while_the_shards_fill():
    budget = 100 * PRICE
    equal = shares(NOTHING, budget=budget, price=PRICE)
    assert shares((equal[0], 0, PRICE, 0, 0, equal[5], 0, 0), budget=budget, price=PRICE) == equal


def test_after_a_budget_was_lowered_full_shards_get_nothing_and_the_others_less():
    found = shares((50 * PRICE, *NOTHING[1:]), budget=64 * PRICE, price=PRICE)
    assert found == [50 * PRICE, *[2 * PRICE] * 7]


@given(
    budgets=st.lists(st.integers(0, 60), min_size=1, max_size=4),
    wishes=st.lists(
        st.tuples(st.integers(0, SPEND_SHARDS - 1), st.integers(1, 25), st.integers(0, 5)),
        max_size=60,
    ),
)
def test_no_order_of_reservations_and_of_late_reads_exceeds_the_budget(budgets, wishes):
    """Each wish is checked against shares that were computed some wishes before."""
    reserved = list(NOTHING)
    most = 0
    for messages in budgets:
        budget = messages * PRICE
        before = sum(reserved)
        history = [shares(reserved, budget=budget, price=PRICE)]
        for shard, people, late in wishes:
            share = history[max(0, len(history) - 1 - late)][shard]
            if reserved[shard] + people * PRICE <= share:
                reserved[shard] += people * PRICE
            history.append(shares(reserved, budget=budget, price=PRICE))
        most = max(budget, before)
        assert sum(reserved) <= most
