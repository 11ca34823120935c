"""Keeping a cell from being run as a formula by the spreadsheet that opens our CSV.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
Injection"), and so does one that already has apostrophes in front of such a start: every text has
its own neutral form, and `restored` finds the way back. Any other leading apostrophe, such as the
one that banks put in front of a NIK, is left alone both ways.
"""

import re

_FORMULA_LIKE = re.compile(r"'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n])")
"""Apostrophes, then what starts a formula: white space and full-width signs do not hide it."""


def neutral(cell: str) -> str:
    """Return the cell as it may safely be opened in a spreadsheet."""
    if not cell or cell[0].isalnum():  # nearly all of them, and much cheaper to see
        return cell
    return "'" + cell if _FORMULA_LIKE.match(cell) else cell


def restored(cell: str) -> str:
    """Return the cell as it was before `neutral`; one that never was neutral stays as it is."""
    if cell[:1] == "'" and _FORMULA_LIKE.match(cell):
        return cell[1:]
    return cell


def all_restored(cells: list[str]) -> list[str]:
    """Return a row's cells as they were before `neutral`."""
    if "'" in "".join(cells):
        return [restored(cell) for cell in cells]
    return cells  # nearly every row, and much quicker to see than cell by cell
