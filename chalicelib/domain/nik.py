"""The NIK, the number that an Indonesian keeps for life.

`PPKKCC DDMMYY SSSS`: province, regency and district of first registration; birth date, women's
day + 40; serial from 0001. It changes neither when its holder moves nor when a birth date is
corrected, so what it says of both may differ from today's truth.
"""

import re
from datetime import date
from functools import lru_cache

from .codes import Code, Finding
from .record import Record
from .sex import Sex

LENGTH = 16

_DIGITS = re.compile(r"[0-9]+")
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]*)?\s*[eE]\s*\+?[0-9]{1,3}")
# A cell that a program took for a number and wrote as one: 7171…12.0.
_NUMBER_CELL = re.compile(r"([0-9]+)[.,]0{1,2}")
_ROUNDED_CELL = re.compile(r"[1-9][0-9]{14}0[.,]0{1,2}|[1-9](?:[.,][0-9]{3}){4}[.,][0-9]{2}0")
_SEPARATORS = re.compile(r"[\s.\-_/\u2010-\u2014\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_PLACEHOLDER_WORDS = frozenset(
    {"na", "#na", "nil", "null", "none", "nihil", "kosong", "tidakada", "belumada", "tdkada"}
    | {"x", "xx", "xxx", "xxxx", "?", "??", "???"}
)
_PLACEHOLDER_NUMBERS = frozenset(
    {"1234567890123456", "0123456789012345"} | {digit * 16 for digit in "0123456789"}
)
_LEAST_REPEATED = 4  # 1111 is a placeholder, 11 a mistake of another kind
_WOMEN = 40
_FEMALE, _MALE = Sex.FEMALE, Sex.MALE  # an enumeration takes long to name its members
_LAST_DAY = 31


class Nik(Record, frozen=True):
    """A NIK of the right shape, with a serial and a birth date that can exist."""

    value: str

    def __repr__(self) -> str:
        return f"Nik({mask_nik(self.value)})"

    @property
    def province(self) -> str:
        """The two digits of the province of first registration."""
        return self.value[:2]

    @property
    def region(self) -> str:
        """The four digits of province and regency of first registration."""
        return self.value[:4]

    @property
    def sex(self) -> Sex:
        """The sex, from whether 40 was added to the day."""
        return _FEMALE if self.value[6] >= "4" else _MALE

    def birth_date(self, reference_date: date, stated: date | None = None) -> date:
        """Return the birth date, whose century the number leaves open.

        It is the one nearest to the birth date that the row states; where none is stated, the
        latest that is not after `reference_date`, which is the one of a working age wherever
        either is.
        """
        dates = _birth_dates(self.value[6:12])
        if stated in dates:
            return stated
        if stated is not None:
            return min(dates, key=lambda each: abs(each - stated))
        return dates[0] if dates[0] <= reference_date else dates[-1]


def parse_nik(text: str) -> Nik | Finding:
    """Return the NIK that stands in a cell, or what is wrong with it; never a guess.

    Grouping (spaces, dots, dashes), a leading `'` and what else spreadsheets and people put around
    the digits is taken off. Digits of other scripts are not digits. A number that went through a
    spreadsheet's 15 digits (`7,17101E+15`; one ending in `0.0`, or in 0 with its thousands set
    apart) cannot be restored.
    """
    if not (len(text) == LENGTH and text.isascii() and text.isdecimal()):
        cleaned = _clean(text)
        if isinstance(cleaned, Finding):
            return cleaned
        text = cleaned
    if text in _PLACEHOLDER_NUMBERS:
        return Finding(Code.NIK_PLACEHOLDER)
    if not _birth_dates(text[6:12]):
        return Finding(Code.NIK_IMPOSSIBLE_DATE)
    if text[12:] == "0000":
        return Finding(Code.NIK_SERIAL_ZERO)
    return Nik(text)


def mask_nik(value: str) -> str:
    """Return `7171********0001`: where it was issued and the serial.

    District and birth date, which tell something of the person, are hidden; what is left lets
    somebody who has the list find the row. What is not 16 characters long is hidden whole.
    """
    return f"{value[:4]}{'*' * 8}{value[-4:]}" if len(value) == LENGTH else "*" * LENGTH


def _clean(text: str) -> str | Finding:
    """Return the sixteen digits, or why there are none."""
    text = text.strip(" \t\r\n\u00a0'\u2018\u2019`\"\ufeff\u200b")
    if not text:
        return Finding(Code.NIK_MISSING)
    if _EXPONENT.fullmatch(text) or _ROUNDED_CELL.fullmatch(text):
        return Finding(Code.NIK_EXCEL_ROUNDED)
    number = _NUMBER_CELL.fullmatch(text)
    digits = number[1] if number else _SEPARATORS.sub("", text)
    if not digits or digits.casefold() in _PLACEHOLDER_WORDS or _is_repeated(digits):
        return Finding(Code.NIK_PLACEHOLDER)
    if not _DIGITS.fullmatch(digits):
        return Finding(Code.NIK_NOT_DIGITS)
    return digits if len(digits) == LENGTH else Finding.of(Code.NIK_LENGTH, digits=len(digits))


def _is_repeated(digits: str) -> bool:
    return not digits.strip("0") or (
        len(digits) >= _LEAST_REPEATED and digits[0].isdecimal() and not digits.strip(digits[0])
    )


@lru_cache(maxsize=65_536)
def _birth_dates(ddmmyy: str) -> tuple[date, ...]:
    """Return the days that the six digits can mean, the latest first; none if they are no date."""
    day, month, year = int(ddmmyy[:2]), int(ddmmyy[2:4]), int(ddmmyy[4:])
    if day > _WOMEN:
        day -= _WOMEN
    if not 1 <= day <= _LAST_DAY:
        return ()
    dates = []
    for century in (2000, 1900):
        try:
            dates.append(date(century + year, month, day))
        except ValueError:  # no such month, or a 29 February that only one of the centuries has
            continue
    return tuple(dates)
