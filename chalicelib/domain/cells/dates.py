"""Parses calendar days in the forms that files use, and adds months to them.

This module handles days only. Instants are always UTC, and other modules handle them.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from .blank import unwrapped

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
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, 1) for name in names}
_MONTHS |= {name: month for month, name in enumerate(_ROMAN, 1)}

_LONGEST = 80
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_FULL_YEAR = 4
_SERIAL_EPOCH = date(1899, 12, 30)  # day 0 of Excel's 1900 system, which has a false leap day
_LAST_SERIAL = (date(_LAST_YEAR, 12, 31) - _SERIAL_EPOCH).days

_ZONE = r"(?:[AP]M|Z|WIB|WITA|WIT|[+-][0-9]{2}:?[0-9]{2})?"
_TIME = rf"(?:[T ]\s*[0-9]{{1,2}}[:.][0-9]{{2}}(?:[:.][0-9]{{2}}(?:[.,][0-9]+)?)?\s*{_ZONE})?"
# "Manado, 17-08-1980", as identity cards write it; others put a slash, a dash or a space.
_PLACE = r"(?:[^\W\d_][^\d]*[\s,/.;:-]\s*)?"
_DAY_FIRST = re.compile(
    rf"{_PLACE}([0-9]{{1,2}})([-/. ])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}", re.IGNORECASE
)
_YEAR_FIRST = re.compile(
    rf"{_PLACE}([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}", re.IGNORECASE
)
_NAMED = re.compile(
    rf"{_PLACE}([0-9]{{1,2}})[-/.,\s]*([^\W\d_]+)[-/.,\s]*([0-9]{{4}}){_TIME}", re.IGNORECASE
)
_SHORT = re.compile(
    rf"{_PLACE}([0-9]{{1,2}})([-/. ])([0-9]{{1,2}})\2([0-9]{{2}}|[0-9]{{4}}){_TIME}", re.IGNORECASE
)
_SHORT_NAMED = re.compile(
    rf"{_PLACE}([0-9]{{1,2}})[-/.,\s]*([^\W\d_]+)[-/.,\s']*([0-9]{{2}}){_TIME}", re.IGNORECASE
)
_MONTH_NAME_FIRST = re.compile(
    rf"([^\W\d_]+)[-/.\s]+([0-9]{{1,2}})[-/.,\s]+([0-9]{{4}}){_TIME}", re.IGNORECASE
)
_SHORT_COMPACT = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2}|[0-9]{4})")
_CENTURIES = ("20", "19")
_NO_DAY = re.compile(
    r"[0\s/.:T-]*0[0\s/.:TZ-]*"
    r"|(?:1899-12-3[01]|1900-01-0[01]|0?[01][-/]0?1[-/](?:1900|0001)|3[01][-/]12[-/]1899|0001-01-01)"
    r"(?![0-9]).*"
)
_FIRST_DAY = date(1900, 1, 1)
"""What SQL Server has for a day that is empty. Nobody in a file is that old."""
_COMPACT = re.compile(rf"{_PLACE}([0-9]{{8}})", re.IGNORECASE)
_SPACED_MARK = re.compile(r"\s*([-/.])(?:\s*\1)*\s*")
_BEHIND = re.compile(r"\s*(?:\((?![^()]*[0-9](?:[-/.][0-9]|[0-9]{3}))[^()]*\))?[\s.,;]*$")
"""An age behind the day, but no day: `17-08-1980 (41 th).`"""
_PLACE_BEHIND = re.compile(r"(?<=[0-9])\s*[,;/]\s*[^\W\d_][^\d,;/]*$")  # 17-08-1980, Manado
_PLACE_WITH_DIGITS = re.compile(r"\A[^\W\d_][^,]*[0-9][^,]*,\s*(?=[0-9]{1,4}[^\d,])")  # Desa 2, …
_PLACE_ALONE = re.compile(rf"\A{_PLACE}")
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:[.,]0+)?")


def parse_date(text: str) -> date | None:
    """Return the day in a cell, or None if the text is not clearly one day.

    Accepted forms:

    - Day before month: `17/08/1980`, `17-08-1980`, `17.08.1980`, `17 Agustus 1980`, `17-Aug-1980`,
      `17-VIII-1980`.
    - Year first: `1980-08-17`, with or without a time.
    - Eight digits: `ddMMyyyy` (the credit registry's form) or `yyyyMMdd`. For the years 1900 to
      2099 no eight digits are valid in both forms.
    - Five digits: Excel's serial number of a day.

    A place of birth may come before the date, and an age in parentheses behind it.

    The result is None for a date that is valid only with the month first, and for a year of two
    digits: it does not show whether a person is 16 or 116 years old. `other_days` reads those.
    """
    return _parse(text) if len(text) <= _LONGEST else None


def is_no_day(text: str) -> bool:
    """Whether a cell holds what programs write for a missing day: `0000-00-00`, Excel's day 0.

    A place may come before it.
    """
    if len(text) > _LONGEST:
        return False
    return bool(_NO_DAY.fullmatch(_PLACE_ALONE.sub("", text.strip("' "))))


def other_days(text: str) -> tuple[date, ...]:
    """Return the days that a cell may mean, but does not clearly mean.

    The year may have two digits, the month may come first. Which of the days is meant, something
    else must say: the NIK.
    """
    return _other_days(text) if len(text) <= _LONGEST else ()


@lru_cache(maxsize=4096)
def _other_days(text: str) -> tuple[date, ...]:
    text = _tidied(text)
    if (match := _SHORT.fullmatch(text)) or (match := _SHORT_COMPACT.fullmatch(text)):
        one, other, year = match[1], match[len(match.groups()) - 1], match[len(match.groups())]
        orders = [(year, other, one), (year, one, other)]
        if len(year) == len(one):
            orders.append((one, other, year))
    elif match := _YEAR_FIRST.fullmatch(text):
        orders = [(match[1], match[4], match[3])]
    elif match := _SHORT_NAMED.fullmatch(text):
        orders = [(match[3], _month(match[2]), match[1])]
    elif match := _MONTH_NAME_FIRST.fullmatch(text):
        orders = [(match[3], _month(match[1]), match[2])]
    else:
        return ()
    days = (
        _date(year if len(year) == _FULL_YEAR else century + year, month, day)
        for year, month, day in orders
        for century in _CENTURIES
    )
    return tuple(dict.fromkeys(day for day in days if day))


def _month(name: str) -> str:
    return str(_MONTHS.get(name.casefold(), 0))


# A file repeats the same days often. A person's lifetime has fewer days than this cache.
@lru_cache(maxsize=65_536)
def _parse(text: str) -> date | None:
    text = _tidied(text)
    if match := _DAY_FIRST.fullmatch(text):
        return _date(match[4], match[3], match[1])
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(match[1], match[3], match[4])
    if match := _COMPACT.fullmatch(text):
        text = match[1]
        return _date(text[4:], text[2:4], text[:2]) or _date(text[:4], text[4:6], text[6:])
    if match := _NAMED.fullmatch(text):
        month = _MONTHS.get(match[2].casefold())
        return _date(match[3], month, match[1]) if month else None
    if (match := _SERIAL.fullmatch(text)) and int(match[1]) <= _LAST_SERIAL:
        return _SERIAL_EPOCH + timedelta(days=int(match[1]))
    return None


def _tidied(text: str) -> str:
    """Return a cell with single marks and spaces, no backslashes, nothing behind the day."""
    text = " ".join(unwrapped(text).lstrip("' ").replace("\\", "/").split())
    if text.startswith("("):
        text = text.strip("()")
    text = _BEHIND.sub("", text).replace("(", ",").rstrip(")")
    if text[:1].isdecimal():
        text = _PLACE_BEHIND.sub("", text)
    text = _PLACE_WITH_DIGITS.sub("", text)
    return _SPACED_MARK.sub(r"\1", text)


def _date(year: str, month: str | int, day: str) -> date | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return None if found == _FIRST_DAY else found


def format_date(day: date) -> str:
    """Return the day in Indonesian: `7 September 2021`."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1][0].capitalize()} {day.year}"


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or its last day if that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def cover_period(starts: date, months: int) -> tuple[date, date]:
    """Return the first and the last day of a cover of `months` months.

    A cover that starts on the first day of a month ends on the last day of its last month.
    Any other cover ends on the day before the same day of a later month: three months from
    7 September end on 6 December. That day is clipped to the end of its month: three months from
    30 November 2026 end on 28 February 2027.
    """
    if starts.day == 1:
        return starts, add_months(starts, months) - timedelta(days=1)
    return starts, add_months(starts.replace(day=starts.day - 1), months)


def month_starts(starts: date, months: int) -> tuple[date, ...]:
    """Return the first day of each month of a cover.

    Each month starts on the day after the previous month ended. So the months of a cover that
    starts on a 31st have no gap and no overlap.
    """
    later = (cover_period(starts, n)[1] + timedelta(days=1) for n in range(1, months))
    return starts, *later


def age_on(birth: date, day: date) -> int:
    """Return the age in whole years. A person born on 29 February has their birthday on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
