"""Dead letters are set aside while other workers do the same jobs, on DynamoDB's own engine."""

from collections import Counter

import pytest

from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.jobs import ChunkJob, ReportJob, SmsJob
from chalicelib.errors import NotYet
from chalicelib.lambdas import enroll, intake, notify
from tests.races.race import some
from tests.support.world import a_line

PEOPLE = some(396)
PREMIUM = 33_600
ROUNDS = range(some(6))


def taken(race):
    lines = [a_line(n) for n in range(1, PEOPLE + 1)]
    return race.world.take(race.world.put(lines, "incoming/002/BPUM/a.csv"))


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_chunk_that_is_set_aside_while_it_is_applied_counts_every_row_once(race, _round):
    batch = taken(race)
    jobs = [ChunkJob(batch=batch.id, chunk=n) for n in range(1, batch.chunks + 1)]

    def aside():
        enroll.step(race.world.ports).set_aside(jobs[0])

    race.at_once([*(lambda job=job: race.world.enroll(job) for job in jobs * 2), aside, aside])

    found = race.batches.get(batch.id)
    tally = Sums.of(race.batches.chunks(batch.id)).tally
    assert (found.given_up, found.chunks_done) == ("set_aside", found.chunks)
    assert (tally.rows, tally.accepted + tally.rejected) == (PEOPLE, PEOPLE)
    assert tally.accepted == len(race.people())
    assert tally.premium_total == PREMIUM * len(race.people())
    race.world.report(ReportJob(batch=batch.id))
    assert race.batches.get(batch.id).status is BatchStatus.COMPLETED
    rows = race.world.result(batch, "hasil.csv").splitlines()[1:]
    assert Counter("not_processed" in row for row in rows) == Counter(
        {False: tally.accepted, True: tally.rejected}
    ) - Counter({True: 0})


@pytest.mark.parametrize("_round", ROUNDS)
def test_each_message_is_sent_once_or_held(race, _round):
    batch = taken(race)
    for number in range(1, batch.chunks + 1):
        race.world.enroll(ChunkJob(batch=batch.id, chunk=number))
    jobs = [SmsJob.model_validate_json(body) for body in race.world.sms_queue.bodies]

    def work(sender, *, aside):
        for place, job in enumerate(jobs if sender % 2 else reversed(jobs)):
            claim = f"{sender}-{place}-{aside}"
            try:
                notify.step(race.world.ports).run(job, claim=claim, aside=aside)
            except NotYet:
                continue  # its queue delivers it again

    race.at_once(
        [lambda s=s, aside=aside: work(s, aside=aside) for s in (1, 2) for aside in (True, False)]
    )

    states = Counter(item["sms"]["S"] for item in race.people())
    assert set(states) <= {"sent", "held"}
    assert states.total() == PEOPLE
    assert race.carrier.published.total() == len(race.carrier.published) == states["sent"]
    counts = Sums.of(race.batches.chunks(batch.id)).sms_counts
    assert Counter({name: n for name, n in counts.items() if n}) == states


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_upload_that_is_set_aside_while_it_is_read_is_refused_or_goes_on(race, _round):
    upload = race.world.put([a_line(n) for n in range(1, PEOPLE + 1)], "incoming/002/BPUM/a.csv")

    def aside():
        intake.step(race.world.ports).set_aside(upload)

    def take():
        try:
            race.world.take(upload)
        except NotYet:
            return  # its queue delivers it again

    race.at_once([take, aside, take, aside])

    (file,) = race.files()
    queued = race.world.chunk_queue.bodies
    if file["status"]["S"] == "refused":
        assert queued == []
        assert race.world.report_queue.bodies
    else:
        assert file["status"]["S"] == "enrolling"
        assert {ChunkJob.model_validate_json(body).chunk for body in queued} == {1, 2}
    assert race.people() == []
