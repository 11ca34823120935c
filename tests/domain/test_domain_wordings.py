"""The rules for the wording of messages: plain, true, and unlike a swindler's."""

import re

import pytest

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.messages.confirmation import confirmation
from chalicelib.domain.person.enrollment import MessageKind
from tests.support.builders import a_recipient, an_enrollment
from tests.support.septets import septets

WORDINGS = [
    pytest.param(programme, scheme, kind, id=f"{programme.code}-{code}-{kind}")
    for programme in load_agreements().programmes.values()
    for code, scheme in programme.schemes.items()
    for kind in sorted(programme.messages)
]
KNOWN_SHORT = {"BPJS", "BPUM", "KUR", "Rp", "Ref"}
"""Short forms that recipients know: names, the currency, and the label of their reference."""
LONGEST_SENTENCE = 12
PROMISES = ("juta", "santunan", "beasiswa", "pasti", "gratis", "hadiah", "selamat", "cair")
LURES = ("http", "www", ".id", ".com", "klik", "hubungi", "segera", "pin", "otp", "balas", "kirim")


def text_of(programme, scheme, kind, name="Maria Contoh"):
    person = an_enrollment(recipient=a_recipient(name=name))
    return confirmation(person, scheme.wording(kind), scheme.name, programme.months)


@pytest.mark.parametrize(("programme", "scheme", "kind"), WORDINGS)
def test_the_sender_comes_first_and_the_person_is_named(programme, scheme, kind):
    text = text_of(programme, scheme, kind)
    assert text.startswith("BPJS Ketenagakerjaan: ")
    assert "Maria Contoh" in text
    assert septets(text) <= 160


@pytest.mark.parametrize(("programme", "scheme", "kind"), WORDINGS)
def test_there_is_no_abbreviation_that_people_do_not_know(programme, scheme, kind):
    wording = re.sub(r"\{\w+\}", "", scheme.wording(kind))
    short = set(re.findall(r"\b[A-Z]{2,}\b", wording))
    dotted = re.findall(r"\b[a-z]{1,3}\.[a-z]", wording)
    assert short <= KNOWN_SHORT
    assert dotted == []
    assert "&" not in wording


@pytest.mark.parametrize(("programme", "scheme", "kind"), WORDINGS)
def test_sentences_are_short(programme, scheme, kind):
    body = text_of(programme, scheme, kind).partition(": ")[2]
    for sentence in re.split(r"(?<=[a-z0-9])\. ", body):
        assert len(sentence.split()) <= LONGEST_SENTENCE, sentence


@pytest.mark.parametrize(("programme", "scheme", "kind"), WORDINGS)
def test_nothing_is_promised_and_nothing_asks_for_money_or_secrets(programme, scheme, kind):
    words = re.findall(r"[a-z.]+", re.sub(r"\{\w+\}", "", scheme.wording(kind)).lower())
    assert not {each.strip(".") for each in words} & {*PROMISES, *LURES}
    assert not re.search(r"\d", re.sub(r"\{\w+\}", "", scheme.wording(kind)))


@pytest.mark.parametrize(("programme", "scheme", "kind"), WORDINGS)
def test_a_message_says_what_is_true_at_its_time(programme, scheme, kind):
    text = text_of(programme, scheme, kind)
    if kind is MessageKind.ENROLLED:
        assert "terdaftar" in text
        assert f"Setelah dibayar, dilindungi {programme.months} bulan" in text
        assert "Rp33.600" in text
        assert "sudah" not in text
    elif kind is MessageKind.ACTIVE:
        assert "sudah dilindungi sampai 21-02-2027" in text
        assert "Tidak perlu membayar lagi" in text
    else:
        assert "dibatalkan" in text
        assert "dilindungi" not in text


@pytest.mark.parametrize(("programme", "scheme", "kind"), WORDINGS)
def test_accident_and_death_are_in_plain_words(programme, scheme, kind):
    text = text_of(programme, scheme, kind)
    assert ("celaka kerja/wafat" in text) == (kind is not MessageKind.WITHDRAWN)
    assert "JKK" not in text
    assert "JKM" not in text
