"""The sweep for files whose messages are sent, and for reopened files."""

import json
from datetime import timedelta

from chalicelib.adapters.ports import SmsChange
from chalicelib.domain.jobs import SmsJob
from chalicelib.domain.person.enrollment import Erasure, MessageKind, Sms, SmsEvent
from tests.support.builders import a_nik, confirmation_of, replace

FIVE = timedelta(minutes=5)


def sweep_for(world, minutes: int):
    """Run the sweep every five minutes; nobody processes the jobs that it queues."""
    swept = world.sweep()
    for _ in range(minutes // 5):
        world.now += FIVE
        swept = world.sweep()
    return swept


def lose(queue) -> None:
    queue.bodies = []


def change(world, number: int, **changes) -> None:
    before = world.enrollments.find("sulut-2026", a_nik(number))
    assert world.enrollments.change_sms([SmsChange(before, replace(before, **changes))])


def receipt(world, number: int, state: Sms = Sms.DELIVERED) -> None:
    """Deliver the carrier's receipt for person `number`."""
    before = world.enrollments.find("sulut-2026", a_nik(number))
    log = (*before.sms_log, SmsEvent(world.now, state))
    change(world, number, sms=state, sms_at=world.now, sms_log=log)


def states_of(world, people: int) -> list[Sms]:
    found = (world.enrollments.find("sulut-2026", a_nik(n)) for n in range(1, people + 1))
    return [each.sms for each in found]


def test_a_lost_job_of_a_person_with_a_later_phone_number_is_found(world, line):
    world.run([line(1), line(2, phone="")])
    found = world.enrollments.find("sulut-2026", a_nik(2))
    corrected = replace(found.recipient, phone="+6281200000002")
    change(world, 2, recipient=corrected, sms=Sms.PENDING)

    assert world.sweep().unfinished == 1
    sweep_for(world, 10)
    world.drive()

    assert world.enrollments.find("sulut-2026", a_nik(2)).sms is Sms.SENT
    assert world.sweep().unfinished == 0


def sms_counts(world, batch) -> dict[str, int]:
    counts = json.loads(world.result(batch, "ringkasan.json"))["sms"]
    return {name: count for name, count in counts.items() if count}


def test_the_summary_follows_the_receipts(world, line):
    batch = world.run([line(1), line(2), line(3)])
    receipt(world, 1)
    sweep_for(world, 5)
    world.drive()
    assert sms_counts(world, batch) == {"sent": 2, "delivered": 1}

    receipt(world, 2, Sms.FAILED)
    receipt(world, 3)
    sweep_for(world, 5)
    world.drive()

    assert sms_counts(world, batch) == {"delivered": 2, "failed": 1}
    assert list(world.batches.awaiting_receipts()) == []


def test_without_new_receipts_no_report_is_queued(world, line):
    world.run([line(1)])
    sweep_for(world, 60)
    assert world.report_queue.bodies == []


def test_a_queued_report_gets_time_to_run(world, line):
    world.run([line(1), line(2)])
    receipt(world, 1)
    world.sweep()
    world.sweep()
    sweep_for(world, 5)
    assert len(world.report_queue.bodies) == 1
    lose(world.report_queue)
    sweep_for(world, 5)
    assert len(world.report_queue.bodies) == 1


def test_a_report_that_died_before_its_mark_is_queued_again(world, line):
    batch = world.run([line(1)])
    world.tables.files[batch.id] = replace(batch, watch=None)
    sweep_for(world, 5)
    assert len(world.report_queue.bodies) == 1


def test_a_message_without_a_receipt_for_three_days_is_unconfirmed(world, line):
    batch = world.run([line(n) for n in range(1, 10)])
    world.now += timedelta(hours=71)
    receipt(world, 1)
    assert world.sweep().unconfirmed == 0

    world.now += timedelta(hours=1)
    assert world.sweep().unconfirmed == 8
    world.drive()

    assert states_of(world, 9) == [Sms.DELIVERED] + [Sms.UNCONFIRMED] * 8
    found = world.enrollments.find("sulut-2026", a_nik(2))
    assert (found.sms_reason, found.sms_at) == ("no_receipt", world.now)
    assert found.sms_log[-1] == SmsEvent(world.now, Sms.UNCONFIRMED, "no_receipt")
    assert sms_counts(world, batch) == {"delivered": 1, "unconfirmed": 8}
    assert list(world.batches.awaiting_receipts()) == []


def test_a_later_message_is_awaited_longer(world, line):
    world.run([line(1), line(2)])
    key = (a_nik(2), "sulut-2026")
    later = world.now + timedelta(hours=1)
    world.tables.people[key] = replace(world.tables.people[key], sms_at=later)

    world.now += timedelta(hours=72)
    world.sweep()
    assert states_of(world, 2) == [Sms.UNCONFIRMED, Sms.SENT]
    world.drive()
    sweep_for(world, 15)
    assert len(list(world.batches.awaiting_receipts())) == 1

    world.now += timedelta(hours=1)
    world.sweep()
    assert states_of(world, 2) == [Sms.UNCONFIRMED, Sms.UNCONFIRMED]


def order_again(world, number: int) -> None:
    """Order a person's message again, as staff do."""
    found = world.enrollments.find("sulut-2026", a_nik(number))
    event = SmsEvent(world.now, Sms.PENDING, "ditelepon", "petugas")
    change(world, number, sms=Sms.PENDING, sms_at=world.now, sms_log=(*found.sms_log, event))
    job = SmsJob(batch=found.batch, programme="sulut-2026", chunk=1, niks=(a_nik(number),))
    world.sms_queue.send([job.model_dump_json()])


def test_a_resend_does_not_delay_the_other_messages(world, line):
    world.run([line(1), line(2), line(3)])
    for _ in range(3):
        world.now += timedelta(hours=25)
        order_again(world, 1)
        world.drive()
        world.sweep()
        world.drive()

    assert states_of(world, 3) == [Sms.SENT, Sms.UNCONFIRMED, Sms.UNCONFIRMED]
    assert len(list(world.batches.awaiting_receipts())) == 1

    world.now += timedelta(hours=72)
    world.sweep()
    world.drive()
    assert set(states_of(world, 3)) == {Sms.UNCONFIRMED}
    assert list(world.batches.awaiting_receipts()) == []


def test_a_message_expires_while_others_of_the_file_are_pending(world, line):
    batch = world.take(world.put([line(1), line(2), line(3), line(4)]))
    world.drive_chunks()
    (job,) = (SmsJob.model_validate_json(body) for body in world.sms_queue.bodies)
    world.sms_queue.bodies = [job.model_copy(update={"niks": job.niks[:2]}).model_dump_json()]
    world.drive()
    world.pause(batch.id)
    world.sweep()

    world.now += timedelta(hours=72)
    assert world.sweep().unconfirmed == 2
    assert states_of(world, 4) == [Sms.UNCONFIRMED] * 2 + [Sms.PENDING] * 2
    assert list(world.batches.unfinished()) == [batch.id]

    world.resume(batch.id)
    world.sms_queue.send([job.model_dump_json()])
    world.drive()
    world.now += timedelta(hours=71)
    assert world.sweep().unconfirmed == 0
    world.now += timedelta(hours=1)
    assert world.sweep().unconfirmed == 2


def test_people_are_read_only_when_a_receipt_may_be_overdue(world, line, monkeypatch):
    world.run([line(1), line(2)])
    world.now += timedelta(hours=71)
    order_again(world, 1)
    world.drive()
    world.now += timedelta(hours=2)
    world.sweep()
    assert states_of(world, 2) == [Sms.SENT, Sms.UNCONFIRMED]
    world.drive()

    read = []
    plain = world.enrollments.owners
    monkeypatch.setattr(
        world.enrollments, "owners", lambda *asked: read.append(asked) or plain(*asked)
    )
    sweep_for(world, 600)
    assert read == []


def test_expiry_continues_where_the_deadline_stopped_it(world, line, monkeypatch):
    world.run([line(n) for n in range(1, 10)])
    world.now += timedelta(hours=72)
    plain = world.enrollments.settle_sms

    def slow(change):
        world.remaining = 10.0
        return plain(change)

    monkeypatch.setattr(world.enrollments, "settle_sms", slow)
    assert world.sweep().unconfirmed == 4  # those of the first chunk
    world.remaining = 600.0
    assert world.sweep().unconfirmed == 4
    world.remaining = 600.0
    assert world.sweep().unconfirmed == 1
    assert set(states_of(world, 9)) == {Sms.UNCONFIRMED}


def test_a_run_that_died_before_it_counted_is_counted_by_the_next(world, line):
    batch = world.run([line(n) for n in range(1, 4)])
    world.now += timedelta(hours=72)
    person = world.enrollments.find("sulut-2026", a_nik(1))
    event = SmsEvent(world.now, Sms.UNCONFIRMED, "no_receipt")
    message = confirmation_of(person).after(event)
    after = person.with_message(MessageKind.ENROLLED, message)
    assert world.enrollments.settle_sms(SmsChange(person, after))
    assert world.batches.chunk(batch.id, 1).sms.unconfirmed == 0

    assert world.sweep().unconfirmed == 2

    assert world.batches.chunk(batch.id, 1).sms.unconfirmed == 3


def test_a_last_moment_receipt_counts_and_the_others_expire_later(world, line, monkeypatch):
    world.run([line(1), line(2)])
    world.now += timedelta(hours=72)
    plain = world.enrollments.settle_sms

    def overtaken(change):
        monkeypatch.setattr(world.enrollments, "settle_sms", plain)
        receipt(world, 1)
        return plain(change)

    monkeypatch.setattr(world.enrollments, "settle_sms", overtaken)
    assert world.sweep().unconfirmed == 1
    assert states_of(world, 2) == [Sms.DELIVERED, Sms.UNCONFIRMED]


def test_a_person_whom_another_file_enrolled_again_does_not_expire_in_the_first(world, line):
    world.run([line(1), line(2)])
    key = (a_nik(1), "sulut-2026")
    world.tables.people[key] = replace(world.tables.people[key], batch="AAAAAAAA")
    world.now += timedelta(hours=72)
    assert world.sweep().unconfirmed == 1
    assert states_of(world, 2) == [Sms.SENT, Sms.UNCONFIRMED]


def test_receipts_of_a_file_without_objects_do_not_expire_and_it_is_logged(world, line):
    batch = world.run([line(1), line(2)])
    for key in [key for key in world.objects.stored if key.startswith("work/")]:
        del world.objects.stored[key]
    world.now += timedelta(hours=72)

    swept = sweep_for(world, 30)

    assert (swept.stuck, swept.faulty, swept.unconfirmed) == (1, 0, 0)
    assert world.tables.files[batch.id].stuck.startswith("objects_missing")


def test_a_fault_in_the_receipts_of_one_file_does_not_block_the_others(world, line, monkeypatch):
    bad = world.run([line(1)])
    world.run([line(2)], "incoming/002/BPUM/b.csv")
    plain = world.batches.get

    def broken(batch):
        if batch == bad.id:
            raise KeyError("somebody's name")
        return plain(batch)

    monkeypatch.setattr(world.batches, "get", broken)
    world.now += timedelta(hours=72)
    swept = world.sweep()
    assert (swept.faulty, swept.unconfirmed) == (1, 1)


def test_a_person_who_was_erased_before_the_receipt_is_not_awaited(world, line):
    batch = world.run([line(1), line(2)])
    found = world.enrollments.find("sulut-2026", a_nik(1))
    world.enrollments.erase(found, Erasure(world.now, "dinas-1", "surat"))
    world.now += timedelta(hours=72)

    assert world.sweep().unconfirmed == 1
    world.drive()
    sweep_for(world, 5)

    assert list(world.batches.awaiting_receipts()) == []
    assert sms_counts(world, batch) == {"sent": 1, "unconfirmed": 1}
