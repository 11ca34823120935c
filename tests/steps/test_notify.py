import json
from datetime import timedelta

import pytest
from builders import a_nik

from chalicelib.domain.enrollment import Sms
from chalicelib.domain.jobs import ChunkJob, SmsJob
from chalicelib.errors import NotYet, PublishAmbiguous, PublishPostponed, PublishRefused
from chalicelib.notify import CLAIM_GRACE

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
    assert len(world.texter.published) == 2


def test_a_refusal_is_final_and_keeps_its_reason(world, job):
    world.texter.failing[PHONE] = PublishRefused("opted_out")
    world.notify(job)
    world.notify(job)

    found = world.enrollments.find("sulut-2026", a_nik(1))
    assert (found.sms, found.sms_reason) == (Sms.FAILED, "opted_out")
    assert sms_of(world, 2) is Sms.SENT


def test_an_answer_that_never_came_is_unknown_and_not_sent_again(world, job):
    world.texter.failing[PHONE] = PublishAmbiguous("ReadTimeoutError")
    world.notify(job)
    world.texter.failing.clear()
    world.notify(job)

    assert sms_of(world, 1) is Sms.UNKNOWN
    assert len(world.texter.published) == 1


def test_what_the_carrier_did_not_take_is_sent_later(world, job):
    world.texter.failing[PHONE] = PublishPostponed("throttled")
    with pytest.raises(PublishPostponed):
        world.notify(job)
    assert sms_of(world, 1) is Sms.PENDING

    world.texter.failing.clear()
    world.notify(job)

    assert (sms_of(world, 1), sms_of(world, 2)) == (Sms.SENT, Sms.SENT)


def test_a_claim_of_a_run_that_may_still_live_is_left_alone(world, job):
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
    assert [phone for phone, _ in world.texter.published] != [PHONE]


def test_the_text_says_until_when_how_much_and_the_reference(world, job):
    world.notify(job)
    _, text = world.texter.published[0]
    assert all(each in text for each in ("21-02-2027", "Rp33.600", f"{job.batch}-2"))


def test_the_report_is_written_again_when_the_last_message_is_settled(world, job):
    world.drive()  # the report; the messages are still to be sent
    batch = world.tables.files[job.batch]
    assert json.loads(world.result(batch, "ringkasan.json"))["sms"]["pending"] == 2

    world.notify(job)
    world.drive()

    assert json.loads(world.result(batch, "ringkasan.json"))["sms"]["sent"] == 2
