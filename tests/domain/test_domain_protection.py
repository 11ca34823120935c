"""Nobody is called protected before the programme's rule makes it true."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.money.ledger import Line
from chalicelib.domain.money.standing import (
    ACTIVE,
    BEGINNING,
    DEDUCTED,
    DEFERRED,
    REMITTED,
    STANDINGS,
    Cover,
)
from chalicelib.domain.person.answer import answer, known_then
from chalicelib.domain.person.protection import Phase, known_on, protection
from tests.support.builders import an_enrollment, replace

REMITTANCE = load_agreements().programmes["sulut-2026"]
ENROLLMENT = REMITTANCE.model_copy(update={"cover_from": "enrollment"})
STARTS, ENDS, GRACE = date(2026, 11, 22), date(2027, 2, 21), date(2027, 5, 21)
DAYS = st.dates(date(2026, 10, 1), date(2027, 12, 31))


def person(standing=BEGINNING):
    return replace(an_enrollment(), cover=standing.cover, leaf=standing.leaf)


def test_the_dates_of_these_tests_are_those_of_the_builders():
    assert (person().starts, person().ends) == (STARTS, ENDS)
    assert REMITTANCE.grace_ends(ENDS) == GRACE


@given(st.sampled_from(sorted(STANDINGS, key=str)), DAYS)
def test_only_a_received_premium_protects_where_cover_is_from_remittance(standing, on):
    found = protection(person(standing), REMITTANCE, on)
    assert found.protected == (standing.cover is Cover.ACTIVE and STARTS <= on <= ENDS)


@given(st.sampled_from(sorted(STANDINGS, key=str)), DAYS)
def test_an_agreement_may_protect_from_enrolling_whose_premium_can_still_be_paid(standing, on):
    found = protection(person(standing), ENROLLMENT, on)
    lost = {Cover.NOT_DEDUCTED, Cover.RETURNED, Cover.WITHDRAWN}
    assert found.protected == (standing.cover not in lost and STARTS <= on <= ENDS)


@pytest.mark.parametrize(
    ("on", "phase"),
    [
        (STARTS - timedelta(days=1), Phase.NOT_BEGUN),
        (STARTS, Phase.ACTIVE),
        (ENDS, Phase.ACTIVE),
        (ENDS + timedelta(days=1), Phase.GRACE),
        (GRACE, Phase.GRACE),
        (GRACE + timedelta(days=1), Phase.ENDED),
    ],
)
def test_dates_alone_move_an_active_person(on, phase):
    assert protection(person(ACTIVE), REMITTANCE, on).phase is phase


@pytest.mark.parametrize("protects", [True, False])
def test_the_programme_says_whether_grace_protects(protects):
    programme = REMITTANCE.model_copy(update={"grace_protected": protects})
    found = protection(person(ACTIVE), programme, GRACE)
    assert (found.phase, found.protected) == (Phase.GRACE, protects)
    words = "masih terlindungi dalam masa tenggang" if protects else "tidak terlindungi"
    assert answer(person(ACTIVE), programme, GRACE, "BRI").endswith(f": {words}.")


def test_what_was_known_on_a_day_is_read_from_the_ledger():
    one = person()
    day = REMITTANCE.local_day(one.enrolled_at)
    for number, after in enumerate((DEFERRED, DEDUCTED, REMITTED, ACTIVE), start=1):
        at = one.enrolled_at + timedelta(days=number)
        line = Line(at=at, before=one.standing, after=after, amount=one.premium, by=("a",))
        one = one.stepped(line)
    known = [known_on(one, REMITTANCE, day + timedelta(days=n)) for n in range(-1, 6)]
    assert known == [None, BEGINNING, DEFERRED, DEDUCTED, REMITTED, ACTIVE, ACTIVE]
    assert "belum terlindungi" in known_then(one, REMITTANCE, day)


@given(st.sampled_from(sorted(STANDINGS, key=str)), DAYS, st.sampled_from([REMITTANCE, ENROLLMENT]))
def test_a_sentence_never_contradicts_the_verdict(standing, on, programme):
    one = person(standing)
    sentence = answer(one, programme, on, "BRI")
    protected = protection(one, programme, on).protected
    denies = any(each in sentence for each in ("belum terlindungi", "tidak terlindungi"))
    assert denies is not protected
    assert sentence.endswith(".")
    assert "{" not in sentence
