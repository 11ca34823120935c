from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from chalicelib.domain.agreements.premium import Band, Contributions, Rate
from chalicelib.domain.agreements.programme import load_agreements

CONTRIBUTIONS = load_agreements().programmes["sulut-2026"].contributions
RATE = CONTRIBUTIONS.rates[0]
DISCOUNT = ("bpu-2026",)

PRINTED = [
    (1, 1_099, 1_000),
    *((low, low + 199, low + 100) for low in range(1_100, 2_700, 200)),
    *((low, low + 499, low + 250) for low in range(2_700, 8_200, 500)),
    *((low, low + 999, low + 500) for low in range(8_200, 20_200, 1_000)),
    (20_200, 999_999, 20_700),
]
"""The bands in thousands of rupiah: lowest and highest income, and what they count as."""


@pytest.mark.parametrize(("lowest", "highest", "base"), PRINTED)
def test_each_printed_band_counts_as_its_base_from_its_first_to_its_last_rupiah(
    lowest, highest, base
):
    for income in (lowest * 1_000, highest * 1_000, highest * 1_000 + 999):
        assert RATE.base(income) == base * 1_000
    assert RATE.base(1) == 1_000_000


def test_work_accident_is_at_least_10000_and_at_most_207000():
    day = date(2021, 9, 7)
    lowest, highest = RATE.month(day, 1, ()), RATE.month(day, 10**9, ())
    assert (lowest.work_accident, lowest.death, lowest.total) == (10_000, 6_800, 16_800)
    assert (highest.work_accident, highest.total) == (207_000, 213_800)


@pytest.mark.parametrize(("_lowest", "highest", "base"), PRINTED)
def test_every_band_halves_to_whole_rupiah(_lowest, highest, base):
    day = date(2026, 6, 1)
    full = CONTRIBUTIONS.premium(highest * 1_000, day, 1).months[0]
    half = CONTRIBUTIONS.premium(highest * 1_000, day, 1, DISCOUNT).months[0]
    assert full.work_accident == base * 10
    assert (half.work_accident * 2, half.death * 2) == (full.work_accident, full.death)


def test_three_months_at_the_lowest_band():
    premium = CONTRIBUTIONS.premium(1_000_000, date(2021, 9, 7), 3)
    assert (premium.total, premium.income_used) == (50_400, 1_000_000)
    assert premium.rule == "PP 44/2015: 3 x 16.800"
    assert 1_200_000 - premium.total == 1_149_600
    assert 150_000 * premium.total == 7_560_000_000


@pytest.mark.parametrize(
    ("starts", "total", "rule"),
    [
        (date(2026, 11, 22), 33_600, "PP 44/2015; PP 50/2025: 2 x 8.400 + 1 x 16.800"),
        (date(2026, 3, 31), 33_600, "PP 44/2015; PP 50/2025: 1 x 16.800 + 2 x 8.400"),
        (date(2026, 4, 1), 25_200, "PP 44/2015; PP 50/2025: 3 x 8.400"),
        (date(2026, 10, 31), 25_200, "PP 44/2015; PP 50/2025: 3 x 8.400"),
        (date(2026, 11, 1), 33_600, "PP 44/2015; PP 50/2025: 2 x 8.400 + 1 x 16.800"),
        (date(2026, 12, 31), 42_000, "PP 44/2015; PP 50/2025: 1 x 8.400 + 2 x 16.800"),
        (date(2027, 1, 1), 50_400, "PP 44/2015: 3 x 16.800"),
        (date(2026, 1, 1), 50_400, "PP 44/2015: 3 x 16.800"),
        (date(2026, 1, 31), 50_400, "PP 44/2015: 3 x 16.800"),
        (date(2026, 2, 1), 42_000, "PP 44/2015; PP 50/2025: 2 x 16.800 + 1 x 8.400"),
    ],
)
def test_each_month_is_charged_by_what_is_in_force_on_its_first_day(starts, total, rule):
    premium = CONTRIBUTIONS.premium(1_000_000, starts, 3, DISCOUNT)
    assert (premium.total, premium.rule) == (total, rule)


def test_a_programme_without_the_discount_pays_in_full():
    assert CONTRIBUTIONS.premium(1_000_000, date(2026, 11, 22), 3).total == 50_400


def test_the_discount_of_transport_runs_longer():
    premium = CONTRIBUTIONS.premium(1_000_000, date(2027, 1, 15), 3, ("transport-2026",))
    assert [month.total for month in premium.months] == [8_400, 8_400, 8_400]
    assert (
        CONTRIBUTIONS.premium(1_000_000, date(2027, 4, 1), 1, ("transport-2026",)).total == 16_800
    )


def test_the_newest_rate_that_has_begun_applies():
    newer = RATE.model_copy(
        update={"starts": date(2030, 1, 1), "death": 10_000, "source": "PP 1/2029"}
    )
    both = Contributions(rates=(newer, RATE), discounts={})
    premium = both.premium(1_000_000, date(2029, 12, 1), 2)
    assert premium.rule == "PP 44/2015; PP 1/2029: 1 x 16.800 + 1 x 20.000"


def test_a_day_before_every_rate_has_no_premium():
    with pytest.raises(ValueError, match="no contribution rate"):
        CONTRIBUTIONS.premium(1_000_000, RATE.starts - timedelta(days=1), 3)


def test_an_odd_premium_is_rounded_half_up():
    data = RATE.model_dump(by_alias=True) | {"death": 6_801}
    odd = Contributions.model_validate(
        {"rates": [data], "discounts": {"d": CONTRIBUTIONS.discounts["bpu-2026"].model_dump()}}
    )
    assert odd.premium(1_000_000, date(2026, 6, 1), 1, ("d",)).months[0].death == 3_401


def test_bands_out_of_order_are_refused():
    bands = [Band.model_validate({"from": start, "income": 1}) for start in (2, 1)]
    data = RATE.model_dump(exclude={"bands"})
    with pytest.raises(ValidationError, match="ascending"):
        Rate.model_validate(data | {"bands": bands})
