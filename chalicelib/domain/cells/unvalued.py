"""Cells that show no value: an error of a spreadsheet, or a formula without its result."""

import re
from collections.abc import Mapping

from chalicelib.domain.findings.finding import Code, Finding

from .blank import is_blank, says_none, unwrapped

_ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|ERROR!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!"
    r"|BUSY!|UNKNOWN!|GETTING_DATA)|Err:[0-9]{3}",
    re.IGNORECASE,
)
"""The errors of Excel, LibreOffice and Google Sheets."""

_SHOWN = "=…"  # a formula may hold a person's number, which no message repeats


def unvalued(text: str) -> Mapping[str, str]:
    """Return what a cell shows in place of a value: `error` or `formula`; nothing for a value."""
    if text[:1] not in {"#", "=", "E", "e", "'", " "}:
        return {}
    text = unwrapped(text).lstrip("'")
    if _ERROR.fullmatch(text):
        return {"error": text}
    return {"formula": _SHOWN} if text.startswith("=") and len(text) > 1 else {}


def is_empty(text: str) -> bool:
    """Whether a cell is empty or says so; an error is no sign for a missing value, as `n/a` is."""
    return (is_blank(text) or says_none(text)) and not unvalued(text)


def or_unvalued(finding: Finding, text: str, code: Code) -> Finding:
    """Return the finding about a cell; that of `code` if it shows an error or a formula."""
    shown = unvalued(text)
    return Finding.of(code, **shown) if shown else finding
