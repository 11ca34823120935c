import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from chalicelib.domain.phone import mask_phone, parse_phone

E164 = "+6281234567890"


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
        "6281181234",  # libphonenumber takes it for a land line
        "0431123456",  # Manado
        "02112345678",
        "084123456789",  # 084 is nobody's
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
def test_what_is_not_one_mobile_number_of_indonesia_is_none(text):
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
def test_a_number_never_has_digits_that_the_text_has_not(text):
    phone = parse_phone(text)
    if phone is not None:
        assert phone[3:] in "".join(each for each in text if each in "0123456789")


def test_a_mask_leaves_three_digits():
    assert mask_phone(E164) == "*********890"
    assert mask_phone("12345") == "*" * 12
    assert mask_phone("") == "*" * 12
