"""Files race for the people of one that makes no progress, on DynamoDB's own engine."""

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import BatchStatus, Watch
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.jobs import ChunkJob, ReportJob
from chalicelib.errors import NotYet
from tests.races.race import some
from tests.stateful.premiums import Premiums, premiums_in
from tests.support.world import a_line

PEOPLE = 120
CHUNK_ROWS = 40
PREMIUM = 33_600
ROUNDS = range(some(6))


@pytest.fixture
def contest(race):
    """Files in which most people are the same, in chunks that hold several transactions."""
    race.world.chunk_rows = CHUNK_ROWS
    return race


def take(race, name: str, people, own: int):
    """Take a file in; `own` is a person of this file alone, so that no two files are the same."""
    race.world.now += timedelta(minutes=1)
    lines = [a_line(n, phone="") for n in (*people, own)]
    return race.world.take(race.world.put(lines, f"incoming/002/BPUM/{name}.csv"))


def jobs(batch, chunks=None):
    return [ChunkJob(batch=batch.id, chunk=n) for n in chunks or range(1, batch.chunks + 1)]


def stalled(race, chunks):
    """Take a file in, apply these of its chunks, and let the sweep have tried to help it."""
    batch = take(race, "a", range(1, PEOPLE + 1), 901)
    for job in jobs(batch, chunks):
        race.world.enroll(job)
    race.batches.watch(batch.id, Watch("a mark", race.world.now, tries=1), stuck=None)
    return batch


def work(race, each_job):
    """Return what works off these jobs, as one worker does."""

    def run() -> None:
        for job in each_job:
            if isinstance(job, ReportJob):
                report(race, job)
            else:
                race.world.enroll(job)

    return run


def report(race, job) -> None:
    for _ in range(3):
        try:
            race.world.report(job)
        except NotYet:  # a chunk is open
            continue
        return


def check(race, *batches) -> None:
    """Report all files; each premium is in one result, and the counts are those of the people."""
    for batch in batches:
        race.world.report(ReportJob(batch=batch.id))
    people = race.people()
    owners = Counter(item["batch"]["S"] for item in people)
    owed: Premiums = Counter(("002", item["reference"]["S"], PREMIUM) for item in people)
    shown: Premiums = Counter()
    for batch in batches:
        assert race.batches.get(batch.id).status is BatchStatus.COMPLETED
        sums = Sums.of(race.batches.chunks(batch.id))
        tally = sums.tally
        assert (tally.accepted, sums.lost.accepted) == (owners[batch.id], 0)
        assert tally.rows + sums.lost.rows == batch.rows
        assert tally.premium_total == owners[batch.id] * PREMIUM
        assert tally.not_possible == owners[batch.id]
        hasil = race.world.objects.stored[bucket_keys.result("002", batch.id, "hasil.csv")]
        shown.update(premiums_in(hasil.decode("utf-8-sig"), "002"))
    assert shown == owed
    accounts = race.batches.totals("sulut-2026")
    assert sum(each.tally.accepted for each in accounts) == len(people)
    assert sum(each.tally.premium_total for each in accounts) == len(people) * PREMIUM


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_later_files_share_the_people_of_a_stalled_one(contest, _round):
    first = stalled(contest, [1, 2])
    second = take(contest, "b", range(1, PEOPLE + 1), 902)
    third = take(contest, "c", range(PEOPLE, 0, -1), 903)

    contest.at_once(
        [work(contest, jobs(each)) for each in (second, third) for _ in range(2)]  # twice, too
    )
    work(contest, jobs(first))()

    check(contest, first, second, third)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_takeover_meets_the_late_run_of_the_first_file(contest, _round):
    first = stalled(contest, [1])
    second = take(contest, "b", range(1, PEOPLE + 1), 902)

    late = [*jobs(first), ReportJob(batch=first.id)]
    contest.at_once([work(contest, jobs(second)), work(contest, late), work(contest, late)])

    check(contest, first, second)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_takeover_meets_the_report_of_the_first_file(contest, _round):
    first = stalled(contest, [1, 2, 3, 4])
    second = take(contest, "b", range(1, PEOPLE + 1), 902)

    contest.at_once(
        [
            work(contest, jobs(second)),
            work(contest, [ReportJob(batch=first.id)]),
            lambda: contest.batches.give_up(first.id, "report"),
        ]
    )

    check(contest, first, second)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_files_race_for_the_people_of_lost_rows(contest, _round):
    first = stalled(contest, [1, 2, 3, 4])
    del contest.world.objects.stored[bucket_keys.rows(first.id, 2)]
    contest.batches.give_up(first.id, "objects_missing")
    contest.world.report(ReportJob(batch=first.id))
    second = take(contest, "b", range(1, PEOPLE + 1), 902)
    third = take(contest, "c", range(PEOPLE, 0, -1), 903)

    contest.at_once([work(contest, jobs(each)) for each in (second, third)])

    owners = Counter(item["batch"]["S"] for item in contest.people())
    assert owners[first.id] == PEOPLE + 1 - CHUNK_ROWS
    check(contest, first, second, third)
