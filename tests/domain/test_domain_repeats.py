import random
import tracemalloc

import pytest

from chalicelib.domain.file.first_rows import FirstRows


def people(seed, many, different):
    chance = random.Random(seed)  # noqa: S311  # made-up data, no secret
    # Few different digits, so that a NIK often occurs within another NIK and its ordinal.
    niks = ["".join(chance.choices("01", k=16)) for _ in range(different)]
    return [chance.choice(niks) for _ in range(many)]


@pytest.mark.parametrize("buckets", [1, 2, 7, 1 << 16])
@pytest.mark.parametrize("different", [1, 5, 300, 3000])
def test_the_first_row_of_each_person_is_the_same_as_with_a_dictionary(buckets, different):
    rows, known = FirstRows(buckets), {}
    for ordinal, nik in enumerate(people(different, 3000, different)):
        assert rows.first(nik, ordinal) == known.setdefault(nik, ordinal)


def test_a_nik_is_not_found_across_another_nik_and_its_ordinal():
    rows = FirstRows(1)
    assert rows.first("7171015708900001", 23) == 23
    # ":717101570890000123" contains these sixteen digits, too.
    assert rows.first("7101570890000123", 24) == 24
    assert rows.first("7101570890000123", 25) == 24
    assert rows.first("7171015708900001", 26) == 23


def test_row_0_is_found_too():
    rows = FirstRows()
    assert [rows.first("7171015708900001", ordinal) for ordinal in (0, 1, 5_000_000)] == [0, 0, 0]


def test_a_person_takes_little_more_memory_than_their_digits():
    many = 20_000
    tracemalloc.start()
    try:
        rows = FirstRows(many // 20)
        for ordinal in range(many):
            rows.first(f"{7171015708900001 + ordinal}", ordinal)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held / many < 35  # sixteen digits, the ordinal and a colon: a dictionary takes over 100
