"""The opening and the closing record of a file between hosts: a mark, then figures alone."""

import re
from collections.abc import Iterable, Sequence

_TRAILER = re.compile(
    r"\W*(?:t|tr|trl|trailer|ftr|footer|f|mf(?:0{3})?|z|eof|end|total|jumlah|9{1,3})\W*",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\W*(?:h|mh(?:0{3})?|hdr|header)\s*[|;,\t].*\d", re.IGNORECASE)
_FIGURES = range(1, 7)
"""What a trailer holds: a count and a sum, perhaps those of its parts, a date and a check sum."""
_FIGURE = re.compile(r"[0-9]{1,18}")


def is_trailer(cells: Sequence[str]) -> bool:
    """Whether a row is the trailer of a file between hosts."""
    if not _TRAILER.fullmatch(cells[0]):
        return False
    figures = figures_of(cells)
    filled = sum(bool(cell.strip()) for cell in cells[1:])
    if len(figures) not in _FIGURES or filled != len(figures):
        return False
    return len(figures) > 1 or not cells[0].strip().isdigit()


def figures_of(cells: Sequence[str]) -> tuple[int, ...]:
    """Return the figures of a trailer, in their order: those right behind its mark."""
    found = []
    for cell in map(str.strip, cells[1:]):
        if not _FIGURE.fullmatch(cell):
            break
        found.append(int(cell))
    return tuple(found)


def has_opening_record(above: Iterable[str]) -> bool:
    """Whether a line above the header is an opening record.

    A file that has one ends with a trailer: without it, the file broke off.
    """
    return any(map(_OPENING.match, above))
