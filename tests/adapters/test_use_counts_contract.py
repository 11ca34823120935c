"""Counts of requests: the same contract for the fake, moto and the real engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.errors import Busy
from tests.support.builders import NOW

HOUR = NOW.replace(minute=0, second=0, microsecond=0)


def count(stores, who="user#ani", use="look_up", begins=HOUR, most=3):
    return stores.uses.count(who, use, begins, most=most)


def test_uses_are_counted_up_to_the_limit(stores):
    assert [count(stores) for _ in range(5)] == [True, True, True, False, False]
    # A higher limit goes on from the uses that were taken: refused ones are not counted.
    assert [count(stores, most=4) for _ in range(2)] == [True, False]


def test_users_uses_and_hours_are_counted_apart(stores):
    assert count(stores, most=1)
    assert count(stores, who="user#budi", most=1)
    assert count(stores, who="bank#002", most=1)
    assert count(stores, use="uploads", most=1)
    assert count(stores, begins=HOUR + timedelta(hours=1), most=1)
    assert not count(stores, most=1)


def test_nothing_is_allowed_by_a_limit_of_nothing(stores):
    assert not count(stores, most=0)


def test_many_at_once_never_pass_the_limit(stores):
    if stores.kind != "dynamodb-local":
        pytest.skip("only the real engine is a judge of concurrent writes")

    def one(_: int) -> bool:
        while True:
            try:
                return count(stores, most=10)
            except Busy:
                continue

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 10
