"""Many concurrent calls for one thing, on DynamoDB's own engine: each thing happens once."""

import random
from collections import Counter

import pytest

from chalicelib.adapters.ports import AlreadyEnrolled, Checkpoint, Committed
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.jobs import ChunkJob, ReportJob, SmsJob
from chalicelib.errors import NotYet
from chalicelib.steps import intake
from tests.races.race import some
from tests.support.builders import a_batch, a_nik, a_recipient, an_account, an_enrollment
from tests.support.world import a_line

PREMIUM = 33_600
PROGRAMME = "sulut-2026"


def enrolled_at_once(race, batch_count, lines, *, workers):
    """Process a file of each of so many banks; so many workers take every chunk at once."""
    banks = ("002", "008")[:batch_count]
    batches = [
        race.world.take(race.world.put(lines, f"incoming/{bank}/BPUM/a.csv")) for bank in banks
    ]
    jobs = [
        ChunkJob(batch=batch.id, chunk=number)
        for batch in batches
        for number in range(1, batch.chunks + 1)
        for _ in range(workers)
    ]
    race.at_once([lambda job=job: race.world.enroll(job) for job in jobs])
    return [race.batches.get(batch.id) for batch in batches]


def sums_of(race, batch):
    return Sums.of(race.batches.chunks(batch.id)).tally


def test_workers_on_one_chunk_count_every_row_once(race):
    people, again = some(400), some(100)
    lines = [a_line(n) for n in range(1, people + 1)]
    (batch,) = enrolled_at_once(race, 1, [*lines, *lines[:again]], workers=4)

    tally = sums_of(race, batch)
    assert (tally.accepted, tally.duplicate, tally.rows) == (people, again, people + again)
    assert tally.premium_total == people * PREMIUM
    assert len(race.people()) == people
    assert batch.chunks_done == batch.chunks == 3


def test_two_banks_with_the_same_people_enroll_each_of_them_once(race):
    people = some(1_000)
    batches = enrolled_at_once(race, 2, [a_line(n) for n in range(1, people + 1)], workers=2)

    tallies = [sums_of(race, batch) for batch in batches]
    owners = Counter(item["batch"]["S"] for item in race.people())
    assert sum(owners.values()) == people
    for batch, tally in zip(batches, tallies, strict=True):
        assert tally.rows == people
        assert tally.accepted == owners[batch.id]
        assert tally.duplicate == people - tally.accepted
        assert tally.premium_total == tally.accepted * PREMIUM
        race.world.report(ReportJob(batch=batch.id))
        assert race.batches.get(batch.id).status is BatchStatus.COMPLETED


def test_one_of_many_concurrent_enrollments_of_a_person_wins(race):
    people, bidders, threads = some(300), 8, 16
    lots = [(number, bidder) for number in range(1, people + 1) for bidder in range(bidders)]
    random.Random(1).shuffle(lots)  # noqa: S311  # the same order in every run

    def bid(thread):
        won = []
        for place, (number, bidder) in enumerate(lots[thread::threads]):
            bank = f"{bidder:03d}"
            enrollment = an_enrollment(number, recipient=a_recipient(number), bank=bank)
            checkpoint = Checkpoint(
                f"7K3M9Q{thread:02d}",
                place + 1,
                0,
                1,
                Tally(accepted=1, premium_total=PREMIUM),
                an_account(enrollment),
            )
            result = race.world.deadline.patiently(
                lambda e=enrollment, c=checkpoint: race.enrollments.commit([e], c)
            )
            if isinstance(result, Committed):
                won.append((number, bank))
            else:
                assert isinstance(result, AlreadyEnrolled)
        return won

    wins = race.at_once([lambda thread=thread: bid(thread) for thread in range(threads)])

    winners = dict(win for won in wins for win in won)
    assert sum(len(won) for won in wins) == len(winners) == people
    assert {a_nik(n): bank for n, bank in winners.items()} == {
        item["nik"]["S"]: item["bank"]["S"] for item in race.people()
    }


def test_many_senders_of_the_same_jobs_publish_each_message_once(race):
    people, senders = some(200), 6
    (batch,) = enrolled_at_once(race, 1, [a_line(n) for n in range(1, people + 1)], workers=1)
    jobs = [SmsJob.model_validate_json(body) for body in race.world.sms_queue.bodies]

    def send(sender):
        for place, job in enumerate(random.Random(sender).sample(jobs, len(jobs))):  # noqa: S311
            try:
                race.world.notify(job, claim=f"claim-{sender}-{place}")
            except NotYet:
                continue

    race.at_once([lambda sender=sender: send(sender) for sender in range(senders)])

    assert race.carrier.published.total() == len(race.carrier.published) == people
    assert Counter(item["sms"]["S"] for item in race.people()) == {"sent": people}
    sums = Sums.of(race.batches.chunks(batch.id))
    assert (sums.sms.sent, sums.sms_counts["pending"]) == (people, 0)


def test_a_hundred_copies_of_one_event_make_one_file(race):
    upload = race.world.put([a_line(n) for n in range(1, 31)])

    def take():
        try:
            return race.world.take(upload).id
        except NotYet:
            return None

    ids = {each for each in race.at_once([take] * 100) if each}

    assert len(ids) == 1
    (stored,) = race.files()
    assert (stored["status"]["S"], stored["rows"]["N"]) == ("enrolling", "30")


@pytest.mark.parametrize("names", [("a.csv", "b.csv")])
def test_one_of_two_files_with_the_same_rows_enrolls(race, names):
    lines = [a_line(n) for n in range(1, 31)]
    uploads = [race.world.put(lines, f"incoming/002/BPUM/{name}") for name in names]

    batches = race.at_once([lambda upload=upload: race.world.take(upload) for upload in uploads])
    # A file that came while the other was being read comes again automatically.
    for body in race.world.intake_queue.bodies:
        race.world.take_all(intake.uploads(body))

    statuses = sorted(race.batches.get(batch.id).status for batch in batches)
    assert statuses == [BatchStatus.ENROLLING, BatchStatus.REFUSED]


def test_a_batch_is_claimed_by_one_of_many(race):
    claimed = race.at_once(
        [lambda n=n: race.batches.claim(a_batch(chunk_rows=n)) for n in range(1, 33)]
    )
    assert len({batch.chunk_rows for batch in claimed}) == 1
