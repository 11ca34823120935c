"""Concurrent reversals on DynamoDB's own engine: each premium goes back once."""

from chalicelib.domain.jobs import ReportJob, ReverseJob
from chalicelib.domain.money.reversal import Kept, Reversal, ReversalState
from chalicelib.domain.money.standing import BEGINNING, DEDUCTED, RETURNED, Leaf
from chalicelib.domain.person.enrollment import Erasure
from chalicelib.errors import NotYet
from tests.races.test_races_confirmations import PEOPLE, PREMIUM, balance_of, confirmation, enrolled
from tests.support.builders import NOW, PROGRAMME, a_nik, replace

PROPOSED = Reversal(ReversalState.PROPOSED, "ani", NOW, "berkas yang salah")
APPROVED = replace(PROPOSED, state=ReversalState.CHECKING, decided_by="budi", decided_at=NOW)


def confirmed(race, name="a", status="dipotong"):
    """Confirm all people of a file; return the file, and the completed confirmation."""
    world = race.world
    world.reversals = race.reversals
    job = confirmation(race, name, status)
    world.enroll(job)
    world.report(ReportJob(batch=job.batch))
    return race.batches.get(job.batch)


def approved(race, batch):
    assert race.reversals.order(batch, PROPOSED)
    assert race.reversals.order(race.batches.get(batch.id), APPROVED)


def until_done(race, job):
    def run():
        while race.batches.get(job.batch).is_being_reversed:
            race.world.reverse(job)

    return run


def test_of_two_users_who_decide_at_once_one_does(race):
    enrolled(race)
    batch = confirmed(race)
    assert race.reversals.order(batch, PROPOSED)
    proposed = race.batches.get(batch.id)
    orders = [
        APPROVED,
        replace(APPROVED, decided_by="cici"),
        replace(APPROVED, state=ReversalState.DROPPED, decided_by="dedi"),
    ]
    done = race.at_once([lambda o=o: race.reversals.order(proposed, o) for o in orders])
    assert sorted(done) == [False, False, True]
    assert race.batches.get(batch.id).reversal == orders[done.index(True)]


def test_repeated_deliveries_take_each_person_back_once(race):
    file = enrolled(race)
    batch = confirmed(race)
    approved(race, batch)
    job = ReverseJob(batch=batch.id, reverse=1)
    race.at_once([until_done(race, job)] * 4)

    people = balance_of(race, file)
    assert {each.standing for each in people.values()} == {BEGINNING}
    assert {len(each.ledger) for each in people.values()} == {2}
    found = race.batches.get(batch.id).reversal
    assert (found.state, found.people, found.rupiah) == (
        ReversalState.DONE, PEOPLE, PEOPLE * PREMIUM,
    )  # fmt: skip


def test_a_return_at_the_same_time_is_kept_or_comes_after_the_reversal(race):
    file = enrolled(race)
    batch = confirmed(race)
    approved(race, batch)
    other = confirmation(race, "b", "dikembalikan")
    race.at_once(
        [
            until_done(race, ReverseJob(batch=batch.id, reverse=1)),
            lambda: race.world.enroll(other),
        ]
    )

    people = balance_of(race, file)
    assert {each.standing for each in people.values()} == {RETURNED}
    found = race.batches.get(batch.id).reversal
    reversed_ = sum(any(line.reverses for line in each.ledger) for each in people.values())
    assert (found.people, found.kept.get(Kept.MOVED_ON, 0)) == (reversed_, PEOPLE - reversed_)


def test_an_erasure_at_the_same_time_leaves_one_leaf_for_each_premium(race):
    file = enrolled(race)
    batch = confirmed(race, status="ditunda")
    approved(race, batch)
    found = race.enrollments.find(PROGRAMME, a_nik(1))
    erasure = Erasure(NOW, "admin", "UU 27/2022")
    _, erased = race.at_once(
        [
            until_done(race, ReverseJob(batch=batch.id, reverse=1)),
            lambda: race.enrollments.erase(found, erasure),
        ]
    )

    assert (race.enrollments.find(PROGRAMME, a_nik(1)) is None) is erased
    order = race.batches.get(batch.id).reversal
    assert order.people + order.kept.get(Kept.GONE, 0) == PEOPLE
    left = race.ledger.erased(file.id, found.row)
    deferred = int(erased and left.leaf is Leaf.DEFERRED)
    assert order.kept.get(Kept.GONE, 0) == deferred
    (totals,) = race.batches.totals(PROGRAMME)
    assert totals.balance.people(Leaf.DEFERRED) == deferred
    assert totals.balance.people(Leaf.OPEN) == PEOPLE - deferred
    assert totals.balance.expected == PEOPLE * PREMIUM


def test_a_new_confirmation_at_the_same_time_loses_no_statement(race):
    file = enrolled(race)
    batch = confirmed(race)
    approved(race, batch)
    other = confirmation(race, "b", "dipotong")

    def state_it():
        while True:
            try:
                return race.world.enroll(other)
            except NotYet:
                continue  # its queue delivers it again

    race.at_once([until_done(race, ReverseJob(batch=batch.id, reverse=1)), state_it])

    people = balance_of(race, file)
    assert {each.standing for each in people.values()} == {DEDUCTED}
    assert {len(each.ledger) for each in people.values()} == {3}
    assert race.batches.chunk(other.batch, 1).tally.matched == {"deducted": PEOPLE}
