"""When confirmations may go out, how fast, and what they may cost.

Money for messages is in micro-USD (millionths of a US dollar), in which carriers' prices are whole
numbers; contributions and aid are never in this unit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from zoneinfo import ZoneInfo

from .phone import ONLY_HOME

USD = 1_000_000
"""Micro-USD in a US dollar."""
_WARN_AT = 80
"""Per cent of the month's budget at which staff are warned."""
_WINDOW = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def micro_usd(text: str) -> int:
    """Return an amount of US dollars, as decimal text, in micro-USD.

    Raises:
        ValueError: it is no such amount, or less than nothing.
    """
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError("not an amount of US dollars") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError("not an amount of US dollars")
    return int((amount * USD).to_integral_value())


def usd(amount: int) -> str:
    """Return micro-USD as decimal text in US dollars: `13.50`, `0.045`; no figure is lost."""
    whole, fraction = divmod(abs(amount), USD)
    return f"{'-' * (amount < 0)}{whole}.{f'{fraction:06}'.rstrip('0'):0<2}"


def month_of(at: datetime) -> str:
    """Return the month (`2026-11`, UTC, as SNS's own spend limit counts) of a moment."""
    return at.astimezone(UTC).strftime("%Y-%m")


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a day in which people may be written to, in the time of their province."""

    opens: time
    closes: time
    timezone: ZoneInfo

    @classmethod
    def parse(cls, text: str, timezone: ZoneInfo) -> "Window | None":
        """Return the window `08:00-20:00`; None, always open, for an empty text.

        Raises:
            ValueError: it is no window, or closes before it opens.
        """
        if not text:
            return None
        if not _WINDOW.fullmatch(text):
            raise ValueError("a window is written as 08:00-20:00")
        opens, closes = (time.fromisoformat(each) for each in text.split("-"))
        if closes <= opens:
            raise ValueError("a window closes after it opens, on the same day")
        return cls(opens, closes, timezone)

    def is_open(self, at: datetime) -> bool:
        """Whether messages may go out at that moment; the closing time is outside."""
        return self.opens <= at.astimezone(self.timezone).time() < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """Return when it is next open (UTC): now, where it is open now."""
        if self.is_open(at):
            return at.astimezone(UTC)
        local = at.astimezone(self.timezone)
        day = local.date() + timedelta(days=local.time() >= self.closes)
        return datetime.combine(day, self.opens, self.timezone).astimezone(UTC)

    def end_of(self, start: datetime, duration: timedelta) -> datetime:
        """Return when work that takes so long, and rests outside the window, is over (UTC)."""
        at = self.next_opening(start)
        while True:
            day = at.astimezone(self.timezone).date()
            closing = datetime.combine(day, self.closes, self.timezone).astimezone(UTC)
            if at + duration <= closing:
                return at + duration
            duration -= closing - at
            at = self.next_opening(closing)


@dataclass(frozen=True, slots=True)
class Prices:
    """What one part costs, in micro-USD, by country calling code.

    A country that is not listed is reckoned at `highest`, which is more than SNS may spend on one
    message: never too little.
    """

    listed: Mapping[str, int]
    highest: int

    @classmethod
    def parse(cls, text: str, *, highest: str) -> "Prices":
        """Return the prices written as `62=0.045,60=0.04` (USD a part).

        Raises:
            ValueError: that is not how they are written.
        """
        listed = {}
        for each in filter(None, text.replace(" ", "").split(",")):
            country, separator, price = each.partition("=")
            if not separator or not (country.isascii() and country.isdigit()):
                raise ValueError("prices are written as 62=0.045,60=0.04")
            listed[country] = micro_usd(price)
        return cls(listed, micro_usd(highest))

    def of(self, phone: str) -> int:
        """Return the price of one part to a number in E.164."""
        digits = phone.removeprefix("+")
        found = (self.listed[digits[:n]] for n in (3, 2, 1) if digits[:n] in self.listed)
        return next(found, self.highest)

    def most(self, countries: frozenset[str]) -> int:
        """Return the highest price of one part to any of these countries."""
        return max((self.listed.get(each, self.highest) for each in countries), default=0)


@dataclass(frozen=True, slots=True)
class Pause:
    """That staff have stopped messages: when (UTC), who, and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The one stored state on which sending hangs.

    `pause` stops everything, `batches` single files. `reserved` is what the month's messages are
    reckoned to have cost so far, those just going out included; `billed` what the carriers'
    receipts say, as far as they have come. Both are micro-USD.
    """

    pause: Pause | None = None
    batches: Mapping[str, Pause] = field(default_factory=dict)
    reserved: int = 0
    billed: int = 0


class Shut(StrEnum):
    """Why messages wait."""

    PAUSED = "paused"
    BATCH_PAUSED = "batch_paused"
    OUTSIDE_WINDOW = "outside_window"
    BUDGET_SPENT = "budget_spent"


@dataclass(frozen=True, slots=True)
class Closed:
    """That messages wait: why, and until when (UTC) where that is known."""

    why: Shut
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """The rules of a deployment.

    `rate` is parts a second over all workers (0: no limit), `budget` micro-USD a month (0: none of
    our own), `countries` the calling codes to which anything is sent.
    """

    prices: Prices
    window: Window | None = None
    rate: float = 0.0
    budget: int = 0
    countries: frozenset[str] = ONLY_HOME

    @property
    def price(self) -> int:
        """What one part may cost at most, in micro-USD."""
        return self.prices.most(self.countries)

    def serves(self, phone: str) -> bool:
        """Whether a number (E.164) is one of a country to which anything is sent."""
        # No calling code is the beginning of another.
        return phone.startswith(tuple(f"+{country}" for country in self.countries))

    def halted(self, gate: Gate, now: datetime, *, batch: str | None = None) -> Closed | None:
        """Return why messages (of that file) wait, whatever there is to spend; None where not.

        What the budget is enough for was set aside before: only this is asked in between.
        """
        if gate.pause:
            return Closed(Shut.PAUSED)
        if batch is not None and batch in gate.batches:
            return Closed(Shut.BATCH_PAUSED)
        if self.window and not self.window.is_open(now):
            return Closed(Shut.OUTSIDE_WINDOW, self.window.next_opening(now))
        return None

    def closed(self, gate: Gate, now: datetime, *, batch: str | None = None) -> Closed | None:
        """Return why messages (of that file) may not go out now; None where they may."""
        if closed := self.halted(gate, now, batch=batch):
            return closed
        if self.affordable(gate) == 0:
            return self.spent(now)
        return None

    def spent(self, now: datetime) -> Closed:
        """Return that the month's budget is spent, until the next one's."""
        first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        next_month = (first + timedelta(days=32)).replace(day=1)
        return Closed(
            Shut.BUDGET_SPENT, self.window.next_opening(next_month) if self.window else next_month
        )

    def affordable(self, gate: Gate) -> int | None:
        """Return for how many parts the month's budget lasts; None where there is none."""
        if not self.budget or not self.price:
            return None
        return max(0, self.budget - gate.reserved) // self.price

    def left(self, gate: Gate, *, waiting: int) -> int | None:
        """Return what of the month's budget is left (micro-USD) once so many parts are out too.

        Less than nothing where it is not enough for them; None where there is no budget.
        """
        return self.budget - gate.reserved - waiting * self.price if self.budget else None

    def is_nearly_spent(self, spent: int) -> bool:
        """Whether so much (micro-USD) is a share of the budget at which staff are warned."""
        return bool(self.budget) and spent * 100 >= self.budget * _WARN_AT

    def done_by(
        self, parts: int, gate: Gate, now: datetime, *, batch: str | None = None
    ) -> datetime | None:
        """Return when so many parts are out (UTC), at this pace; None while nobody can know.

        `batch` is the file whose people are the last of them, where it is one file's.
        """
        if not parts:
            return now
        if gate.pause or (batch is not None and batch in gate.batches):
            return None
        affordable = self.affordable(gate)
        if affordable is not None and affordable < parts:
            return None
        duration = timedelta(seconds=parts / self.rate) if self.rate else timedelta()
        return self.window.end_of(now, duration) if self.window else now + duration
