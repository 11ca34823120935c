from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.api.operations.outlook import Outlook
from chalicelib.domain.file.batch import BatchStatus, SmsEstimate
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.jobs import ChunkJob, SmsJob
from chalicelib.domain.messages.sending import ClosedReason, Gate, Window
from tests.support.builders import NOW, a_batch, replace

WINDOW = Window.parse("08:00-20:00", ZoneInfo("Asia/Makassar"))
NIGHT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # 20:00 in Makassar
PRICE = 45_000


@pytest.fixture
def daily(world):
    """A world with a window, at ten in the morning."""
    world.sending = replace(world.sending, window=WINDOW, rate=20.0)
    return world


def enrolled(world, line, first: int, people: int, name: str = "a.csv"):
    """Return a file whose people are enrolled, with all messages pending."""
    rows = [line(n) for n in range(first, first + people)]
    batch = world.take(world.put(rows, f"incoming/002/BPUM/{name}"))
    world.drive_chunks()
    world.now += timedelta(seconds=1)  # so that the next file comes later
    return world.tables.files[batch.id]


def before(world, batch) -> int:
    """Return how many messages go out up to the file's last one, as staff see it."""
    outlook = Outlook(
        gates=world.gates, batches=world.batches, sending=world.sending, clock=world.clock
    )
    stored = world.tables.files[batch.id]
    done = outlook.done_by(stored, Sums.of(world.batches.chunks(batch.id)))
    return round((done - world.now).total_seconds() * world.sending.rate) if done else 0


def test_the_trigger_is_switched_with_the_window(daily):
    assert (daily.keep_gate().open, daily.event_source.switches) == (True, [])
    daily.now = NIGHT
    kept = daily.keep_gate()
    assert (kept.open, kept.why, daily.event_source.switches) == (
        False,
        ClosedReason.OUTSIDE_WINDOW,
        [False],
    )
    daily.keep_gate()
    daily.now = NIGHT + timedelta(hours=12)
    assert (daily.keep_gate().open, daily.event_source.switches) == (True, [False, True])


def test_a_file_s_pause_leaves_the_trigger_on(daily):
    daily.pause("7K3M9QX2")
    daily.keep_gate()
    assert daily.event_source.on


def test_a_spent_budget_switches_it_off_until_there_is_more(daily):
    daily.sending = replace(daily.sending, budget=10 * PRICE)
    daily.gates.reserve("2026-11", "x", 10 * PRICE, shard=0, share=None)
    assert daily.keep_gate().why is ClosedReason.BUDGET_SPENT
    assert not daily.event_source.on

    daily.sending = replace(daily.sending, budget=20 * PRICE)
    assert daily.keep_gate().open
    assert daily.event_source.on


def test_a_spent_budget_does_not_affect_the_next_month(daily):
    daily.sending = replace(daily.sending, budget=PRICE)
    daily.gates.reserve("2026-11", "x", PRICE, shard=0, share=None)
    daily.keep_gate()
    daily.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert daily.keep_gate().open


@pytest.mark.parametrize(("budget", "share"), [(0, None), (10, 0.4), (2, 2.0)])
def test_the_share_of_the_budget_is_a_metric(daily, budget, share):
    daily.sending = replace(daily.sending, budget=budget * PRICE)
    daily.gates.reserve("2026-11", "x", 4 * PRICE, shard=0, share=None)
    assert daily.keep_gate().budget_share == share


def test_a_pause_switches_the_trigger_off_at_once_and_resuming_on(daily):
    daily.pause()
    assert daily.gates.read("2026-11").pause.by == "dinas-1"
    assert not daily.event_source.on
    daily.resume()
    assert daily.gates.read("2026-11").pause is None
    assert daily.event_source.on


def test_resuming_at_night_switches_nothing_on(daily):
    daily.now = NIGHT
    daily.pause()
    daily.resume()
    assert not daily.event_source.on


def test_the_pause_of_a_file_and_of_everything_are_lifted_separately(daily):
    daily.pause()
    daily.pause("7K3M9QX2")
    daily.resume()
    assert list(daily.gates.read("2026-11").batches) == ["7K3M9QX2"]
    daily.pause()
    daily.resume("7K3M9QX2")
    assert daily.gates.read("2026-11").pause is not None
    assert not daily.event_source.on


def test_a_busy_trigger_is_left_to_the_schedule(daily, caplog):
    daily.event_source.busy = True
    daily.pause()
    assert "busy" in caplog.text
    assert daily.gates.read("2026-11").pause is not None

    daily.remaining = 16.0
    assert not daily.keep_gate().open

    daily.event_source.busy, daily.remaining = False, 600.0
    daily.keep_gate()
    assert not daily.event_source.on


def test_without_a_trigger_only_the_stored_state_decides(daily):
    daily.event_source = None
    daily.pause()
    assert not daily.keep_gate().open
    daily.resume()
    assert daily.keep_gate().open


def test_how_many_wait_is_exact(daily, line):
    enrolled(daily, line, 1, 5)
    enrolled(daily, line, 11, 3, "b.csv")
    state = daily.sending_state()
    assert (state.waiting, state.closed) == (8, None)
    assert state.done_by == daily.now + timedelta(seconds=8 / daily.sending.files_rate)

    daily.notify(SmsJob.model_validate_json(daily.sms_queue.bodies.pop()))
    assert daily.sending_state().waiting == 5


def test_without_waiting_people_no_message_is_expected(daily):
    state = daily.sending_state()
    assert (state.waiting, state.done_by) == (0, daily.now)


def test_people_of_a_paused_file_wait_and_block_no_other(daily, line):
    paused = enrolled(daily, line, 1, 5)
    other = enrolled(daily, line, 11, 3, "b.csv")
    daily.pause(paused.id)
    state = daily.sending_state()
    assert (state.waiting, state.done_by) == (
        8,
        daily.now + timedelta(seconds=3 / daily.sending.files_rate),
    )
    assert before(daily, other) == 3


def test_while_everything_is_paused_the_end_is_unknown(daily, line):
    enrolled(daily, line, 1, 5)
    daily.pause()
    state = daily.sending_state()
    assert (state.waiting, state.done_by, state.closed.why) == (5, None, ClosedReason.PAUSED)


def test_a_file_waits_for_earlier_files_only(daily, line):
    first = enrolled(daily, line, 1, 5)
    second = enrolled(daily, line, 11, 3, "b.csv")
    enrolled(daily, line, 21, 4, "c.csv")
    assert (before(daily, first), before(daily, second)) == (5, 8)


def test_a_file_without_messages_waits_for_no_other(daily, line):
    enrolled(daily, line, 1, 5)
    nobody = daily.take(daily.put([line(11, phone="")], "incoming/002/BPUM/b.csv"))
    daily.drive_chunks()
    assert before(daily, nobody) == 0


def test_the_estimate_counts_while_a_file_is_being_enrolled(daily, line):
    batch = daily.take(daily.put([line(n) for n in range(1, 10)]))
    assert before(daily, batch) == 9
    daily.enroll(ChunkJob.model_validate_json(daily.chunk_queue.bodies[0]))
    assert before(daily, batch) == 9
    assert daily.sending_state().waiting == 4  # those who are enrolled already
    daily.notify(SmsJob.model_validate_json(daily.sms_queue.bodies.pop()))
    assert before(daily, batch) == 5


def test_without_an_estimate_nothing_is_expected(daily):
    batch = a_batch(status=BatchStatus.ENROLLING, chunks=1)
    daily.batches.claim(batch)
    assert before(daily, batch) == 0
    daily.tables.files[batch.id] = replace(batch, estimate=SmsEstimate(7, 7 * PRICE))
    assert before(daily, batch) == 7


def test_a_gate_that_was_never_switched_is_open(world):
    assert world.gates.read("2026-11") == Gate()
    assert world.sending_state().closed is None
    assert world.now == NOW
