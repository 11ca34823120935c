"""Indonesian mobile numbers, the only ones that an SMS of ours goes to."""

import re

_GROUPING = str.maketrans(
    "", "", " .-()\u00a0\u202f\u2010\u2011\u2012\u2013\u2014\u200b\u200e\u202a\u202c"
)
_CELL_NUMBER = re.compile(r"([0-9]+)[.,]0")
# libphonenumber's pattern for mobile numbers of Indonesia, which decides; a test compares the two.
_MOBILE = re.compile(r"(?:\+?62|0062)?0?(8[1-35-9][0-9]{7,10})")
_SHOWN = 3


def parse_phone(text: str) -> str | None:
    """Return the number as `+628…` (E.164), None where the text is not one mobile number.

    The prefix is taken off first (`0812…`, `62812…`, `+62 812…`, `+62(0)812…`, `812…`), for a short
    `6281181234` would otherwise pass as a land line. Two numbers in one cell are none.
    """
    match = _MOBILE.fullmatch(text)
    if not match:
        text = text.strip().lstrip("'")
        if number := _CELL_NUMBER.fullmatch(text):  # 8123456789.0: a number cell, not a digit more
            text = number[1]
        match = _MOBILE.fullmatch(text.translate(_GROUPING))
    return f"+62{match[1]}" if match else None


def mask_phone(phone: str) -> str:
    """Return a number with only its last three digits, enough for its owner to know it."""
    return f"{'*' * 9}{phone[-_SHOWN:]}" if len(phone) > 2 * _SHOWN else "*" * 12
