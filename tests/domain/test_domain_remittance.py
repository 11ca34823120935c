"""Two organisations make people active together, and neither does it alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.money import remitting
from chalicelib.domain.money.balance import Balance, Moved
from chalicelib.domain.money.ledger import Line
from chalicelib.domain.money.listing import RETURNED_ON_ITS_WAY, RemittanceState
from chalicelib.domain.money.remittance import (
    Payment,
    PaymentCode,
    Receipt,
    Remittance,
    bank_of,
    remittance_id,
)
from chalicelib.domain.money.remitting import Actor, Refusal
from chalicelib.domain.money.standing import (
    ACTIVE,
    BEGINNING,
    DEDUCTED,
    REMITTED,
    RETURNED,
    Cover,
    Leaf,
    Standing,
)
from chalicelib.domain.person.answer import answer
from chalicelib.domain.person.protection import Phase, known_on, protection
from tests.support.builders import NOW, PROGRAMME, an_enrollment, replace

PREMIUM = 33_600
TODAY = date(2026, 11, 29)
STARTS, ENDS = date(2026, 12, 1), date(2027, 2, 28)
BRI, BNI, BPJS = Actor("ani", "002"), Actor("cici", "009"), Actor("budi", None)
EXPIRES = TODAY + timedelta(days=2)


def a_list(people=10, **changes):
    values = {
        "id": remittance_id("002", NOW, "ani"),
        "bank": "002",
        "programme": PROGRAMME,
        "at": NOW,
        "by": "ani",
        "files": ("7K3M9QX2",),
        "state": RemittanceState.LISTED,
        "people": people,
        "rupiah": people * PREMIUM,
    }
    return Remittance(**(values | changes))


def a_code(code="632611000101", bill=10 * PREMIUM, expires=EXPIRES):
    return PaymentCode(code, bill, 0, expires, NOW, "budi")


def a_payment(reference="FT-001", amount=10 * PREMIUM, code="632611000101", day=TODAY):
    return Payment(reference, code, amount, day, "rtgs", NOW, "ani")


def a_receipt(reference="R-1", amount=10 * PREMIUM, code="632611000101", **changes):
    values = {"day": TODAY, "starts": STARTS, "ends": ENDS, "at": NOW, "by": "budi"}
    return Receipt(reference, code, amount, **(values | changes))


def billed(remittance=None, **changes):
    return remitting.bill(remittance or a_list(), a_code(**changes), BPJS, today=TODAY)


def paid(remittance=None, **changes):
    return remitting.pay(remittance or billed(), a_payment(**changes), BRI, today=TODAY)


def received(remittance=None, **changes):
    return remitting.receive(remittance or paid(), a_receipt(**changes), BPJS, today=TODAY)


def test_a_list_is_billed_paid_and_received():
    assert billed().state is RemittanceState.BILLED
    assert paid().state is RemittanceState.PAID
    done = received()
    assert (done.state, done.short, done.overpaid) == (RemittanceState.RECEIVED, 0, 0)
    assert (done.listing.starts, done.listing.ends) == (STARTS, ENDS)


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        (lambda: remitting.bill(a_list(), a_code(), BRI, today=TODAY), Refusal.OTHER_PARTY),
        (lambda: remitting.pay(billed(), a_payment(), BPJS, today=TODAY), Refusal.OTHER_PARTY),
        (lambda: remitting.pay(billed(), a_payment(), BNI, today=TODAY), Refusal.OTHER_PARTY),
        (lambda: remitting.receive(paid(), a_receipt(), BRI, today=TODAY), Refusal.OTHER_PARTY),
        (lambda: remitting.cancel(a_list(), BNI, now=NOW, reason="x"), Refusal.OTHER_PARTY),
        (lambda: remitting.cut(paid(), BNI, now=NOW, people=1, rupiah=1), Refusal.OTHER_PARTY),
        (lambda: remitting.cut(billed(), BRI, now=NOW, people=1, rupiah=1), Refusal.WRONG_STATE),
        (lambda: remitting.pay(a_list(), a_payment(), BRI, today=TODAY), Refusal.WRONG_STATE),
        (lambda: received(billed()), Refusal.WRONG_STATE),
        (lambda: received(received()), Refusal.WRONG_STATE),
        (lambda: remitting.cancel(paid(), BRI, now=NOW, reason="x"), Refusal.WRONG_STATE),
        (lambda: billed(expires=TODAY - timedelta(days=1)), Refusal.CODE_EXPIRED),
        (lambda: billed(bill=0), Refusal.AMOUNT_NOT_POSITIVE),
        (lambda: billed(code=" -"), Refusal.REFERENCE_EMPTY),
        (lambda: paid(reference="  "), Refusal.REFERENCE_EMPTY),
        (lambda: paid(amount=0), Refusal.AMOUNT_NOT_POSITIVE),
        (lambda: paid(day=TODAY + timedelta(days=1)), Refusal.DATE_FUTURE),
        (lambda: paid(code="626110050711"), Refusal.CODE_UNKNOWN),
        (lambda: paid(paid(amount=1), reference="ft 001"), Refusal.REFERENCE_KNOWN),
        (lambda: received(code="626110050711"), Refusal.CODE_UNKNOWN),
        (lambda: received(received(amount=1), reference="r1"), Refusal.REFERENCE_KNOWN),
        (lambda: received(starts=ENDS, ends=STARTS), Refusal.DATES_WRONG),
        (lambda: received(received(amount=1), reference="R2", ends=TODAY), Refusal.DATES_WRONG),
        (lambda: received(received(amount=1), reference="R2", ends=STARTS), Refusal.DATES_DIFFER),
    ],
)
def test_a_step_that_is_not_to_be_taken_is_refused_with_a_reason(step, refusal):
    assert step() is refusal


def test_an_expired_code_is_replaced_and_closed():
    late = EXPIRES + timedelta(days=1)
    assert remitting.pay(billed(), a_payment(day=late), BRI, today=late) is Refusal.CODE_EXPIRED

    again = a_code("632611000199", expires=late)
    replaced = remitting.bill(billed(), again, BPJS, today=late)
    assert replaced.code.code == "632611000199"
    assert remitting.pay(replaced, a_payment(), BRI, today=late) is Refusal.CODE_CLOSED
    assert billed(replaced) is Refusal.CODE_KNOWN
    new = remitting.pay(replaced, a_payment(code="6326-1100-0199", day=late), BRI, today=late)
    assert new.payments[0].code == "632611000199"


def test_a_short_receipt_makes_nobody_active_until_it_is_made_up():
    short = received(amount=9 * PREMIUM)
    assert (short.state, short.short) == (RemittanceState.PAID, PREMIUM)
    assert short.listing.standing(DEDUCTED) == REMITTED
    more = remitting.pay(short, a_payment("FT-002", PREMIUM), BRI, today=TODAY)
    done = received(more, reference="R-2", amount=PREMIUM)
    assert done.listing.standing(DEDUCTED) == ACTIVE


def test_a_short_receipt_is_complete_once_people_are_cut():
    short = received(amount=9 * PREMIUM)
    done = remitting.cut(short, BRI, now=NOW, people=1, rupiah=PREMIUM)
    assert (done.state, done.people, done.cut_people) == (RemittanceState.RECEIVED, 9, 1)


def test_everybody_is_cut_only_if_nothing_was_received():
    everybody = {"people": 10, "rupiah": 10 * PREMIUM}
    assert remitting.cut(received(amount=1), BRI, now=NOW, **everybody) is Refusal.WRONG_STATE
    gone = remitting.cut(paid(), BRI, now=NOW, **everybody)
    assert gone.state is RemittanceState.CANCELLED


def test_what_is_paid_too_much_is_shown():
    assert received(amount=11 * PREMIUM).overpaid == PREMIUM


@pytest.mark.parametrize(("more", "due"), [(500, 10 * PREMIUM + 500), (-500, 10 * PREMIUM)])
def test_a_difference_to_the_bill_is_shown_and_changes_no_premium(more, due):
    of = paid(billed(bill=10 * PREMIUM + more))
    assert (of.rate_difference, of.due, of.rupiah) == (more, due, 10 * PREMIUM)
    assert received(of).state is (RemittanceState.PAID if more > 0 else RemittanceState.RECEIVED)
    assert received(of, amount=10 * PREMIUM + more).state is (
        RemittanceState.RECEIVED if more > 0 else RemittanceState.PAID
    )


def test_a_cancelled_list_gives_its_people_back():
    gone = remitting.cancel(billed(), BRI, now=NOW, reason="salah berkas")
    person = on(gone)
    assert person.on_list is None
    assert person.standing == DEDUCTED
    assert remitting.listed(a_list(0, state=RemittanceState.LISTING), NOW).listing.is_open is False


def test_ids_of_a_bank_have_the_order_of_time():
    first, later = (remittance_id("002", NOW + timedelta(hours=n), "ani") for n in (0, 1))
    assert first < later
    assert bank_of(first) == "002"


def on(remittance, stored=DEDUCTED):
    """Return a person on a list, with the line of their deduction."""
    person = an_enrollment().stepped(
        Line(NOW, BEGINNING, stored if stored == DEDUCTED else DEDUCTED, PREMIUM)
    )
    if stored != DEDUCTED:
        person = replace(person, cover=stored.cover, leaf=stored.leaf)
    return person.listed(remittance.listing)


def test_a_person_of_a_complete_receipt_is_covered_on_the_days_of_bpjs():
    rules = load_agreements().programmes[PROGRAMME]
    person = on(received())
    assert protection(person, rules, TODAY).phase is Phase.NOT_BEGUN
    assert protection(person, rules, STARTS) == protection(person, rules, ENDS)
    assert protection(person, rules, STARTS).protected
    assert protection(person, rules, ENDS + timedelta(days=1)).phase is not Phase.ACTIVE
    assert "terlindungi sampai 28 Februari 2027" in answer(person, rules, STARTS, "BRI")
    assert not protection(on(paid()), rules, STARTS).protected


def test_what_was_known_on_a_past_day_follows_the_list():
    rules = load_agreements().programmes[PROGRAMME]
    days = [NOW + timedelta(days=n) for n in range(4)]
    of = replace(received(), completed_at=days[3])
    of = replace(of, payments=(replace(of.payments[0], at=days[1]),))
    person = on(of)
    known = [known_on(person, rules, rules.local_day(each)) for each in days]
    assert known == [DEDUCTED, REMITTED, REMITTED, ACTIVE]
    assert [line.after for line in person.history] == [DEDUCTED, REMITTED, ACTIVE]


def test_who_was_returned_on_the_way_is_owed_a_refund_at_the_receipt():
    person = on(paid(), RETURNED_ON_ITS_WAY)
    assert person.standing == RETURNED_ON_ITS_WAY
    refund = Standing(Cover.RETURNED, Leaf.REFUND_DUE)
    assert on(received(), RETURNED_ON_ITS_WAY).standing == refund


@pytest.mark.parametrize(
    ("of", "leaf", "apart"),
    [
        (a_list(), Leaf.TO_REMIT, Leaf.TO_REMIT),
        (paid(), Leaf.AWAITING, Leaf.AWAITING),
        (received(), Leaf.COVERED, Leaf.REFUND_DUE),
    ],
)
def test_counts_follow_the_list(of, leaf, apart):
    moved = Moved()
    moved.move(BEGINNING, DEDUCTED, 3 * PREMIUM, people=3)
    moved.on_list(of.id, 3, 3 * PREMIUM)
    if of.state is not RemittanceState.LISTED:
        moved.returned_on_list(of.id, 1, PREMIUM)
    balance = Balance.of(3, 3 * PREMIUM, [moved.with_lists({of.id: of.listing})])
    found = {each: balance.people(each) for each in Leaf if balance.people(each)}
    assert found == ({leaf: 3} if leaf is apart else {leaf: 2, apart: 1})
    assert balance.expected == balance.deducted == 3 * PREMIUM


CODES, REFERENCES = ("63-1", "63-2"), ("A", "B", "C")
ACTORS = st.sampled_from((BRI, BNI, BPJS))
AMOUNTS = st.sampled_from((-1, 0, 1, 2 * PREMIUM, 3 * PREMIUM, 4 * PREMIUM))
DAYS = st.sampled_from((TODAY - timedelta(days=5), TODAY, TODAY + timedelta(days=1)))
STEPS = st.one_of(
    st.tuples(st.just("bill"), ACTORS, st.sampled_from(CODES), AMOUNTS, DAYS),
    st.tuples(st.just("pay"), ACTORS, st.sampled_from(REFERENCES), AMOUNTS, DAYS),
    st.tuples(st.just("receive"), ACTORS, st.sampled_from(REFERENCES), AMOUNTS, DAYS),
    st.tuples(st.just("cut"), ACTORS, st.integers(1, 3)),
    st.tuples(st.just("cancel"), ACTORS),
    st.tuples(st.just("listed"), ACTORS),
)


def take(remittance, step):
    """Return what a step makes of a list of three."""
    name, actor, *rest = step
    code = remittance.code.code if remittance.code else CODES[0]
    if name == "bill":
        given, amount, day = rest
        return remitting.bill(remittance, a_code(given, amount, day), actor, today=TODAY)
    if name == "pay":
        reference, amount, day = rest
        payment = a_payment(reference, amount, code, day)
        return remitting.pay(remittance, payment, actor, today=TODAY)
    if name == "receive":
        reference, amount, day = rest
        receipt = a_receipt(reference, amount, code, day=day)
        return remitting.receive(remittance, receipt, actor, today=TODAY)
    if name == "cut":
        people = min(rest[0], remittance.people)
        return remitting.cut(remittance, actor, now=NOW, people=people, rupiah=people * PREMIUM)
    if name == "cancel":
        return remitting.cancel(remittance, actor, now=NOW, reason="x")
    is_listing = remittance.state is RemittanceState.LISTING
    return remitting.listed(remittance, NOW) if is_listing else Refusal.WRONG_STATE


@given(st.lists(STEPS, max_size=14))
def test_nobody_is_active_without_a_complete_receipt_of_bpjs(steps):
    remittance = a_list(3, state=RemittanceState.LISTING)
    took: list[tuple[str, Actor]] = []
    for step in steps:
        after = take(remittance, step)
        if isinstance(after, Refusal):
            continue
        took.append((step[0], step[1]))
        assert remittance.state is not RemittanceState.RECEIVED, "a receipt is final"
        remittance = after
        active = on(remittance).standing == ACTIVE
        assert active is (remittance.state is RemittanceState.RECEIVED)
        if active:
            assert remittance.received >= remittance.due >= remittance.premiums
            assert remittance.people > 0
            assert ("bill", BPJS) in took
            assert ("pay", BRI) in took
            assert ("receive", BPJS) in took
        if remittance.state is RemittanceState.CANCELLED:
            assert on(remittance).standing == DEDUCTED
            assert not remittance.receipts


@given(st.lists(STEPS, max_size=14))
def test_a_bank_alone_makes_nobody_active(steps):
    remittance = a_list(3)
    for step in steps:
        if step[1].bank is not None:
            after = take(remittance, step)
            remittance = remittance if isinstance(after, Refusal) else after
    assert on(remittance).standing in {DEDUCTED, REMITTED}
    assert on(remittance).standing != RETURNED
