"""Finds amounts that are not whole rupiah: `dalam ribuan`, `(Rp juta)`, `USD`.

The unit may be in a title, in a line above or below the header, or in a note below the rows.
"""

import re
from collections.abc import Iterable

from chalicelib.domain.findings.finding import Code, Finding

_IN_TITLE = re.compile(
    r"(?:\b|_)(?:ribu(?:an)?|rb|juta(?:an)?|jt|mil[iy]ar(?:an)?|triliun(?:an)?|000|usd|dol+ar|sgd"
    r"|myr|eur|euro)(?:\b|_|$)|\$|€|\bx\s*1[.,]?000",
    re.IGNORECASE,
)
"""Words of a title whose amounts are not whole rupiah."""

_IN_TEXT = re.compile(
    r"\b(?:dalam|dlm|satuan|in)\b\W{0,3}(?:rp\b\.?\W{0,2}|rupiah\b\W{1,3})?"
    r"(?:ribu(?:an)?|juta(?:an)?|mil[iy]ar(?:an)?|triliun(?:an)?|000|thousands?|millions?|usd|us\$"
    r"|dol+ar|sgd|myr|eur|euro)(?!\w)"
    r"|\b(?:ribuan|jutaan|mil[iy]aran)\W{1,3}(?:rp|rupiah)\b|\bx\s?(?:rp\.?\s?)?1[.,]?000\b"
    r"|\brp\.?\s?000\b|\(\s?000\s?\)",
    re.IGNORECASE,
)
"""Words that give all amounts another unit; "2,4 juta" in a heading does not."""

_BESIDE = re.compile(r"\b(?:dalam|dlm|satuan|in|rp|rupiah|x)\b", re.IGNORECASE)
"""Words beside a unit in a title."""

_LONGEST_LINE = 1_000  # characters of a line that are looked at
_SHOWN = 40  # characters of a title that a message repeats


def of_title(title: str) -> Finding | None:
    """Return the finding about the title of a money column; None if its amounts are in rupiah."""
    if not _IN_TITLE.search(title):
        return None
    return Finding.of(Code.AMOUNT_UNIT, title=" ".join(title.split())[:_SHOWN])


def without_unit(title: str) -> str:
    """Return a title without its unit: `Nilai Bantuan dlm ribuan` is `Nilai Bantuan`."""
    return _BESIDE.sub(" ", _IN_TITLE.sub(" ", title))


def of_texts(lines: Iterable[str]) -> Finding | None:
    """Return the finding about lines beside the rows; None if they name no other unit."""
    for line in lines:
        if found := _IN_TEXT.search(line[:_LONGEST_LINE]):
            return Finding.of(Code.AMOUNT_UNIT, title=" ".join(found[0].split()))
    return None


def below_title(cells: Iterable[str]) -> Finding | None:
    """Return the finding about cells right below titles of money, such as `(ribuan Rp)`."""
    for cell in cells:
        rest = _IN_TITLE.sub("", cell[:_LONGEST_LINE])
        if rest != cell and not any(map(str.isdigit, rest)):
            return Finding.of(Code.AMOUNT_UNIT, title=" ".join(cell.split())[:_SHOWN])
    return None
