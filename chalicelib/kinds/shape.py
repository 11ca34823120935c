"""The shape of a row of any kind: whether its cells can be separated."""

from collections.abc import Sequence

from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.row import LONGEST_CELL, MISSHAPEN, SHIFTED
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.files.shifted import has_other_separator


def misshapen(cells: Sequence[str], width: int) -> Finding | None:
    """Return the finding of a row with cells behind the header's last column, None if it has none.

    The reader adds such a cell to a row whose cells cannot be separated, or have moved.
    """
    if not any(cell.strip() for cell in cells[width:]):
        return None
    if cells[-1] == MISSHAPEN:  # the number of cells is unknown, too
        return Finding.of(Code.ROW_SHAPE, longest=format_rupiah(LONGEST_CELL))
    if cells[-1] == SHIFTED and has_other_separator(cells):
        return Finding.of(Code.ROW_SHAPE, separator="lain")
    if cells[-1] == SHIFTED:
        return Finding.of(Code.ROW_SHAPE, amount="kolom lain")
    return Finding.of(Code.ROW_SHAPE, found=len(cells), expected=width)
