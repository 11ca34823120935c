"""Calendar days as files write them, and the arithmetic of months.

Days only: an instant in time is always UTC and belongs elsewhere.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

_MONTH_NAMES = (
    ("januari", "january", "jan"),
    ("februari", "february", "pebruari", "feb", "peb"),
    ("maret", "march", "mar", "mrt"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agust", "agu", "ags", "agt", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "december", "des", "dec"),
)
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, 1) for name in names}

_LONGEST = 80
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_SERIAL_EPOCH = date(1899, 12, 30)  # day 0 of Excel's 1900 system, its false leap day counted
_LAST_SERIAL = (date(_LAST_YEAR, 12, 31) - _SERIAL_EPOCH).days

_TIME = r"(?:[T ]\s*[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?\s*Z?)?"
_PLACE = r"(?:[^\W\d_][^\d,]*,\s*)?"  # "Manado, 17-08-1980", as identity cards write it
_DAY_FIRST = re.compile(rf"{_PLACE}([0-9]{{1,2}})([-/. ])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_NAMED = re.compile(rf"{_PLACE}([0-9]{{1,2}})[-/.,\s]*([^\W\d_]+)[-/.,\s]*([0-9]{{4}}){_TIME}")
_COMPACT = re.compile(r"[0-9]{8}")
_SPACED_MARK = re.compile(r"\s*([-/.])\s*")
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:[.,]0+)?")


def parse_date(text: str) -> date | None:
    """Return the day that a cell means, None where it cannot be read for certain.

    The day stands before the month (`17/08/1980`, `17-08-1980`, `17.08.1980`, `17 Agustus 1980`,
    `17-Aug-1980`), unless the year comes first (`1980-08-17`, with or without a time); eight
    digits are `ddMMyyyy` as the credit registry writes them, or `yyyyMMdd` (no eight digits are
    both, for years of 1900 to 2099); five are Excel's serial number of a day. The place of birth
    may stand before, with a comma.

    A date that only works with the month first is None, and so is a year of two digits: it says
    not whether somebody is 16 or 116.
    """
    return _parse(text) if len(text) <= _LONGEST else None


# The same days come up over and over in a file; a person's lifetime has fewer than this.
@lru_cache(maxsize=65_536)
def _parse(text: str) -> date | None:
    text = _SPACED_MARK.sub(r"\1", " ".join(text.lstrip("' ").split()))
    if match := _DAY_FIRST.fullmatch(text):
        return _date(match[4], match[3], match[1])
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(match[1], match[3], match[4])
    if _COMPACT.fullmatch(text):
        return _date(text[4:], text[2:4], text[:2]) or _date(text[:4], text[4:6], text[6:])
    if match := _NAMED.fullmatch(text):
        month = _MONTHS.get(match[2].casefold())
        return _date(match[3], month, match[1]) if month else None
    if (match := _SERIAL.fullmatch(text)) and int(match[1]) <= _LAST_SERIAL:
        return _SERIAL_EPOCH + timedelta(days=int(match[1]))
    return None


def _date(year: str, month: str | int, day: str) -> date | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def format_date(day: date) -> str:
    """Return the day as Indonesians read it: `7 September 2021`."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1][0].capitalize()} {day.year}"


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day if it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def cover_period(starts: date, months: int) -> tuple[date, date]:
    """Return the first and the last day of a cover of that many months.

    7 September and three months end on 6 December; from the first of a month, on the last day of
    the third; otherwise on the day before, clipped to the last month's last day: 30 November 2026
    ends on 28 February 2027.
    """
    if starts.day == 1:
        return starts, add_months(starts, months) - timedelta(days=1)
    return starts, add_months(starts.replace(day=starts.day - 1), months)


def month_starts(starts: date, months: int) -> tuple[date, ...]:
    """Return the first day of each month of a cover: each follows the day on which the last ended.

    So the months of a cover that begins on a 31st leave no gap and never overlap.
    """
    later = (cover_period(starts, n)[1] + timedelta(days=1) for n in range(1, months))
    return starts, *later


def age_on(birth: date, day: date) -> int:
    """Return the age in whole years; who is born on 29 February grows older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
