"""The text is one part by an independent count (`septets`)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.messages.confirmation import confirmation, plain, shorten
from chalicelib.domain.person.enrollment import MessageKind
from chalicelib.domain.person.reference import reference
from tests.support.builders import a_recipient, an_enrollment
from tests.support.septets import septets

AGREEMENTS = load_agreements()
WORDINGS = [
    pytest.param(scheme, kind, id=f"{programme.code}-{code}-{kind}")
    for programme in AGREEMENTS.programmes.values()
    for code, scheme in programme.schemes.items()
    for kind in scheme.sms
]


def message(person, scheme, kind=MessageKind.ENROLLED):
    return confirmation(person, scheme.wording(kind), scheme.name, months=12)


def widest(**changes):
    return an_enrollment(
        premium=9_999_999,
        reference=reference("ZZZZZZZZ", 5_000_000),
        recipient=a_recipient(name=changes.pop("name", "A" * 100), aid=500_000_000),
        **changes,
    )


@pytest.mark.parametrize(("scheme", "kind"), WORDINGS)
@pytest.mark.parametrize(
    "name", ["Maria", "Maria Magdalena Lumentut Rumondor Wowiling Sumampouw", "A" * 100, "Ŝđ€ [x]"]
)
def test_the_widest_message_is_one_part(scheme, kind, name):
    text = message(widest(name=name), scheme, kind)
    assert septets(text) <= 160


@pytest.mark.parametrize(("scheme", "kind"), WORDINGS)
def test_the_message_names_its_person_and_reference_but_no_nik(scheme, kind):
    text = message(widest(name="Maria"), scheme, kind)
    for part in ("Maria", "ZZZZZZZZ-5000000"):
        assert part in text
    assert a_recipient().nik not in text


@given(st.text())
def test_the_message_is_one_part_for_every_name(name):
    scheme = AGREEMENTS.programmes["sulut-2026"].schemes["BPUM"]
    assert septets(message(widest(name=name), scheme)) <= 160


@pytest.mark.parametrize("name", ["Ma`ruf", "Ma’ruf", "Ma´ruf", "Maʼruf", "Ma'ruf"])
def test_a_name_keeps_its_apostrophe_of_any_kind(name):
    assert plain(name) == "Ma'ruf"


@given(st.text())
def test_plain_text_takes_one_septet_a_character(text):
    assert septets(plain(text)) == len(plain(text))


@pytest.mark.parametrize(
    ("name", "room", "short"),
    [
        ("Maria Lumentut", 14, "Maria Lumentut"),
        ("Maria Lumentut", 13, "Maria"),
        ("Maria Lumentut", 5, "Maria"),
        ("Marialumentut", 5, "Maria"),
        ("Maria, S.E.", 6, "Maria"),
    ],
)
def test_a_long_name_is_shortened_at_a_word(name, room, short):
    assert shorten(name, room) == short
