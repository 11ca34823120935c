import random
import tracemalloc
from collections import Counter

import pytest

from chalicelib.domain.file.shared_numbers import SharedNumbers


@pytest.mark.parametrize("buckets", [1, 3, 1 << 16])
@pytest.mark.parametrize("most", [1, 3, 10])
def test_a_number_is_full_after_its_most_people_as_with_a_dictionary(buckets, most):
    chance = random.Random(most)  # noqa: S311  # made-up data, no secret
    # Bytes that repeat, so that a number often occurs between two others.
    numbers = [f"+{int.from_bytes(bytes(chance.choices((0, 1), k=7)), 'big')}" for _ in range(60)]
    shared, people = SharedNumbers(most, buckets), Counter()
    for _ in range(2_000):
        phone = chance.choice(numbers)
        assert shared.is_full(phone) is (people[phone] >= most)
        people[phone] += 1


def test_without_a_limit_no_number_is_full():
    shared = SharedNumbers(0)
    assert not any(shared.is_full("+6281234567890") for _ in range(100))


def test_the_longest_number_has_a_place():
    shared = SharedNumbers(1)
    assert [shared.is_full("+999999999999999") for _ in range(2)] == [False, True]


def test_a_number_takes_little_more_memory_than_its_bytes():
    many = 20_000
    tracemalloc.start()
    try:
        shared = SharedNumbers(3, many // 20)
        for number in range(many):
            shared.is_full(f"+62812{number:08d}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held / many < 12  # a dictionary takes over 70
