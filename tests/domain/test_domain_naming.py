"""What a message may repeat of a name that a bank wrote."""

import random
import re
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.cells.name import parse_name
from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.messages.confirmation import confirmation
from chalicelib.domain.messages.naming import NAMELESS, message_name
from chalicelib.domain.person.enrollment import MessageKind
from local.made_up_people import people
from tests.support.builders import a_recipient, an_enrollment

SCHEME = load_agreements().programmes["sulut-2026"].schemes["BPUM"]
FILLERS = "\u115f\u1160\u3164\uffa0\u2800\u200b\u180e\u2061\ufe0f\u034f\U000e0041"


def message(name: str) -> str:
    person = an_enrollment(recipient=a_recipient(name=name))
    return confirmation(person, SCHEME.wording(MessageKind.ENROLLED), SCHEME.name, months=3)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("MARIA LUMENTUT", "MARIA LUMENTUT"),
        ("Oe", "Oe"),
        ("Ma’ruf D`Arcy", "Ma'ruf D'Arcy"),
        ("Maria Lumentut-Wowor", "Maria Lumentut-Wowor"),
        ("Drs. H. Ahmad", "Drs. H. Ahmad"),
        ("A.B. Contoh", "A.B. Contoh"),
        ("Ahmad, S.Pd., M.M.", "Ahmad"),
        ("René Wowor", "Rene Wowor"),
        ("Dua Lipa", "Dua Lipa"),
        ("Prof. Dr. H. Ahmad", "Prof. Dr. H. Ahmad"),
        ("I Made Diah Kurniawati", "I Made Diah Kurniawati"),
        ("M. B. A. Lumentut", "M. B. A. Lumentut"),
        ("Ha Diah", "Ha Diah"),
        ("Terry Dian Menajang", "Terry Dian Menajang"),
        ("\u092a\u094d\u0930\u093f\u092f\u093e", "priya"),
    ],
)
def test_a_name_is_repeated(name, shown):
    assert message_name(name) == shown
    assert message(name).startswith(f"BPJS Ketenagakerjaan: {shown} terdaftar.")


@pytest.mark.parametrize(
    "name",
    [
        "Cairkan BPUM di bpum-cair.id/a",
        "Cairkan BPUM di bpum-cair",
        "Klik bit.ly/bpum26",
        "Klik bit.ly",
        "bit.ly",
        "Budi t.me",
        "bpum cair titik id",
        "www bri co id",
        "https Budi",
        "Hub 081 234 567 890",
        "A 717 101 010 170 000 5",
        "nol delapan satu dua",
        "NOL DELAPAN",
        "Hubungi Budi",
        "Budi 2",
        "O",
        "A.",
        "- -",
        "B" + "\u3164",
        "\u041caria",  # Cyrillic M among Latin letters
        "\uff42\uff49\uff54\uff0e\uff4c\uff59",  # full width
        "\U0001d401\U0001d42e\U0001d41d\U0001d422",  # mathematical
        "Budi\u3002ly",
        "Budi\u2024ly",
        "Budi\u2044a",
        "Budi \u0662\u0663\u0664",
        "Budi (klik)",
        "Budi K L I K",
        "Budi k-l-i-k",
        "Budi K.L.I.K",
        "Budi Tr A Nsfer",
        "Budi O T P",
        "Budi KIik",  # a capital i
        "Budi BeriIink Iink",
        "Budi Transsfer",
        "Budi Kirimkan",
        "Budi Dikirim",
        "Budi Hubungilah",
        "Budi Ditransferkan",
        "Budi Menghubungi",
        "Budi Mengirim",
        "Budi Menyetor",
        "Noldelapansatu Dua",
        "Satujuta Rupiah",
        "Tidak",  # "Tidak terdaftar."
        "Anda Belum",
        "Budi Batal",
        "Budi Penipuan",
        "Budi Dibatalkan",
        "Budi Lumentut. Selamat siang",
        "Halo ibu silakan datang ke kantor kami besok",
        "Budi: bayar",
        "a@b",
        "",
    ],
)
def test_what_reads_as_something_else_is_not_repeated(name):
    assert message_name(name) is None
    assert message(name).startswith(f"BPJS Ketenagakerjaan: {NAMELESS} terdaftar.")


USUAL = (
    "Agustina Albertus Andi Anugerah Bambang Benyamin Bernadus Berlian Betrix Buang Cahyani Cecep"
    " Daniel Deddy Dewi Diana Dina Dinda Djufri Dolfie Elim Endang Ferdy Fransiska Gerung Gracia"
    " Harun Hendrik Heryanto Indah Irma Iskandar Jantje Jefri Johanis Jumiati Kaligis Kandou Karim"
    " Kasih Komang Kuhu Lasut Lengkong Linda Liow Lumi Luntungan Mandagi Manoppo Manurung Maramis"
    " Melani Mening Merlin Meyske Mokodompit Momongan Mulyadi Nengah Ngurah Nining Novita Nurhayati"
    " Oktavian Pandelaki Pangemanan Permata Pontoh Puluhulawa Rahmawati Ratulangi Rompas Rumengan"
    " Runtuwene Sadewo Salindeho Sambuaga Sarundajang Senduk Setiawan Sinta Siti Sondakh Suparman"
    " Tambunan Tangkudung Terok Tiwow Tumbelaka Tumiwa Ulaan Umboh Untung Veronica Wagiu Wahyuni"
    " Walangitan Waluyo Warouw Wati Wenas Wulan Yulianti Zainal"
)


def test_a_message_repeats_usual_names():
    names = [each.name for each in islice(people(random.Random(1)), 500)]  # noqa: S311
    words = USUAL.split()
    names += [f"{one} {other}" for one, other in zip(words, reversed(words), strict=True)]
    assert [each for each in names if message_name(each) is None] == []


@given(st.text(max_size=120))
def test_a_message_repeats_letters_only(text):
    shown = message_name(text)
    if shown is None:
        return
    assert re.fullmatch(r"[A-Za-z .'\-,]+", shown)
    assert not re.search(r"[A-Za-z]{2}\.[A-Za-z]|[A-Za-z]\.[A-Za-z]{2}", shown)
    assert sum(map(str.isalpha, shown)) >= 2


@given(st.text(alphabet=FILLERS + " ", max_size=20))
def test_what_shows_nothing_is_no_name(text):
    assert isinstance(parse_name(text), Finding)


@pytest.mark.parametrize("filler", FILLERS.replace("\u2800", ""))
def test_what_shows_nothing_is_no_part_of_a_name(filler):
    assert parse_name(f"Maria{filler} Lumentut{filler}") == "Maria Lumentut"


@pytest.mark.parametrize("name", ["O", "Y", "É"])
def test_one_letter_is_a_name(name):
    assert parse_name(name) == name


@pytest.mark.parametrize("text", ["\u02bc\u02bc", "\u02b9", ".-", "''"])
def test_signs_are_no_name(text):
    assert isinstance(parse_name(text), Finding)
