"""Parses whole rupiah in the forms that files use, and formats them for readers."""

import re

from .blank import unwrapped

_MOST_DIGITS = 12

TOTAL_DIGITS = 18
"""The most digits of a total over a file. It may be far larger than one person's amount."""

_AMOUNT = re.compile(
    r"""(?:(?:rp|idr)\.?[\s\u00a0\u202f]*)?      # Rp1.200.000 or Rp. 1.200.000 or IDR 1,200,000
    (?:
        (?P<plain>[1-9][0-9]*)       (?:[.,](?:0{1,2}|0{4,}|--?))?
      | (?P<dots>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)    (?:,(?:0{1,2}|0{4,})|\ ?[.,]--?)?
      | (?P<commas>[1-9][0-9]{0,2}(?:,[0-9]{3})+)   (?:\.(?:0{1,2}|0{4,})|\ ?[.,]--?)?
      | (?P<spaces>[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3})+) (?:[.,](?:0{1,2}|--?))?
    )(?:[\s\u00a0\u202f]*(?:rupiah|rp\.?|idr))?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

# 1200000.0000000002. A number with more digits is no amount, and Python refuses to parse it.
_ALMOST_WHOLE = re.compile(rf"([1-9][0-9]{{0,{TOTAL_DIGITS - 1}}})[.,](0{{6}}|9{{6}})[0-9]+")
_NO_DIGIT = re.compile(r"[^0-9]")


def parse_rupiah(text: str, *, most_digits: int = _MOST_DIGITS) -> int | None:
    """Return a positive amount of whole rupiah, or None if the text is not clearly one.

    Dots, commas or spaces may separate groups of three digits. `Rp` or `IDR` may come first or
    last, and `,00`, `.00`, `,-` or `rupiah` last. Four and more zeros behind a mark are decimals. A
    computer's fraction of almost 0 or 1 (`1200000.0000000002`) is dropped. A mark before exactly
    three digits is always a group separator (`1.200` and `1,200` are 1200): nobody writes
    thousandths of a rupiah, and sen are never paid out.

    The parser never guesses. The result is None for fractions (`1.200.000,50`, `1,2`), mixed marks
    (`1.200,000`), exponents, signs, and leading zeros (an account or phone number from the next
    column). It is also None for more than `most_digits` digits: 12 for one person's amount,
    `TOTAL_DIGITS` for a total.
    """
    if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS and text[0] != "0":
        return int(text)  # fast path: nearly every cell is plain digits
    text = unwrapped(text).lstrip("'").strip()
    match = _AMOUNT.fullmatch(text)
    if almost := _ALMOST_WHOLE.fullmatch(text):
        whole = int(almost[1]) + (almost[2][0] == "9")
        return whole if len(str(whole)) <= most_digits else None
    if not match or not match.lastgroup:
        return None
    digits = _NO_DIGIT.sub("", match[match.lastgroup])
    return int(digits) if len(digits) <= most_digits else None


def format_rupiah(amount: int) -> str:
    """Return the amount with dots between the thousands, without `Rp`: `1.149.600`."""
    return f"{amount:,}".replace(",", ".")
