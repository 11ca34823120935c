"""Sending while the gate is closed, closes, or the budget is nearly spent."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.jobs import MOST_TIMES_PUT_BACK, ChunkJob, SmsJob
from chalicelib.domain.messages.sending import Window
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import (
    Busy,
    NotYet,
    PublishAmbiguous,
    PublishPostponed,
    PublishRefused,
    PublishRejected,
)
from chalicelib.pace import Pace
from tests.support.builders import NOW, a_nik, replace

WINDOW = Window.parse("08:00-20:00", ZoneInfo("Asia/Makassar"))
PRICE = 45_000
MONTH = "2026-11"
PEOPLE = 10


@pytest.fixture
def job(world, line) -> SmsJob:
    """Ten people enrolled in one chunk, their messages still to be sent."""
    world.chunk_rows = 100
    world.take(world.put([line(n) for n in range(1, PEOPLE + 1)]))
    world.enroll(ChunkJob.model_validate_json(world.chunk_queue.bodies.pop()))
    return SmsJob.model_validate_json(world.sms_queue.bodies.pop())


def budget(world, parts: int) -> None:
    world.sending = replace(world.sending, budget=parts * PRICE)


def reserved(world) -> int:
    return world.gates.read(MONTH).reserved


def states(world) -> set[Sms]:
    return {each.sms for each in world.tables.people.values()}


def after(world, messages: int, act) -> None:
    """Call a function after so many messages have gone out."""
    plain = world.sms_sender.publish

    def publish(phone, text):
        answer = plain(phone, text)
        if len(world.sms_sender.published) == messages:
            act()
        return answer

    world.sms_sender.publish = publish


def rest_of(world) -> tuple[str, ...]:
    (body,) = world.sms_queue.bodies
    return SmsJob.model_validate_json(body).niks


def seconds(world, count: float):
    """Return a function that lets time pass."""

    def pass_() -> None:
        world.now += timedelta(seconds=count)

    return pass_


@pytest.mark.parametrize("of_the_file", [True, False])
def test_while_the_gate_is_closed_the_whole_job_goes_back_unclaimed(world, job, of_the_file):
    world.pause(job.batch if of_the_file else None)
    world.notify(job)

    assert world.sms_queue.bodies == [job.model_copy(update={"again": 1}).model_dump_json()]
    assert world.sms_queue.delays[-1] == timedelta(minutes=15)
    assert (states(world), world.sms_sender.published, reserved(world)) == ({Sms.PENDING}, [], 0)


def test_the_pause_of_another_file_blocks_nobody(world, job):
    world.pause("AAAAAAAA")
    world.notify(job)
    assert len(world.sms_sender.published) == PEOPLE


@pytest.mark.parametrize(
    ("hour", "minute", "delay"), [(23, 0, 15), (23, 50, 10), (23, 59, 1), (12, 0, 15)]
)
def test_outside_the_window_a_job_comes_back_when_it_opens(world, job, hour, minute, delay):
    world.sending = replace(world.sending, window=WINDOW)
    world.now = datetime(2026, 11, 22, hour, minute, 30, tzinfo=UTC) - timedelta(seconds=30)

    world.notify(job)

    assert world.sms_sender.published == []
    assert world.sms_queue.delays[-1] == timedelta(minutes=delay)


def test_a_job_is_delayed_for_at_least_a_minute(world, job):
    world.sending = replace(world.sending, window=WINDOW)
    world.now = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    world.notify(job)
    assert world.sms_queue.delays[-1] == timedelta(minutes=1)


def test_a_pause_during_a_job_stops_it_once_it_is_read(world, job):
    after(world, 3, world.pause)
    after(world, 5, seconds(world, 6))

    world.notify(job)

    assert len(world.sms_sender.published) == 5
    assert rest_of(world) == job.niks[5:]
    assert world.sms_queue.delays[-1] == timedelta(minutes=15)
    assert reserved(world) == 5 * PRICE


def test_the_gate_is_not_read_for_every_message(world, job):
    world.gates.reads = 0
    world.notify(job)
    assert world.gates.reads == 1


def test_the_window_closes_between_two_messages_to_the_second(world, job):
    world.sending = replace(world.sending, window=WINDOW)
    world.now = datetime(2026, 11, 22, 11, 59, 57, tzinfo=UTC)
    plain = world.sms_sender.publish
    world.sms_sender.publish = lambda *sent: (seconds(world, 1)(), plain(*sent))[1]

    world.notify(job)

    assert len(world.sms_sender.published) == 3
    assert rest_of(world) == job.niks[3:]


def test_people_after_closing_time_stay_pending(world, job):
    world.sending = replace(world.sending, window=WINDOW)
    world.now = datetime(2026, 11, 22, 11, 59, 59, tzinfo=UTC)

    def by_the_clock() -> float:
        return world.now.timestamp()

    world.pace = Pace(1, clock=by_the_clock, sleep=lambda pause: seconds(world, pause)())

    world.notify(job)

    assert len(world.sms_sender.published) == 1
    assert rest_of(world) == job.niks[1:]
    assert [each.sms for each in world.tables.people.values()].count(Sms.PENDING) == PEOPLE - 1
    assert reserved(world) == PRICE


def test_a_budget_sends_as_many_as_it_pays_for_and_the_others_wait(world, job):
    budget(world, 4)
    world.notify(job)

    assert len(world.sms_sender.published) == 4
    assert rest_of(world) == job.niks[4:]
    assert reserved(world) == 4 * PRICE

    world.notify(SmsJob.model_validate_json(world.sms_queue.bodies.pop()))
    assert len(world.sms_sender.published) == 4


def test_in_the_next_month_the_others_get_their_messages(world, job):
    budget(world, 4)
    world.notify(job)
    world.now = datetime(2026, 12, 1, tzinfo=UTC)
    budget(world, 10)

    world.drive()

    assert len({phone for phone, _ in world.sms_sender.published}) == PEOPLE
    assert world.gates.read("2026-12").reserved == 6 * PRICE


def test_the_reservation_of_a_free_message_is_released(world, job):
    budget(world, 100)
    world.sms_sender.failing["+6281200000002"] = PublishRefused("opted_out")
    world.sms_sender.failing["+6281200000003"] = PublishRefused("invalid_number")
    world.notify(job)
    world.notify(job)  # all messages are settled: nothing more is spent
    assert reserved(world) == (PEOPLE - 2) * PRICE


def test_a_held_message_costs_nothing(world, job):
    budget(world, 100)
    world.only_to = frozenset({"+6281200000001"})
    world.notify(job)
    assert reserved(world) == PRICE


def test_a_message_that_may_have_gone_out_counts_as_spent(world, job):
    budget(world, 100)
    world.sms_sender.failing["+6281200000003"] = PublishAmbiguous("ReadTimeoutError")
    world.notify(job)
    assert reserved(world) == 3 * PRICE


def test_a_postponed_message_is_not_paid_for(world, job):
    budget(world, 100)
    world.sms_sender.failing["+6281200000003"] = PublishPostponed("throttled")
    world.notify(job)
    assert reserved(world) == 2 * PRICE


def test_a_cheaper_country_costs_its_own_price(world, job):
    world.sending = replace(
        world.sending,
        countries=frozenset({"62", "65"}),
        prices=replace(world.sending.prices, listed={"62": PRICE, "65": 2 * PRICE}),
        budget=100 * PRICE,
    )
    world.notify(job)
    assert reserved(world) == PEOPLE * PRICE


@pytest.mark.parametrize(
    ("fault", "spent"),
    [
        (PublishRejected("AuthorizationError"), 9),  # all the others get their message
        (KeyError("x"), 3),  # after an unexpected error it is unknown whether the message went out
    ],
)
def test_a_fault_releases_the_unused_reservation(world, job, fault, spent):
    budget(world, 100)
    world.sms_sender.failing["+6281200000003"] = fault
    with pytest.raises(type(fault)):
        world.notify(job)
    assert reserved(world) == spent * PRICE
    assert world.tables.reservations == {}


@pytest.mark.parametrize("fault", [Busy("throttled"), KeyError("x")])
def test_a_failed_release_hides_no_other_fault(world, job, fault, monkeypatch):
    budget(world, 100)
    world.remaining = 60.0

    def refuse(*_):
        world.remaining = 10.0
        raise fault

    monkeypatch.setattr(world.gates, "release", refuse)
    world.sms_sender.failing["+6281200000003"] = PublishRejected("AuthorizationError")
    with pytest.raises(PublishRejected):
        world.notify(job)
    assert reserved(world) == PEOPLE * PRICE  # rather too much than too little


def test_money_that_others_have_reserved_is_not_spent_again(world, job):
    budget(world, 10)
    plain = world.gates.reserve

    def overtaken(month, claim, amount, *, shard, share):
        world.gates.reserve = plain
        plain(month, "another delivery", 7 * PRICE, shard=shard, share=None)
        return plain(month, claim, amount, shard=shard, share=share)

    world.gates.reserve = overtaken
    world.notify(job)

    assert len(world.sms_sender.published) == 3
    assert rest_of(world) == job.niks[3:]
    assert reserved(world) == 10 * PRICE


def test_a_month_that_ends_during_a_job_pays_nothing_for_the_next(world, job):
    budget(world, 10)
    world.now = datetime(2026, 11, 30, 23, 59, 58, tzinfo=UTC)
    after(world, 4, seconds(world, 2))

    world.notify(job)

    assert (reserved(world), len(world.sms_sender.published)) == (4 * PRICE, 4)
    assert world.sms_queue.delays[-1] == timedelta(minutes=1)
    world.drive()
    assert world.gates.read("2026-12").reserved == 6 * PRICE


def test_spending_is_counted_without_a_budget_too(world, job):
    world.notify(job)
    assert reserved(world) == PEOPLE * PRICE
    assert {each.sms_at for each in world.tables.people.values()} == {NOW}
    assert world.enrollments.find("sulut-2026", a_nik(1)).sms is Sms.SENT


def test_a_job_is_put_back_so_often_and_then_fails(world, job):
    world.pause()
    world.notify(job)
    once = SmsJob.model_validate_json(world.sms_queue.bodies.pop())
    assert (once.niks, once.again) == (job.niks, 1)

    often = once.model_copy(update={"again": MOST_TIMES_PUT_BACK})
    with pytest.raises(NotYet):
        world.notify(often)
    assert world.sms_queue.bodies == []

    world.resume()
    world.notify(often)
    assert states(world) == {Sms.SENT}


def test_a_job_that_moved_on_counts_from_the_start(world, job):
    budget(world, 3)

    world.notify(job.model_copy(update={"again": 500}))

    rest = SmsJob.model_validate_json(world.sms_queue.bodies.pop())
    assert (len(rest.niks), rest.again) == (PEOPLE - 3, 1)
