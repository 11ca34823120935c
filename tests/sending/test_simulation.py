"""A campaign on a clock of its own: pace, window, estimate, pause and budget of the real steps."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import replace
from sending_simulation import Town, phone

from chalicelib.domain.jobs import PEOPLE_A_JOB
from chalicelib.domain.sending import Prices, Sending, Window

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
    """Return how many went out in full minutes of one day, every seven seconds anew."""
    counts, start = [], moments[0]
    while start + MINUTE <= moments[-1]:
        counts.append(bisect_left(moments, start + MINUTE) - bisect_left(moments, start))
        start += timedelta(seconds=7)
    return counts


@pytest.mark.parametrize(
    "people", [10_000, pytest.param(150_000, marks=pytest.mark.slow)], ids="{:,}".format
)
def test_a_campaign_keeps_pace_window_and_estimate_and_tells_everybody_once(people):
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
        assert all(count == pytest.approx(1_200, rel=0.05) for count in minutes_of(day))
    # Not only of the whole duration, the night included: of the time in which messages go out.
    assert abs(moments[-1] - expected) < 0.05 * sending_time


def test_a_pause_stops_within_a_job_of_each_worker_and_resuming_sends_exactly_the_rest():
    people = 1_000
    town = Town(people, SENDING, MORNING, workers=WORKERS)
    town.after[400] = town.pause

    town.run(until=MORNING + timedelta(hours=3))

    stopped = len(town.sent)
    assert 400 <= stopped <= 400 + WORKERS * PEOPLE_A_JOB
    assert not town.trigger.on
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
    assert not town.trigger.on

    town.sending = replace(town.sending, budget=people * PRICE)
    town.run(until=MORNING + timedelta(days=3))

    told = {phone(number) for number in range(people)} - town.refusing
    assert sorted(each for _, each in town.sent) == sorted(told)
    assert town.gates.read("2026-11").reserved == len(told) * PRICE
