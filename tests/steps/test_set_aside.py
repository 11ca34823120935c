"""What a job was about ends in a true state when its dead letter is set aside."""

import pytest

from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import ChunkJob, ReportJob, SmsJob
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import NotYet
from chalicelib.lambdas import enroll, intake, notify
from chalicelib.lambdas import report as report_lambda
from tests.support.world import World, a_line


@pytest.fixture
def world() -> World:
    return World()


def test_an_upload_is_refused_in_words_and_enrolls_nobody(world):
    upload = world.put([a_line(1)])
    batch = intake.step(world.ports).set_aside(upload)
    assert batch.status is BatchStatus.REFUSED
    assert [each.code for each in batch.errors] == ["file_set_aside"]
    assert world.take(upload).status is BatchStatus.REFUSED  # a late delivery changes nothing
    assert world.report_queue.bodies
    assert not world.tables.people


def test_an_upload_that_was_read_meanwhile_goes_on(world):
    upload = world.put([a_line(1)])
    batch = world.take(upload)
    assert intake.step(world.ports).set_aside(upload).status is BatchStatus.ENROLLING
    assert world.batches.get(batch.id).status is BatchStatus.ENROLLING


def test_a_chunk_gives_its_file_up_and_every_row_has_an_outcome(world):
    batch = world.take(world.put([a_line(n) for n in range(1, 9)]))
    world.enroll(ChunkJob(batch=batch.id, chunk=1))
    for _ in range(2):  # a repeated delivery changes nothing
        enroll.step(world.ports).set_aside(ChunkJob(batch=batch.id, chunk=2))
    found = world.batches.get(batch.id)
    assert found.given_up == "set_aside"
    chunks = world.batches.chunks(batch.id)
    assert all(each.done for each in chunks)
    assert sum(each.tally.rows for each in chunks) == batch.rows
    assert sum(each.tally.accepted for each in chunks) == len(world.tables.people) == 4
    world.report(ReportJob(batch=batch.id))
    assert world.batches.get(batch.id).status is BatchStatus.COMPLETED


def test_messages_are_held_and_nobody_gets_one(world):
    batch = world.take(world.put([a_line(1), a_line(2)]))
    world.enroll(ChunkJob(batch=batch.id, chunk=1))
    (job,) = map(SmsJob.model_validate_json, world.sms_queue.bodies)
    world.pause()  # a closed gate does not matter: nothing is sent
    for _ in range(2):
        notify.step(world.ports).run(job, claim="c", aside=True)
    people = world.tables.people.values()
    assert {(each.sms, each.sms_reason) for each in people} == {(Sms.HELD, "set_aside")}
    assert world.batches.chunk(batch.id, 1).sms.held == 2
    assert not world.sms_sender.published


def test_a_message_that_was_sent_stays_sent(world):
    batch = world.take(world.put([a_line(1)]))
    world.enroll(ChunkJob(batch=batch.id, chunk=1))
    (job,) = map(SmsJob.model_validate_json, world.sms_queue.bodies)
    world.notify(job)
    notify.step(world.ports).run(job, claim="c", aside=True)
    (person,) = world.tables.people.values()
    assert person.sms is Sms.SENT


def test_a_report_that_the_file_needs_cannot_be_set_aside(world):
    batch = world.take(world.put([a_line(1)]))
    world.enroll(ChunkJob(batch=batch.id, chunk=1))
    body = ReportJob(batch=batch.id).model_dump_json()
    with pytest.raises(NotYet, match="needs its results"):
        report_lambda._set_aside(body, world.ports)  # noqa: SLF001  # a function has no other door
    world.report(ReportJob(batch=batch.id))
    report_lambda._set_aside(body, world.ports)  # noqa: SLF001  # as above
