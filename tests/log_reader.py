"""Finds in a log what may not be there: whoever reads it must not learn of anybody."""

import logging
import re

_TELLING = re.compile(
    r"(?<!\d)\d{16}(?!\d)"  # a NIK
    r"|(?<![\d.])(?:\+?62|0)8\d{7,11}(?!\d)"  # a mobile number
    r"|\b(?:siti|maria) contoh\b",  # whom the builders make
    re.IGNORECASE,
)
_PLAIN = set(vars(logging.makeLogRecord({}))) - {"msg", "args"}


def telling(records: list[logging.LogRecord]) -> list[str]:
    """Return the lines that tell of somebody."""
    return [each for each in map(_line, records) if tells(each)]


def tells(text: str) -> bool:
    """Whether a NIK, a mobile number or a made-up person's name stands in a text."""
    return _TELLING.search(text) is not None


def _line(record: logging.LogRecord) -> str:
    """Return all that a line may say, as any formatter would."""
    more = {name: value for name, value in vars(record).items() if name not in _PLAIN}
    fault = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
    return f"{record.getMessage()} {more} {fault}"
