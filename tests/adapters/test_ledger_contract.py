"""The ledger: the same contract for the fake, moto and the real engine."""

from datetime import date

import pytest

from chalicelib.adapters.ports import (
    Checkpoint,
    Committed,
    ErasedPremium,
    Overtaken,
    Owed,
    Step,
    Superseded,
    account_of,
    writes,
)
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.money import standing as at
from chalicelib.domain.money.ledger import Line, Source
from chalicelib.domain.money.standing import Leaf
from chalicelib.domain.person.enrollment import Erasure, Sms
from tests.support.builders import NOW, PROGRAMME, a_batch, an_account, an_enrollment, replace

FILE, CONFIRMATION = "7K3M9QX2", "AAAAAAAA"
PREMIUM = 33_600


def checkpoint(start: int = 0, end: int = 3, **tally: object) -> Checkpoint:
    return Checkpoint(CONFIRMATION, 1, start, end, Tally(**tally), None, NOW)


def a_step(number: int = 1, after: at.Standing = at.DEDUCTED, **changes: object) -> Step:
    before = changes.pop("before", None) or an_enrollment(number)
    values = {
        "at": NOW,
        "before": before.standing,
        "after": after,
        "amount": before.premium,
        "source": Source(CONFIRMATION, number + 1),
        "day": date(2026, 11, 23),
        "evidence": "JRN-1",
    }
    return Step(before, Line(**(values | changes)))


def an_owed(row: int = 9, evidence: str = "", **changes: object) -> Owed:
    values = {
        "batch": FILE,
        "row": row,
        "account": an_account(),
        "amount": 50_000,
        "source": Source(CONFIRMATION, row),
        "evidence": evidence,
    }
    return Owed(**(values | changes))


@pytest.fixture
def enrolled(stores):
    """Three enrolled people of one file."""
    people = [replace(an_enrollment(n), sms=Sms.NOT_POSSIBLE) for n in (1, 2, 3)]
    stores.batches.claim(a_batch(id=FILE))
    step = Checkpoint(FILE, 1, 0, 3, Tally(accepted=3, premium_total=3 * PREMIUM), an_account())
    assert stores.enrollments.commit(people, step) == Committed()
    return people


def stored(stores, number):
    return stores.enrollments.find(PROGRAMME, an_enrollment(number).recipient.nik)


def leaves(moved):
    return {leaf: (each.people, each.rupiah) for leaf, each in moved.leaves.items() if each.people}


def test_a_step_moves_person_leaf_file_totals_and_chunk_together(stores, enrolled):
    steps = [a_step(before=enrolled[0]), a_step(2, at.FAILED, before=enrolled[1])]
    tally = {"accepted": 2, "matched": {"deducted": 1, "failed": 1}}

    assert stores.ledger.settle(steps, [], checkpoint(end=2, **tally), "what") == Committed()

    assert stored(stores, 1) == enrolled[0].stepped(steps[0].line)
    assert stored(stores, 2).standing == at.FAILED
    assert stored(stores, 3) == enrolled[2]
    expected = {
        Leaf.OPEN: (-2, -2 * PREMIUM),
        Leaf.TO_REMIT: (1, PREMIUM),
        Leaf.FAILED: (1, PREMIUM),
    }
    assert leaves(stores.batches.moved(FILE)) == expected
    (totals,) = stores.batches.totals(PROGRAMME)
    assert leaves(totals.moved) == expected
    assert [leaves(each.moved) for each in totals.regencies.values()] == [expected]
    assert totals.balance.expected == 3 * PREMIUM
    progress = stores.batches.chunk(CONFIRMATION, 1)
    assert (progress.next, progress.tally.matched) == (2, {"deducted": 1, "failed": 1})
    assert stores.ledger.decided(CONFIRMATION, 1) == ["what"]


def test_steps_of_people_from_as_many_regencies_fit_into_one_transaction(stores):
    if stores.kind == "moto":
        pytest.skip("moto reads an expression by recursion, and this one is too long for it")
    people = [
        replace(an_enrollment(n), sms=Sms.NOT_POSSIBLE, counted_regency=str(7000 + n))
        for n in range(1, 95)
    ]
    stores.batches.claim(a_batch(id=FILE))
    many = Tally(accepted=94, premium_total=94 * PREMIUM)
    stores.enrollments.commit(people, Checkpoint(FILE, 1, 0, 94, many, an_account()))
    after = (at.DEDUCTED, at.FAILED, at.DEFERRED, at.RETURNED)
    steps = [a_step(n, after[n % 4], before=each) for n, each in enumerate(people)]

    assert stores.ledger.settle(steps, [an_owed()], checkpoint(0, 95), "") == Committed()

    (totals,) = stores.batches.totals(PROGRAMME)
    for each, step in zip(people, steps, strict=True):
        counted = leaves(totals.regencies[each.counted_regency].moved)
        assert counted == {Leaf.OPEN: (-1, -PREMIUM), step.line.after.leaf: (1, PREMIUM)}
    assert totals.moved.not_due.rupiah == 50_000


def test_a_second_step_adds_a_line_and_empties_the_first_leaf(stores, enrolled):
    first = a_step(after=at.DEFERRED, before=enrolled[0])
    stores.ledger.settle([first], [], checkpoint(0, 1), "")
    second = a_step(after=at.BEGINNING, before=first.after, source=None, by=("a", "b"))

    assert stores.ledger.settle([second], [], checkpoint(1, 2), "") == Committed()

    assert stored(stores, 1).ledger == (first.line, second.line)
    assert stored(stores, 1).standing == at.BEGINNING
    assert leaves(stores.batches.moved(FILE)) == {}


def test_a_person_who_has_moved_keeps_the_whole_group_out(stores, enrolled):
    stores.ledger.settle([a_step(before=enrolled[0])], [], checkpoint(0, 1), "")
    group = [a_step(2, before=enrolled[1]), a_step(after=at.FAILED, before=enrolled[0])]

    result = stores.ledger.settle(group, [an_owed()], checkpoint(1, 3), "")

    assert result == Overtaken({enrolled[0].recipient.nik: stored(stores, 1)})
    assert stored(stores, 2) == enrolled[1]
    assert stores.batches.chunk(CONFIRMATION, 1).next == 1
    assert stores.batches.moved(FILE).not_due.people == 0


def test_a_person_who_is_gone_or_enrolled_again_is_not_moved(stores, enrolled):
    stores.enrollments.erase(enrolled[0], Erasure(NOW, "admin", "UU 27/2022"))
    again = replace(enrolled[1], reference="AAAAAAAA-99X")

    result = stores.ledger.settle(
        [a_step(before=enrolled[0]), a_step(2, before=again)], [], checkpoint(), ""
    )

    niks = [each.recipient.nik for each in enrolled]
    assert result == Overtaken({niks[0]: None, niks[1]: enrolled[1]})


def test_a_chunk_is_moved_once(stores, enrolled):
    step = a_step(before=enrolled[0])
    assert stores.ledger.settle([step], [], checkpoint(0, 3), "one") == Committed()

    assert stores.ledger.settle([step], [], checkpoint(0, 3), "two") == Superseded()
    assert stores.ledger.decided(CONFIRMATION, 1) == ["one"]
    assert len(stored(stores, 1).ledger) == 1


def test_owed_money_is_counted_once_for_each_booking(stores, enrolled):
    assert stores.ledger.settle([], [an_owed(), an_owed(10)], checkpoint(0, 2), "") == Committed()

    again = stores.ledger.settle([], [an_owed(11), an_owed(10)], checkpoint(2, 4), "")
    assert again == Overtaken({}, frozenset({1}))
    other = [an_owed(10, "J-2"), an_owed(10, "J-3")]
    assert stores.ledger.settle([], other, checkpoint(2, 4), "") == Committed()
    not_due = stores.batches.moved(FILE).not_due
    assert (not_due.people, not_due.rupiah) == (4, 200_000)
    (totals,) = stores.batches.totals(PROGRAMME)
    assert totals.moved.not_due == not_due


def test_the_decisions_of_a_chunk_come_back_in_the_order_of_its_rows(stores, enrolled):
    for start in range(0, 30, 10):
        stores.ledger.settle([], [], checkpoint(start, start + 10), f"from {start}")
    assert stores.ledger.decided(CONFIRMATION, 1) == ["from 0", "from 10", "from 20"]
    assert stores.ledger.decided(CONFIRMATION, 2) == []


def test_a_message_that_goes_out_meanwhile_does_not_hold_a_step_up(stores):
    person = an_enrollment()
    stores.enrollments.commit(
        [person], Checkpoint(FILE, 1, 0, 1, Tally(accepted=1, premium_total=1), an_account())
    )
    claimed = stores.enrollments.claim_sms(PROGRAMME, person.recipient.nik, claim="c", now=NOW)

    assert stores.ledger.settle([a_step(before=person)], [], checkpoint(0, 1), "") == Committed()
    assert stores.enrollments.record_sms(claimed, Sms.SENT, now=NOW, message_id="m1")
    assert (stored(stores, 1).sms, stored(stores, 1).standing) == (Sms.SENT, at.DEDUCTED)


def test_an_erasure_waits_for_a_step_that_it_has_not_seen(stores, enrolled):
    stores.ledger.settle([a_step(before=enrolled[0])], [], checkpoint(0, 1), "")
    erasure = Erasure(NOW, "admin", "UU 27/2022")
    assert not stores.enrollments.erase(enrolled[0], erasure)
    assert stores.enrollments.erase(stored(stores, 1), erasure)


def test_the_premium_of_an_erased_person_is_found_by_its_row(stores, enrolled):
    person = enrolled[0]
    assert stores.ledger.erased(person.batch, person.row) is None
    stores.ledger.settle([a_step(after=at.FAILED, before=person)], [], checkpoint(0, 1), "")
    stores.enrollments.erase(stored(stores, 1), Erasure(NOW, "admin", "UU 27/2022"))

    kept = stores.ledger.erased(person.batch, person.row)
    assert kept == ErasedPremium(person.premium, Leaf.FAILED)
    assert stores.ledger.erased(person.batch, person.row + 1) is None


@pytest.mark.parametrize("before", [at.BEGINNING, at.DEFERRED])
@pytest.mark.parametrize("after", [at.BEGINNING, at.DEDUCTED])
def test_a_step_sets_or_removes_the_leaf(stores, enrolled, before, after):
    first = a_step(after=before, before=enrolled[0])
    stores.ledger.settle([first], [], checkpoint(0, 1), "")
    now = stored(stores, 1)
    second = a_step(after=after, before=now)
    assert stores.ledger.settle([second], [], checkpoint(1, 2), "") == Committed()
    assert stored(stores, 1).standing == after


def test_the_most_writes_are_counted_with_files_and_accounts(stores, enrolled):
    other = replace(enrolled[2], batch="BBBBBBBB", day=date(2026, 11, 23))
    steps = [a_step(before=enrolled[0]), a_step(2, before=enrolled[1]), a_step(3, before=other)]
    assert account_of(other) != an_account()
    assert writes(steps, []) == 3 + 2 + 2 + 2
    assert writes([], [an_owed()]) == 1 + 1 + 1 + 2
