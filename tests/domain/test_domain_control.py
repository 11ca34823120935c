"""Stated figures against the counted sums, in files with and without totals between rows."""

import pytest

from chalicelib.domain.file.control import (
    Bounds,
    ControlSums,
    ControlTotal,
    SectionedSums,
    disagreement,
    trailer_disagreement,
)
from chalicelib.domain.findings.finding import Code


def summed(*amounts: int | None) -> ControlSums:
    sums = ControlSums()
    for amount in amounts:
        sums.add(amount)
    return sums


def test_equal_figures_give_no_finding():
    assert summed(5, 7).disagreement(rows=2, amount=12) is None
    assert summed(5, 7).disagreement(rows=None, amount=None) is None


def test_figures_that_differ_are_shown_side_by_side():
    rows, amount = (
        summed(5_000, 7_000).disagreement(**{"rows": None, "amount": None} | stated)
        for stated in ({"rows": 3}, {"amount": 12_001})
    )

    assert rows.code is amount.code is Code.CONTROL_TOTAL_MISMATCH
    assert rows.params == {"stated": "3 baris", "counted": "2 baris"}
    assert amount.params == {"stated": "Rp12.001", "counted": "Rp12.000"}


def test_with_unreadable_amounts_the_total_may_be_higher_but_not_lower():
    assert summed(5, None).disagreement(rows=2, amount=6) is None
    assert summed(5, None).disagreement(rows=2, amount=4) is not None


def test_each_figure_of_a_total_may_be_of_the_file_or_of_its_section():
    counted = summed(5, 7), summed(7)

    assert disagreement(counted, rows=1, amount=12) is None
    assert disagreement(counted, rows=2, amount=7) is None
    assert disagreement(counted, rows=2, amount=5).params["counted"] == "Rp12"
    assert disagreement(counted, rows=3, amount=12).params["counted"] == "2 baris"


def test_a_section_begins_below_each_total():
    sums = SectionedSums()
    sums.add(5, fit=True)
    sums.begin()
    sums.add(7, fit=True)

    assert (sums.file.amount, sums.section.amount, sums.above) == (12, 7, ())


def test_the_file_is_all_of_its_sections():
    sums = SectionedSums()
    for amount in (5, None, 7):
        sums.add(amount, fit=amount is not None)
        sums.begin()

    assert sums.file == summed(5, None, 7)
    assert sums.above == (summed(5, None, 7), summed(7))
    assert sums.section == summed()


def test_a_total_counts_for_the_rows_above_until_a_fit_row_follows():
    sums = SectionedSums()
    sums.add(5, fit=True)
    sums.begin()
    sums.add(None, fit=False)

    assert [each.amount for each in sums.above] == [5, 5]
    assert [each.rows for each in sums.above] == [1, 1]


def test_a_remainder_too_small_or_too_large_for_an_aid_is_no_room():
    counted = ControlSums(
        rows=3, amount=2_400_000, unreadable=1, bounds=Bounds(33_600, 500_000_000)
    )

    assert counted.disagreement(rows=None, amount=3_600_000) is None
    assert counted.disagreement(rows=None, amount=2_400_001) is not None
    assert counted.disagreement(rows=None, amount=502_400_001) is not None


def sections(*groups: list[int]) -> SectionedSums:
    sums = SectionedSums()
    for group in groups:
        for amount in group:
            sums.add(amount, fit=True)
        sums.begin()
    return sums


def test_a_closing_total_may_be_that_of_several_sections():
    possible = sections([1, 2], [4], [8]).possible()

    assert disagreement(possible, rows=None, amount=12) is None
    assert disagreement(possible, rows=None, amount=15) is None
    assert disagreement(possible, rows=None, amount=11) is not None


def test_a_total_may_leave_out_the_rows_without_a_nik():
    sums = SectionedSums()
    sums.add(5, fit=True)
    sums.add(7, fit=False, nameless=True)

    assert disagreement(sums.possible(), rows=1, amount=5) is None
    assert disagreement(sums.possible(), rows=2, amount=12) is None
    assert disagreement(sums.possible(), rows=None, amount=7) is not None


def test_a_subtotal_is_known_by_its_sum_from_two_rows_on():
    sums = SectionedSums()
    sums.add(5, fit=True)
    assert not sums.is_subtotal(5)

    sums.add(7, fit=True)
    assert sums.is_subtotal(12)
    assert not sums.is_subtotal(7)


@pytest.mark.parametrize(
    ("figures", "agrees"),
    [
        ((6, 7_200_000), True),
        ((7_200_000, 6), True),
        ((6, 720_000_000), True),
        ((8, 7_200_000), True),
        ((20261129, 6, 7_200_000), True),
        ((6,), True),
        ((7_200_000,), True),
        ((5, 7_200_000), False),
        ((6, 7_200_001), False),
        ((7,), False),
        ((20261129, 5, 7_200_000), False),
    ],
)
def test_the_figures_of_a_trailer_are_count_and_sum_in_any_order(figures, agrees):
    counted = summed(*[1_200_000] * 6)

    finding = trailer_disagreement([counted], ControlTotal(8, figures=figures))

    assert (finding is None) is agrees
