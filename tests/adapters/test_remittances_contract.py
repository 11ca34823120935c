"""Lists of premiums: the same contract for the fake, moto and the real engine."""

from datetime import timedelta

import pytest

from chalicelib.adapters.ports import (
    Changed,
    Checkpoint,
    Committed,
    Overtaken,
    Step,
    Superseded,
    Taken,
)
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.money import remitting
from chalicelib.domain.money.ledger import Line, Source, reversals
from chalicelib.domain.money.listing import RETURNED_ON_ITS_WAY, RemittanceState
from chalicelib.domain.money.remittance import Cursor, remittance_id
from chalicelib.domain.money.reversal import Reversal, ReversalState
from chalicelib.domain.money.standing import (
    ACTIVE,
    DEDUCTED,
    REMITTED,
    RETURNED,
    Cover,
    Leaf,
    Standing,
)
from tests.adapters.test_ledger_contract import (
    CONFIRMATION,
    FILE,
    PREMIUM,
    a_step,
    checkpoint,
    leaves,
    stored,
)
from tests.adapters.test_reversals_contract import a_part
from tests.domain.test_domain_remittance import (
    BPJS,
    BRI,
    TODAY,
    a_code,
    a_list,
    a_payment,
    a_receipt,
)
from tests.support.builders import NOW, PROGRAMME, a_batch, an_account, an_enrollment, replace

LATER = NOW + timedelta(hours=1)
SUM = 3 * PREMIUM


@pytest.fixture
def deducted(stores):
    """Three people of one file, all deducted."""
    people = [an_enrollment(n) for n in (1, 2, 3)]
    stores.batches.claim(a_batch(id=FILE))
    step = Checkpoint(FILE, 1, 0, 3, Tally(accepted=3, premium_total=SUM), an_account())
    assert stores.enrollments.commit(people, step) == Committed()
    steps = [a_step(n, before=stored(stores, n)) for n in (1, 2, 3)]
    assert stores.ledger.settle(steps, [], checkpoint(), "") == Committed()
    return [stored(stores, n) for n in (1, 2, 3)]


def begun(stores, by="ani"):
    """Return a list that is being made."""
    id_ = remittance_id("002", NOW, by)
    new = a_list(0, id=id_, state=RemittanceState.LISTING, rupiah=0)
    assert stores.remittances.create(new)
    return new


def stepped(stores, remittance, after):
    assert not isinstance(after, remitting.Refusal), after
    assert stores.remittances.store(remittance, after) == Committed()
    return stores.remittances.get(remittance.id)


def listed(stores, people, by="ani"):
    new = begun(stores, by)
    assert stores.remittances.put_on(new, people, Cursor(1)) == Committed()
    made = stores.remittances.get(new.id)
    return stepped(stores, made, remitting.listed(made, NOW))


def paid(stores, people, amount=SUM):
    made = listed(stores, people)
    made = stepped(stores, made, remitting.bill(made, a_code(bill=SUM), BPJS, today=TODAY))
    return stepped(stores, made, remitting.pay(made, a_payment(amount=amount), BRI, today=TODAY))


def received(stores, made, amount=SUM):
    receipt = a_receipt(amount=amount)
    return stepped(stores, made, remitting.receive(made, receipt, BPJS, today=TODAY))


def money(stores):
    """Return the people of the file by leaf, after checking that the totals say the same."""
    moved = stores.batches.moved(FILE)
    (totals,) = stores.batches.totals(PROGRAMME)
    assert leaves(totals.moved) == leaves(moved)
    found = {leaf: people for leaf, (people, _) in leaves(moved).items()}
    assert found.pop(Leaf.OPEN) == -3
    return found


def returned(person, after, source=9):
    return a_step(before=person, after=after, source=Source(CONFIRMATION, source))


def settle(stores, step):
    """Settle a step of another file; return what came of it."""
    at = Checkpoint("BBBBBBBB", 1, 0, 1, Tally(), None, NOW)
    return stores.ledger.settle([step], [], at, "")


def test_a_list_is_created_once_and_found(stores):
    new = begun(stores)
    assert stores.remittances.create(new)  # its answer was lost
    assert not stores.remittances.create(replace(new, programme="another"))
    assert stores.remittances.get(new.id) == new
    assert stores.remittances.get(remittance_id("002", LATER, "x")) is None
    assert stores.remittances.unfinished() == [new.id]
    other = a_list(1, id=remittance_id("002", LATER, "ani"), at=LATER)
    stores.remittances.create(other)
    stores.remittances.create(a_list(1, id=remittance_id("009", LATER, "x"), bank="009"))
    assert stores.remittances.of_bank("002") == [other, new]
    assert stores.remittances.unfinished() == [new.id]


def test_people_come_on_a_list_with_its_sum_and_the_counts(stores, deducted):
    new = begun(stores)
    assert stores.remittances.put_on(new, deducted[:2], Cursor(0, 2, 0)) == Committed()
    assert stores.remittances.put_on(new, deducted[2:], Cursor(1)) == Superseded()

    now = stores.remittances.get(new.id)
    assert (now.people, now.rupiah, now.cursor) == (2, 2 * PREMIUM, Cursor(0, 2, 0))
    person = stored(stores, 1)
    assert (person.remittance, person.standing) == (new.id, DEDUCTED)
    assert person.on_list.state is RemittanceState.LISTING
    assert stored(stores, 3).remittance is None
    assert money(stores) == {Leaf.TO_REMIT: 3}
    assert stores.batches.moved(FILE).lists == {}


def test_nobody_is_on_two_lists(stores, deducted):
    first = listed(stores, deducted[:1])
    second = begun(stores, "budi")
    result = stores.remittances.put_on(second, deducted, Cursor(1))
    assert result == Overtaken({deducted[0].recipient.nik: stored(stores, 1)})
    assert stored(stores, 1).on_list.remittance == first.id
    assert stored(stores, 2).remittance is None


def test_only_a_deducted_person_is_listed(stores, deducted):
    assert settle(stores, returned(deducted[0], RETURNED)) == Committed()
    result = stores.remittances.put_on(begun(stores), deducted, Cursor(1))
    assert result == Overtaken({deducted[0].recipient.nik: stored(stores, 1)})


def test_people_follow_their_list_to_payment_and_receipt(stores, deducted):
    made = paid(stores, deducted)
    assert stored(stores, 1).standing == REMITTED
    assert money(stores) == {Leaf.AWAITING: 3}
    done = received(stores, made)
    person = stored(stores, 1)
    assert person.standing == ACTIVE
    assert (person.starts, person.ends) == (a_receipt().starts, a_receipt().ends)
    assert money(stores) == {Leaf.COVERED: 3}
    assert stores.enrollments.of_person(person.recipient.nik) == [person]
    assert stores.enrollments.owners(PROGRAMME, [person.recipient.nik]) == {
        person.recipient.nik: person
    }
    assert done.revision == 5


def test_of_two_steps_at_once_one_holds_and_its_repetition_is_no_change(stores, deducted):
    made = listed(stores, deducted)
    after = remitting.bill(made, a_code(bill=SUM), BPJS, today=TODAY)
    assert stores.remittances.store(made, after) == Committed()
    assert stores.remittances.store(made, after) == Committed()  # its answer was lost
    gone = remitting.cancel(made, BRI, now=NOW, reason="salah")
    assert stores.remittances.store(made, gone) == Changed()


def test_a_code_and_a_reference_are_of_one_list_alone(stores, deducted):
    first = paid(stores, deducted[:1])
    assert stores.remittances.with_code("6326 1100 0101") == first.id
    assert stores.remittances.with_code("1") is None
    second = listed(stores, deducted[1:2], "budi")
    same = remitting.bill(second, a_code(), BPJS, today=TODAY)
    assert stores.remittances.store(second, same) == Taken(first.id)
    other = remitting.bill(second, a_code("632611000102"), BPJS, today=TODAY)
    second = stepped(stores, second, other)
    again = a_payment("ft-001", code="632611000102")
    twice = remitting.pay(second, again, BRI, today=TODAY)
    assert stores.remittances.store(second, twice) == Taken(first.id)
    assert stored(stores, 2).standing == DEDUCTED


def test_a_cancelled_list_gives_its_people_back_and_they_are_listed_again(stores, deducted):
    made = listed(stores, deducted)
    gone = stepped(stores, made, remitting.cancel(made, BRI, now=NOW, reason="salah"))
    person = stored(stores, 1)
    assert (person.on_list, person.standing, person.remittance) == (None, DEDUCTED, gone.id)
    assert money(stores) == {Leaf.TO_REMIT: 3}

    people = [stored(stores, n) for n in (1, 2, 3)]
    again = listed(stores, people, "budi")
    assert stored(stores, 1).on_list.remittance == again.id
    assert money(stores) == {Leaf.TO_REMIT: 3}


def test_nobody_comes_on_a_cancelled_list(stores, deducted):
    new = begun(stores)
    stepped(stores, new, remitting.cancel(new, BRI, now=NOW, reason="salah"))
    assert stores.remittances.put_on(new, deducted, Cursor(1)) == Superseded()
    assert stores.remittances.unfinished() == []


def test_who_is_returned_before_the_payment_leaves_the_list(stores, deducted):
    made = listed(stores, deducted)
    assert settle(stores, returned(stored(stores, 1), RETURNED)) == Committed()
    now = stores.remittances.get(made.id)
    assert (now.people, now.rupiah, now.returned_people) == (2, 2 * PREMIUM, 0)
    assert (stored(stores, 1).remittance, stored(stores, 1).standing) == (None, RETURNED)
    assert money(stores) == {Leaf.TO_REMIT: 2, Leaf.RETURNED: 1}
    # The bank stated its payment on the sum before.
    assert stores.remittances.store(made, replace(made, by="x")) == Changed()


def test_who_is_returned_after_the_payment_stays_on_it_apart(stores, deducted):
    made = paid(stores, deducted)
    assert settle(stores, returned(stored(stores, 1), RETURNED_ON_ITS_WAY)) == Committed()
    now = stores.remittances.get(made.id)
    assert (now.people, now.returned_people, now.returned, now.due) == (2, 1, PREMIUM, SUM)
    assert money(stores) == {Leaf.AWAITING: 3}
    received(stores, now)
    assert stored(stores, 1).standing == Standing(Cover.RETURNED, Leaf.REFUND_DUE)
    assert money(stores) == {Leaf.COVERED: 2, Leaf.REFUND_DUE: 1}


def test_who_is_returned_before_the_first_day_of_cover_is_owed_a_refund(stores, deducted):
    received(stores, paid(stores, deducted))
    refund = Standing(Cover.RETURNED, Leaf.REFUND_DUE)
    assert settle(stores, returned(stored(stores, 1), refund)) == Committed()
    assert stored(stores, 1).standing == refund
    assert money(stores) == {Leaf.COVERED: 2, Leaf.REFUND_DUE: 1}


def test_a_payment_between_reading_and_returning_is_noticed(stores, deducted):
    made = listed(stores, deducted)
    before = stored(stores, 1)
    made = stepped(stores, made, remitting.bill(made, a_code(bill=SUM), BPJS, today=TODAY))
    paid_ = remitting.pay(made, a_payment(amount=SUM), BRI, today=TODAY)
    stepped(stores, made, paid_)
    result = settle(stores, returned(before, RETURNED))
    assert result == Overtaken({before.recipient.nik: stored(stores, 1)})
    assert stored(stores, 1).standing == REMITTED
    assert money(stores) == {Leaf.AWAITING: 3}


def test_people_read_in_different_states_of_a_list_are_read_again(stores, deducted):
    made = listed(stores, deducted)
    before = stored(stores, 1)
    made = stepped(stores, made, remitting.bill(made, a_code(bill=SUM), BPJS, today=TODAY))
    stepped(stores, made, remitting.pay(made, a_payment(amount=SUM), BRI, today=TODAY))
    steps = [returned(before, RETURNED), returned(stored(stores, 2), RETURNED_ON_ITS_WAY, 10)]
    for each in (steps, steps[::-1]):
        result = stores.ledger.settle(
            each, [], Checkpoint("BBBBBBBB", 1, 0, 2, Tally(), None, NOW), ""
        )
        assert before.recipient.nik in result.people
    assert money(stores) == {Leaf.AWAITING: 3}


def test_a_listed_person_is_not_taken_back_by_a_reversal(stores, deducted):
    done = a_batch(id=CONFIRMATION, scheme="KONFIRMASI", programme=None)
    batch = replace(
        done, reversal=Reversal(ReversalState.REVERSING, "ani", NOW, "salah", of_department=True)
    )
    lines = reversals(deducted[0].ledger, CONFIRMATION, at=NOW, by=("ani", "budi"))
    step = Step(deducted[0], lines[0])
    listed(stores, deducted)
    result = stores.reversals.take_back(batch, [step], [], a_part(end=1))
    assert result == Overtaken({deducted[0].recipient.nik: stored(stores, 1)})
    assert stored(stores, 1).standing == DEDUCTED


def a_cut(person):
    listing = person.on_list
    first = Line(listing.paid_at, DEDUCTED, REMITTED, PREMIUM)
    back = Line(LATER, REMITTED, DEDUCTED, PREMIUM, by=("ani",))
    return Step(person, first, (back,))


def test_a_short_list_is_received_once_people_are_cut_from_it(stores, deducted):
    short = received(stores, paid(stores, deducted), amount=2 * PREMIUM)
    assert money(stores) == {Leaf.AWAITING: 3}
    after = remitting.cut(short, BRI, now=LATER, people=1, rupiah=PREMIUM)
    step = a_cut(stored(stores, 3))
    assert stores.remittances.cut(short, after, [step]) == Committed()
    assert stores.remittances.cut(short, after, [step]) == Committed()  # its answer was lost
    assert stores.remittances.get(short.id).state is RemittanceState.RECEIVED
    assert [stored(stores, n).standing for n in (1, 3)] == [ACTIVE, DEDUCTED]
    assert stored(stores, 3).remittance is None
    assert [line.after for line in stored(stores, 3).history] == [DEDUCTED, REMITTED, DEDUCTED]
    assert money(stores) == {Leaf.COVERED: 2, Leaf.TO_REMIT: 1}


def test_who_was_returned_is_cut_to_the_bank(stores, deducted):
    made = paid(stores, deducted)
    assert settle(stores, returned(stored(stores, 1), RETURNED_ON_ITS_WAY)) == Committed()
    now = stores.remittances.get(made.id)
    after = remitting.cut(
        now, BRI, now=LATER, people=0, rupiah=0, returned_people=1, returned=PREMIUM
    )
    step = Step(stored(stores, 1), Line(LATER, RETURNED_ON_ITS_WAY, RETURNED, PREMIUM))
    assert stores.remittances.cut(now, after, [step]) == Committed()
    assert stored(stores, 1).standing == RETURNED
    assert money(stores) == {Leaf.AWAITING: 2, Leaf.RETURNED: 1}


def test_a_cut_and_a_receipt_at_once_do_not_both_hold(stores, deducted):
    made = paid(stores, deducted)
    after = remitting.cut(made, BRI, now=LATER, people=1, rupiah=PREMIUM)
    step = a_cut(stored(stores, 3))
    received(stores, made)
    assert stores.remittances.cut(made, after, [step]) == Changed()
    assert stored(stores, 3).standing == ACTIVE
    assert money(stores) == {Leaf.COVERED: 3}
