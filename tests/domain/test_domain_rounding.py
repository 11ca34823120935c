import pytest

from chalicelib.domain.file.excel_rounding import NikEndings, ends_in_zero


def endings(zeros: int, others: int) -> NikEndings:
    counted = NikEndings()
    for ending, times in (("0010", zeros), ("0001", others)):
        for _ in range(times):
            counted.add(f"717101570880{ending}")
    return counted


@pytest.mark.parametrize(("zeros", "others"), [(3, 0), (4, 1), (6, 1), (900, 200)])
def test_where_nearly_all_niks_end_in_0_they_were_rounded(zeros, others):
    assert endings(zeros, others).are_rounded


@pytest.mark.parametrize(("zeros", "others"), [(0, 0), (2, 0), (3, 1), (6, 2), (100, 900)])
def test_a_few_that_end_in_0_are_chance(zeros, others):
    assert not endings(zeros, others).are_rounded


def test_niks_are_counted():
    counted = endings(6, 1)

    assert (counted.zeros, counted.niks) == (6, 7)


@pytest.mark.parametrize(("zeros", "others", "few"), [(1, 0, True), (2, 0, True), (3, 0, False)])
def test_one_or_two_that_all_end_in_0_are_doubtful(zeros, others, few):
    assert endings(zeros, others).are_few is few
    assert not endings(zeros, others=1).are_few
    assert not endings(0, 1).are_few


@pytest.mark.parametrize(
    ("together", "alone", "neither", "rounded"),
    [(3, 0, 9, True), (2, 0, 9, False), (3, 1, 9, False), (50, 0, 50, True)],
)
def test_rows_in_which_two_long_numbers_end_in_0_were_rounded(together, alone, neither, rounded):
    counted = NikEndings()
    for nik, beside, times in (
        ("7171015708809010", True, together),
        ("7171015708809010", False, alone),
        ("7171015708809011", False, neither),
    ):
        for _ in range(times):
            counted.add(nik, beside)

    assert counted.are_rounded is rounded


def test_where_a_guard_shows_rounding_none_that_ends_in_0_is_relied_upon():
    counted = endings(1, 9)
    assert not counted.are_rounded

    counted.rounded += 1

    assert counted.are_rounded


@pytest.mark.parametrize("cell", ["7171015708809010", "00010100234550800"])
def test_a_number_of_more_than_15_digits_may_have_been_rounded(cell):
    assert ends_in_zero(["", cell, "7171015708809011"], [1, 2]) is True


@pytest.mark.parametrize("cell", ["7171015708809011", "00010100234550801"])
def test_one_that_does_not_end_in_0_was_not_rounded(cell):
    assert ends_in_zero([cell, "7171015708809010"], [0]) is False


@pytest.mark.parametrize("cell", ["", "000101002345500", "7,17101E+10", "7171 0157 0880 9010"])
def test_what_a_spreadsheet_keeps_or_is_no_number_says_nothing(cell):
    assert ends_in_zero([cell], [0]) is None
