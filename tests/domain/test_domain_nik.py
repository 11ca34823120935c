from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells.nik import Nik, mask_nik, parse_nik
from chalicelib.domain.cells.sex import Sex
from chalicelib.domain.findings.finding import Code, Finding

GOOD = "7171011708800001"
ON = date(2026, 6, 1)


def code_of(text: str) -> Code | None:
    found = parse_nik(text)
    return found.code if isinstance(found, Finding) else None


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"'{GOOD}",
        f"  {GOOD}\t",
        f"\u00a0{GOOD}\u00a0",
        f"\ufeff{GOOD}",
        f"{GOOD}\u200b",
        f"\u2019{GOOD}",
        f'"{GOOD}"',
        "7171 0117 0880 0001",
        "71.7101.170880.0001",
        "71.71.01.170880.0001",
        "717101-170880-0001",
        "7171\u00a00117\u00a00880\u00a00001",
        f"{GOOD}.0",
        f"{GOOD},00",
    ],
)
def test_characters_around_a_nik_are_removed(text):
    assert parse_nik(text) == Nik(GOOD)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.NIK_MISSING),
        ("   ", Code.NIK_MISSING),
        ("'", Code.NIK_MISSING),
        ("\u00a0", Code.NIK_MISSING),
        ("0", Code.NIK_PLACEHOLDER),
        ("00", Code.NIK_PLACEHOLDER),
        ("0.0", Code.NIK_PLACEHOLDER),
        ("-", Code.NIK_PLACEHOLDER),
        ("--", Code.NIK_PLACEHOLDER),
        (".", Code.NIK_PLACEHOLDER),
        ("n/a", Code.NIK_PLACEHOLDER),
        ("#N/A", Code.NIK_PLACEHOLDER),
        ("NULL", Code.NIK_PLACEHOLDER),
        ("Tidak Ada", Code.NIK_PLACEHOLDER),
        ("belum ada", Code.NIK_PLACEHOLDER),
        ("xxx", Code.NIK_PLACEHOLDER),
        ("0" * 16, Code.NIK_PLACEHOLDER),
        ("1" * 16, Code.NIK_PLACEHOLDER),
        ("9" * 16, Code.NIK_PLACEHOLDER),
        ("9999", Code.NIK_PLACEHOLDER),
        ("1234567890123456", Code.NIK_PLACEHOLDER),
        ("11", Code.NIK_LENGTH),
        (GOOD[:-1], Code.NIK_LENGTH),
        (GOOD + "1", Code.NIK_LENGTH),
        ("717101170880000l", Code.NIK_NOT_DIGITS),
        ("717101170880OOO1", Code.NIK_NOT_DIGITS),
        (GOOD + "/" + GOOD, Code.NIK_LENGTH),
        ("+" + GOOD, Code.NIK_NOT_DIGITS),
        (GOOD.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), Code.NIK_NOT_DIGITS),
        (GOOD.translate(str.maketrans("0123456789", "０１２３４５６７８９")), Code.NIK_NOT_DIGITS),
        ("7.17101E+15", Code.NIK_EXCEL_ROUNDED),
        ("7,17101E+15", Code.NIK_EXCEL_ROUNDED),
        ("7,17101170880000E+15", Code.NIK_EXCEL_ROUNDED),
        (" 7.17101e15 ", Code.NIK_EXCEL_ROUNDED),
        ("7E+15", Code.NIK_EXCEL_ROUNDED),
        ("7,17101170880000E+015", Code.NIK_EXCEL_ROUNDED),
        ("7.171.011.708.800.010", Code.NIK_EXCEL_ROUNDED),
        ("7,171,011,708,800,010", Code.NIK_EXCEL_ROUNDED),
        ("7171011708800010.0", Code.NIK_EXCEL_ROUNDED),
        ("7171011708800010,00", Code.NIK_EXCEL_ROUNDED),
        ("7171011708800000", Code.NIK_SERIAL_ZERO),
        ("7171010008800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171013208800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171014008800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171017208800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171018108800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171011700800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171011713800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171013104800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171013002800001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171012902810001", Code.NIK_IMPOSSIBLE_DATE),
        ("7171017104800001", Code.NIK_IMPOSSIBLE_DATE),
    ],
)
def test_each_error_of_a_nik_has_its_own_code(text, code):
    assert code_of(text) is code


@pytest.mark.parametrize(
    "middle", ["010180", "310180", "410180", "710180", "311280", "290280", "690280", "290200"]
)
def test_the_outermost_days_and_leap_days_are_dates(middle):
    assert code_of(f"717101{middle}0001") is None


@pytest.mark.parametrize("serial", ["0001", "0010", "9999"])
def test_a_serial_that_is_typed_as_text_may_end_in_zero(serial):
    assert code_of(f"717101170880{serial}") is None


def test_the_finding_shows_the_length_of_the_nik():
    assert parse_nik("71710117088") == Finding.of(Code.NIK_LENGTH, digits=11)


def test_a_nik_contains_region_and_sex():
    man, woman = Nik(GOOD), Nik("7171015708800001")
    assert (man.province, man.region, man.sex) == ("71", "7171", Sex.MALE)
    assert woman.sex is Sex.FEMALE
    assert woman.birth_date(ON) == date(1980, 8, 17)


@pytest.mark.parametrize(
    ("ddmmyy", "born"),
    [
        ("010661", date(1961, 6, 1)),
        ("010609", date(2009, 6, 1)),
        ("010626", date(2026, 6, 1)),
        ("020626", date(1926, 6, 2)),
        ("150505", date(2005, 5, 15)),
        ("290200", date(2000, 2, 29)),
    ],
)
def test_the_century_is_the_latest_that_has_begun(ddmmyy, born):
    assert Nik(f"717101{ddmmyy}0001").birth_date(ON) == born


def test_a_leap_day_decides_the_century():
    assert Nik("7171012902000001").birth_date(date(1999, 1, 1)) == date(2000, 2, 29)


def test_the_stated_birth_date_decides_the_century():
    nik = Nik("7171010101200001")
    assert nik.birth_date(ON) == date(2020, 1, 1)
    assert nik.birth_date(ON, date(1920, 1, 1)) == date(1920, 1, 1)
    assert nik.birth_date(ON, date(1921, 3, 5)) == date(1920, 1, 1)


def test_a_nik_never_shows_itself_in_full():
    assert GOOD not in repr(Nik(GOOD))
    assert GOOD not in f"{Nik(GOOD)}"


@pytest.mark.parametrize(
    ("value", "masked"),
    [(GOOD, "7171********0001"), ("", "*" * 16), ("123", "*" * 16), (GOOD + "9", "*" * 16)],
)
def test_a_mask_leaves_region_and_serial(value, masked):
    assert mask_nik(value) == masked


@given(st.text())
def test_any_text_gives_a_nik_or_a_finding(text):
    assert isinstance(parse_nik(text), Nik | Finding)


def is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(each in rest for each in part)


@given(st.text("0123456789.,-' \u00a0eE+", max_size=24))
def test_every_digit_of_a_nik_is_in_the_text(text):
    found = parse_nik(text)
    if isinstance(found, Nik):
        assert len(found.value) == 16
        assert is_subsequence(found.value, text)


@given(st.dates(date(1927, 1, 1), date(2026, 6, 1)), st.booleans(), st.integers(1, 9999), st.data())
def test_every_birth_date_reads_back(born, woman, serial, data):
    value = f"717101{born.day + 40 * woman:02d}{born:%m%y}{serial:04d}"
    split = data.draw(st.integers(0, 16))
    nik = parse_nik(f"{value[:split]} {value[split:]}")
    assert nik == Nik(value)
    assert isinstance(nik, Nik)
    assert nik.birth_date(ON, born) == born
    if born > ON - timedelta(days=36_500):
        assert nik.birth_date(ON) == born
