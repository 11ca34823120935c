"""The price of a person's cover. Its rules have dates of validity.

The contribution of a person without an employer (BPU) has two parts:

- work accident (JKK): 1 % of the declared monthly income, rounded to its band
- death (JKM): a flat amount

Rates and discounts are dated data in `programmes/contributions.toml`, each with its legal source.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.cells.dates import month_starts
from chalicelib.domain.cells.money import format_rupiah

Rupiah = Annotated[int, Field(gt=0)]
Percent = Annotated[int, Field(gt=0, lt=100)]
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class MonthlyPremium:
    """One paid month: its first day of cover and its price (whole rupiah).

    `sources` names the regulations that were applied. The rate's regulation comes first.
    """

    starts: date
    work_accident: int
    death: int
    sources: tuple[str, ...]

    @property
    def total(self) -> int:
        """The sum of both contributions."""
        return self.work_accident + self.death


@dataclass(frozen=True, slots=True)
class Premium:
    """The whole contribution of one person, which the bank deducts once (whole rupiah).

    `income_used` is the monthly income from which it was computed. `rule` names the sources and the
    sum: `PP 44/2015; PP 50/2025: 2 x 8.400 + 1 x 16.800`.
    """

    total: int
    income_used: int
    rule: str
    months: tuple[MonthlyPremium, ...]

    @classmethod
    def of(cls, income: int, months: Sequence[MonthlyPremium]) -> "Premium":
        """Return the premium of these months."""
        sources = dict.fromkeys(source for month in months for source in month.sources)
        runs = ((amount, len(list(run))) for amount, run in groupby(m.total for m in months))
        terms = " + ".join(f"{times} x {format_rupiah(amount)}" for amount, times in runs)
        return cls(
            total=sum(month.total for month in months),
            income_used=income,
            rule=f"{'; '.join(sources)}: {terms}",
            months=tuple(months),
        )


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Band(_Data):
    """Incomes from `since` upwards.

    The first step counts as `income`, and each later step counts as `step` more. Without `step`,
    every income of the band counts as `income`.
    """

    since: Rupiah = Field(alias="from")
    income: Rupiah
    step: Rupiah | None = None

    def base(self, income: int) -> int:
        """Return the amount as which an income of this band counts."""
        return (
            self.income + (income - self.since) // self.step * self.step
            if self.step
            else self.income
        )


class Rate(_Data):
    """The contributions of months that begin on or after `starts`, until a newer rate applies."""

    source: str
    starts: date
    work_accident_percent: Percent
    death: Rupiah
    lowest_income: Rupiah
    bands: tuple[Band, ...]

    @model_validator(mode="after")
    def _bands_ascend(self) -> Self:
        starts = [band.since for band in self.bands]
        if starts != sorted(set(starts)):
            raise ValueError("the bands must be in ascending order")
        return self

    def base(self, income: int) -> int:
        """Return the income from which contributions are computed.

        An income between the printed limits of two bands belongs to the lower band.
        """
        band = next((each for each in reversed(self.bands) if income >= each.since), None)
        return band.base(income) if band else self.lowest_income

    def month(self, starts: date, income: int, discounts: Iterable["Discount"]) -> MonthlyPremium:
        """Return the price of the month that begins on `starts`."""
        given = [discount for discount in discounts if discount.starts <= starts <= discount.ends]
        work_accident = _share(self.base(income), self.work_accident_percent)
        death = self.death
        for discount in given:
            work_accident = _share(work_accident, _HUNDRED - discount.percent)
            death = _share(death, _HUNDRED - discount.percent)
        sources = (self.source, *(discount.source for discount in given))
        return MonthlyPremium(starts, work_accident, death, sources)


class Discount(_Data):
    """A reduction of both contributions by `percent`.

    It applies to months that begin from `starts` to `ends`, both included.
    """

    source: str
    starts: date
    ends: date
    percent: Percent


class Contributions(_Data):
    """Every rate and discount that payung knows."""

    rates: tuple[Rate, ...] = Field(min_length=1)
    discounts: dict[str, Discount]

    def rate(self, day: date) -> Rate:
        """Return the rate in force on a day.

        Raises:
            ValueError: the day is before the first rate known.
        """
        known = [rate for rate in self.rates if rate.starts <= day]
        if not known:
            raise ValueError(f"no contribution rate is known for {day}")
        return max(known, key=lambda rate: rate.starts)

    def premium(
        self, income: int, starts: date, months: int, discounts: Iterable[str] = ()
    ) -> Premium:
        """Return the premium of a cover of `months` paid months that begins on `starts`.

        Each month uses the rate and the discounts in force on its own first day. `discounts` has
        the names of the discounts that the programme grants.
        """
        granted = [self.discounts[name] for name in discounts]
        return Premium.of(
            income,
            [self.rate(day).month(day, income, granted) for day in month_starts(starts, months)],
        )


def _share(amount: int, percent: int) -> int:
    """Return `percent` per cent of an amount, with half a rupiah rounded up.

    The rates in force never need the rounding: each band and its half are whole rupiah.
    """
    return (amount * percent * 2 + _HUNDRED) // (2 * _HUNDRED)
