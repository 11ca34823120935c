"""What a person's cover costs, by rules that change with the calendar.

The contribution of somebody without an employer (BPU) is 1 % of a declared monthly income for work
accident (JKK), the income rounded to its band, and a flat amount for death (JKM). Rates and
discounts are dated data (`programmes/contributions.toml`), each with its legal source.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .dates import month_starts
from .money import format_rupiah

Rupiah = Annotated[int, Field(gt=0)]
Percent = Annotated[int, Field(gt=0, lt=100)]
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class MonthlyPremium:
    """One paid month: its first day of cover, and what it costs (whole rupiah).

    `sources` names the regulations that were applied, the rate's first.
    """

    starts: date
    work_accident: int
    death: int
    sources: tuple[str, ...]

    @property
    def total(self) -> int:
        """Both contributions together."""
        return self.work_accident + self.death


@dataclass(frozen=True, slots=True)
class Premium:
    """The whole contribution of one person, deducted once (whole rupiah).

    `income` is the declared monthly income that it was computed on; `rule` names the sources and
    the sum, `PP 44/2015; PP 50/2025: 2 x 8.400 + 1 x 16.800`.
    """

    total: int
    income: int
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
            income=income,
            rule=f"{'; '.join(sources)}: {terms}",
            months=tuple(months),
        )


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Band(_Data):
    """Incomes from `since` on, in steps: the first counts as `income`, each later as `step` more.

    Without `step` every income from `since` on counts as `income`.
    """

    since: Rupiah = Field(alias="from")
    income: Rupiah
    step: Rupiah | None = None

    def base(self, income: int) -> int:
        """Return what an income of this band counts as."""
        return (
            self.income + (income - self.since) // self.step * self.step
            if self.step
            else self.income
        )


class Rate(_Data):
    """The contributions of a month that begins on `starts` or later, until a newer rate."""

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
        """Return the income that contributions are computed on.

        An income between two bands' printed limits belongs to the lower one.
        """
        band = next((each for each in reversed(self.bands) if income >= each.since), None)
        return band.base(income) if band else self.lowest_income

    def month(self, starts: date, income: int, discounts: Iterable["Discount"]) -> MonthlyPremium:
        """Return what the month that begins on `starts` costs."""
        given = [discount for discount in discounts if discount.starts <= starts <= discount.ends]
        work_accident = _share(self.base(income), self.work_accident_percent)
        death = self.death
        for discount in given:
            work_accident = _share(work_accident, _HUNDRED - discount.percent)
            death = _share(death, _HUNDRED - discount.percent)
        sources = (self.source, *(discount.source for discount in given))
        return MonthlyPremium(starts, work_accident, death, sources)


class Discount(_Data):
    """So many percent less of both contributions, for months that begin from `starts` to `ends`."""

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
        """Return the premium of so many paid months of cover that begins on `starts`.

        Each month is charged by what is in force on its own first day; `discounts` are the names
        of those that the programme is granted.
        """
        granted = [self.discounts[name] for name in discounts]
        return Premium.of(
            income,
            [self.rate(day).month(day, income, granted) for day in month_starts(starts, months)],
        )


def _share(amount: int, percent: int) -> int:
    """Return so many percent of an amount, the half of a rupiah rounded up.

    The rates in force never need it: each band and its half are whole rupiah.
    """
    return (amount * percent * 2 + _HUNDRED) // (2 * _HUNDRED)
