"""Whole rupiah, as files write them and as people read them."""

import re

_MOST_DIGITS = 12

TOTAL_DIGITS = 18
"""How many digits a total over a file may have: far more than one person's amount."""

_AMOUNT = re.compile(
    r"""(?:(?:rp|idr)\.?\s*)?      # Rp1.200.000 or Rp. 1.200.000 or IDR 1,200,000
    (?:
        (?P<plain>[1-9][0-9]*)       (?:[.,](?:0{1,2}|--?))?
      | (?P<dots>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)    (?:,(?:0{1,2}|--?))?
      | (?P<commas>[1-9][0-9]{0,2}(?:,[0-9]{3})+)   (?:\.(?:0{1,2}|--?))?
      | (?P<spaces>[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3})+) (?:[.,](?:0{1,2}|--?))?
    )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def parse_rupiah(text: str, *, most_digits: int = _MOST_DIGITS) -> int | None:
    """Return an amount of whole rupiah above nothing, None where the text is not surely one.

    Groups of three may be set apart by dots, commas or spaces, `,00` and `.00` and `,-` may end
    it, `Rp` or `IDR` begin it. A mark before exactly three digits is always a group (`1.200` and
    `1,200` are 1200): nobody writes thousandths of a rupiah, and sen are never paid out. Never a
    guess: fractions (`1.200.000,50`, `1,2`), mixed marks (`1.200,000`), exponents, signs and
    leading zeros (an account or phone number from the next column) are None, and so is more than
    `most_digits`: twelve for one person's amount, `TOTAL_DIGITS` for a total.
    """
    if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS and text[0] != "0":
        return int(text)  # nearly every cell, and quick to see
    match = _AMOUNT.fullmatch(text.strip().lstrip("'").strip())
    if not match or not match.lastgroup:
        return None
    digits = re.sub(r"[^0-9]", "", match[match.lastgroup])
    return int(digits) if len(digits) <= most_digits else None


def format_rupiah(amount: int) -> str:
    """Return the amount with dots between the thousands, without `Rp`: `1.149.600`."""
    return f"{amount:,}".replace(",", ".")
