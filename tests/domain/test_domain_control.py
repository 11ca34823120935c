"""Stated figures against what was counted, in files with and without totals in between."""

from chalicelib.domain.codes import Code
from chalicelib.domain.control import ControlSums, SectionedSums, disagreement


def summed(*amounts: int | None) -> ControlSums:
    sums = ControlSums()
    for amount in amounts:
        sums.add(amount)
    return sums


def test_figures_that_agree_are_no_finding():
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


def test_amounts_that_cannot_be_read_leave_room_for_more_but_not_for_less():
    assert summed(5, None).disagreement(rows=2, amount=6) is None
    assert summed(5, None).disagreement(rows=2, amount=4) is not None


def test_a_total_may_be_that_of_the_file_or_of_its_section_each_figure_by_itself():
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


def test_a_total_still_closes_what_is_above_while_nobody_stands_below():
    sums = SectionedSums()
    sums.add(5, fit=True)
    sums.begin()
    sums.add(None, fit=False)

    assert [each.amount for each in sums.above] == [5, 5]
    assert [each.rows for each in sums.above] == [1, 1]
