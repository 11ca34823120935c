from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.messages.sending import (
    USD,
    Closed,
    ClosedReason,
    Gate,
    Pause,
    Prices,
    Sending,
    Window,
    micro_usd,
    month_of,
    usd,
)

MAKASSAR = ZoneInfo("Asia/Makassar")
WINDOW = Window(time(8), time(20), MAKASSAR)
PRICES = Prices({"62": 45_000}, 500_000)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Makassar
PAUSE = Pause(NOON, "dinas-1", "salah teks")

moments = st.timedeltas(timedelta(), timedelta(days=1000)).map(lambda passed: NOON + passed)


def makassar(day: int, *clock: int) -> datetime:
    return datetime(2026, 11, day, *clock, tzinfo=MAKASSAR)


def sending(**changes: object) -> Sending:
    return Sending(**({"prices": PRICES, "window": WINDOW, "rate": 20.0} | changes))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", 0), ("0.045", 45_000), ("13.50", 13_500_000), ("1e2", 100_000_000), ("-0", 0)],
)
def test_dollars_become_micro_dollars(text, amount):
    assert micro_usd(text) == amount


@pytest.mark.parametrize("text", ["", "x", "10,50", "-1", "nan", "sNaN", "Infinity", "$5"])
def test_an_invalid_amount_of_dollars_is_refused(text):
    with pytest.raises(ValueError, match="not an amount"):
        micro_usd(text)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0.00"), (45_000, "0.045"), (13_500_000, "13.50"), (1, "0.000001"), (-45_000, "-0.045")],
)
def test_micro_dollars_are_written_as_dollars(amount, text):
    assert usd(amount) == text


@given(st.integers(0, 10**15))
def test_an_amount_survives_being_written(amount):
    assert micro_usd(usd(amount)) == amount


def test_a_month_is_that_of_utc():
    assert month_of(datetime(2026, 12, 1, 7, 59, tzinfo=MAKASSAR)) == "2026-11"
    assert month_of(datetime(2026, 12, 1, 8, 0, tzinfo=MAKASSAR)) == "2026-12"


def test_a_window_is_read_as_it_is_written():
    assert Window.parse("08:00-20:00", MAKASSAR) == WINDOW
    assert Window.parse("", MAKASSAR) is None


@pytest.mark.parametrize(
    "text", ["8:00-20:00", "20:00-08:00", "08:00-08:00", "08:00", "24:00-25:00", "08:00-20:60", "x"]
)
def test_an_invalid_window_is_refused(text):
    with pytest.raises(ValueError, match="window"):
        Window.parse(text, MAKASSAR)


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        ((7, 59, 59, 999_999), False),
        ((8, 0), True),
        ((19, 59, 59, 999_999), True),
        ((20, 0), False),
    ],
)
def test_the_window_opens_with_its_first_moment_and_closes_before_its_last(clock, is_open):
    assert WINDOW.is_open(makassar(22, *clock)) is is_open
    assert WINDOW.is_open(makassar(22, *clock).astimezone(UTC)) is is_open


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (makassar(22, 12), makassar(22, 12)),
        (makassar(22, 3), makassar(22, 8)),
        (makassar(22, 20), makassar(23, 8)),
        (makassar(22, 23, 59), makassar(23, 8)),
        (makassar(30, 21), datetime(2026, 12, 1, 8, tzinfo=MAKASSAR)),
    ],
)
def test_the_next_opening_is_now_or_the_next_morning(at, opening):
    found = WINDOW.next_opening(at)
    assert (found, found.tzinfo) == (opening, UTC)


@given(moments)
def test_it_is_open_at_its_next_opening_and_never_before(at):
    opening = WINDOW.next_opening(at)
    assert WINDOW.is_open(opening)
    assert at <= opening < at + timedelta(hours=12, seconds=1)
    if opening > at:
        assert not WINDOW.is_open(opening - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("hours", "end"),
    [
        (0, makassar(22, 19)),
        (1, makassar(22, 20)),
        (1.5, makassar(23, 8, 30)),
        (13, makassar(23, 20)),
        (25.25, makassar(24, 20) + timedelta(hours=12, minutes=15)),
    ],
)
def test_work_stops_at_night(hours, end):
    found = WINDOW.end_of(makassar(22, 19), timedelta(hours=hours))
    assert (found, found.tzinfo) == (end, UTC)


def test_work_that_begins_at_night_begins_in_the_morning():
    assert WINDOW.end_of(makassar(22, 23), timedelta(hours=1)) == makassar(23, 9)


def open_time(window: Window, start: datetime, end: datetime) -> timedelta:
    """Return how long a window is open between two moments, counted day by day."""
    total, day = timedelta(), start.astimezone(window.timezone).date()
    while day <= end.astimezone(window.timezone).date():
        opens, closes = (
            datetime.combine(day, each, window.timezone).astimezone(UTC)
            for each in (window.opens, window.closes)
        )
        total += max(timedelta(), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


@given(
    moments,
    st.timedeltas(timedelta(), timedelta(days=9)),
    st.sampled_from(["Asia/Makassar", "Asia/Jakarta", "Europe/Berlin"]),  # with summer time, too
)
def test_work_takes_exactly_its_time_inside_the_window(start, duration, zone):
    window = Window(time(8), time(20), ZoneInfo(zone))
    end = window.end_of(start, duration)
    assert open_time(window, start, end) == duration


def test_prices_are_read_as_they_are_written():
    prices = Prices.parse("62=0.045, 60=0.04,", highest="0.50")
    assert prices == Prices({"62": 45_000, "60": 40_000}, 500_000)
    assert Prices.parse("", highest="0.50") == Prices({}, 500_000)


@pytest.mark.parametrize("text", ["62", "62:0.045", "x=1", "=1", "62=", "62=x", "62=-1", "²=1"])
def test_an_invalid_price_is_refused(text):
    with pytest.raises(ValueError):
        Prices.parse(text, highest="0.50")


@pytest.mark.parametrize(
    ("phone", "price"),
    [("+6281200000001", 45_000), ("+60123456789", 500_000), ("+6701234567", 90_000)],
)
def test_a_country_without_a_price_counts_at_the_highest_price(phone, price):
    assert Prices({"62": 45_000, "670": 90_000}, 500_000).of(phone) == price


def test_the_price_of_a_part_is_the_highest_of_the_countries_served():
    prices = Prices({"62": 45_000, "60": 60_000}, 500_000)
    assert sending(prices=prices).price == 45_000
    assert sending(prices=prices, countries=frozenset({"62", "60"})).price == 60_000
    assert sending(prices=prices, countries=frozenset({"62", "65"})).price == 500_000


@pytest.mark.parametrize(
    ("phone", "served"),
    [("+6281200000001", True), ("+6591234567", True), ("+12025550123", False), ("081", False)],
)
def test_a_number_is_served_by_its_calling_code(phone, served):
    assert sending(countries=frozenset({"62", "65"})).serves(phone) is served


def test_messages_go_out_inside_the_window():
    assert sending().closed(Gate(), NOON) is None


def test_outside_the_window_messages_wait_for_the_morning():
    night = makassar(22, 21)
    assert sending().closed(Gate(), night) == Closed(ClosedReason.OUTSIDE_WINDOW, makassar(23, 8))


def test_a_pause_stops_everything_until_it_is_lifted():
    gate = Gate(pause=PAUSE)
    assert sending().closed(gate, NOON) == Closed(ClosedReason.PAUSED)
    assert sending(window=None).closed(gate, NOON, batch="7K3M9QX2") == Closed(ClosedReason.PAUSED)


def test_a_paused_file_does_not_block_other_files():
    gate = Gate(batches={"7K3M9QX2": PAUSE})
    assert sending().closed(gate, NOON, batch="7K3M9QX2") == Closed(ClosedReason.BATCH_PAUSED)
    assert sending().closed(gate, NOON, batch="AAAAAAAA") is None
    assert sending().closed(gate, NOON) is None


def test_a_budget_is_spent_when_it_cannot_pay_one_more_part():
    rules = sending(budget=10 * 45_000)
    assert rules.closed(Gate(shards=(9 * 45_000,)), NOON) is None
    spent = rules.closed(Gate(shards=(9 * 45_000 + 1,)), NOON)
    assert spent == Closed(ClosedReason.BUDGET_SPENT, datetime(2026, 12, 1, tzinfo=UTC))


def test_a_spent_budget_does_not_stop_reserved_messages():
    rules = sending(budget=45_000)
    assert rules.halted(Gate(shards=(45_000,)), NOON) is None
    assert rules.halted(Gate(shards=(45_000,), pause=PAUSE), NOON) == Closed(ClosedReason.PAUSED)


def test_sending_resumes_in_the_next_month_when_the_window_opens():
    rules = sending(budget=1, window=Window(time(9), time(20), MAKASSAR))
    spent = rules.spent(datetime(2026, 12, 31, 11, tzinfo=UTC))
    assert spent.until == datetime(2027, 1, 1, 9, tzinfo=MAKASSAR)


@pytest.mark.parametrize(
    ("reserved", "parts"), [(0, 10), (44_999, 9), (45_000, 9), (450_000, 0), (500_000, 0)]
)
def test_a_budget_pays_for_whole_parts(reserved, parts):
    assert sending(budget=450_000).affordable(Gate(shards=(reserved,))) == parts


def test_without_a_budget_or_a_price_there_is_no_limit():
    assert sending().affordable(Gate(shards=(10**12,))) is None
    assert sending(prices=Prices({"62": 0}, 0), budget=1).affordable(Gate(shards=(5,))) is None


def test_the_remaining_budget_excludes_waiting_messages():
    gate = Gate(shards=(100_000,))
    assert sending(budget=1_000_000).left(gate, waiting=10) == 450_000
    assert sending(budget=1_000_000).left(gate, waiting=30) == -450_000
    assert sending().left(gate, waiting=10) is None


@pytest.mark.parametrize(("spent", "nearly"), [(0, False), (799_999, False), (800_000, True)])
def test_staff_are_warned_at_four_fifths_of_the_budget(spent, nearly):
    assert sending(budget=USD).is_nearly_spent(spent) is nearly
    assert not sending().is_nearly_spent(spent)


def test_the_pace_gives_the_time_of_the_last_message():
    # A fiftieth of the rate is kept for messages that staff order one by one.
    a_minute, all_ = 1_176, 147_000
    assert sending(window=None).done_by(a_minute, Gate(), NOON) == NOON + timedelta(minutes=1)
    assert sending().done_by(all_, Gate(), makassar(22, 19)) == makassar(23, 9, 5)


def test_without_a_rate_the_time_of_the_last_message_is_unknown():
    assert sending(window=None, rate=0.0).done_by(150_000, Gate(), NOON) is None
    assert sending(window=None, rate=0.0).done_by(0, Gate(), NOON) == NOON


def test_the_end_is_unknown_while_paused_or_without_budget():
    assert sending().done_by(1, Gate(pause=PAUSE), NOON) is None
    paused = Gate(batches={"7K3M9QX2": PAUSE})
    assert sending().done_by(1, paused, NOON, batch="7K3M9QX2") is None
    assert sending().done_by(1, paused, NOON, batch="AAAAAAAA") is not None
    assert sending(budget=45_000).done_by(1, Gate(), NOON) is not None
    assert sending(budget=45_000).done_by(2, Gate(), NOON) is None


def test_without_waiting_messages_the_end_is_now():
    assert sending().done_by(0, Gate(pause=PAUSE), NOON) == NOON
