from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.codes import Code, Finding
from chalicelib.domain.name import parse_name, same_person

BORN = date(1980, 8, 17)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MARIA LUMENTUT", "MARIA LUMENTUT"),
        ("  Maria   Lumentut ", "Maria Lumentut"),
        ("Maria\u00a0Lumentut", "Maria Lumentut"),
        ("Maria\tLumentut\n", "Maria Lumentut"),
        ("\ufeffMaria\u200b Lumentut", "Maria Lumentut"),
        ("'Maria Lumentut", "Maria Lumentut"),
        ("Rene\u0301 Wowor", "Ren\u00e9 Wowor"),
        ("D'Arcy Ma'ruf", "D'Arcy Ma'ruf"),
    ],
)
def test_names_are_kept_as_written_without_stray_spaces(text, name):
    assert parse_name(text) == name


@pytest.mark.parametrize(
    "name",
    [
        "Oe",
        "Maria",
        "Ma'ruf",
        "Drs. H. Ahmad, S.E., M.M.",
        "Maria Lumentut-Wowor",
        "Siti (Alm)",
        "Ahmad d/h Achmad",
        "Budi 2",
        "Ren\u00e9",
        'Yohanes "Jhon" Contoh',
        "A" * 100,
        "\u092a\u094d\u0930\u093f\u092f\u093e \u0936\u0930\u094d\u092e\u093e",
        "\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f",
        "M\u0331aria",
    ],
)
def test_what_can_be_a_name_is_one(name):
    assert parse_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "A" * 101,
        "...",
        "123",
        "7171011708800001",
        "Maria 081234567890",
        "Maria 1980",
        "1.200.000",
        "Maria;Lumentut",
        "Maria|Lumentut",
        "maria@contoh.id",
        "=1+1",
        "+Maria",
        "Mar?a",
        "Mar\ufffda",
        "Maria_L",
        "***",
        "Maria\x00",
        "\u0301",
        "12\u0301",
        "Maria\u0301;Contoh",
    ],
)
def test_what_cannot_be_a_name_is_none(name):
    assert parse_name(name) == Finding(Code.NAME_INVALID)


@given(st.text(max_size=200))
def test_any_text_is_cleaned_and_weighed(text):
    name = parse_name(text)
    if isinstance(name, str):
        assert parse_name(name) == name
    assert same_person(text, None, text, None)


@pytest.mark.parametrize("text", ["", " ", "-", "N/A", "null", "0", "\u200b", "'"])
def test_signs_for_nothing_are_no_name(text):
    assert parse_name(text) == Finding(Code.NAME_MISSING)


SAME = [
    ("MARIA LUMENTUT", "Maria Lumentut"),
    ("Maria  Lumentut", "Maria Lumentut"),
    ("Lumentut Maria", "Maria Lumentut"),
    ("Ren\u00e9 Wowor", "RENE WOWOR"),
    ("H. Ahmad Lasut", "Ahmad Lasut"),
    ("Hj Siti Aminah", "SITI AMINAH"),
    ("Drs. H. Ahmad Lasut, M.Si.", "AHMAD LASUT"),
    ("Ahmad Lasut, S.E., M.M.", "Ahmad Lasut"),
    ("Ahmad Lasut SE", "Ahmad Lasut"),
    ("Ahmad Lasut S.Pd", "Ahmad Lasut"),
    ("dr. Maria Wowor", "Maria Wowor"),
    ("Pdt. Yohanes Contoh, S.Th", "Yohanes Contoh"),
    ("Ibu Maria Wowor", "Maria Wowor"),
    ("Ma'ruf Amin", "Maruf Amin"),
    ("Ma\u2019ruf Amin", "Ma'ruf Amin"),
    ("Moh. Rizky", "Muhammad Rizky"),
    ("M. Rizky", "Muhammad Rizky"),
    ("Mochammad Rizky", "Muhamad Rizky"),
    ("Muh Rizki", "Mohammad Rizky"),
    ("St. Aminah", "Siti Aminah"),
    ("Abd. Rahman", "Abdul Rahman"),
    ("Abdurrahman", "Abdul Rahman"),
    ("Nur Hayati", "Nurhayati"),
    ("Maria F. Lumentut", "Maria Fransiska Lumentut"),
    ("Maria F Lumentut", "Maria Lumentut"),
    ("Maria", "Maria Lumentut"),
    ("Chris Lumentut", "Christian Lumentut"),
    ("Djoko Soesilo", "Joko Susilo"),
    ("Achmad", "Ahmad"),
    ("Christina", "Kristina"),
    ("Yohanes Lasut", "Johanes Lasut"),
    ("Maria Lumentut", "Maria Lumentud"),
    ("Maria Lumentut", "Maria Lumetnut"),
    ("Maria Lasut", "Maria Lasud"),
    ("Mariah Lasut", "Maria Lasut"),
    ("Fransiska", "Fransisca"),
    ("Lumentut-Wowor Maria", "Maria Lumentut Wowor"),
]
DIFFERENT = [
    ("Maria Lumentut", "Yohanes Lasut"),
    ("Maria Lumentut", "Maria Wowor"),
    ("Maria Lumentut", "Marten Lumentut"),
    ("Siti Aminah", "Siti Aisyah"),
    ("Muhammad Rizky", "Muhammad Fajar"),
    ("Muhammad Rizky Ramadhan", "Muhammad Rizal Ramadhan"),
    ("Yanti", "Yanto"),
    ("Rita", "Rina"),
    ("Ani Lasut", "Adi Lasut"),
    ("Budi", "Rudi"),
    ("M. Rizky", "Muhammad Fajar"),
    ("Ahmad", "Abdul"),
    ("Maria", "Lumentut"),
    ("H. Ahmad", "H. Yusuf"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_person_however_the_name_is_written(one, other):
    assert same_person(one, BORN, other, BORN)
    assert same_person(other, None, one, BORN)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_people_with_clearly_different_names(one, other):
    assert not same_person(one, BORN, other, BORN)
    assert not same_person(other, None, one, None)


def test_stated_birth_dates_that_differ_are_two_people():
    name = "Maria Lumentut"
    assert not same_person(name, BORN, name, date(1980, 8, 18))
    assert same_person(name, BORN, name, None)
    assert same_person(name, None, name, BORN)


@given(st.text(max_size=30), st.text(max_size=30))
def test_it_does_not_matter_who_is_named_first(one, other):
    assert same_person(one, None, other, None) is same_person(other, None, one, None)
