"""Messages of other kinds than confirmations: their receipts, orders of staff, and reports."""

import json
from datetime import timedelta

import pytest

from chalicelib.domain.jobs import SingleSmsJob, SmsJob, sms_jobs
from chalicelib.domain.person.enrollment import Message, MessageKind, Sms, SmsEvent
from chalicelib.lambdas import resend as resend_lambda
from chalicelib.lambdas import sqs_batch
from chalicelib.steps.resend import resend_jobs
from chalicelib.steps.sending.resend_person import NotNow, ResendPerson, ResendRequest
from tests.support.builders import PROGRAMME, a_nik, replace
from tests.support.counting import count_now

KIND = MessageKind.ACTIVE


@pytest.fixture
def batch(world, line):
    """Return a completed file of three people, who all have their confirmation."""
    return world.run([line(n) for n in range(1, 4)])


def person(world, number: int = 1):
    return world.enrollments.find(PROGRAMME, a_nik(number))


def give(world, number: int, state: Sms, *, reason: str | None = None) -> None:
    """Give a person a counted message of the other kind."""
    log = () if state is Sms.PENDING else (SmsEvent(world.now, state, reason),)
    message = Message(state, at=world.now, id=f"m-{number}", reason=reason, log=log)
    found = person(world, number).with_message(KIND, message)
    world.tables.people[a_nik(number), PROGRAMME] = found
    count_now(world.enrollments, found, kind=KIND)


def counted(world, batch) -> dict[str, int]:
    (chunk,) = world.batches.chunks(batch.id)
    return {state.value: n for state, n in chunk.others.get(KIND, {}).items() if n}


def in_summary(world, batch) -> dict[str, dict[str, int]]:
    return json.loads(world.result(batch, "ringkasan.json"))["other_messages"]


def test_a_message_without_a_receipt_for_three_days_is_unconfirmed(world, batch):
    give(world, 1, Sms.SENT)
    world.now += timedelta(days=3)
    give(world, 2, Sms.SENT)
    # Of the three confirmations and the two other messages, one is not late.
    assert world.sweep().unconfirmed == 4
    assert counted(world, batch) == {"unconfirmed": 1, "sent": 1}
    assert person(world, 1).messages[KIND].state is Sms.UNCONFIRMED
    world.now += timedelta(days=3)
    assert world.sweep().unconfirmed == 1
    assert counted(world, batch) == {"unconfirmed": 2}


def test_the_summary_has_the_other_kinds_and_follows_them(world, batch):
    assert in_summary(world, batch) == {}
    give(world, 1, Sms.SENT)
    world.now += timedelta(minutes=30)
    world.sweep()
    world.drive()
    assert in_summary(world, batch) == {"active": {"sent": 1}}
    world.now += timedelta(days=4)
    world.sweep()
    world.drive()
    assert in_summary(world, batch) == {"active": {"unconfirmed": 1}}


def test_a_job_that_ends_while_other_kinds_wait_asks_for_no_report(world, batch):
    give(world, 1, Sms.PENDING)
    give(world, 2, Sms.PENDING)
    for number in (1, 2):
        (job,) = sms_jobs(batch.id, PROGRAMME, 1, [a_nik(number)], KIND)
        assert world.report_queue.bodies == []
        world.notify(job)
    assert len(world.report_queue.bodies) == 1
    assert counted(world, batch) == {"sent": 2}


def order(world, number: int = 1):
    ports = world.ports
    step = ResendPerson(
        enrollments=ports.enrollments,
        opt_outs=ports.opt_outs,
        outbox=ports.outbox,
        agreements=ports.agreements,
        sending=world.sending,
        clock=ports.clock,
    )
    return step.run(ResendRequest(nik=a_nik(number), kind=KIND, reason="diminta"), by="petugas")


def queued(world) -> list[tuple[MessageKind, str]]:
    bodies = (*world.single_sms_queue.bodies, *world.sms_queue.bodies)
    jobs = [sqs_batch.job_of((SmsJob, SingleSmsJob), body) for body in bodies]
    return [(job.kind, nik) for job in jobs for nik in job.niks]


def test_staff_order_a_message_of_another_kind_and_its_confirmation_stays(world, batch):
    give(world, 1, Sms.FAILED, reason="unreachable")
    before = person(world).messages[MessageKind.ENROLLED]
    order(world)
    assert person(world).messages[KIND].state is Sms.PENDING
    assert person(world).messages[MessageKind.ENROLLED] == before
    assert queued(world) == [(KIND, a_nik(1))]
    with pytest.raises(NotNow) as refused:
        order(world)
    assert refused.value.code == "sms_on_its_way"
    world.drive()
    assert person(world).messages[KIND].state is Sms.SENT
    assert counted(world, batch) == {"sent": 1}


def test_a_kind_that_the_programme_does_not_send_cannot_be_ordered(world, batch):
    give(world, 1, Sms.HELD, reason="kind_not_sent")
    programme = world.agreements.programmes[PROGRAMME]
    programme = programme.model_copy(update={"messages": frozenset()})
    world.agreements = replace(
        world.agreements, programmes={**world.agreements.programmes, PROGRAMME: programme}
    )
    with pytest.raises(NotNow) as refused:
        order(world)
    assert refused.value.code == "kind_not_sent"
    assert person(world).messages[KIND].state is Sms.HELD


@pytest.mark.usefixtures("batch")
def test_a_message_that_was_never_made_cannot_be_ordered(world):
    with pytest.raises(NotNow) as refused:
        order(world)
    assert refused.value.code == "sms_not_made"


def test_the_failed_messages_of_a_file_are_ordered_kind_by_kind(world, batch):
    give(world, 1, Sms.FAILED, reason="unreachable")
    give(world, 2, Sms.SENT)
    give(world, 3, Sms.FAILED, reason="opted_out")
    chunks = world.batches.chunks(batch.id)
    (job,) = resend_jobs(batch.id, "petugas", "operator pulih", world.now, chunks)
    assert job.kind is KIND
    assert resend_lambda.step(world.ports).run(job) == 1
    assert queued(world) == [(KIND, a_nik(1))]
    # A repeated order only queues what it has already changed.
    assert resend_lambda.step(world.ports).run(job) == 1
    assert counted(world, batch) == {"pending": 1, "sent": 1, "failed": 1}
