"""Prevents the spreadsheet that opens our files from running a cell as a formula.

A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV
Injection"). Our CSV has commas, but a reader may split it elsewhere: at the `;` of an Indonesian
Windows, at a tab or `|`, or at a line break, and quotes do not hold there. So the apostrophe goes
not only before the cell, but also behind each separator inside the cell: `Jl. A;=1` becomes
`Jl. A;'=1`. Blanks, quotes and invisible characters may come before the sign, because readers drop
them. If apostrophes are there already, one more goes before them. So every text has its own neutral
form, and `restored` reverses it. Any other apostrophe, such as the one that banks put before a NIK,
stays as it is in both directions.
"""

import re
from collections.abc import Sequence
from typing import Final

SEPARATORS: Final = ",;|\t\r\n\v\f\x85\u2028\u2029"
"""At each of these, some reader begins a new cell."""

SIGNS: Final = (
    "=+@\\-"
    "\uff1d\uff0b\uff20\uff0d"  # full-width
    "\ufe66\ufe62\ufe6b\ufe63"  # small
    "\u207c\u207a\u207b\u208c\u208a\u208b"  # superscript, subscript
    "\u2212"  # minus
)
"""What a formula begins with, as the inside of a regular expression's set."""

# Readers drop these before a sign: blanks, quotes, control and invisible characters.
_DROPPED: Final = (
    ' "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5'
    "\u180b-\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_FORMULA: Final = f"[{_DROPPED}]*[{SIGNS}]"
# Some readers drop a line break or tab at the beginning of a cell, too.
_BEGIN: Final = rf"\A(?='*(?:{_FORMULA}|[{_DROPPED}]*[\t\r\n]))"
_INSIDE: Final = f"(?<=[{SEPARATORS}])(?='*{_FORMULA})"
_PLACE = re.compile(f"{_BEGIN}|{_INSIDE}")
"""Where a text needs an apostrophe.

The pattern is linear: an apostrophe is no separator, and is in no other set.
"""
_MARKED = re.compile(f"(?:{_BEGIN}|{_INSIDE})'")

_JOINT: Final = "\x1f"
_SUSPECT = re.compile(rf"[{SIGNS}\t\r\n](?<![0-9A-Za-z].)", re.DOTALL)
"""Finds at least every row that has a place; rows are joined by `_JOINT`, and begin with it.

Only a letter or digit of ASCII before the sign is certain to be no separator, and nothing dropped.
"""


def neutral(cell: str) -> str:
    """Return the cell in a form that is safe to open in a spreadsheet."""
    return _PLACE.sub("'", cell)


def restored(cell: str) -> str:
    """Return the cell as it was before `neutral`; any other cell is returned unchanged."""
    return _MARKED.sub("", cell) if "'" in cell else cell


def all_neutral(cells: Sequence[str]) -> Sequence[str]:
    """Return a row's cells in their neutral form."""
    if _SUSPECT.search(_JOINT + _JOINT.join(cells)):
        return [neutral(cell) for cell in cells]
    return cells  # fast path: most rows; much faster than cell by cell


def all_restored(cells: list[str]) -> list[str]:
    """Return a row's cells as they were before `neutral`."""
    if "'" in "".join(cells):
        return [restored(cell) for cell in cells]
    return cells  # fast path: nearly every row; much faster than cell by cell
