import dataclasses
import json
from datetime import timedelta

import pytest

from chalicelib.domain.jobs import ChunkJob, ResendJob, SmsJob
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import (
    NotYet,
    OutOfTime,
    PublishAmbiguous,
    PublishPostponed,
    PublishRefused,
    PublishRejected,
)
from chalicelib.lambdas import resend as lambdas_resend
from chalicelib.pace import Pace
from chalicelib.steps.notify import CLAIM_GRACE
from tests.support.builders import a_nik, replace

PHONE = "+6281200000001"


@pytest.fixture
def job(world, line) -> SmsJob:
    """Two people enrolled, their messages still to be sent."""
    world.take(world.put([line(1), line(2)]))
    world.enroll(ChunkJob.model_validate_json(world.chunk_queue.bodies.pop()))
    return SmsJob.model_validate_json(world.sms_queue.bodies.pop())


def sms_of(world, number: int) -> Sms:
    return world.enrollments.find("sulut-2026", a_nik(number)).sms


def test_a_job_done_twice_sends_once(world, job):
    world.notify(job)
    world.notify(job)
    assert len(world.sms_sender.published) == 2


def test_a_refusal_is_final_and_keeps_its_reason(world, job):
    world.sms_sender.failing[PHONE] = PublishRefused("opted_out")
    world.notify(job)
    world.notify(job)

    found = world.enrollments.find("sulut-2026", a_nik(1))
    assert (found.sms, found.sms_reason) == (Sms.FAILED, "opted_out")
    assert sms_of(world, 2) is Sms.SENT


def test_a_message_without_an_answer_is_unknown_and_not_sent_again(world, job):
    world.sms_sender.failing[PHONE] = PublishAmbiguous("ReadTimeoutError")
    world.notify(job)
    world.sms_sender.failing.clear()
    world.notify(job)

    assert sms_of(world, 1) is Sms.UNKNOWN
    assert len(world.sms_sender.published) == 1


def test_a_carrier_that_does_not_answer_gets_a_break(world, job):
    world.sms_sender.failing[PHONE] = PublishAmbiguous("ReadTimeoutError")
    world.notify(job)

    (later,) = world.sms_queue.bodies
    assert SmsJob.model_validate_json(later).niks == (a_nik(2),)
    assert world.sms_queue.delays[-1] == timedelta(minutes=1)


def test_a_postponed_message_goes_back_as_its_own_job(world, job):
    world.sms_sender.failing[PHONE] = PublishPostponed("throttled")
    world.notify(job)

    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.PENDING, Sms.PENDING)
    assert world.sms_queue.bodies == [job.model_copy(update={"again": 1}).model_dump_json()]
    assert world.sms_queue.delays[-1] == timedelta(minutes=1)

    world.sms_sender.failing.clear()
    world.drive()

    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.SENT, Sms.SENT)


def test_only_the_rest_of_a_job_goes_back(world, job):
    world.sms_sender.failing["+6281200000002"] = PublishPostponed("throttled")
    world.notify(job)

    (later,) = world.sms_queue.bodies
    assert SmsJob.model_validate_json(later).niks == (a_nik(2),)
    assert sms_of(world, 1) is Sms.SENT


def test_in_a_sandbox_only_the_listed_numbers_get_messages(world, job):
    world.only_to = frozenset({"+6281200000002"})
    world.notify(job)

    assert [phone for phone, _ in world.sms_sender.published] == ["+6281200000002"]
    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.HELD, Sms.SENT)
    assert world.batches.chunk(job.batch, 1).sms.held == 1


def without_confirmations(world):
    """Let the programme send no message when a person is enrolled."""
    programmes = dict(world.agreements.programmes)
    quiet = programmes["sulut-2026"].model_copy(update={"messages": frozenset({"active"})})
    programmes["sulut-2026"] = quiet
    world.agreements = dataclasses.replace(world.agreements, programmes=programmes)


def test_a_kind_of_message_that_the_programme_does_not_send_is_held(world, job):
    without_confirmations(world)
    world.notify(job)

    assert world.sms_sender.published == []
    assert world.sms_queue.bodies == []
    held = world.enrollments.find("sulut-2026", a_nik(1))
    assert (held.sms, held.sms_reason) == (Sms.HELD, "kind_not_sent")
    assert world.batches.chunk(job.batch, 1).sms.held == 2


def test_an_order_of_staff_sends_no_kind_that_the_programme_does_not_send(world, job):
    world.sms_sender.failing[PHONE] = PublishRefused("carrier_failed")
    world.notify(job)
    assert sms_of(world, 1) is Sms.FAILED
    world.sms_sender.failing.clear()
    without_confirmations(world)
    order = ResendJob(batch=job.batch, chunk=1, by="petugas", reason="diminta", at=world.now)
    lambdas_resend.step(world.ports).run(order)
    world.drive()

    assert [phone for phone, _ in world.sms_sender.published] == ["+6281200000002"]
    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.HELD, Sms.SENT)


def test_such_messages_are_not_in_the_estimate(world, line):
    without_confirmations(world)
    batch = world.take(world.put([line(1), line(2)]))
    assert (batch.estimate.parts, batch.estimate.cost) == (0, 0)


def give_phone(world, phone: str) -> None:
    """Give person 1 a number that no row can contain."""
    key = (a_nik(1), "sulut-2026")
    stored = world.tables.people[key]
    changed = replace(stored.recipient, phone=phone)
    world.tables.people[key] = replace(stored, recipient=changed)


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("+12025550123", "country_not_served"),
        ("+6581234567", "country_not_served"),
        ("+62431862345", "no_mobile_number"),
        ("081200000001", "no_mobile_number"),
    ],
)
def test_only_mobile_numbers_of_served_countries_get_messages(world, job, phone, reason):
    give_phone(world, phone)

    world.notify(job)

    found = world.enrollments.find("sulut-2026", a_nik(1))
    assert (found.sms, found.sms_reason) == (Sms.FAILED, reason)
    assert phone not in [each for each, _ in world.sms_sender.published]


def test_a_number_of_another_served_country_gets_a_message(world, job):
    world.sending = replace(world.sending, countries=frozenset({"62", "65"}))
    give_phone(world, "+6581234567")
    world.notify(job)
    assert [phone for phone, _ in world.sms_sender.published] == ["+6581234567", "+6281200000002"]


def test_each_message_waits_for_its_turn(world, job):
    slept = []
    world.pace = Pace(10, clock=lambda: 0.0, sleep=slept.append)
    world.notify(job)
    assert slept == [pytest.approx(0.1)]


def test_a_claim_of_a_run_that_may_be_alive_is_not_changed(world, job):
    world.enrollments.claim_sms("sulut-2026", a_nik(1), claim="other", now=world.now)
    with pytest.raises(NotYet):
        world.notify(job)
    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.SENDING, Sms.SENT)


def test_a_claim_of_a_run_that_died_becomes_unknown(world, job):
    world.enrollments.claim_sms("sulut-2026", a_nik(1), claim="other", now=world.now)
    world.now += CLAIM_GRACE + timedelta(seconds=1)
    world.notify(job)

    assert sms_of(world, 1) is Sms.UNKNOWN
    assert world.batches.chunk(job.batch, 1).sms.unknown == 1
    assert [phone for phone, _ in world.sms_sender.published] != [PHONE]


def test_the_text_has_months_amount_and_reference(world, job):
    world.notify(job)
    _, text = world.sms_sender.published[0]
    assert all(each in text for each in ("3 bulan", "Rp33.600", f"{job.batch}-2"))


def test_the_report_is_written_again_when_the_last_message_is_settled(world, job):
    world.drive()  # the report; the messages are still to be sent
    batch = world.tables.files[job.batch]
    assert json.loads(world.result(batch, "ringkasan.json"))["sms"]["pending"] == 2

    world.notify(job)
    world.drive()

    assert json.loads(world.result(batch, "ringkasan.json"))["sms"]["sent"] == 2


def test_a_fault_of_ours_costs_tries_but_loses_no_person(world, job):
    world.sms_sender.failing[PHONE] = PublishRejected("AuthorizationError")
    with pytest.raises(PublishRejected):
        world.notify(job)
    # The others need not wait until it is repaired.
    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.PENDING, Sms.SENT)

    world.sms_sender.failing.clear()
    world.notify(job)

    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.SENT, Sms.SENT)


def test_a_message_whose_text_fails_stays_pending(world, job):
    known = world.agreements
    one = known.programmes["sulut-2026"].model_copy(update={"schemes": {}})
    world.agreements = replace(known, programmes={"sulut-2026": one})
    with pytest.raises(KeyError):
        world.notify(job)
    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.PENDING, Sms.PENDING)

    world.agreements = known
    world.notify(job)
    assert len(world.sms_sender.published) == 2


def test_no_message_is_started_shortly_before_the_deadline(world, job):
    world.remaining = 30.0
    with pytest.raises(OutOfTime):
        world.notify(job)
    assert sms_of(world, 1) is Sms.PENDING
