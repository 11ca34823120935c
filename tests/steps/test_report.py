import pytest

from chalicelib.domain.batch import BatchStatus
from chalicelib.domain.jobs import ChunkJob, ReportJob
from chalicelib.errors import ObjectMalformed
from chalicelib.files import work
from chalicelib.report import CountsDoNotClose


@pytest.fixture
def enrolled(world, line) -> ReportJob:
    """A file of three chunks, all closed, its report still to be written."""
    world.take(world.put([line(n) for n in range(1, 10)]))
    for body in world.chunk_queue.bodies:
        world.enroll(ChunkJob.model_validate_json(body))
    return ReportJob.model_validate_json(world.report_queue.bodies.pop())


def test_nothing_is_written_while_a_chunk_is_open(world, line):
    batch = world.take(world.put([line(n) for n in range(1, 10)]))
    world.enroll(ChunkJob(batch=batch.id, chunk=1))

    world.report(ReportJob(batch=batch.id))

    assert not any(key.startswith("results/") for key in world.objects.stored)
    assert world.tables.files[batch.id].status is BatchStatus.ENROLLING


def test_a_file_whose_counts_do_not_close_is_never_completed(world, enrolled):
    world.tables.progress[enrolled.batch, 2].tally.accepted -= 1
    with pytest.raises(CountsDoNotClose):
        world.report(enrolled)
    assert world.tables.files[enrolled.batch].status is BatchStatus.ENROLLING


def test_a_report_written_twice_is_the_same(world, enrolled):
    world.report(enrolled)
    before = dict(world.objects.stored)
    world.report(enrolled)
    assert world.objects.stored == before


def test_rows_stand_in_the_order_of_the_file(world, enrolled):
    world.report(enrolled)
    text = world.result(world.tables.files[enrolled.batch], "hasil.csv")
    assert [line.split(",")[4] for line in text.splitlines()[1:]] == [str(n) for n in range(2, 11)]


def test_outcomes_that_do_not_fit_their_rows_are_poison(world, enrolled):
    key = work.outcomes_key(enrolled.batch, 1)
    outcomes = work.decode_outcomes(world.objects.stored[key])
    world.objects.stored[key] = work.encode_outcomes(outcomes[1:])
    with pytest.raises(ObjectMalformed):
        world.report(enrolled)


def test_an_unknown_file_is_poison(world):
    with pytest.raises(ObjectMalformed):
        world.report(ReportJob(batch="AAAAAAAA"))
