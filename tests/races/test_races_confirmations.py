"""Concurrent confirmations on DynamoDB's own engine: each premium moves once."""

from chalicelib.domain.jobs import ChunkJob
from chalicelib.domain.money.standing import DEDUCTED, RETURNED, Leaf
from chalicelib.domain.person.enrollment import Erasure
from tests.support.builders import NOW, PROGRAMME, a_nik
from tests.support.world import a_line

PEOPLE = 150
PREMIUM = 33_600


def enrolled(race):
    """Enroll people without messages; return their file."""
    world = race.world
    world.ledger, world.chunk_rows = race.ledger, PEOPLE
    lines = [a_line(n, phone="") for n in range(1, PEOPLE + 1)]
    batch = world.take(world.put(lines))
    world.enroll(ChunkJob(batch=batch.id, chunk=1))
    return batch


def confirmation(race, name, status):
    rows = "\n".join(f"{a_nik(n)},{status},000{ord(name)}" for n in range(1, PEOPLE + 1))
    content = f"NIK,Status Potong,Norek\n{rows}\n"
    batch = race.world.take(race.world.put(content, f"incoming/002/KONFIRMASI/{name}.csv"))
    return ChunkJob(batch=batch.id, chunk=1)


def balance_of(race, batch):
    (totals,) = race.batches.totals(PROGRAMME)
    people = race.enrollments.owners(PROGRAMME, [a_nik(n) for n in range(1, PEOPLE + 1)])
    for leaf in Leaf:
        inside = sum(each.leaf is leaf for each in people.values())
        assert totals.balance.people(leaf) == inside, leaf
        assert totals.balance.leaves[leaf].rupiah == inside * PREMIUM
    moved = race.batches.moved(batch.id)
    assert {k: v for k, v in moved.leaves.items() if v.people} == {
        k: v for k, v in totals.moved.leaves.items() if v.people
    }
    return people


def test_two_confirmations_and_repeated_deliveries_move_each_person_once(race):
    batch = enrolled(race)
    jobs = [confirmation(race, name, "dipotong") for name in ("a", "b")]
    race.at_once([lambda job=job: race.world.enroll(job) for job in jobs * 2])

    people = balance_of(race, batch)
    assert {each.standing for each in people.values()} == {DEDUCTED}
    assert {len(each.ledger) for each in people.values()} == {1}
    tallies = [race.batches.chunk(job.batch, 1).tally for job in jobs]
    assert [each.rows for each in tallies] == [PEOPLE] * 2
    assert sum(each.matched.get("deducted", 0) for each in tallies) == PEOPLE
    assert sum(each.codes.get("confirm_same", 0) for each in tallies) == PEOPLE


def test_a_deduction_and_a_return_at_the_same_time_end_with_one_leaf_each(race):
    batch = enrolled(race)
    jobs = [confirmation(race, "a", "dipotong"), confirmation(race, "b", "dikembalikan")]
    race.at_once([lambda job=job: race.world.enroll(job) for job in jobs])

    people = balance_of(race, batch)
    assert {each.standing for each in people.values()} == {RETURNED}
    for each in people.values():
        assert [line.after.leaf for line in each.ledger][-1] is Leaf.RETURNED


def test_an_erasure_and_a_confirmation_of_one_person_exclude_each_other(race):
    enrolled(race)
    job = confirmation(race, "a", "dipotong")
    found = race.enrollments.find(PROGRAMME, a_nik(1))
    erasure = Erasure(NOW, "admin", "UU 27/2022")
    erased, _ = race.at_once(
        [lambda: race.enrollments.erase(found, erasure), lambda: race.world.enroll(job)]
    )

    tally = race.batches.chunk(job.batch, 1).tally
    (totals,) = race.batches.totals(PROGRAMME)
    assert totals.balance.people(Leaf.TO_REMIT) == tally.matched["deducted"]
    assert tally.matched["deducted"] == (PEOPLE - 1 if erased else PEOPLE)
    assert (race.enrollments.find(PROGRAMME, a_nik(1)) is None) is erased
