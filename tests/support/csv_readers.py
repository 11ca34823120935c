"""How programs split our CSV into cells, also with the separator of another country."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import Final

from chalicelib.files.limits import Limits

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""The separators that a spreadsheet takes from the system or offers in its dialog."""

_SIGNS = "=+-@\u2212"


def readings(content: bytes) -> Iterator[tuple[str, str]]:
    """Iterate over each cell as each program sees it, with the program's name."""
    text = content.decode("utf-8-sig")
    for (name, separator), quoted in product(SEPARATORS.items(), (True, False)):
        for cell in _strict(text, separator, quoted=quoted):
            yield f"{name}, {'quotes' if quoted else 'no quotes'}", cell
    for name, separator in SEPARATORS.items():
        for cell in _lenient(text, separator):
            yield f"{name}, as an office program", cell
        for line in text.splitlines():
            for cell in line.split(separator):
                yield f"{name}, line by line", cell


def is_formula(cell: str) -> bool:
    """Whether some program takes the cell for a formula.

    Programs drop blanks, quotes, control and invisible characters, and read full-width signs.
    """
    for character in cell:
        if character in _SIGNS or unicodedata.normalize("NFKC", character) in _SIGNS:
            return True
        is_dropped = character.isspace() or character == '"' or _is_invisible(character)
        if not is_dropped:
            return False
    return False


def _is_invisible(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cf"} or character in "\u115f\u1160\u3164\uffa0"
    )


def _strict(text: str, separator: str, *, quoted: bool) -> Iterator[str]:
    before = csv.field_size_limit(Limits().record_characters)
    file = io.StringIO(text, newline="")
    quoting: Final = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    try:
        for row in csv.reader(file, delimiter=separator, quoting=quoting):
            yield from row
    finally:
        csv.field_size_limit(before)


def _lenient(text: str, separator: str) -> Iterator[str]:
    """Split as office programs do: a quote counts at the start of a cell; the rest is appended."""
    cells = re.compile(rf'(?:"((?:[^"]|"")*)(?:"|\Z))?([^{re.escape(separator)}\r\n]*)(?:[^"]|\Z)')
    at = 0
    while at < len(text) and (found := cells.match(text, at)):
        yield (found[1] or "").replace('""', '"') + found[2]
        at = found.end()
