"""The NIK, the identity number that an Indonesian keeps for life.

Its form is `PPKKCC DDMMYY SSSS`: province, regency and district of first registration; birth date
(a woman's day is + 40); serial from 0001. A NIK does not change when its holder moves or when the
birth date is corrected. So its region and its date may differ from the facts of today.
"""

import re
from datetime import date
from functools import lru_cache

from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.record import Record

from .blank import unwrapped
from .sex import Sex

LENGTH = 16

_DIGITS = re.compile(r"[0-9]+")
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]*)?\s*[eE]\s*\+?[0-9]{1,3}")
# A program stored the NIK as a number and wrote it as one: 7171…12.0.
_NUMBER_CELL = re.compile(r"([0-9]+)[.,]0{1,2}")
_ROUNDED_CELL = re.compile(r"[1-9][0-9]{14}0[.,]0{1,2}|[1-9](?:[.,][0-9]{3}){4}[.,][0-9]{2}0")
_SEPARATORS = re.compile(r"[\s.\-_/\u2010-\u2014\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_AROUND = " \t\r\n\u00a0'\u2018\u2019\u201c\u201d`\"\ufeff\u200b()[]"
_BEHIND = ",;:."
_PLACEHOLDER_WORDS = frozenset(
    {"na", "#na", "nil", "null", "none", "nihil", "kosong", "tidakada", "belumada", "tdkada"}
    | {"x", "xx", "xxx", "xxxx", "?", "??", "???"}
)
_PLACEHOLDER_NUMBERS = frozenset(
    {"1234567890123456", "0123456789012345"} | {digit * 16 for digit in "0123456789"}
)
_LEAST_REPEATED = 4  # 1111 is a placeholder; 11 is another kind of error
_WOMEN = 40
_FEMALE, _MALE = Sex.FEMALE, Sex.MALE  # access to a member of an enumeration is slow
_LAST_DAY = 31


class Nik(Record, frozen=True):
    """A NIK of 16 digits whose serial and birth date can exist."""

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
        """The sex. Female if 40 was added to the day."""
        return _FEMALE if self.value[6] >= "4" else _MALE

    @property
    def birth_dates(self) -> tuple[date, ...]:
        """The possible birth dates, one in each century."""
        return _birth_dates(self.value[6:12])

    def birth_date(self, reference_date: date, stated: date | None = None) -> date:
        """Return the birth date. The NIK has no century, so this method chooses one.

        If the row states a birth date, the result is the possible date nearest to it. Otherwise it
        is the latest possible date not after `reference_date`: if one of the two dates gives a
        working age, it is this one.
        """
        dates = _birth_dates(self.value[6:12])
        if stated in dates:
            return stated
        if stated is not None:
            return min(dates, key=lambda each: abs(each - stated))
        return dates[0] if dates[0] <= reference_date else dates[-1]


def parse_nik(text: str) -> Nik | Finding:
    """Return the NIK in a cell, or a finding if it is not valid. The parser never guesses.

    It removes group separators (spaces, dots, dashes), a leading `'`, and other characters that
    spreadsheets and people put around the digits, such as parentheses or a comma behind. Words
    beside the digits and digits of other scripts are not accepted.

    A spreadsheet keeps 15 digits of a number. A NIK stored as such a number cannot be restored:
    `7,17101E+15`, one that ends in `0.0`, or one that ends in 0 and has thousands separators.
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
    """Return `7171********0001`: the regency of issue and the serial.

    District and birth date are hidden, because they describe the person. A reader who has the list
    can still find the row. A value that is not 16 characters long is hidden completely.
    """
    return f"{value[:4]}{'*' * 8}{value[-4:]}" if len(value) == LENGTH else "*" * LENGTH


def _clean(text: str) -> str | Finding:
    """Return the 16 digits, or a finding if there are none."""
    text = unwrapped(text).strip(_AROUND)
    if not text:
        return Finding(Code.NIK_MISSING)
    if _EXPONENT.fullmatch(text) or _ROUNDED_CELL.fullmatch(text):
        return Finding(Code.NIK_EXCEL_ROUNDED)
    number = _NUMBER_CELL.fullmatch(text)
    bare = text.rstrip(_BEHIND)
    digits = number[1] if number else _SEPARATORS.sub("", bare)
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
    """Return the possible days of the six digits, latest first. Empty if they are not a date."""
    day, month, year = int(ddmmyy[:2]), int(ddmmyy[2:4]), int(ddmmyy[4:])
    if day > _WOMEN:
        day -= _WOMEN
    if not 1 <= day <= _LAST_DAY:
        return ()
    dates = []
    for century in (2000, 1900):
        try:
            dates.append(date(century + year, month, day))
        except ValueError:  # no such month, or a 29 February that exists in one century only
            continue
    return tuple(dates)
