from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.messages.sending import Window
from chalicelib.domain.person.enrollment import Sms
from tests.support.builders import a_nik, replace

FIVE = timedelta(minutes=5)


def sweep_for(world, minutes: int):
    """Run the sweep every five minutes; nobody processes the jobs that it queues."""
    swept = world.sweep()
    for _ in range(minutes // 5):
        world.now += FIVE
        swept = world.sweep()
    return swept


def lose(queue) -> list[str]:
    lost, queue.bodies = queue.bodies, []
    return lost


@pytest.fixture
def batch(world, line):
    """A file of three chunks, read, its chunk jobs waiting."""
    return world.take(world.put([line(n) for n in range(1, 10)]))


def test_a_finished_file_is_not_checked(world, line):
    world.run([line(1)])
    assert world.sweep().unfinished == 0


def test_a_refused_file_is_finished_once_it_is_reported(world):
    world.run([])
    assert world.sweep().unfinished == 0


def test_a_file_that_makes_progress_is_not_changed(world, batch):
    for body in lose(world.chunk_queue):
        sweep_for(world, 5)
        world.chunk_queue.bodies.append(body)
        world.drive_chunks()
    assert world.sweep().helped == 0


def test_lost_chunk_jobs_are_sent_again_and_only_those(world, batch):
    first, *lost = lose(world.chunk_queue)
    world.chunk_queue.bodies = [first]
    world.drive_chunks()

    swept = sweep_for(world, 10)

    assert swept.helped == 1
    assert world.chunk_queue.bodies == lost


def test_waiting_jobs_are_not_sent_again_for_hours(world, batch):
    before = list(world.chunk_queue.bodies)
    assert sweep_for(world, 60).helped == 0
    assert world.chunk_queue.bodies == before
    sweep_for(world, 5 * 60)
    assert len(world.chunk_queue.bodies) == 2 * len(before)


def test_an_intake_that_died_is_started_again(world, line, monkeypatch):
    upload = world.put([line(1)])
    with monkeypatch.context() as patch:
        patch.setattr(world.objects, "fetch", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            world.take(upload)

    sweep_for(world, 10)
    world.drive()

    assert [each.status for each in world.tables.files.values()] == [BatchStatus.COMPLETED]
    assert len(world.tables.files) == 1


def test_missing_outcomes_are_written_again(world, batch):
    world.drive_chunks()
    lose(world.report_queue)
    del world.objects.stored[bucket_keys.outcomes(batch.id, 2)]

    sweep_for(world, 10)
    world.drive()

    assert world.tables.files[batch.id].status is BatchStatus.COMPLETED
    assert len(world.sms_sender.published) == 9


def test_a_lost_report_is_queued_again(world, batch):
    world.drive_chunks()
    lose(world.report_queue)
    sweep_for(world, 10)
    assert len(world.report_queue.bodies) == 1


def test_lost_messages_are_sent_only_to_people_without_one(world, batch):
    world.drive_chunks()
    jobs = lose(world.sms_queue)
    world.sms_queue.bodies = jobs[:1]
    world.drive()
    notified = list(world.sms_sender.published)
    assert 0 < len(notified) < 9

    sweep_for(world, 10)
    world.drive()

    assert (
        len(world.sms_sender.published)
        == len({phone for phone, _ in world.sms_sender.published})
        == 9
    )
    assert world.sweep().unfinished == 0


def test_an_abandoned_claim_is_settled_as_unknown(world, batch):
    world.drive_chunks()
    lose(world.sms_queue)
    world.enrollments.claim_sms("sulut-2026", a_nik(1), claim="gone", now=world.now)
    world.drive()

    sweep_for(world, 10)
    world.drive()

    assert world.enrollments.find("sulut-2026", a_nik(1)).sms is Sms.UNKNOWN
    assert world.sweep().unfinished == 0


def test_after_bounded_tries_a_file_is_stuck_with_the_reason(world, batch):
    lose(world.chunk_queue)
    sends = 0
    for _ in range(40):
        world.now += FIVE
        world.sweep()
        sends += bool(lose(world.chunk_queue))

    stored = world.tables.files[batch.id]
    assert (stored.shown_status, stored.stuck) == (BatchStatus.STUCK, "chunks: 3")
    assert sends == 5
    assert world.sweep().stuck == 1


def test_a_stuck_file_continues_once_its_jobs_run(world, batch):
    jobs = lose(world.chunk_queue)
    for _ in range(40):
        world.now += FIVE
        world.sweep()
        lose(world.chunk_queue)

    world.chunk_queue.bodies = jobs
    world.drive()

    stored = world.tables.files[batch.id]
    assert stored.shown_status is BatchStatus.COMPLETED
    assert world.sweep().unfinished == 0


def test_a_stuck_file_whose_rows_are_gone_is_given_up(world, batch):
    lose(world.chunk_queue)
    for _ in range(40):
        world.now += FIVE
        world.sweep()
        lose(world.chunk_queue)
    for key in [key for key in world.objects.stored if "/rows/" in key]:
        del world.objects.stored[key]

    assert world.sweep().given_up == 1

    world.drive()
    stored = world.tables.files[batch.id]
    assert stored.given_up.startswith("objects_missing")
    assert stored.status is BatchStatus.COMPLETED
    assert world.sweep().unfinished == 0


def test_a_file_whose_objects_are_gone_is_stuck_and_says_so(world, batch):
    world.drive_chunks()
    lose(world.sms_queue)
    world.drive()
    for key in [key for key in world.objects.stored if key.startswith("work/")]:
        del world.objects.stored[key]

    sweep_for(world, 15)

    assert world.tables.files[batch.id].stuck.startswith("objects_missing")


def test_a_fault_of_one_file_does_not_block_the_others(world, line, monkeypatch):
    bad = world.take(world.put([line(1)]))
    good = world.take(world.put([line(2)], "incoming/002/BPUM/b.csv"))
    lose(world.chunk_queue)
    plain = world.batches.get

    def broken(batch):
        if batch == bad.id:
            raise KeyError("somebody's name")
        return plain(batch)

    monkeypatch.setattr(world.batches, "get", broken)
    swept = sweep_for(world, 15)

    assert swept.faulty == 1
    assert any(good.id in body for body in world.chunk_queue.bodies)


def test_no_expensive_read_happens_before_it_is_due(world, batch, monkeypatch):
    world.drive_chunks()
    world.report(ReportJob(batch=batch.id))
    reads = []
    plain = world.objects.read
    monkeypatch.setattr(world.objects, "read", lambda key: reads.append(key) or plain(key))

    sweep_for(world, 60)

    assert world.sms_queue.bodies
    assert reads == []


@pytest.fixture
def untold(world, batch):
    """The same file, completed, with all messages lost."""
    world.drive_chunks()
    lose(world.sms_queue)
    world.drive()
    return world.tables.files[batch.id]


@pytest.mark.parametrize("of_the_file", [True, False])
def test_while_the_gate_is_closed_a_file_that_only_lacks_messages_is_not_changed(
    world, untold, of_the_file
):
    world.pause(untold.id if of_the_file else None)
    swept = sweep_for(world, 12 * 60)
    assert (swept.helped, swept.stuck, world.sms_queue.bodies) == (0, 0, [])

    world.resume(untold.id if of_the_file else None)
    assert world.sweep().helped == 0  # its jobs may be on their way
    sweep_for(world, 10)
    assert world.tables.files[untold.id].watch.tries == 1
    world.drive()

    assert len(world.sms_sender.published) == 9


def test_while_a_message_waits_that_staff_ordered_the_sweep_queues_no_second(world, untold):
    world.single_sms_queue.send(["a single message"])
    assert sweep_for(world, 5 * 60).helped == 0
    assert world.sms_queue.bodies == []


def test_a_night_costs_no_tries(world, untold):
    world.sending = replace(
        world.sending, window=Window.parse("08:00-20:00", ZoneInfo("Asia/Makassar"))
    )
    sweep_for(world, 14)  # until the first try, at ten in the morning
    assert world.tables.files[untold.id].watch.tries == 1
    lose(world.sms_queue)
    world.now += timedelta(hours=10)
    sweep_for(world, 11 * 60)
    assert world.tables.files[untold.id].watch.tries == 1
    assert world.tables.files[untold.id].stuck is None


def test_the_pause_of_another_file_does_not_block_repair(world, untold):
    world.pause("AAAAAAAA")
    assert sweep_for(world, 10).helped == 1


def test_a_closed_gate_does_not_block_enrolling(world, batch):
    lose(world.chunk_queue)
    world.pause()
    assert sweep_for(world, 10).helped == 1
    assert len(world.chunk_queue.bodies) == 3
