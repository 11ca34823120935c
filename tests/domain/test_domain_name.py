from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells.name import is_deceased, parse_name, same_person, says_deceased
from chalicelib.domain.findings.finding import Code, Finding

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
        "Ab" * 50,
        "\u092a\u094d\u0930\u093f\u092f\u093e \u0936\u0930\u094d\u092e\u093e",
        "\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f",
        "M\u0331aria",
    ],
)
def test_a_possible_name_is_accepted(name):
    assert parse_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("Nama", "NAMA LENGKAP", "nama penerima 3", "name", "xxx", "X X X", "XXXXXXXX", "aaaa"),
        *("Test", "tes tes", "TEST 1", "Contoh", "Contoh Nama", "dummy", "asdf", "qwerty", "abc"),
        *("tidak ada", "TIDAK ADA NAMA", "tdk diketahui", "belum diisi", "tanpa nama", "no name"),
        *("N.N.", "s.d.a", "idem", "Anonim", "Penerima 12", "Debitur", "(tidak ada)"),
    ],
)
def test_a_word_in_place_of_a_name_is_reported(name):
    assert parse_name(name) == Finding(Code.NAME_PLACEHOLDER)


@pytest.mark.parametrize(
    "name",
    [
        *("CV Maju Rekaan", "cv. maju rekaan", "PT Rekaan", "PT. REKAAN", "Rekaan Jaya, PT"),
        *("REKAAN JAYA PT", "Rekaan Tbk", "UD REKAAN", "Ud. Rekaan", "Toko Rekaan", "Kios Rekaan"),
        *("Warung Bu Siti", "Kelompok Tani Rekaan", "KWT Mawar", "Koperasi Rekaan", "KUD Rekaan"),
        *("Yayasan Rekaan", "Rumah Makan Rekaan", "Panti Asuhan Rekaan", "Usaha Dagang Rekaan"),
    ],
)
def test_the_name_of_a_firm_is_no_persons(name):
    assert parse_name(name) == Finding(Code.NAME_OF_FIRM)


@pytest.mark.parametrize(
    "name",
    [
        *("Testa Rekaan", "Test Rekaan", "Namaku", "Nama Rekaan", "Maria Contoh", "Aa Rekaan", "X"),
        *("Ptolemeus", "P.T. Rekaan", "C.V. Rekaan", "Cvetana Rekaan", "Udin", "ud rekaan", "Ada"),
        *("Tokorombi Rekaan", "Siti (Toko Rekaan)", "Siti Toko", "Usaha Rekaan", "RM. Rekaan"),
        *("Rumah Rekaan", "Budi Apt", "Aaltje Rekaan", "Maria Abadi Tes", "Kelompok"),
    ],
)
def test_a_name_that_only_begins_like_that_is_a_name(name):
    assert parse_name(name) == name


@pytest.mark.parametrize(
    ("name", "died"),
    [
        ("Mendiang Budi", True),
        ("Budi (meninggal)", True),
        ("Budi Meninggal Dunia", True),
        ("Budi (MD)", True),
        ("Ahli Waris Budi", True),
        ("Budi (ahli waris)", False),
        ("Siti ahli waris Budi", False),
        ("Ahli Waris", False),
        ("Budi bin Mendiang Karto", False),
        ("Md Rekaan", False),
        ("Dunia Rekaan", False),
    ],
)
def test_names_that_say_that_somebody_died(name, died):
    assert is_deceased(name) is died


@pytest.mark.parametrize(
    "name",
    [
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
def test_an_impossible_name_is_refused(name):
    assert parse_name(name) == Finding(Code.NAME_INVALID)


@given(st.text(max_size=200))
def test_any_text_gives_a_clean_name_or_a_finding(text):
    name = parse_name(text)
    if isinstance(name, str):
        assert parse_name(name) == name
    assert same_person(text, None, text, None)


@pytest.mark.parametrize("text", ["", " ", "-", "N/A", "null", "0", "\u200b", "'"])
def test_a_placeholder_is_not_a_name(text):
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
def test_spellings_of_one_name_are_one_person(one, other):
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
def test_the_comparison_of_people_is_symmetric(one, other):
    assert same_person(one, None, other, None) is same_person(other, None, one, None)


@pytest.mark.parametrize("title", ["Haji", "Hj.", "Prof. Dr.", "S.Pd.", "SE"])
def test_a_name_that_is_a_title_alone_is_a_name(title):
    assert same_person(title, None, title.upper(), None)
    assert not same_person(title, None, "Maria Contoh", None)
    assert not same_person("Maria Contoh", None, title, None)


@pytest.mark.parametrize(
    "remark",
    [
        "MENINGGAL",
        "Meninggal dunia 12-03-2021",
        "(alm.)",
        "sudah meninggal",
        "Ybs telah wafat",
        "MD",
        "M.D.",
    ],
)
def test_a_remark_may_say_that_the_person_has_died(remark):
    assert says_deceased(remark)


@pytest.mark.parametrize(
    "remark",
    [
        "",
        "Suami meninggal",
        "meninggal suaminya",
        "ahli waris alm. Budi",
        "belum meninggal",
        "Alma",
        "MD 12",
        "Mdr",
    ],
)
def test_other_remarks_do_not(remark):
    assert not says_deceased(remark)


@pytest.mark.parametrize("text", ["\u215f", "\u3164\u215f", "\u00bd", "\u2460", "\u2167."])
def test_a_fraction_or_circled_number_is_no_letter(text):
    assert isinstance(parse_name(text), Finding)
