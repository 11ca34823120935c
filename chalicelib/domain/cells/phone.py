"""Mobile numbers: Indonesia's, and those of other countries if they are listed.

payung sends SMS to mobile numbers only.
"""

import re

from .blank import unwrapped

HOME = "62"
"""Indonesia's calling code."""
ONLY_HOME = frozenset({HOME})

_GROUPING = str.maketrans(
    "", "", " .-()\u00a0\u202f\u2010\u2011\u2012\u2013\u2014\u200b\u200e\u202a\u202c"
)
_CELL_NUMBER = re.compile(r"([0-9]+)[.,]0")
# libphonenumber's pattern for Indonesian mobile numbers is the reference. A test compares the two.
_MOBILE = re.compile(r"(?:\+?62|0062)?0?(8[1-35-9][0-9]{7,10})")
# The calling code must have + or 00 before it. Without these, a foreign number cannot be
# distinguished from a local one. E.164 has at most 15 digits; some people add a (0) after the code.
_ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{6,15})")
_LONGEST_CODE = 3
_SHOWN = 3


def parse_phone(text: str, countries: frozenset[str] = ONLY_HOME) -> str | None:
    """Return the number in E.164 (`+628…`), or None if the text is not exactly one mobile number.

    The prefix is removed first (`0812…`, `62812…`, `+62 812…`, `+62(0)812…`, `812…`). Otherwise a
    short number such as `6281181234` would pass as a land line. Two numbers in one cell give None.

    `countries` has the calling codes that payung serves. A number of another country than Indonesia
    must start with `+` or `00`; libphonenumber decides whether it is mobile.
    """
    match = _MOBILE.fullmatch(text)
    if not match:
        text = unwrapped(text).lstrip("'")
        if number := _CELL_NUMBER.fullmatch(text):  # 8123456789.0: a number cell; drop the .0
            text = number[1]
        text = text.translate(_GROUPING)
        match = _MOBILE.fullmatch(text)
    if match:
        return f"+{HOME}{match[1]}" if HOME in countries else None
    if countries == ONLY_HOME or not (abroad := _ABROAD.fullmatch(text)):
        return None
    return _abroad(abroad[1], countries - ONLY_HOME)


def is_mobile(phone: str, countries: frozenset[str] = ONLY_HOME) -> bool:
    """Whether `phone` (E.164) is a mobile number of one of these countries."""
    return parse_phone(phone, countries) == phone


def mask_phone(phone: str) -> str:
    """Return a number with its last three digits only. Its owner can recognise it."""
    return f"{'*' * 9}{phone[-_SHOWN:]}" if len(phone) > 2 * _SHOWN else "*" * 12


def _abroad(digits: str, countries: frozenset[str]) -> str | None:
    if not any(digits[:length] in countries for length in range(1, _LONGEST_CODE + 1)):
        return None
    import phonenumbers  # noqa: PLC0415  # its data are large and seldom needed

    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    # In some countries, such as the USA, mobile numbers have the same form as land lines.
    mobile = {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
    if phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in mobile:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
