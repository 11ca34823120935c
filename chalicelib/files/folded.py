"""Splits rows that a spreadsheet left in one cell, because its list separator is another one.

If the list separator is `;` (Indonesian Windows), a spreadsheet opens a CSV with commas and puts
each line into column A. When it saves the file, each line becomes one quoted cell. A line that
contains a `;` is cut there, so the parts are joined again before the line is parsed.
"""

import csv
import io
from collections.abc import Iterator, Sequence

_CUT_AT = ";"
_DELIMITERS = (",", ";", "\t", "|")


def unfolded(cells: Sequence[str], delimiter: str, width: int | None = None) -> list[str] | None:
    """Return the cells of the line that these cells contain; None if they are an ordinary row.

    The line must parse under `delimiter`, without an error in its quoting, and have more cells than
    before; with a `width`, exactly that number.
    """
    if not any(delimiter in cell for cell in cells):
        return None
    filled = len(cells)
    while filled and not cells[filled - 1].strip():
        filled -= 1
    found = _parsed(_CUT_AT.join(cells[:filled]), delimiter)
    fits = found is not None and len(found) > filled and width in {None, len(found)}
    return found if fits else None


def readings(cells: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Iterate over the possible readings of a row: its cells, or one line in a single cell."""
    yield ",", cells
    for delimiter in _DELIMITERS:
        if whole := unfolded(cells, delimiter):
            yield delimiter, whole


def uncut(line: str, delimiter: str, width: int) -> list[str] | None:
    """Return the cells of a line that was cut at `;`, and whose parts were then quoted.

    Under `delimiter`, the quoting of such a line is wrong. None if the line is not such a line.
    """
    parts = _parsed(line, _CUT_AT)
    if not parts or _parsed(line, delimiter) is not None:
        return None
    return unfolded(parts, delimiter, width)


def _parsed(text: str, delimiter: str) -> list[str] | None:
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return lines[0] if len(lines) == 1 else None
