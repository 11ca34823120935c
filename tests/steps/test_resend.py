from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from builders import PROGRAMME, a_nik, replace

from chalicelib import resend
from chalicelib.domain.enrollment import Erasure, Sms
from chalicelib.domain.jobs import ResendJob, SmsJob
from chalicelib.errors import (
    Busy,
    NotYet,
    ObjectMalformed,
    ObjectMissing,
    OutOfTime,
    PublishRefused,
)
from chalicelib.files import work
from chalicelib.resend import (
    CannotBeSent,
    NotEnrolled,
    NotNow,
    ResendRequest,
    resend_failed,
    resend_jobs,
    resend_person,
)

PHONE = "+6281200000001"


@pytest.fixture
def batch(world, line):
    """Give a file of seven people in two chunks, nobody told yet, and no job waiting."""
    taken = world.take(world.put([line(n) for n in range(1, 8)]))
    world.drive_chunks()
    world.sms_queue.bodies.clear()
    world.report_queue.bodies.clear()
    return taken


def person(world, number: int = 1):
    return world.enrollments.find(PROGRAMME, a_nik(number))


def told(world, number: int, state: Sms, reason: str | None = None) -> None:
    """Send a person's message, and have that come of it."""
    world.claims += 1
    claimed = world.enrollments.claim_sms(
        PROGRAMME, a_nik(number), claim=f"claim-{world.claims}", now=world.now
    )
    assert world.enrollments.record_sms(
        claimed, state, now=world.now, message_id=f"message-{world.claims}", reason=reason
    )


def ask(world, number: int = 1, **changes):
    values = {"nik": a_nik(number), "reason": "ditelepon"} | changes
    sending = values.pop("sending", world.sending)
    return resend_person(
        ResendRequest(**values),
        by="petugas",
        enrollments=world.enrollments,
        texter=world.texter,
        sms_queue=world.sms_queue,
        agreements=world.agreements,
        sending=sending,
        clock=world.clock,
        deadline=world.deadline,
    )


def order(world, job: ResendJob) -> int:
    return resend_failed(
        job,
        batches=world.batches,
        enrollments=world.enrollments,
        objects=world.objects,
        sms_queue=world.sms_queue,
        agreements=world.agreements,
        clock=world.clock,
        deadline=world.deadline,
    )


def orders(world, batch) -> list[ResendJob]:
    chunks = world.batches.chunks(batch.id)
    return resend_jobs(batch.id, "petugas", "operator pulih", world.now, chunks)


def queued(world) -> list[str]:
    """Return whose messages wait, in the order of the queue."""
    jobs = [SmsJob.model_validate_json(body) for body in world.sms_queue.bodies]
    return [nik for job in jobs for nik in job.niks]


def niks(*numbers: int) -> list[str]:
    return [a_nik(number) for number in numbers]


@contextmanager
def interfered(world, method: str, before=None, after=None):
    """Have something happen right before or after the first call of a method of the people's."""
    real, calls = getattr(world.enrollments, method), []

    def call(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1 and before:
            before()
        result = real(*args, **kwargs)
        if len(calls) == 1 and after:
            after()
        return result

    setattr(world.enrollments, method, call)
    yield calls
    setattr(world.enrollments, method, real)


def lose_the_answer() -> None:
    raise Busy("the answer was lost")


@pytest.mark.parametrize(
    "state", [Sms.SENT, Sms.DELIVERED, Sms.FAILED, Sms.UNCONFIRMED, Sms.HELD, Sms.UNKNOWN]
)
def test_a_message_that_came_to_an_end_is_ordered_and_queued(world, batch, state):
    told(world, 1, state)

    answered = ask(world)

    assert answered == person(world)
    assert answered.sms is Sms.PENDING
    assert (answered.sms_claim, answered.sms_message_id, answered.sms_reason) == (None, None, None)
    assert queued(world) == niks(1)


def test_the_log_tells_who_asked_when_and_why(world, batch):
    told(world, 1, Sms.FAILED, "unreachable")
    world.now += timedelta(hours=1)

    event = ask(world).sms_log[-1]

    assert (event.at, event.state, event.by) == (world.now, Sms.PENDING, "petugas")
    assert (event.reason, event.phone_corrected) == ("ditelepon", False)
    assert person(world).asked_at == world.now


def test_the_counts_follow_and_the_file_is_open_again(world, batch):
    told(world, 1, Sms.FAILED)
    assert world.batches.chunk(batch.id, 1).sms.failed == 1

    ask(world)

    assert world.batches.chunk(batch.id, 1).sms.failed == 0
    assert world.batches.get(batch.id).reopened == 1
    assert batch.id in world.batches.unfinished()


@pytest.mark.parametrize("state", [Sms.PENDING, Sms.SENDING])
def test_a_message_on_its_way_is_not_ordered_again(world, batch, state):
    if state is Sms.SENDING:
        world.enrollments.claim_sms(PROGRAMME, a_nik(1), claim="claim", now=world.now)
    before = person(world)

    with pytest.raises(NotNow) as refused:
        ask(world)

    assert refused.value.code == "sms_on_its_way"
    assert person(world) == before
    assert not queued(world)


def test_one_order_a_day_counts_by_the_clocks_of_the_province(world, batch):
    world.now = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 23:30 in Makassar
    told(world, 1, Sms.FAILED)
    ask(world)
    told(world, 1, Sms.FAILED)
    world.now = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    with pytest.raises(NotNow) as refused:
        ask(world)
    assert refused.value.code == "asked_today"

    world.now = datetime(2026, 11, 22, 16, 1, tzinfo=UTC)  # the next day there

    assert ask(world).sms is Sms.PENDING


def test_an_order_whose_answer_was_lost_is_not_taken_for_an_earlier_one(world, batch):
    told(world, 1, Sms.FAILED)

    with interfered(world, "change_sms", after=lose_the_answer) as calls:
        answered = ask(world)

    assert len(calls) == 2
    assert answered.sms is Sms.PENDING
    assert len([event for event in person(world).sms_log if event.by]) == 1
    assert queued(world) == niks(1)


def test_a_receipt_that_comes_in_between_is_seen(world, batch):
    told(world, 1, Sms.SENT)

    def deliver():
        key = (a_nik(1), PROGRAMME)
        world.tables.people[key] = replace(person(world), sms=Sms.DELIVERED)

    with interfered(world, "change_sms", before=deliver) as calls:
        ask(world)

    assert [call[0][0].before.sms for call in calls] == [Sms.SENT, Sms.DELIVERED]
    assert person(world).sms is Sms.PENDING


def test_whoever_changes_all_the_time_is_left_for_later(world, batch):
    told(world, 1, Sms.FAILED)
    world.enrollments.change_sms = lambda _: False
    with pytest.raises(NotYet):
        ask(world)
    assert not queued(world)


def test_an_order_that_cannot_be_queued_stands(world, batch, caplog):
    told(world, 1, Sms.FAILED)

    def refuse(bodies, **_):
        raise Busy("throttled")

    world.sms_queue.send = refuse

    assert ask(world).sms is Sms.PENDING
    assert person(world).sms is Sms.PENDING
    assert batch.id in world.batches.unfinished()  # where the sweep finds it
    assert "left to the sweep" in caplog.text


def test_a_corrected_number_is_kept_and_told_of(world, batch):
    told(world, 1, Sms.FAILED, "unknown_recipient")

    answered = ask(world, phone="0813 1111 2222")

    assert answered.recipient.phone == "+6281311112222" == person(world).recipient.phone
    assert answered.sms_log[-1].phone_corrected


def test_the_same_number_in_other_words_is_no_correction(world, batch):
    told(world, 1, Sms.FAILED)
    assert not ask(world, phone="0812-0000-0001").sms_log[-1].phone_corrected


def test_whoever_had_no_number_gets_one(world, line):
    batch = world.take(world.put([line(1, phone="-")]))
    world.drive_chunks()
    assert person(world).sms is Sms.NOT_POSSIBLE
    with pytest.raises(CannotBeSent) as refused:
        ask(world)
    assert refused.value.code == "phone_missing"

    ask(world, phone="081200000001")

    assert (person(world).sms, person(world).recipient.phone) == (Sms.PENDING, PHONE)
    chunk = world.batches.chunk(batch.id, 1)
    assert (chunk.tally.not_possible, chunk.sms_pending) == (0, 1)


@pytest.mark.parametrize("phone", ["", "0431-851234", "0812", "+60123456789", "0812/0813"])
def test_a_number_that_is_none_is_refused(world, batch, phone):
    told(world, 1, Sms.FAILED)
    with pytest.raises(CannotBeSent) as refused:
        ask(world, phone=phone)
    assert refused.value.code == "phone_invalid"
    assert person(world).sms is Sms.FAILED


def test_a_foreign_number_is_taken_where_its_country_is_served(world, batch):
    told(world, 1, Sms.FAILED)
    served = replace(world.sending, countries=frozenset({"62", "60"}))
    assert ask(world, phone="+60 12-345 6789", sending=served).recipient.phone == "+60123456789"


def test_a_stored_number_of_a_country_that_is_not_served_any_more_is_refused(world, batch):
    told(world, 1, Sms.FAILED)
    with pytest.raises(CannotBeSent) as refused:
        ask(world, sending=replace(world.sending, countries=frozenset({"60"})))
    assert refused.value.code == "phone_invalid"


def test_whoever_opted_out_is_left_alone(world, batch):
    told(world, 1, Sms.FAILED, "opted_out")
    world.texter.opted_out.add(PHONE)
    with pytest.raises(NotNow) as refused:
        ask(world)
    assert refused.value.code == "opted_out"

    assert ask(world, phone="081311112222").sms is Sms.PENDING


def test_a_number_that_the_carrier_does_not_know_is_refused_and_changes_nothing(world, batch):
    told(world, 1, Sms.FAILED, "unreachable")

    def unknown(_):
        raise PublishRefused("invalid_number")

    world.texter.is_opted_out = unknown
    with pytest.raises(CannotBeSent) as refused:
        ask(world, phone="081311112222")
    assert refused.value.code == "phone_invalid"
    assert (person(world).sms, person(world).recipient.phone) == (Sms.FAILED, PHONE)


def test_nobody_is_asked_of_who_may_not_be_told_anyway(world, batch):
    asked = []
    world.texter.is_opted_out = asked.append
    with pytest.raises(NotNow):
        ask(world)
    assert not asked


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"nik": a_nik(99)}, NotEnrolled, "not_enrolled"),
        ({"programme": "sulut-2021"}, NotEnrolled, "not_enrolled"),
        ({"nik": "123"}, CannotBeSent, "nik_length"),
    ],
)
def test_whom_nobody_can_find_is_not_told(world, batch, changes, error, code):
    with pytest.raises(error) as refused:
        ask(world, **changes)
    assert refused.value.code == code
    assert refused.value.message


def test_without_a_programme_it_is_the_latest_cover(world, batch):
    told(world, 1, Sms.FAILED)
    earlier = replace(
        person(world),
        programme="sulut-2021",
        starts=person(world).starts.replace(year=2021),
        sms=Sms.DELIVERED,
    )
    world.tables.people[a_nik(1), "sulut-2021"] = earlier

    assert ask(world).programme == PROGRAMME
    assert world.enrollments.find("sulut-2021", a_nik(1)) == earlier


def test_no_refusal_tells_of_the_person(world, batch):
    told(world, 1, Sms.FAILED)
    for changes in ({"phone": "0431-851234"}, {"nik": a_nik(99)}, {"number": 2}):
        with pytest.raises(resend.ResendRefused) as refused:
            ask(world, **changes)
        told_of = f"{refused.value} {refused.value.message}"
        assert not any(secret in told_of for secret in (a_nik(99), a_nik(2), "851234"))


def test_only_chunks_with_failed_messages_get_a_job(world, batch):
    told(world, 6, Sms.FAILED)
    told(world, 1, Sms.SENT)

    (job,) = orders(world, batch)

    assert (job.batch, job.chunk, job.at) == (batch.id, 2, world.now)
    assert (job.by, job.reason) == ("petugas", "operator pulih")


def test_failed_messages_of_a_chunk_are_ordered_and_queued(world, batch):
    told(world, 1, Sms.FAILED, "unreachable")
    told(world, 2, Sms.DELIVERED)
    told(world, 3, Sms.FAILED, "carrier_failed")
    world.now += timedelta(hours=1)
    (job,) = orders(world, batch)

    assert order(world, job) == 2

    assert queued(world) == niks(1, 3)
    assert [person(world, n).sms for n in (1, 2, 3)] == [Sms.PENDING, Sms.DELIVERED, Sms.PENDING]
    assert person(world, 3).asked_at == job.at
    assert world.batches.chunk(batch.id, 1).sms.failed == 0


@pytest.mark.parametrize("reason", sorted(resend.NOT_AGAIN))
def test_whom_the_same_number_would_fail_again_is_left_out(world, batch, reason):
    told(world, 1, Sms.FAILED, reason)
    (job,) = orders(world, batch)
    assert order(world, job) == 0
    assert person(world).sms is Sms.FAILED
    assert not world.sms_queue.bodies


def test_whoever_was_sent_one_again_today_is_left_out(world, batch):
    told(world, 1, Sms.FAILED)
    ask(world)
    told(world, 1, Sms.FAILED)
    world.sms_queue.bodies.clear()
    world.now += timedelta(hours=1)

    assert order(world, *orders(world, batch)) == 0

    world.now += timedelta(days=1)
    assert order(world, *orders(world, batch)) == 1


def test_a_message_that_failed_after_the_order_is_not_meant(world, batch):
    told(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    world.now += timedelta(minutes=1)
    told(world, 2, Sms.FAILED)

    order(world, job)

    assert queued(world) == niks(1)


def test_a_repeated_job_only_queues_again_what_still_waits(world, batch):
    told(world, 1, Sms.FAILED)
    told(world, 2, Sms.FAILED)
    (job,) = orders(world, batch)
    order(world, job)
    before = person(world)
    told(world, 2, Sms.FAILED)
    world.sms_queue.bodies.clear()
    world.now += timedelta(days=3)

    assert order(world, job) == 1

    assert person(world) == before
    assert queued(world) == niks(1)
    assert person(world, 2).sms is Sms.FAILED


def test_an_order_is_known_again_by_a_time_finer_than_the_table_keeps(world, batch):
    told(world, 1, Sms.FAILED)
    world.now = world.now.replace(microsecond=123_456)
    (job,) = orders(world, batch)
    order(world, job)
    assert person(world).asked_at == world.now.replace(microsecond=123_000)
    assert order(world, job) == 1


def test_orders_of_many_go_out_in_groups(world, line, monkeypatch):
    monkeypatch.setattr(resend, "GROUP", 3)
    world.chunk_rows = 10
    batch = world.take(world.put([line(n) for n in range(1, 11)]))
    world.drive_chunks()
    world.sms_queue.bodies.clear()
    for n in range(1, 9):
        told(world, n, Sms.FAILED)
    (job,) = orders(world, batch)

    with interfered(world, "change_sms") as calls:
        assert order(world, job) == 8

    assert [len(call[0]) for call in calls] == [3, 3, 2]
    assert queued(world) == niks(*range(1, 9))


def test_the_groups_are_small_enough_for_a_transaction():
    assert resend.GROUP <= 90


def test_whoever_changed_meanwhile_is_left_out_and_the_others_are_not(world, batch):
    told(world, 1, Sms.FAILED)
    told(world, 2, Sms.FAILED)
    (job,) = orders(world, batch)

    def staff_were_quicker():
        real_queue, world.sms_queue = world.sms_queue, type(world.sms_queue)()
        ask(world, 1, reason="lebih dulu")
        world.sms_queue = real_queue

    def first(changes):
        world.enrollments.change_sms = real
        staff_were_quicker()
        return real(changes)

    real, world.enrollments.change_sms = world.enrollments.change_sms, first

    assert order(world, job) == 1
    assert queued(world) == niks(2)
    assert person(world, 1).sms_log[-1].reason == "lebih dulu"


def test_a_change_whose_answer_was_lost_is_queued(world, batch):
    told(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    with interfered(world, "change_sms", after=lose_the_answer):
        assert order(world, job) == 1
    assert queued(world) == niks(1)
    assert len([event for event in person(world).sms_log if event.by]) == 1


def test_a_run_that_died_before_it_queued_is_made_up_for(world, batch):
    told(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)

    def die(bodies, **_):
        raise SystemExit

    real, world.sms_queue.send = world.sms_queue.send, die
    with pytest.raises(SystemExit):
        order(world, job)
    world.sms_queue.send = real

    assert order(world, job) == 1
    assert queued(world) == niks(1)


def test_without_time_nothing_is_begun(world, batch):
    told(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    world.remaining = 10.0
    with pytest.raises(OutOfTime):
        order(world, job)
    assert person(world).sms is Sms.FAILED


def test_a_person_who_stands_in_another_file_now_is_not_meant(world, batch, line):
    told(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    world.enrollments.erase(person(world), Erasure(world.now, "admin", "permintaan"))
    world.take(world.put([line(1)], "incoming/008/BPUM/b.csv"))
    world.drive_chunks()
    told(world, 1, Sms.FAILED)
    assert person(world).bank == "008"
    world.now += timedelta(days=1)
    world.sms_queue.bodies.clear()

    assert order(world, job.model_copy(update={"at": world.now})) == 0
    assert person(world).sms is Sms.FAILED


@pytest.mark.parametrize(
    "changes", [{"batch": "0NB0DYS0"}, {"chunk": 3}], ids=["unknown file", "no such chunk"]
)
def test_a_job_of_nothing_is_set_aside(world, batch, changes):
    told(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    with pytest.raises(ObjectMalformed):
        order(world, job.model_copy(update=changes))


def test_rows_that_are_gone_are_told_of(world, batch):
    told(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    del world.objects.stored[work.rows_key(batch.id, 1)]
    with pytest.raises(ObjectMissing):
        order(world, job)
