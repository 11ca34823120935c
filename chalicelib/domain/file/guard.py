"""The guard: a NIK in a result file that no spreadsheet takes for a number.

A result file has the NIK twice: as it came, and as `NIK 7171015708859001`. If the file comes back
and its NIKs were turned into numbers, the guard still has the digits that were lost.
"""

from difflib import SequenceMatcher
from enum import Enum, auto

from chalicelib.domain.cells.nik import LENGTH, Nik, parse_nik
from chalicelib.domain.person.reference import ReferenceInvalid, is_batch_id, parse_reference
from chalicelib.domain.record import Record

_MARK = "NIK "
_FILE = "Berkas "
_LONGEST = 40  # characters of what is in a NIK's cell and is none
_NEAR = 10  # Excel cuts the last digit off, LibreOffice rounds it: …9008 becomes …9010
_TAIL = 2
_ALIKE = 0.8  # of the digits before the tail: more than two of fourteen are another number


class Said(Record, frozen=True):
    """What payung wrote in a row of a result file that is handed in again.

    `guard` is None if the file has no such column. `reference` and `file` are empty if the row has
    none. `looked_up` says that the guard is not in the file, but was found by the reference.
    """

    guard: str | None = None
    reference: str = ""
    file: str = ""
    looked_up: bool = False


class Guarded(Enum):
    """The result of the comparison of a NIK with its guard."""

    SAME = auto()
    ROUNDED = auto()
    OTHER = auto()  # it was changed by hand
    NOTHING = auto()  # there is no guard


def guard_of(cell: str) -> str:
    """Return the guard of a NIK's cell: its digits, or its text if it is not a NIK."""
    if not (len(cell) == LENGTH and cell.isdecimal()):
        nik = parse_nik(cell)
        cell = nik.value if isinstance(nik, Nik) else " ".join(cell.split())
    return f"{_MARK}{cell}" if cell and len(cell) <= _LONGEST else ""


def guarded_nik(guard: str) -> str:
    """Return what a guard says of the NIK, in capital letters."""
    return guard.strip().upper().removeprefix(_MARK.strip()).strip()


def file_mark(batch: str) -> str:
    """Return the mark of a file's results. An id alone, such as `1E234567`, can be a number."""
    return f"{_FILE}{batch}"


def marked_file(cell: str) -> str | None:
    """Return the batch id in what `file_mark` made; None where there is none."""
    text = cell.strip().upper().removeprefix(_FILE.strip().upper()).strip()
    return text if is_batch_id(text) else None


def origin(said: Said) -> str | None:
    """Return the batch id of the file from whose results a row comes; None if unknown."""
    if marked := marked_file(said.file):
        return marked
    try:
        return parse_reference(said.reference)[0]
    except ReferenceInvalid:
        return None


def compare(nik: str, guard: str | None) -> Guarded:
    """Compare a NIK (its 16 digits) with the guard in its row.

    The NIK is rounded if it ends in 0 and is within 10 of the guard. It is also rounded if only
    the last two digits are that near and the digits before them are nearly the same: then it was
    corrected by hand and rounded later.
    """
    before = guarded_nik(guard or "")
    if not before:
        return Guarded.NOTHING
    if nik == before:
        return Guarded.SAME
    if not nik.endswith("0"):
        return Guarded.OTHER
    if len(before) == LENGTH and before.isdecimal() and abs(int(nik) - int(before)) < _NEAR:
        return Guarded.ROUNDED
    return Guarded.ROUNDED if _is_changed_and_rounded(nik, before) else Guarded.OTHER


def _is_changed_and_rounded(nik: str, before: str) -> bool:
    tail = before[-_TAIL:]
    if not tail.isdecimal() or tail.endswith("0"):
        return False
    apart = abs(int(nik[-_TAIL:]) - int(tail))
    if min(apart, 100 - apart) >= _NEAR:
        return False
    return SequenceMatcher(None, nik[:-_TAIL], before[:-_TAIL]).ratio() >= _ALIKE
