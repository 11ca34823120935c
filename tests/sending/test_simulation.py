"""A campaign on a simulated clock: pace, window, estimate, pause and budget of the real steps."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.jobs import PEOPLE_A_JOB
from chalicelib.domain.messages.sending import Prices, Sending, Window
from tests.sending.simulation import Town, phone
from tests.support.builders import replace

MAKASSAR = ZoneInfo("Asia/Makassar")
PRICE = 45_000
SENDING = Sending(
    prices=Prices({"62": PRICE}, 500_000),
    window=Window.parse("08:00-20:00", MAKASSAR),
    rate=20.0,
)
CLOSING = datetime(2026, 11, 22, 20, 0, tzinfo=MAKASSAR)
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=MAKASSAR)
MINUTE = timedelta(minutes=1)
WORKERS = 5


def minutes_of(moments: Sequence[datetime]) -> list[int]:
    """Return the message counts of one day's full minutes; a minute starts every 7 seconds."""
    counts, start = [], moments[0]
    while start + MINUTE <= moments[-1]:
        counts.append(bisect_left(moments, start + MINUTE) - bisect_left(moments, start))
        start += timedelta(seconds=7)
    return counts


@pytest.mark.parametrize(
    "people", [10_000, pytest.param(150_000, marks=pytest.mark.slow)], ids="{:,}".format
)
def test_a_campaign_keeps_pace_window_and_estimate_and_sends_each_message_once(people):
    sending_time = timedelta(seconds=people / SENDING.rate)
    start = CLOSING - 0.6 * sending_time  # the night falls in between
    town = Town(people, SENDING, start, workers=WORKERS)
    expected = town.state().done_by

    town.run(until=CLOSING + timedelta(days=1))

    assert sorted(each for _, each in town.sent) == [phone(number) for number in range(people)]
    moments = sorted(moment.astimezone(MAKASSAR) for moment, _ in town.sent)
    assert all(time(8) <= moment.time() < time(20) for moment in moments)
    evening = [moment for moment in moments if moment < CLOSING]
    morning = moments[len(evening) :]
    for day in (evening, morning):
        assert len(day) > people / 3
        a_minute = SENDING.files_rate * 60
        assert all(count == pytest.approx(a_minute, rel=0.05) for count in minutes_of(day))
    # The limit is for the time in which messages go out, not for the nights between.
    assert abs(moments[-1] - expected) < 0.05 * sending_time


@pytest.mark.parametrize(
    ("rate", "workers", "least"), [(20.0, 5, 19.5), (100.0, 25, 97.0)], ids=["20", "100"]
)
def test_the_rate_is_kept_while_transactions_hold_their_items(rate, workers, least):
    """A transaction holds its items for 30 ms, and all jobs of a chunk are next to each other."""
    people = 10_000
    held = timedelta(milliseconds=30)
    town = Town(people, replace(SENDING, rate=rate), MORNING, workers=workers, held=held)

    town.run(until=MORNING + timedelta(hours=3))

    moments = sorted(moment for moment, _ in town.sent)
    middle = moments[people // 10 : -people // 10]
    seconds = (middle[-1] - middle[0]).total_seconds()
    assert (len(middle) - 1) / seconds >= least
    assert town.people.conflicts
    assert len(town.sent) == len({phone for _, phone in town.sent}) == people
    assert town.states() == town.counts() == {"sent": people}


def test_staffs_messages_go_out_at_once_and_the_rate_holds_over_both_queues():
    people, ordered = 10_000, 60
    town = Town(people, SENDING, MORNING, workers=WORKERS)
    begin = MORNING + timedelta(minutes=3)
    one_by_one = [(begin + n * timedelta(seconds=5), n) for n in range(ordered - 10)]
    all_at_once = [(begin + timedelta(minutes=5), n) for n in range(ordered - 10, ordered)]
    town.orders = [*one_by_one, *all_at_once]

    town.run(until=MORNING + timedelta(hours=3))

    assert len(town.sent) == people + ordered
    assert Counter(each for _, each in town.sent).most_common(ordered + 1)[-1][1] == 1
    second = {each: moment for moment, each in town.sent}
    waited = {n: second[phone(n)] - at for at, n in (*one_by_one, *all_at_once)}
    assert max(waited[n] for _, n in one_by_one) < timedelta(seconds=10)
    assert max(waited.values()) < timedelta(seconds=60)
    moments = sorted(moment for moment, _ in town.sent)
    assert max(minutes_of(moments)) <= SENDING.rate * 60 * 1.005


def test_the_parts_of_the_rate_add_up_and_neither_is_nothing():
    for rate in (0.1, 1.0, 10.0, 20.0, 100.0):
        sending = replace(SENDING, rate=rate)
        assert sending.single_rate + sending.files_rate == pytest.approx(rate)
        assert 0 < sending.single_rate <= rate / 4
    assert replace(SENDING, rate=0.0).single_rate == 0


def test_a_pause_stops_within_a_job_of_each_worker_and_resuming_sends_exactly_the_rest():
    people = 1_000
    town = Town(people, SENDING, MORNING, workers=WORKERS)
    town.after[400] = town.pause

    town.run(until=MORNING + timedelta(hours=3))

    stopped = len(town.sent)
    assert 400 <= stopped <= 400 + WORKERS * PEOPLE_A_JOB
    assert not town.event_source.on
    assert town.state().waiting == people - stopped

    town.now = MORNING + timedelta(hours=3)
    town.resume()
    town.run(until=MORNING + timedelta(hours=6))

    assert sorted(each for _, each in town.sent) == [phone(number) for number in range(people)]
    assert town.state().waiting == 0


def test_a_budget_is_never_exceeded_and_a_larger_one_sends_the_rest():
    people, parts = 1_000, 613
    town = Town(
        people, replace(SENDING, budget=parts * PRICE + PRICE - 1), MORNING, workers=WORKERS
    )
    town.refusing = frozenset(phone(number) for number in range(0, people, 40))

    town.run(until=MORNING + timedelta(days=2))

    assert len(town.sent) == parts
    assert town.gates.read("2026-11").reserved == parts * PRICE
    assert not town.event_source.on

    town.sending = replace(town.sending, budget=people * PRICE)
    town.run(until=MORNING + timedelta(days=3))

    reached = {phone(number) for number in range(people)} - town.refusing
    assert sorted(each for _, each in town.sent) == sorted(reached)
    assert town.gates.read("2026-11").reserved == len(reached) * PRICE
