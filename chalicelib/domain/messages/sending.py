"""The rules of sending confirmations: the hours, the rate and the budget.

Money for messages is in micro-USD (millionths of a US dollar). In this unit carriers' prices are
whole numbers. Contributions and aid are never in this unit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.domain.cells.phone import ONLY_HOME

from .spending import SPEND_SHARDS, shares

USD = 1_000_000
"""Micro-USD in a US dollar."""
CLAIM_GRACE = timedelta(minutes=5)
"""Longer than the time-out of the sending function. The worker of an older claim has died."""
RECEIPT_GRACE = timedelta(hours=72)
"""The time that carriers have for a receipt."""
_WARN_AT = 80
"""The percentage of the month's budget at which staff get a warning."""
_WINDOW = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def micro_usd(text: str) -> int:
    """Convert an amount of US dollars, as decimal text, to micro-USD.

    Raises:
        ValueError: the text is not an amount, or the amount is negative.
    """
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError("not an amount of US dollars") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError("not an amount of US dollars")
    return int((amount * USD).to_integral_value())


def usd(amount: int) -> str:
    """Convert micro-USD to decimal text in US dollars, without rounding: `13.50`, `0.045`."""
    whole, fraction = divmod(abs(amount), USD)
    return f"{'-' * (amount < 0)}{whole}.{f'{fraction:06}'.rstrip('0'):0<2}"


def month_of(at: datetime) -> str:
    """Return the month of an instant: `2026-11`. It is in UTC, like SNS's own spend limit."""
    return at.astimezone(UTC).strftime("%Y-%m")


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a day in which SMS may go out, in the local time of the province."""

    opens: time
    closes: time
    timezone: ZoneInfo

    @classmethod
    def parse(cls, text: str, timezone: ZoneInfo) -> "Window | None":
        """Parse a window such as `08:00-20:00`. An empty text gives None: always open.

        Raises:
            ValueError: the text is not a window, or the window closes before it opens.
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
        """Whether messages may go out at that instant. The closing time is outside."""
        return self.opens <= at.astimezone(self.timezone).time() < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """Return the next instant (UTC) when the window is open: `at`, if it is open then."""
        if self.is_open(at):
            return at.astimezone(UTC)
        local = at.astimezone(self.timezone)
        day = local.date() + timedelta(days=local.time() >= self.closes)
        return datetime.combine(day, self.opens, self.timezone).astimezone(UTC)

    def end_of(self, start: datetime, duration: timedelta) -> datetime:
        """Return the end (UTC) of work of `duration` that pauses outside the window."""
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
    """The price of one part, in micro-USD, by country calling code.

    A country that is not listed counts at `highest`. SNS may not spend more than that on one
    message, so the estimate is never too low.
    """

    listed: Mapping[str, int]
    highest: int

    @classmethod
    def parse(cls, text: str, *, highest: str) -> "Prices":
        """Parse prices such as `62=0.045,60=0.04` (USD a part).

        Raises:
            ValueError: the text has another form.
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
    """A pause of messages by staff: when (UTC), by whom and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The stored state that decides whether messages may be sent. There is one for all files.

    `pause` stops all messages, `batches` those of single files. `shards` add up to what is
    `reserved`: the estimated cost of the month's messages, including those that are being sent now.
    `billed` is the cost in the carriers' receipts that have arrived. All are micro-USD.
    """

    pause: Pause | None = None
    batches: Mapping[str, Pause] = field(default_factory=dict)
    shards: tuple[int, ...] = (0,) * SPEND_SHARDS
    billed: int = 0

    @property
    def reserved(self) -> int:
        """What all shards have reserved, in micro-USD."""
        return sum(self.shards)


class ClosedReason(StrEnum):
    """The reasons why messages wait."""

    PAUSED = "paused"
    BATCH_PAUSED = "batch_paused"
    OUTSIDE_WINDOW = "outside_window"
    BUDGET_SPENT = "budget_spent"


@dataclass(frozen=True, slots=True)
class Closed:
    """The state in which messages wait: why, and until when (UTC) if that is known."""

    why: ClosedReason
    until: datetime | None = None


PEOPLE_A_NUMBER = 3
"""Members of a household share a phone; more people with one number are a mistake, or a trick."""


@dataclass(frozen=True, slots=True)
class Sending:
    """The rules of a deployment.

    `rate` is parts a second over all workers and both queues (0: no limit). `budget` is micro-USD a
    month (0: no budget of payung's own). `countries` has the calling codes to which payung sends.
    `people_a_number` is how many people of a file, and of a day, get a message to one number (0: no
    limit): a message for everybody in a list would otherwise reach one stranger.
    """

    prices: Prices
    window: Window | None = None
    rate: float = 0.0
    budget: int = 0
    countries: frozenset[str] = ONLY_HOME
    people_a_number: int = PEOPLE_A_NUMBER

    @property
    def single_rate(self) -> float:
        """The part of `rate` for messages that staff ordered one by one, which wait for no file.

        A fiftieth, or up to a message in 2.5 seconds where the rate is low: people order no faster.
        """
        return max(self.rate / 50, min(self.rate / 4, 0.4))

    @property
    def files_rate(self) -> float:
        """The part of `rate` for the messages of whole files."""
        return self.rate - self.single_rate

    @property
    def price(self) -> int:
        """The highest price of one part, in micro-USD."""
        return self.prices.most(self.countries)

    def serves(self, phone: str) -> bool:
        """Whether payung sends to the country of a number (E.164)."""
        # No calling code is a prefix of another, so `startswith` is exact.
        return phone.startswith(tuple(f"+{country}" for country in self.countries))

    def halted(self, gate: Gate, now: datetime, *, batch: str | None = None) -> Closed | None:
        """Return why messages (of that file) wait, or None if they may go. It ignores the budget.

        The budget of a job is reserved before its first message. Between the messages only this
        check is necessary.
        """
        if gate.pause:
            return Closed(ClosedReason.PAUSED)
        if batch is not None and batch in gate.batches:
            return Closed(ClosedReason.BATCH_PAUSED)
        if self.window and not self.window.is_open(now):
            return Closed(ClosedReason.OUTSIDE_WINDOW, self.window.next_opening(now))
        return None

    def closed(self, gate: Gate, now: datetime, *, batch: str | None = None) -> Closed | None:
        """Return why messages (of that file) may not go out now, or None if they may."""
        if closed := self.halted(gate, now, batch=batch):
            return closed
        if self.affordable(gate) == 0:
            return self.spent(now)
        return None

    def spent(self, now: datetime) -> Closed:
        """Return the state "budget spent", which lasts until the next month."""
        first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        next_month = (first + timedelta(days=32)).replace(day=1)
        return Closed(
            ClosedReason.BUDGET_SPENT,
            self.window.next_opening(next_month) if self.window else next_month,
        )

    def affordable(self, gate: Gate) -> int | None:
        """Return the number of parts that the budget can still pay. None if there is no budget."""
        if not self.budget or not self.price:
            return None
        room = zip(self.shares(gate) or (), gate.shards, strict=False)
        return sum(max(0, share - reserved) // self.price for share, reserved in room)

    def shares(self, gate: Gate) -> list[int] | None:
        """Return how much each shard may have reserved at most. None if there is no budget."""
        if not self.budget or not self.price:
            return None
        return shares(gate.shards, budget=self.budget, price=self.price)

    def left(self, gate: Gate, *, waiting: int) -> int | None:
        """Return the budget (micro-USD) that is left after `waiting` more parts.

        It is negative if the budget is not enough for them, and None if there is no budget.
        """
        return self.budget - gate.reserved - waiting * self.price if self.budget else None

    def is_nearly_spent(self, spent: int) -> bool:
        """Whether `spent` (micro-USD) has reached the share of the budget that gives a warning."""
        return bool(self.budget) and spent * 100 >= self.budget * _WARN_AT

    def done_by(
        self, parts: int, gate: Gate, now: datetime, *, batch: str | None = None
    ) -> datetime | None:
        """Return the time (UTC) when `parts` parts are sent at this rate. None if it is unknown.

        `batch` is the file that the last of these messages belong to, if it is one file.
        """
        if not parts:
            return now
        if gate.pause or (batch is not None and batch in gate.batches):
            return None
        affordable = self.affordable(gate)
        if affordable is not None and affordable < parts:
            return None
        if not self.rate:
            return None  # without a rate, how fast they go out is not known
        duration = timedelta(seconds=parts / self.files_rate)
        return self.window.end_of(now, duration) if self.window else now + duration
