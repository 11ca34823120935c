import itertools

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import ChunkJob, SmsJob
from chalicelib.errors import Busy, NotYet, ObjectMalformed, ObjectMissing, OutOfTime
from chalicelib.files import work
from chalicelib.kinds.recipients.rows import RecipientOutcome
from tests.support.builders import a_nik
from tests.support.fakes import MemoryEnrollments


class Died(BaseException):
    """The process died: nothing catches this."""


def jobs(world) -> list[ChunkJob]:
    return [ChunkJob.model_validate_json(body) for body in world.chunk_queue.bodies]


def niks_to_tell(world) -> list[str]:
    found = [SmsJob.model_validate_json(body).niks for body in world.sms_queue.bodies]
    return list(itertools.chain.from_iterable(found))


def test_no_transaction_has_more_than_98_people(world, line):
    world.chunk_rows = 1000
    world.take(world.put([line(n) for n in range(1, 251)]))
    world.enroll(jobs(world)[0])
    assert world.enrollments.commits == [98, 98, 54]


def test_rejected_rows_do_not_count_among_the_98(world, line):
    world.chunk_rows = 1000
    world.take(world.put([line(n, amount="x" if n % 2 else "1200000") for n in range(1, 197)]))
    world.enroll(jobs(world)[0])
    assert world.enrollments.commits == [98]


def test_enrolled_people_are_settled_and_the_rest_is_committed_again(world, line):
    world.chunk_rows = 100
    world.run([line(3), line(7)], "incoming/127/BPUM/first.csv")
    world.enrollments.commits.clear()

    world.take(world.put([line(n) for n in range(1, 11)]))
    world.enroll(jobs(world)[0])

    assert world.enrollments.commits == [10, 8]


@pytest.mark.parametrize("call", range(1, 9))
def test_a_chunk_that_died_anywhere_ends_the_same(world, line, call, monkeypatch):
    lines = [line(n) for n in range(1, 8)] + [line(2), line(9, amount="x")]
    world.chunk_rows = 100
    monkeypatch.setattr("chalicelib.kinds.recipients.applying.PEOPLE_PER_TRANSACTION", 3)
    world.take(world.put(lines))
    job = jobs(world)[0]
    calls = itertools.count(1)

    def dying(method):
        def counted(*args, **kwargs):
            if next(calls) == call:
                raise Died
            return method(*args, **kwargs)

        return counted

    with monkeypatch.context() as patch:
        for target, name in [
            (world.enrollments, "commit"),
            (world.objects, "write"),
            (world.sms_queue, "send"),
            (world.batches, "close_chunk"),
            (world.report_queue, "send"),
        ]:
            patch.setattr(target, name, dying(getattr(target, name)))
        died = False
        try:
            world.enroll(job)
        except Died:
            died = True
    assert died is (call <= 7)

    world.enroll(job)
    notified = set(niks_to_tell(world))
    world.drive()

    assert notified == {a_nik(n) for n in range(1, 8)}
    tally = world.tables.progress[job.batch, 1].tally
    assert (tally.accepted, tally.duplicate, tally.rejected) == (7, 1, 1)
    assert tally.premium_total == 7 * 33_600
    assert len(world.sms_sender.published) == 7
    assert world.tables.files[job.batch].status is BatchStatus.COMPLETED


def test_two_workers_on_one_chunk_count_each_row_once(world, line, monkeypatch):
    world.chunk_rows = 100
    monkeypatch.setattr("chalicelib.kinds.recipients.applying.PEOPLE_PER_TRANSACTION", 2)
    world.take(world.put([line(n) for n in range(1, 10)]))
    job = jobs(world)[0]
    plain, inside = MemoryEnrollments.commit, []

    def interrupted(self, group, checkpoint):
        if not inside:
            inside.append(True)
            world.enroll(job)  # another worker does all of it just before this commit
        return plain(self, group, checkpoint)

    monkeypatch.setattr(MemoryEnrollments, "commit", interrupted)
    world.enroll(job)

    progress = world.tables.progress[job.batch, 1]
    assert (progress.tally.accepted, progress.done) == (9, True)
    outcomes = work.decode_outcomes(
        world.objects.stored[bucket_keys.outcomes(job.batch, 1)], RecipientOutcome
    )
    assert [outcome.disposition.value for outcome in outcomes] == ["accepted"] * 9


def test_a_chunk_goes_on_where_another_worker_died(world, line, monkeypatch):
    world.chunk_rows = 100
    monkeypatch.setattr("chalicelib.kinds.recipients.applying.PEOPLE_PER_TRANSACTION", 2)
    world.take(world.put([line(n) for n in range(1, 10)]))
    job = jobs(world)[0]
    plain, calls = MemoryEnrollments.commit, itertools.count(1)

    def interrupted(self, group, checkpoint):
        call = next(calls)
        if call == 1:
            with pytest.raises(Died):
                world.enroll(job)  # another worker enrolls the first four just before this commit
        elif call == 4:
            raise Died
        return plain(self, group, checkpoint)

    monkeypatch.setattr(MemoryEnrollments, "commit", interrupted)
    world.enroll(job)

    # Two groups by the other worker, the refused first one of this worker, and the rest.
    assert world.enrollments.commits == [2, 2, 2, 2, 2, 1]
    assert [person.row for person in world.tables.people.values()] == list(range(2, 11))
    progress = world.tables.progress[job.batch, 1]
    assert (progress.tally.accepted, progress.next, progress.done) == (9, 9, True)
    assert sorted(niks_to_tell(world)) == sorted(a_nik(n) for n in range(1, 10))


def test_contention_is_waited_for(world, line, monkeypatch):
    world.take(world.put([line(1)]))
    plain, tries = MemoryEnrollments.commit, itertools.count()

    def contended(self, group, checkpoint):
        if next(tries) < 3:
            raise Busy("TransactionConflict")
        return plain(self, group, checkpoint)

    monkeypatch.setattr(MemoryEnrollments, "commit", contended)
    world.enroll(jobs(world)[0])

    assert len(world.tables.people) == 1


def test_after_contention_until_the_deadline_the_job_goes_back(world, line, monkeypatch):
    world.take(world.put([line(1)]))

    def contended(*_):
        raise Busy("TransactionConflict")

    monkeypatch.setattr(MemoryEnrollments, "commit", contended)
    with pytest.raises(Busy):
        world.enroll(jobs(world)[0])
    assert world.remaining > 9  # the reserve was not used


def test_a_job_goes_back_to_the_queue_before_the_deadline(world, line):
    world.take(world.put([line(1)]))
    world.remaining = 5.0
    with pytest.raises(OutOfTime):
        world.enroll(jobs(world)[0])


def test_a_chunk_of_a_file_that_was_not_read_in_full_waits(world):
    with pytest.raises(NotYet):
        world.enroll(ChunkJob(batch="AAAAAAAA", chunk=1))


def test_a_chunk_that_the_file_does_not_have_is_poison(world, line):
    batch = world.take(world.put([line(1)]))
    with pytest.raises(ObjectMalformed):
        world.enroll(ChunkJob(batch=batch.id, chunk=2))


def test_rows_that_vanished_or_do_not_parse_are_poison(world, line):
    batch = world.take(world.put([line(1)]))
    key = bucket_keys.rows(batch.id, 1)
    world.objects.stored[key] = b"no gzip"
    with pytest.raises(ObjectMalformed):
        world.enroll(jobs(world)[0])
    del world.objects.stored[key]
    with pytest.raises(ObjectMissing):
        world.enroll(jobs(world)[0])


def test_a_closed_chunk_queues_a_lost_report_again(world, line):
    world.take(world.put([line(1)]))
    job = jobs(world)[0]
    world.enroll(job)
    world.report_queue.bodies.clear()

    world.enroll(job)

    assert len(world.report_queue.bodies) == 1


def test_jobs_of_messages_carry_at_most_25_people(world, line):
    world.chunk_rows = 100
    world.take(world.put([line(n) for n in range(1, 61)]))
    world.enroll(jobs(world)[0])
    sizes = [len(SmsJob.model_validate_json(body).niks) for body in world.sms_queue.bodies]
    assert sizes == [25, 25, 10]


def test_people_erased_between_counting_and_writing_are_settled_as_they_were_counted(world, line):
    world.run([line(1), line(2)], "incoming/002/BPUM/first.csv")
    world.chunk_rows = 100
    batch = world.take(world.put([line(1), line(2, name="Budi Lain Sekali"), line(3)]))
    job = jobs(world)[-1]
    plain = world.objects.write

    def dying(key, body, *, content_type):
        raise Died

    world.objects.write = dying
    with pytest.raises(Died):
        world.enroll(job)
    world.objects.write = plain
    for number in (1, 2):
        world.tables.people.pop((a_nik(number), "sulut-2026"))

    world.enroll(job)
    world.drive()

    tally = world.tables.progress[batch.id, 1].tally
    outcomes = work.decode_outcomes(
        world.objects.stored[bucket_keys.outcomes(batch.id, 1)], RecipientOutcome
    )
    assert sorted(each.disposition.value for each in outcomes) == [
        "accepted", "conflict", "duplicate",
    ]  # fmt: skip
    assert (tally.accepted, tally.duplicate, tally.conflict) == (1, 1, 1)
    assert world.tables.files[batch.id].status is BatchStatus.COMPLETED
