"""The text is one part by an independent count: the GSM 03.38 table as this test's own data."""

import pytest
from builders import a_recipient, an_enrollment
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.confirmation import confirmation, plain, septets, shorten
from chalicelib.domain.programme import load_agreements
from chalicelib.domain.reference import reference

# GSM 03.38, clause 6.2.1, row by row; and the extension table of 6.2.1.1, two septets each.
GSM = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
AGREEMENTS = load_agreements()
WORDINGS = [
    pytest.param(scheme, id=f"{programme.code}-{code}")
    for programme in AGREEMENTS.programmes.values()
    for code, scheme in programme.schemes.items()
]


def length(text: str) -> int:
    assert all(character in GSM + EXTENSION for character in text)
    return len(text) + sum(character in EXTENSION for character in text)


def widest(**changes):
    return an_enrollment(
        premium=9_999_999,
        reference=reference("ZZZZZZZZ", 5_000_000),
        recipient=a_recipient(name=changes.pop("name", "A" * 100), aid=500_000_000),
        **changes,
    )


@pytest.mark.parametrize("scheme", WORDINGS)
@pytest.mark.parametrize(
    "name", ["Maria", "Maria Magdalena Lumentut Rumondor Wowiling Sumampouw", "A" * 100, "Ŝđ€ [x]"]
)
def test_the_widest_message_is_one_part(scheme, name):
    text = confirmation(widest(name=name), scheme.sms, scheme.name)
    assert length(text) <= 160


@pytest.mark.parametrize("scheme", WORDINGS)
def test_nothing_is_promised_that_a_new_member_does_not_have(scheme):
    text = confirmation(widest(), scheme.sms, scheme.name).lower()
    for promise in ("juta", "42", "santunan", "beasiswa", "rp42", "http", "www", "08", "+62"):
        assert promise not in text


@pytest.mark.parametrize("scheme", WORDINGS)
def test_the_message_says_what_cover_until_when_and_at_what_price(scheme):
    text = confirmation(widest(name="Maria"), scheme.sms, scheme.name)
    for said in ("Maria", "JKK", "JKM", "21-02-2027", "9.999.999", "ZZZZZZZZ-5000000"):
        assert said in text
    assert a_recipient().nik not in text


@given(st.text())
def test_whatever_a_name_holds_the_message_is_one_part(name):
    scheme = AGREEMENTS.programmes["sulut-2026"].schemes["BPUM"]
    assert length(confirmation(widest(name=name), scheme.sms, scheme.name)) <= 160


@pytest.mark.parametrize("name", ["Ma`ruf", "Ma’ruf", "Ma´ruf", "Maʼruf", "Ma'ruf"])
def test_a_name_keeps_its_apostrophe_whichever_it_is(name):
    assert plain(name) == "Ma'ruf"


@given(st.text())
def test_plain_text_takes_one_septet_a_character(text):
    assert septets(plain(text)) == len(plain(text)) == length(plain(text))


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


@pytest.mark.parametrize(
    ("text", "count"), [("Halo", 4), ("a{b}", 6), ("€", 2), ("\u201c", None), ("", 0)]
)
def test_septets_are_counted_as_the_carriers_do(text, count):
    assert septets(text) == count
