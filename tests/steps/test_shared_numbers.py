"""One phone number for many people: their messages do not all go there."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.domain.jobs import SmsJob
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import Busy, OutOfTime
from chalicelib.steps.sending.resend_person import ResendPerson, ResendRequest
from tests.support.builders import a_nik, replace

NUMBER = "081299999999"


def states(world) -> Counter:
    return Counter(each.sms for each in world.tables.people.values())


def test_at_most_three_people_of_a_file_get_a_message_to_one_number(world, line):
    batch = world.run([line(n, phone=NUMBER) for n in range(1, 41)])

    assert len(world.sms_sender.published) == 3
    assert states(world) == {Sms.SENT: 3, Sms.HELD: 37}
    summary = json.loads(world.result(batch, "ringkasan.json"))
    assert (summary["accepted"], summary["warnings"]) == (40, 37)
    assert summary["codes"] == {"phone_shared": 37}
    assert (summary["sms"]["sent"], summary["sms"]["held"], summary["sms"]["pending"]) == (3, 37, 0)
    assert summary["sms_estimate"]["parts"] == 3
    held = world.enrollments.find("sulut-2026", a_nik(40))
    assert (held.held, held.sms_reason) == (True, "number_shared")


@pytest.mark.parametrize(("most", "sent"), [(1, 1), (5, 5), (0, 9)])
def test_the_limit_is_a_setting(world, line, most, sent):
    world.sending = replace(world.sending, people_a_number=most)
    world.run([line(n, phone=NUMBER) for n in range(1, 10)])
    assert len(world.sms_sender.published) == sent


def test_other_numbers_are_not_held(world, line):
    world.run([*(line(n, phone=NUMBER) for n in range(1, 6)), *(line(n) for n in range(6, 12))])
    assert states(world) == {Sms.SENT: 9, Sms.HELD: 2}


def test_staff_release_a_held_message(world, line):
    world.run([line(n, phone=NUMBER) for n in range(1, 6)])
    resend = ResendPerson(
        enrollments=world.enrollments,
        opt_outs=world.opt_outs,
        outbox=world.outbox,
        agreements=world.agreements,
        sending=world.sending,
        clock=world.clock,
    )
    world.now += timedelta(hours=1)
    resend.run(ResendRequest(nik=a_nik(5), reason="nomor keluarga"), by="dinas-1")
    world.drive()

    assert world.enrollments.find("sulut-2026", a_nik(5)).sms is Sms.SENT
    assert states(world) == {Sms.SENT: 4, Sms.HELD: 1}


def test_at_most_three_people_of_a_day_get_a_message_to_one_number(world, line):
    for file in range(10):
        world.run([line(file + 1, phone=NUMBER)], f"incoming/002/BPUM/{file}.csv")
    assert len(world.sms_sender.published) == 3
    assert states(world) == {Sms.SENT: 3, Sms.HELD: 7}
    assert {each.sms_reason for each in world.tables.people.values()} == {None, "number_shared"}

    world.now += timedelta(days=1)
    world.run([line(20, phone=NUMBER)], "incoming/002/BPUM/besok.csv")
    assert len(world.sms_sender.published) == 4


def test_a_fault_while_a_number_is_checked_loses_no_message(world, line, monkeypatch):
    world.take(world.put([line(1), line(2)]))
    world.drive_chunks()
    (job,) = [SmsJob.model_validate_json(each) for each in world.sms_queue.bodies]

    def busy(*_args, **_kwargs):
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(world.gates, "admit", busy)
        with pytest.raises(OutOfTime):
            world.notify(job)
    assert states(world) == {Sms.PENDING: 2}
    world.remaining = 600
    world.drive()
    assert states(world) == {Sms.SENT: 2}
