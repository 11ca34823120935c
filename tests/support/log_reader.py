"""Finds personal data in a log, where none is allowed."""

import logging
import re

_TELLING = re.compile(
    r"(?<!\d)\d{16}(?!\d)"  # a NIK
    r"|(?<![\d.])(?:\+?62|0)8\d{7,11}(?!\d)"  # a mobile number
    r"|\b(?:siti|maria) contoh\b",  # the names of the builders
    re.IGNORECASE,
)
_PLAIN = set(vars(logging.makeLogRecord({}))) - {"msg", "args"}


def telling(records: list[logging.LogRecord]) -> list[str]:
    """Return the lines with personal data."""
    return [each for each in map(_line, records) if tells(each)]


def tells(text: str) -> bool:
    """Whether a text contains a NIK, a mobile number or a made-up person's name."""
    return _TELLING.search(text) is not None


def _line(record: logging.LogRecord) -> str:
    """Return everything that a formatter could print of a line."""
    more = {name: value for name, value in vars(record).items() if name not in _PLAIN}
    fault = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
    return f"{record.getMessage()} {more} {fault}"
