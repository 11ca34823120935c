from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.jobs import ResendJob, SingleSmsJob, SmsJob
from chalicelib.domain.person.enrollment import Erasure, Sms
from chalicelib.errors import (
    Busy,
    NotYet,
    ObjectMalformed,
    ObjectMissing,
    OutOfTime,
    PublishRefused,
    PublishRejected,
)
from chalicelib.lambdas import notify as lambdas_notify
from chalicelib.lambdas import resend as resend_lambda
from chalicelib.lambdas import sqs_batch
from chalicelib.steps import resend
from chalicelib.steps.resend import resend_jobs
from chalicelib.steps.sending.resend_person import (
    CannotBeSent,
    NotEnrolled,
    NotNow,
    ResendPerson,
    ResendRefused,
    ResendRequest,
)
from tests.support.builders import PROGRAMME, a_nik, confirmation_of, replace
from tests.support.counting import count_now

PHONE = "+6281200000001"


@pytest.fixture
def batch(world, line):
    """Return a file of seven people in two chunks, without messages and without jobs."""
    taken = world.take(world.put([line(n) for n in range(1, 8)]))
    world.drive_chunks()
    world.sms_queue.bodies.clear()
    world.report_queue.bodies.clear()
    return taken


def person(world, number: int = 1):
    return world.enrollments.find(PROGRAMME, a_nik(number))


def finish_sms(world, number: int, state: Sms, reason: str | None = None) -> None:
    """Send a person's message, and record this final state."""
    world.claims += 1
    claimed = world.enrollments.claim_sms(
        PROGRAMME, a_nik(number), claim=f"claim-{world.claims}", now=world.now
    )
    assert world.enrollments.record_sms(
        claimed, state, now=world.now, message_id=f"message-{world.claims}", reason=reason
    )
    count_now(world.enrollments, claimed)


def ask(world, number: int = 1, **changes):
    values = {"nik": a_nik(number), "reason": "ditelepon"} | changes
    sending = values.pop("sending", world.sending)
    ports = world.ports
    return ResendPerson(
        enrollments=ports.enrollments,
        opt_outs=ports.opt_outs,
        outbox=ports.outbox,
        agreements=ports.agreements,
        sending=sending,
        clock=ports.clock,
    ).run(ResendRequest(**values), by="petugas")


def order(world, job: ResendJob) -> int:
    return resend_lambda.step(world.ports).run(job)


def orders(world, batch) -> list[ResendJob]:
    chunks = world.batches.chunks(batch.id)
    return resend_jobs(batch.id, "petugas", "operator pulih", world.now, chunks)


def queued(world) -> list[str]:
    """Return the NIKs whose messages are queued, in queue order, single messages first."""
    bodies = (*world.single_sms_queue.bodies, *world.sms_queue.bodies)
    jobs = [sqs_batch.job_of((SmsJob, SingleSmsJob), body) for body in bodies]
    return [nik for job in jobs for nik in job.niks]


def niks(*numbers: int) -> list[str]:
    return [a_nik(number) for number in numbers]


@contextmanager
def interfered(world, method: str, before=None, after=None):
    """Run a hook before or after the first call of a method of the enrollments."""
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
def test_a_message_in_a_final_state_can_be_ordered_again(world, batch, state):
    finish_sms(world, 1, state)

    answered = ask(world)

    assert answered == person(world)
    assert answered.sms is Sms.PENDING
    assert (confirmation_of(answered).claim, confirmation_of(answered).id, answered.sms_reason) == (
        None,
        None,
        None,
    )
    assert queued(world) == niks(1)


def test_the_log_says_who_ordered_when_and_why(world, batch):
    finish_sms(world, 1, Sms.FAILED, "unreachable")
    world.now += timedelta(hours=1)

    event = ask(world).sms_log[-1]

    assert (event.at, event.state, event.by) == (world.now, Sms.PENDING, "petugas")
    assert (event.reason, event.phone_corrected) == ("ditelepon", False)
    assert confirmation_of(person(world)).ordered_at == world.now


def test_an_order_moves_the_counts_and_opens_the_file_again(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    assert world.batches.chunk(batch.id, 1).sms.failed == 1

    ask(world)

    assert world.batches.chunk(batch.id, 1).sms.failed == 0
    assert world.batches.get(batch.id).reopened == 1
    assert batch.id in world.batches.unfinished()


@pytest.mark.parametrize("state", [Sms.PENDING, Sms.SENDING])
def test_a_message_that_is_being_sent_is_not_ordered_again(world, batch, state):
    if state is Sms.SENDING:
        world.enrollments.claim_sms(PROGRAMME, a_nik(1), claim="claim", now=world.now)
    before = person(world)

    with pytest.raises(NotNow) as refused:
        ask(world)

    assert refused.value.code == "sms_on_its_way"
    assert person(world) == before
    assert not queued(world)


def test_one_order_a_day_in_the_time_zone_of_the_province(world, batch):
    world.now = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 23:30 in Makassar
    finish_sms(world, 1, Sms.FAILED)
    ask(world)
    finish_sms(world, 1, Sms.FAILED)
    world.now = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    with pytest.raises(NotNow) as refused:
        ask(world)
    assert refused.value.code == "asked_today"

    world.now = datetime(2026, 11, 22, 16, 1, tzinfo=UTC)  # the next day there

    assert ask(world).sms is Sms.PENDING


def test_a_wrong_number_may_be_corrected_once_more_that_day(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    ask(world, phone="0812-0000-0077")
    finish_sms(world, 1, Sms.FAILED)
    with pytest.raises(NotNow, match="asked_today"):
        ask(world, phone="+62 812 0000 0077")  # the same number

    assert ask(world, phone="0812-0000-0078").recipient.phone == "+6281200000078"

    finish_sms(world, 1, Sms.FAILED)
    with pytest.raises(NotNow, match="asked_today"):
        ask(world, phone="0812-0000-0079")


def test_an_order_whose_answer_was_lost_is_not_taken_for_an_earlier_one(world, batch):
    finish_sms(world, 1, Sms.FAILED)

    with interfered(world, "change_sms", after=lose_the_answer) as calls:
        answered = ask(world)

    assert len(calls) == 2
    assert answered.sms is Sms.PENDING
    assert len([event for event in person(world).sms_log if event.by]) == 1
    assert queued(world) == niks(1)


def test_a_receipt_that_comes_during_the_order_counts(world, batch):
    finish_sms(world, 1, Sms.SENT)

    def deliver():
        key = (a_nik(1), PROGRAMME)
        world.tables.people[key] = replace(person(world), sms=Sms.DELIVERED)

    with interfered(world, "change_sms", before=deliver) as calls:
        ask(world)

    assert [call[0][0].before.sms for call in calls] == [Sms.SENT, Sms.DELIVERED]
    assert person(world).sms is Sms.PENDING


def test_an_enrollment_that_changes_all_the_time_is_ordered_later(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    world.enrollments.change_sms = lambda _: False
    with pytest.raises(NotYet):
        ask(world)
    assert not queued(world)


def test_an_order_is_kept_if_it_cannot_be_queued(world, batch, caplog):
    finish_sms(world, 1, Sms.FAILED)

    def refuse(bodies, **_):
        raise Busy("throttled")

    world.single_sms_queue.send = refuse

    assert ask(world).sms is Sms.PENDING
    assert person(world).sms is Sms.PENDING
    assert batch.id in world.batches.unfinished()  # where the sweep finds it
    assert "left to the sweep" in caplog.text


def test_a_corrected_number_is_stored_and_logged(world, batch):
    finish_sms(world, 1, Sms.FAILED, "unknown_recipient")

    answered = ask(world, phone="0813 1111 2222")

    assert answered.recipient.phone == "+6281311112222" == person(world).recipient.phone
    assert answered.sms_log[-1].phone_corrected


def test_one_persons_message_does_not_wait_behind_those_of_files(world, batch):
    world.sms_queue.send(["the job of a file"])
    finish_sms(world, 1, Sms.FAILED)

    ask(world)

    assert world.sms_queue.bodies == ["the job of a file"]
    (body,) = world.single_sms_queue.bodies
    assert SingleSmsJob.model_validate_json(body).niks == (a_nik(1),)


def test_a_single_message_that_may_not_go_out_returns_to_its_own_queue(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    ask(world)
    world.pause()
    body = world.single_sms_queue.bodies.pop()

    world.notify(sqs_batch.job_of((SmsJob, SingleSmsJob), body))

    assert world.sms_queue.bodies == []
    (later,) = world.single_sms_queue.bodies
    assert SingleSmsJob.model_validate_json(later).again == 1

    world.resume()
    world.drive()
    assert person(world).sms is Sms.SENT


def test_single_messages_have_a_pace_of_their_own(world):
    assert lambdas_notify.step(world.ports).pace is world.pace
    assert lambdas_notify.step(world.ports, single=True).pace is world.single_pace


def test_the_same_number_in_another_spelling_is_no_correction(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    assert not ask(world, phone="0812-0000-0001").sms_log[-1].phone_corrected


def test_a_person_without_a_number_gets_one(world, line):
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
def test_an_invalid_number_is_refused(world, batch, phone):
    finish_sms(world, 1, Sms.FAILED)
    with pytest.raises(CannotBeSent) as refused:
        ask(world, phone=phone)
    assert refused.value.code == "phone_invalid"
    assert person(world).sms is Sms.FAILED


def test_a_foreign_number_of_a_served_country_is_accepted(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    served = replace(world.sending, countries=frozenset({"62", "60"}))
    assert ask(world, phone="+60 12-345 6789", sending=served).recipient.phone == "+60123456789"


def test_a_stored_number_of_a_country_that_is_not_served_any_more_is_refused(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    with pytest.raises(CannotBeSent) as refused:
        ask(world, sending=replace(world.sending, countries=frozenset({"60"})))
    assert refused.value.code == "phone_invalid"


def test_a_person_who_opted_out_gets_no_message(world, batch):
    finish_sms(world, 1, Sms.FAILED, "opted_out")
    world.sms_sender.opted_out.add(PHONE)
    with pytest.raises(NotNow) as refused:
        ask(world)
    assert refused.value.code == "opted_out"

    assert ask(world, phone="081311112222").sms is Sms.PENDING


def test_a_number_that_the_carrier_does_not_know_is_refused_and_changes_nothing(world, batch):
    finish_sms(world, 1, Sms.FAILED, "unreachable")

    def unknown(_):
        raise PublishRefused("invalid_number")

    world.sms_sender.is_opted_out = unknown
    with pytest.raises(CannotBeSent) as refused:
        ask(world, phone="081311112222")
    assert refused.value.code == "phone_invalid"
    assert (person(world).sms, person(world).recipient.phone) == (Sms.FAILED, PHONE)


def test_an_order_holds_if_the_look_at_the_opt_outs_is_not_permitted(world, batch, caplog):
    finish_sms(world, 1, Sms.FAILED, "unreachable")

    def not_permitted(_):
        raise PublishRejected("AuthorizationError")

    world.sms_sender.is_opted_out = not_permitted
    assert ask(world).sms is Sms.PENDING
    assert person(world).sms is Sms.PENDING
    assert "AuthorizationError" in caplog.text
    assert PHONE not in caplog.text


def test_the_opt_out_list_is_not_read_without_need(world, batch):
    asked = []
    world.sms_sender.is_opted_out = asked.append
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
def test_an_unknown_person_gets_no_message(world, batch, changes, error, code):
    with pytest.raises(error) as refused:
        ask(world, **changes)
    assert refused.value.code == code
    assert refused.value.message


def test_without_a_programme_it_is_the_latest_cover(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    earlier = replace(
        person(world),
        programme="sulut-2021",
        starts=person(world).starts.replace(year=2021),
        sms=Sms.DELIVERED,
    )
    world.tables.people[a_nik(1), "sulut-2021"] = earlier

    assert ask(world).programme == PROGRAMME
    assert world.enrollments.find("sulut-2021", a_nik(1)) == earlier


def test_no_refusal_shows_personal_data(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    for changes in ({"phone": "0431-851234"}, {"nik": a_nik(99)}, {"number": 2}):
        with pytest.raises(ResendRefused) as refused:
            ask(world, **changes)
        text = f"{refused.value} {refused.value.message}"
        assert not any(secret in text for secret in (a_nik(99), a_nik(2), "851234"))


def test_only_chunks_with_failed_messages_get_a_job(world, batch):
    finish_sms(world, 6, Sms.FAILED)
    finish_sms(world, 1, Sms.SENT)

    (job,) = orders(world, batch)

    assert (job.batch, job.chunk, job.at) == (batch.id, 2, world.now)
    assert (job.by, job.reason) == ("petugas", "operator pulih")


def test_failed_messages_of_a_chunk_are_ordered_and_queued(world, batch):
    finish_sms(world, 1, Sms.FAILED, "unreachable")
    finish_sms(world, 2, Sms.DELIVERED)
    finish_sms(world, 3, Sms.FAILED, "carrier_failed")
    world.now += timedelta(hours=1)
    (job,) = orders(world, batch)

    assert order(world, job) == 2

    assert queued(world) == niks(1, 3)
    assert [person(world, n).sms for n in (1, 2, 3)] == [Sms.PENDING, Sms.DELIVERED, Sms.PENDING]
    assert confirmation_of(person(world, 3)).ordered_at == job.at
    assert world.batches.chunk(batch.id, 1).sms.failed == 0


@pytest.mark.parametrize("reason", sorted(resend.NOT_AGAIN))
def test_a_number_that_would_fail_again_is_left_out(world, batch, reason):
    finish_sms(world, 1, Sms.FAILED, reason)
    (job,) = orders(world, batch)
    assert order(world, job) == 0
    assert person(world).sms is Sms.FAILED
    assert not world.sms_queue.bodies


def test_a_person_with_a_resend_today_is_left_out(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    ask(world)
    finish_sms(world, 1, Sms.FAILED)
    world.sms_queue.bodies.clear()
    world.now += timedelta(hours=1)

    assert order(world, *orders(world, batch)) == 0

    world.now += timedelta(days=1)
    assert order(world, *orders(world, batch)) == 1


def test_a_message_that_failed_after_the_order_is_left_out(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    world.now += timedelta(minutes=1)
    finish_sms(world, 2, Sms.FAILED)

    order(world, job)

    assert queued(world) == niks(1)


def test_a_repeated_job_queues_only_pending_messages(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    finish_sms(world, 2, Sms.FAILED)
    (job,) = orders(world, batch)
    order(world, job)
    before = person(world)
    finish_sms(world, 2, Sms.FAILED)
    world.sms_queue.bodies.clear()
    world.now += timedelta(days=3)

    assert order(world, job) == 1

    assert person(world) == before
    assert queued(world) == niks(1)
    assert person(world, 2).sms is Sms.FAILED


def test_an_order_is_recognised_although_the_table_rounds_its_time(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    world.now = world.now.replace(microsecond=123_456)
    (job,) = orders(world, batch)
    order(world, job)
    assert confirmation_of(person(world)).ordered_at == world.now.replace(microsecond=123_000)
    assert order(world, job) == 1


def test_orders_of_many_go_out_in_groups(world, line, monkeypatch):
    monkeypatch.setattr(resend, "CHANGES_PER_TRANSACTION", 3)
    world.chunk_rows = 10
    batch = world.take(world.put([line(n) for n in range(1, 11)]))
    world.drive_chunks()
    world.sms_queue.bodies.clear()
    for n in range(1, 9):
        finish_sms(world, n, Sms.FAILED)
    (job,) = orders(world, batch)

    with interfered(world, "change_sms") as calls:
        assert order(world, job) == 8

    assert [len(call[0]) for call in calls] == [3, 3, 2]
    assert queued(world) == niks(*range(1, 9))


def test_the_groups_are_small_enough_for_a_transaction():
    assert resend.CHANGES_PER_TRANSACTION <= 90


def test_a_person_who_changed_meanwhile_is_left_out_alone(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    finish_sms(world, 2, Sms.FAILED)
    (job,) = orders(world, batch)

    def staff_were_quicker():
        ask(world, 1, reason="lebih dulu")
        world.single_sms_queue.bodies.clear()

    def first(changes):
        world.enrollments.change_sms = real
        staff_were_quicker()
        return real(changes)

    real, world.enrollments.change_sms = world.enrollments.change_sms, first

    assert order(world, job) == 1
    assert queued(world) == niks(2)
    assert person(world, 1).sms_log[-1].reason == "lebih dulu"


def test_a_change_whose_answer_was_lost_is_queued(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    with interfered(world, "change_sms", after=lose_the_answer):
        assert order(world, job) == 1
    assert queued(world) == niks(1)
    assert len([event for event in person(world).sms_log if event.by]) == 1


def test_a_run_that_died_before_queueing_is_completed_later(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)

    def die(bodies, **_):
        raise SystemExit

    real, world.sms_queue.send = world.sms_queue.send, die
    with pytest.raises(SystemExit):
        order(world, job)
    world.sms_queue.send = real

    assert order(world, job) == 1
    assert queued(world) == niks(1)


def test_without_time_left_nothing_is_started(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    world.remaining = 10.0
    with pytest.raises(OutOfTime):
        order(world, job)
    assert person(world).sms is Sms.FAILED


def test_a_person_who_belongs_to_another_file_now_is_left_out(world, batch, line):
    finish_sms(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    world.enrollments.erase(person(world), Erasure(world.now, "admin", "permintaan"))
    world.take(world.put([line(1)], "incoming/008/BPUM/b.csv"))
    world.drive_chunks()
    finish_sms(world, 1, Sms.FAILED)
    assert person(world).bank == "008"
    world.now += timedelta(days=1)
    world.sms_queue.bodies.clear()

    assert order(world, job.model_copy(update={"at": world.now})) == 0
    assert person(world).sms is Sms.FAILED


@pytest.mark.parametrize(
    "changes", [{"batch": "0NB0DYS0"}, {"chunk": 3}], ids=["unknown file", "no such chunk"]
)
def test_a_job_without_content_is_set_aside(world, batch, changes):
    finish_sms(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    with pytest.raises(ObjectMalformed):
        order(world, job.model_copy(update=changes))


def test_missing_rows_are_reported(world, batch):
    finish_sms(world, 1, Sms.FAILED)
    (job,) = orders(world, batch)
    del world.objects.stored[bucket_keys.rows(batch.id, 1)]
    with pytest.raises(ObjectMissing):
        order(world, job)
