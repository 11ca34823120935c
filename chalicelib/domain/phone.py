"""Mobile numbers, the only ones that an SMS of ours goes to: Indonesia's, and others' if listed."""

import re

HOME = "62"
"""Indonesia's calling code."""
ONLY_HOME = frozenset({HOME})

_GROUPING = str.maketrans(
    "", "", " .-()\u00a0\u202f\u2010\u2011\u2012\u2013\u2014\u200b\u200e\u202a\u202c"
)
_CELL_NUMBER = re.compile(r"([0-9]+)[.,]0")
# libphonenumber's pattern for mobile numbers of Indonesia, which decides; a test compares the two.
_MOBILE = re.compile(r"(?:\+?62|0062)?0?(8[1-35-9][0-9]{7,10})")
# With a calling code, written as such: no other number can be told from a local one. E.164 has at
# most fifteen digits; one more for the (0) that some write behind the code.
_ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{6,15})")
_LONGEST_CODE = 3
_SHOWN = 3


def parse_phone(text: str, countries: frozenset[str] = ONLY_HOME) -> str | None:
    """Return the number in E.164 (`+628…`), None where the text is not one mobile number.

    The prefix is taken off first (`0812…`, `62812…`, `+62 812…`, `+62(0)812…`, `812…`), for a short
    `6281181234` would otherwise pass as a land line. Two numbers in one cell are none.

    `countries` are the calling codes that are served; a number of another country than Indonesia
    is read where it is written with `+` or `00`, and is whatever libphonenumber takes for mobile.
    """
    match = _MOBILE.fullmatch(text)
    if not match:
        text = text.strip().lstrip("'")
        if number := _CELL_NUMBER.fullmatch(text):  # 8123456789.0: a number cell, not a digit more
            text = number[1]
        text = text.translate(_GROUPING)
        match = _MOBILE.fullmatch(text)
    if match:
        return f"+{HOME}{match[1]}" if HOME in countries else None
    if countries == ONLY_HOME or not (abroad := _ABROAD.fullmatch(text)):
        return None
    return _abroad(abroad[1], countries - ONLY_HOME)


def is_mobile(phone: str, countries: frozenset[str] = ONLY_HOME) -> bool:
    """Whether a number, in E.164, is a mobile number of one of these countries."""
    return parse_phone(phone, countries) == phone


def mask_phone(phone: str) -> str:
    """Return a number with only its last three digits, enough for its owner to know it."""
    return f"{'*' * 9}{phone[-_SHOWN:]}" if len(phone) > 2 * _SHOWN else "*" * 12


def _abroad(digits: str, countries: frozenset[str]) -> str | None:
    if not any(digits[:length] in countries for length in range(1, _LONGEST_CODE + 1)):
        return None
    import phonenumbers as known  # noqa: PLC0415  # its data are large, and seldom needed

    try:
        number = known.parse(f"+{digits}")
    except known.NumberParseException:
        return None
    # Some countries' mobile numbers, such as those of the USA, look like all others.
    mobile = {known.PhoneNumberType.MOBILE, known.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if known.is_valid_number(number) and known.number_type(number) in mobile:
        return known.format_number(number, known.PhoneNumberFormat.E164)
    return None
