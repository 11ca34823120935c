from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOW, a_batch, replace

from chalicelib.domain.batch import BatchStatus, SmsEstimate
from chalicelib.domain.jobs import ChunkJob, SmsJob
from chalicelib.domain.sending import Gate, Shut, Window
from chalicelib.domain.summary import Sums
from chalicelib.needs import needs
from chalicelib.queries.outlook import Outlook

WINDOW = Window.parse("08:00-20:00", ZoneInfo("Asia/Makassar"))
NIGHT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # 20:00 in Makassar
PRICE = 45_000


@pytest.fixture
def daily(world):
    """A world with a window, at ten in the morning."""
    world.sending = replace(world.sending, window=WINDOW, rate=20.0)
    return world


def enrolled(world, line, first: int, people: int, name: str = "a.csv"):
    """Return a file whose people are enrolled and still to be told."""
    rows = [line(n) for n in range(first, first + people)]
    batch = world.take(world.put(rows, f"incoming/002/BPUM/{name}"))
    world.drive_chunks()
    world.now += timedelta(seconds=1)  # so that the next file comes later
    return world.tables.files[batch.id]


def before(world, batch) -> int:
    """Return how many people are told until the file's last one is, as staff are shown it."""
    outlook = Outlook(**needs(Outlook, world))
    stored = world.tables.files[batch.id]
    done = outlook.done_by(stored, Sums.of(world.batches.chunks(batch.id)))
    return round((done - world.now).total_seconds() * world.sending.rate) if done else 0


def test_the_trigger_is_switched_with_the_window(daily):
    assert (daily.keep_gate().open, daily.trigger.switches) == (True, [])
    daily.now = NIGHT
    kept = daily.keep_gate()
    assert (kept.open, kept.why, daily.trigger.switches) == (False, Shut.OUTSIDE_WINDOW, [False])
    daily.keep_gate()
    daily.now = NIGHT + timedelta(hours=12)
    assert (daily.keep_gate().open, daily.trigger.switches) == (True, [False, True])


def test_a_file_s_pause_leaves_the_trigger_on(daily):
    daily.pause("7K3M9QX2")
    daily.keep_gate()
    assert daily.trigger.on


def test_a_spent_budget_switches_it_off_until_there_is_more(daily):
    daily.sending = replace(daily.sending, budget=10 * PRICE)
    daily.gates.reserve("2026-11", "x", 10 * PRICE, budget=0)
    assert daily.keep_gate().why is Shut.BUDGET_SPENT
    assert not daily.trigger.on

    daily.sending = replace(daily.sending, budget=20 * PRICE)
    assert daily.keep_gate().open
    assert daily.trigger.on


def test_a_spent_budget_is_none_of_the_next_month_s(daily):
    daily.sending = replace(daily.sending, budget=PRICE)
    daily.gates.reserve("2026-11", "x", PRICE, budget=0)
    daily.keep_gate()
    daily.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert daily.keep_gate().open


@pytest.mark.parametrize(("budget", "share"), [(0, None), (10, 0.4), (2, 2.0)])
def test_the_share_of_the_budget_is_told(daily, budget, share):
    daily.sending = replace(daily.sending, budget=budget * PRICE)
    daily.gates.reserve("2026-11", "x", 4 * PRICE, budget=0)
    assert daily.keep_gate().budget_share == share


def test_a_pause_switches_the_trigger_off_at_once_and_resuming_on(daily):
    daily.pause()
    assert daily.gates.read("2026-11").pause.by == "dinas-1"
    assert not daily.trigger.on
    daily.resume()
    assert daily.gates.read("2026-11").pause is None
    assert daily.trigger.on


def test_resuming_at_night_switches_nothing_on(daily):
    daily.now = NIGHT
    daily.pause()
    daily.resume()
    assert not daily.trigger.on


def test_a_file_s_pause_and_that_of_everything_are_lifted_each_by_itself(daily):
    daily.pause()
    daily.pause("7K3M9QX2")
    daily.resume()
    assert list(daily.gates.read("2026-11").batches) == ["7K3M9QX2"]
    daily.pause()
    daily.resume("7K3M9QX2")
    assert daily.gates.read("2026-11").pause is not None
    assert not daily.trigger.on


def test_a_busy_trigger_is_left_to_the_schedule(daily, caplog):
    daily.trigger.busy = True
    daily.pause()
    assert "busy" in caplog.text
    assert daily.gates.read("2026-11").pause is not None

    daily.remaining = 16.0
    assert not daily.keep_gate().open

    daily.trigger.busy, daily.remaining = False, 600.0
    daily.keep_gate()
    assert not daily.trigger.on


def test_where_there_is_no_trigger_to_switch_the_stored_state_decides_alone(daily):
    daily.trigger = None
    daily.pause()
    assert not daily.keep_gate().open
    daily.resume()
    assert daily.keep_gate().open


def test_how_many_wait_is_exact(daily, line):
    enrolled(daily, line, 1, 5)
    enrolled(daily, line, 11, 3, "b.csv")
    state = daily.sending_state()
    assert (state.waiting, state.closed) == (8, None)
    assert state.done_by == daily.now + timedelta(seconds=8 / 20)

    daily.notify(SmsJob.model_validate_json(daily.sms_queue.bodies.pop()))
    assert daily.sending_state().waiting == 5


def test_where_nobody_waits_nothing_is_to_come(daily):
    state = daily.sending_state()
    assert (state.waiting, state.done_by) == (0, daily.now)


def test_people_of_a_paused_file_wait_and_hold_nobody_up(daily, line):
    paused = enrolled(daily, line, 1, 5)
    other = enrolled(daily, line, 11, 3, "b.csv")
    daily.pause(paused.id)
    state = daily.sending_state()
    assert (state.waiting, state.done_by) == (8, daily.now + timedelta(seconds=3 / 20))
    assert before(daily, other) == 3


def test_while_everything_is_paused_nobody_knows_the_end(daily, line):
    enrolled(daily, line, 1, 5)
    daily.pause()
    state = daily.sending_state()
    assert (state.waiting, state.done_by, state.closed.why) == (5, None, Shut.PAUSED)


def test_a_file_waits_for_those_that_came_before_it_and_for_none_behind(daily, line):
    first = enrolled(daily, line, 1, 5)
    second = enrolled(daily, line, 11, 3, "b.csv")
    enrolled(daily, line, 21, 4, "c.csv")
    assert (before(daily, first), before(daily, second)) == (5, 8)


def test_a_file_without_anybody_to_tell_waits_for_no_other(daily, line):
    enrolled(daily, line, 1, 5)
    nobody = daily.take(daily.put([line(11, phone="")], "incoming/002/BPUM/b.csv"))
    daily.drive_chunks()
    assert before(daily, nobody) == 0


def test_of_a_file_that_is_being_enrolled_what_was_reckoned_is_expected(daily, line):
    batch = daily.take(daily.put([line(n) for n in range(1, 10)]))
    assert before(daily, batch) == 9
    daily.enroll(ChunkJob.model_validate_json(daily.chunk_queue.bodies[0]))
    assert before(daily, batch) == 9
    assert daily.sending_state().waiting == 4  # those who are enrolled already
    daily.notify(SmsJob.model_validate_json(daily.sms_queue.bodies.pop()))
    assert before(daily, batch) == 5


def test_what_was_never_reckoned_is_not_guessed(daily):
    batch = a_batch(status=BatchStatus.ENROLLING, chunks=1)
    daily.batches.claim(batch)
    assert before(daily, batch) == 0
    daily.tables.files[batch.id] = replace(batch, estimate=SmsEstimate(7, 7 * PRICE))
    assert before(daily, batch) == 7


def test_nothing_is_closed_that_was_never_touched(world):
    assert world.gates.read("2026-11") == Gate()
    assert world.sending_state().closed is None
    assert world.now == NOW
