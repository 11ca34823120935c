"""A workbook's typed cells as the text that a person would have typed."""

from datetime import date, datetime, time, timedelta

Value = int | float | str | bool | time | date | datetime | timedelta
"""What calamine makes of a cell; an empty one and one with an error are the empty text."""

_DOUBTFUL = 10**15
_EXACT = 2**53


def cell_text(value: Value) -> str:
    """Return a cell as text.

    Excel keeps 15 digits of a number. So a whole number of 16 that ends in 0, and one too large
    for a double to hold exactly, may once have been another one: it is written in scientific form
    (`7.17101010190001E+15`), which says so wherever the text travels. Other whole numbers are
    their digits, dates are ISO dates, with the time only where there is one.
    """
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number_text(value)
        case datetime():
            midnight = value.time() == time.min
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _number_text(value: float) -> str:
    if value - value != 0:
        return ""  # infinite, or not a number
    if value != int(value):
        return repr(value)
    size = abs(value)
    if size >= _EXACT or (size >= _DOUBTFUL and int(value) % 10 == 0):
        return f"{value:.14E}"
    return str(int(value))
