"""Staff, carriers and senders change the same messages at once, on DynamoDB's own engine."""

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.domain.file.summary import Sums
from chalicelib.domain.jobs import ChunkJob, ReportJob, SingleSmsJob, SmsJob
from chalicelib.errors import NotYet
from chalicelib.lambdas import sqs_batch
from chalicelib.steps.receipts import TakeReceipts
from chalicelib.steps.resend import ResendFailed, resend_jobs
from chalicelib.steps.sending.resend_person import NotNow, ResendPerson, ResendRequest
from tests.races.race import some
from tests.support.builders import NOW, a_nik, confirmation_of
from tests.support.delivery_logs import a_failure, a_line, an_event
from tests.support.world import a_line as a_row

PROGRAMME = "sulut-2026"


class Willing:
    """Nobody refuses messages."""

    def is_opted_out(self, _phone: str) -> bool:
        return False


@pytest.fixture
def sent(race):
    """Give a function that sends the messages of a file of so many people, and returns the file."""

    def send(people: int):
        world = race.world
        batch = world.take(world.put([a_row(n) for n in range(1, people + 1)]))
        for number in range(1, batch.chunks + 1):
            world.enroll(ChunkJob(batch=batch.id, chunk=number))
        tell(race)
        return batch

    return send


def tell(race, senders: int = 1) -> None:
    """Let so many senders process all waiting jobs at once."""
    queues = (race.world.single_sms_queue, race.world.sms_queue)
    bodies = [body for queue in queues for body in queue.bodies]
    jobs = [sqs_batch.job_of((SmsJob, SingleSmsJob), body) for body in bodies]
    for queue in queues:
        queue.bodies.clear()

    def work(sender: int) -> None:
        for place, job in enumerate(jobs):
            try:
                race.world.notify(job, claim=f"{len(race.carrier.published)}-{sender}-{place}")
            except NotYet:
                continue

    race.at_once([lambda sender=sender: work(sender) for sender in range(senders)])


def person(race, number: int):
    return race.enrollments.find(PROGRAMME, a_nik(number))


def take_receipts(race, event) -> None:
    TakeReceipts(
        enrollments=race.world.ports.enrollments,
        outbox=race.world.outbox,
        clock=race.world.clock,
        deadline=race.world.deadline,
    ).run(event)


def order_one(race, number: int, by: str, phone: str | None = None) -> bool:
    """Order one person's message again; return whether the order was accepted."""
    try:
        ResendPerson(
            enrollments=race.world.ports.enrollments,
            opt_outs=Willing(),
            outbox=race.world.outbox,
            agreements=race.world.agreements,
            sending=race.world.sending,
            clock=race.world.clock,
        ).run(ResendRequest(nik=a_nik(number), phone=phone, reason="ditelepon"), by=by)
    except NotNow:
        return False
    return True


def order_failed(race, batch, by: str) -> None:
    for job in resend_jobs(batch.id, by, "gangguan", race.world.now, race.batches.chunks(batch.id)):
        ResendFailed(
            batches=race.batches,
            enrollments=race.world.ports.enrollments,
            objects=race.world.objects,
            outbox=race.world.outbox,
            agreements=race.world.agreements,
            clock=race.world.clock,
            deadline=race.world.deadline,
        ).run(job)


def check_counts(race, batch, people: int) -> Counter[str]:
    """Check that the file's counts are its people's states; return those."""
    states = Counter(person(race, n).sms.value for n in range(1, people + 1))
    counts = Sums.of(race.batches.chunks(batch.id)).sms_counts
    assert Counter({name: count for name, count in counts.items() if count}) == states
    return states


def test_one_of_many_orders_for_a_person_counts_and_sends_one_message(race, sent):
    batch = sent(1)
    clerks = 12

    taken = race.at_once(
        [
            lambda n=n: order_one(race, 1, f"petugas-{n}", f"0813{n:08d}" if n % 2 else None)
            for n in range(clerks)
        ]
    )

    assert sum(taken) == 1
    assert [bool(event.by) for event in person(race, 1).sms_log] == [False, True]
    assert len(race.world.single_sms_queue.bodies) == 1
    tell(race, senders=4)
    assert race.carrier.published.total() == 2
    assert check_counts(race, batch, 1) == {"sent": 1}


def test_a_file_ordered_again_by_many_at_once_is_sent_again_once(race, sent):
    people = some(240)
    batch = sent(people)
    ids = [confirmation_of(person(race, n)).id for n in range(1, people + 1)]
    failure = "Phone is currently unreachable/unavailable"
    for start in range(0, people, 50):
        take_receipts(
            race, an_event(*(a_failure(each, failure, at=NOW) for each in ids[start:][:50]))
        )
    assert check_counts(race, batch, people) == {"failed": people}
    race.world.now += timedelta(hours=1)

    race.at_once([lambda n=n: order_failed(race, batch, f"petugas-{n}") for n in range(3)])
    tell(race, senders=3)

    assert set(race.carrier.published.values()) == {2}
    assert check_counts(race, batch, people) == {"sent": people}
    assert {len([e for e in person(race, n).sms_log if e.by]) for n in range(1, people + 1)} == {1}


def test_receipts_orders_and_expiry_at_the_same_people_agree(race, sent):
    people, reported = 60, 20
    everybody, asked = range(1, people + 1), set(range(1, people + 1, 10))
    batch = sent(people)
    for _ in range(2):  # completed, and then among those that wait for receipts only
        race.world.report(ReportJob(batch=batch.id))
    lines = [a_line(confirmation_of(person(race, n)).id, at=NOW) for n in everybody]
    race.world.now += timedelta(hours=73)

    def sweep() -> None:
        for _ in range(4):
            race.world.sweep()

    race.at_once(
        [
            lambda: take_receipts(race, an_event(*lines[:reported])),
            lambda: take_receipts(race, an_event(*reversed(lines[:reported]))),
            *[sweep] * 2,
            *(lambda n=n: order_one(race, n, "petugas") for n in asked),
        ]
    )
    race.world.sweep()

    ordered = {n for n in everybody if any(event.by for event in person(race, n).sms_log)}
    assert ordered == asked
    assert check_counts(race, batch, people) == {
        "pending": len(asked),
        "delivered": reported - len([n for n in asked if n <= reported]),
        "unconfirmed": people - reported - len([n for n in asked if n > reported]),
    }
    take_receipts(race, an_event(*lines))
    assert check_counts(race, batch, people) == {
        "pending": len(asked),
        "delivered": people - len(asked),
    }
