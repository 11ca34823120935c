import pytest

from chalicelib.domain.rounding import Endings


def endings(zeros: int, others: int) -> Endings:
    counted = Endings()
    for ending, times in (("0010", zeros), ("0001", others)):
        for _ in range(times):
            counted.add(f"717101570880{ending}")
    return counted


@pytest.mark.parametrize(("zeros", "others"), [(6, 0), (6, 1), (9, 2), (900, 200)])
def test_where_nearly_all_niks_end_in_0_they_were_rounded(zeros, others):
    assert endings(zeros, others).are_rounded


@pytest.mark.parametrize(("zeros", "others"), [(0, 0), (5, 0), (6, 2), (8, 2), (100, 900)])
def test_a_few_that_end_in_0_are_chance(zeros, others):
    assert not endings(zeros, others).are_rounded


def test_niks_are_counted():
    counted = endings(6, 1)

    assert (counted.zeros, counted.niks) == (6, 7)
