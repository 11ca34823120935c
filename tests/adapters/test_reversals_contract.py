"""Reversals: the same contract for the fake, moto and the real engine."""

from datetime import timedelta

import pytest

from chalicelib.adapters.ports import Checkpoint, Committed, Overtaken, Step, Superseded, TakenBack
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.money import standing as at
from chalicelib.domain.money.ledger import Source, reversals
from chalicelib.domain.money.reversal import Kept, Reversal, ReversalProgress, ReversalState
from chalicelib.domain.person.enrollment import Sms
from tests.adapters.test_ledger_contract import (
    CONFIRMATION,
    FILE,
    PREMIUM,
    a_step,
    an_owed,
    checkpoint,
    leaves,
    stored,
)
from tests.support.builders import NOW, PROGRAMME, a_batch, an_account, an_enrollment, replace

PROPOSED = Reversal(ReversalState.PROPOSED, "ani", NOW, "berkas yang salah")
BY = ("ani", "budi")


@pytest.fixture
def confirmation(stores):
    """A completed file of confirmations, and three people of a file of recipients."""
    people = [replace(an_enrollment(n), sms=Sms.NOT_POSSIBLE) for n in (1, 2, 3)]
    stores.batches.claim(a_batch(id=FILE))
    step = Checkpoint(FILE, 1, 0, 3, Tally(accepted=3, premium_total=3 * PREMIUM), an_account())
    assert stores.enrollments.commit(people, step) == Committed()
    done = a_batch(
        id=CONFIRMATION, scheme="KONFIRMASI", status=BatchStatus.COMPLETED, programme=None
    )
    return stores.batches.claim(done)


def ordered(stores, batch, state=ReversalState.REVERSING):
    assert stores.reversals.order(batch, replace(PROPOSED, state=state))
    return stores.batches.get(batch.id)


def back(person):
    lines = reversals(person.ledger, CONFIRMATION, at=NOW, by=BY)
    return Step(person, lines[0], tuple(lines[1:]))


def a_part(start=0, end=3, decided="what", **kept):
    return TakenBack(1, start, end, decided, kept)


def test_an_order_is_stored_at_the_file_and_found_while_it_waits(stores, confirmation):
    assert stores.reversals.order(confirmation, PROPOSED)
    batch = stores.batches.get(CONFIRMATION)
    assert batch.reversal == PROPOSED
    assert stores.reversals.proposed() == [CONFIRMATION]
    stores.batches.finish(confirmation)  # a report that has begun before the order
    assert stores.reversals.proposed() == [CONFIRMATION]

    decided = replace(PROPOSED, state=ReversalState.CHECKING, decided_by="budi", decided_at=NOW)
    assert stores.reversals.order(batch, decided)
    assert stores.reversals.proposed() == []
    assert CONFIRMATION in stores.batches.unfinished()
    assert stores.batches.get(CONFIRMATION).is_being_reversed


def test_of_two_decisions_one_holds_and_its_repetition_is_no_conflict(stores, confirmation):
    stores.reversals.order(confirmation, PROPOSED)
    batch = stores.batches.get(CONFIRMATION)
    dropped = replace(PROPOSED, state=ReversalState.DROPPED, decided_by="budi", decided_at=NOW)
    assert stores.reversals.order(batch, dropped)
    assert stores.reversals.order(batch, dropped)  # its answer was lost
    assert not stores.reversals.order(batch, replace(dropped, decided_by="cici"))
    assert stores.reversals.proposed() == []
    assert CONFIRMATION not in stores.batches.unfinished()


def test_only_a_completed_file_is_reversed(stores):
    batch = stores.batches.claim(a_batch(id=CONFIRMATION, status=BatchStatus.ENROLLING))
    assert not stores.reversals.order(batch, PROPOSED)
    assert stores.batches.get(CONFIRMATION).reversal is None


def test_steps_and_owed_money_go_back_with_counts_and_progress(stores, confirmation):
    first = a_step(before=stored(stores, 1))
    stores.ledger.settle([first], [an_owed()], checkpoint(), "")
    batch = ordered(stores, confirmation)

    part = a_part(decided="[[2,0]]", **{Kept.MOVED_ON: 2})
    step = back(stored(stores, 1))
    assert stores.reversals.take_back(batch, [step], [an_owed()], part) == Committed()
    assert stores.reversals.take_back(batch, [step], [an_owed()], part) == Superseded()

    now = stored(stores, 1)
    assert (now.standing, len(now.ledger)) == (at.BEGINNING, 2)
    assert now.ledger[1].by == BY
    assert now.ledger[1].source == first.line.source
    moved = stores.batches.moved(FILE)
    assert (leaves(moved), moved.not_due.people, moved.not_due.rupiah) == ({}, 0, 0)
    (totals,) = stores.batches.totals(PROGRAMME)
    assert (leaves(totals.moved), totals.moved.not_due.rupiah) == ({}, 0)
    assert stores.reversals.decided(batch, 1) == ["[[2,0]]"]
    assert stores.reversals.progress(batch) == [
        ReversalProgress(1, False, 3, False, 1, PREMIUM, 1, 50_000, {Kept.MOVED_ON: 2})
    ]


def test_two_steps_of_one_file_go_back_together(stores, confirmation):
    deferred = a_step(after=at.DEFERRED, before=stored(stores, 1))
    stores.ledger.settle([deferred], [], checkpoint(0, 1), "")
    second = a_step(before=stored(stores, 1), source=Source(CONFIRMATION, 3))
    stores.ledger.settle([second], [], checkpoint(1, 3), "")
    batch = ordered(stores, confirmation)

    assert stores.reversals.take_back(batch, [back(stored(stores, 1))], [], a_part()) == Committed()
    now = stored(stores, 1)
    assert (now.standing, len(now.ledger), now.steps_in_force) == (at.BEGINNING, 4, [])
    assert leaves(stores.batches.moved(FILE)) == {}
    assert stores.reversals.progress(batch)[0].people == 1


def test_a_person_who_has_moved_keeps_the_whole_group_out(stores, confirmation):
    group = [a_step(before=stored(stores, 1), after=at.FAILED), a_step(2, before=stored(stores, 2))]
    stores.ledger.settle(group, [], checkpoint(), "")
    batch = ordered(stores, confirmation)
    steps = [back(stored(stores, 1)), back(stored(stores, 2))]
    # Another file says that the person has died: the same standing, and one line more.
    death = a_step(before=stored(stores, 1), after=at.FAILED, source=Source("BBBBBBBB", 2))
    stores.ledger.settle([death], [], Checkpoint("BBBBBBBB", 1, 0, 1, Tally(), None, NOW), "")

    result = stores.reversals.take_back(batch, steps, [an_owed()], a_part())

    nik = stored(stores, 1).recipient.nik
    assert result == Overtaken({nik: stored(stores, 1)}, frozenset({0}))
    assert stored(stores, 2).standing == at.DEDUCTED
    assert stores.reversals.progress(batch) == []


def test_money_that_another_file_stated_stays(stores, confirmation):
    stores.ledger.settle([], [an_owed()], checkpoint(), "")
    batch = ordered(stores, confirmation)
    other = an_owed(source=Source("BBBBBBBB", 9))
    result = stores.reversals.take_back(batch, [], [other], a_part())
    assert result == Overtaken({}, frozenset({0}))
    assert stores.batches.moved(FILE).not_due.people == 1


def test_a_chunk_is_closed_at_its_last_row_alone(stores, confirmation):
    batch = ordered(stores, confirmation)
    stores.reversals.check(batch, 1)
    stores.reversals.check(batch, 1)
    stores.reversals.close(batch, 1, rows=3)
    assert stores.reversals.progress(batch) == [ReversalProgress(1, checked=True)]
    stores.reversals.take_back(batch, [], [], a_part())
    stores.reversals.close(batch, 1, rows=3)
    stores.reversals.close(batch, 2, rows=0)
    assert stores.reversals.progress(batch) == [
        ReversalProgress(1, checked=True, next=3, done=True),
        ReversalProgress(2, done=True),
    ]


def test_another_proposal_begins_from_the_start(stores, confirmation):
    batch = ordered(stores, confirmation, ReversalState.REFUSED)
    stores.reversals.check(batch, 1)
    again = replace(PROPOSED, at=NOW + timedelta(hours=1))
    assert stores.reversals.order(batch, again)
    assert stores.reversals.progress(stores.batches.get(CONFIRMATION)) == []
