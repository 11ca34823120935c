import random
import subprocess
import sys
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from chalicelib.domain.cells.phone import is_mobile, mask_phone, parse_phone

E164 = "+6281234567890"
SERVED = frozenset({"62", "60", "65", "81", "1"})
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "6281234567890",
        "+6281234567890",
        "006281234567890",
        "81234567890",
        "+62 812-3456-7890",
        "+62(0)812 3456 7890",
        "(0812) 3456 7890",
        "0812.3456.7890",
        "62 0812 3456 7890",
        "'081234567890",
        "\u00a0081234567890 ",
        "0812\u20113456\u20117890",
        "81234567890.0",
        "81234567890,0",
    ],
)
def test_every_way_to_write_a_mobile_number_is_read(text):
    assert parse_phone(text) == E164


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "0",
        "8,12346E+11",
        "8.12346E+11",
        "0812",
        "6281181234",  # libphonenumber takes it for a landline
        "0431123456",  # Manado
        "02112345678",
        "084123456789",  # 084 is not assigned
        "080123456789",
        "081234567890/081234567891",
        "081234567890 081234567891",
        "081234567890, 081234567891",
        "0812345678901234",
        "+81234567890",  # Japan
        "+60123456789",
        "081234567890 (istri)",
        "٠٨١٢٣٤٥٦٧٨٩٠",
        "0８1234567890",
    ],
)
def test_any_other_text_is_not_a_mobile_number(text):
    assert parse_phone(text) is None


@pytest.mark.parametrize(
    ("digits", "usable"), [(8, False), (9, True), (12, True), (13, False), (7, False)]
)
def test_a_number_has_nine_to_twelve_digits_after_the_country(digits, usable):
    assert (parse_phone("81" + "2" * (digits - 2)) is not None) is usable


def judged_by_libphonenumber(national: str) -> str | None:
    number = phonenumbers.parse(f"+62{national}")
    valid = phonenumbers.is_valid_number(number)
    if valid and phonenumbers.number_type(number) == PhoneNumberType.MOBILE:
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None


def test_libphonenumber_agrees_on_every_prefix_and_length():
    pick = random.Random(7)  # noqa: S311  # no secret: the same numbers in each run
    for prefix in range(790, 910):
        for length in range(6, 15):
            national = f"{prefix}{pick.randrange(10 ** (length - 3)):0{length - 3}d}"
            assert parse_phone(national) == judged_by_libphonenumber(national), national


@given(st.from_regex(r"8[1-35-9][0-9]{7,10}", fullmatch=True))
def test_libphonenumber_agrees_on_every_number_that_is_taken(national):
    assert parse_phone(national) == judged_by_libphonenumber(national) == f"+62{national}"


@given(st.text("0123456789+().,- 'E", max_size=24) | st.text())
def test_a_number_has_only_digits_of_the_text(text):
    phone = parse_phone(text)
    if phone is not None:
        assert phone[3:] in "".join(each for each in text if each in "0123456789")


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+60123456789", "+60123456789"),
        ("+60 12-345 6789", "+60123456789"),
        ("0060 12 345 6789", "+60123456789"),
        ("+60(0)12-345 6789", "+60123456789"),
        ("'+60123456789", "+60123456789"),
        ("+65 9123 4567", "+6591234567"),
        ("+81 90 1234 5678", "+819012345678"),
        ("+1 202 555 0123", "+12025550123"),  # mobile numbers have no prefix of their own there
    ],
)
def test_a_mobile_number_of_a_listed_country_is_read(text, phone):
    assert parse_phone(text, SERVED) == phone
    assert parse_phone(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "60123456789",  # without +, the country is unknown
        "0123456789",
        "+6531234567",  # an unassigned landline prefix
        "+6561234567",  # a landline of Singapore
        "+44 7400 123456",  # not listed
        "+6281181234",  # Indonesia's own pattern decides
        "+62 431 123456",
        "+60123456789/+60123456780",
        "+60123456789 (istri)",
        "+60",
        "+00123456789",
        "+60\u0661\u0662\u06633456789",
        "0081234567890",  # with a zero too many: not a number of Japan
    ],
)
def test_any_other_foreign_number_is_none(text):
    assert parse_phone(text, SERVED) is None


@pytest.mark.parametrize("text", ["081234567890", "6281234567890", "+62 812-3456-7890", "0081234"])
def test_indonesian_numbers_are_read_the_same_with_other_countries_listed(text):
    assert parse_phone(text, SERVED) == parse_phone(text)


def test_without_indonesia_in_the_list_its_numbers_are_not_served():
    assert parse_phone("081234567890", frozenset({"60"})) is None


@pytest.mark.parametrize(
    ("phone", "served", "mobile"),
    [
        (E164, frozenset({"62"}), True),
        (E164, SERVED, True),
        (E164, frozenset({"60"}), False),
        ("+60123456789", SERVED, True),
        ("+60123456789", frozenset({"62"}), False),
        ("081234567890", SERVED, False),  # not in E.164
        ("+62431123456", SERVED, False),
        ("", SERVED, False),
    ],
)
def test_only_a_mobile_number_in_e164_of_a_served_country_is_one(phone, served, mobile):
    assert is_mobile(phone, served) is mobile


@given(st.from_regex(r"(\+|00)(60|65|81|1|7|86)[0-9]{5,12}", fullmatch=True))
def test_what_is_read_is_a_mobile_number(text):
    served = SERVED | {"7", "86"}
    phone = parse_phone(text, served)
    assert phone is None or is_mobile(phone, served)


def test_phonenumbers_is_imported_only_for_listed_countries():
    program = (
        "import sys\n"
        "from chalicelib.domain.cells.phone import is_mobile, parse_phone\n"
        "for text in ('+60123456789', '0060123456789', '081234567890', 'x', ''):\n"
        "    parse_phone(text)\n"
        "    parse_phone(text, frozenset({'62'}))\n"
        "    is_mobile(text)\n"
        "parse_phone('+44 7400 123456', frozenset({'62', '60'}))\n"
        "assert 'phonenumbers' not in sys.modules\n"
        "assert parse_phone('+60123456789', frozenset({'62', '60'}))\n"
        "assert 'phonenumbers' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_a_mask_leaves_three_digits():
    assert mask_phone(E164) == "*********890"
    assert mask_phone("12345") == "*" * 12
    assert mask_phone("") == "*" * 12
