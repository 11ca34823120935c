"""Judges a row's NIK by what is beside it: the guard of a result file, other long numbers."""

from collections import OrderedDict
from functools import cache

from msgspec.structs import replace

from chalicelib.adapters.ports import Batches, Objects
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.guard import Guarded, Said, compare, guard_of, guarded_nik
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.person.reference import ReferenceInvalid, parse_reference, reference
from chalicelib.errors import ObjectMissing
from chalicelib.kinds.kind import Judged

from .codes import RecipientCode
from .rows import RecipientRow, find_row, recipient_store

_KEPT = 8  # chunks of earlier files; a result file has their rows in order
_TOO_MANY_TO_BE_CORRECTED = 3
"""NIKs of other rows. Two may be corrected: somebody had exchanged them before."""
_MOST_COMPARED = 200_000  # rows of a result file in which the NIK is another than the guard


class EarlierRows:
    """The rows of a bank's earlier files, by the references in its new one."""

    def __init__(self, bank: str, batches: Batches, objects: Objects) -> None:
        """Take the bank's code, and where the earlier files are."""
        self._bank = bank
        self._objects = objects
        self._file = cache(batches.get)
        self._kept: OrderedDict[tuple[str, int], dict[int, str]] = OrderedDict()

    def guarded(self, said: Said) -> Said:
        """Return what was said, with the guard that the file lacks.

        It is the NIK of the row that the reference names. Another bank's rows are not looked at.
        """
        if said.guard is not None or not said.reference:
            return said
        try:
            batch, line = parse_reference(said.reference)
        except ReferenceInvalid:
            return said
        file = self._file(batch)
        nik = self._nik(file, line) if file and file.bank == self._bank else None
        return said if nik is None else replace(said, guard=guard_of(nik), looked_up=True)

    def _nik(self, file: Batch, line: int) -> str | None:
        for (batch, _), niks in self._kept.items():
            if batch == file.id and line in niks:
                return niks[line]
        try:
            found = find_row(file, line, self._objects)
        except ObjectMissing:
            return None  # its objects have expired
        if found is None:
            return None
        chunk, _ = found
        rows = recipient_store(self._objects).rows(file.id, chunk)
        niks = {row.source.line: row.recipient.nik for row in rows if row.recipient}
        self._kept[file.id, chunk] = niks
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return niks.get(line)


class MovedNiks:
    """Finds NIKs that a result file had in another row: a spreadsheet sorted that column alone.

    Each row then has the name of one person and the NIK of another. Only rows without a reference
    are looked at: beside a reference no other NIK is taken.
    """

    def __init__(self) -> None:
        """Begin without rows."""
        self._now: set[str] = set()
        self._before: set[str] = set()

    def add(self, nik: str | None, said: Said) -> None:
        """Add a row with its NIK; None if it is none."""
        if _is_other(nik, said) and len(self._before) < _MOST_COMPARED:
            self._before.add(guarded_nik(said.guard or ""))
            if nik:
                self._now.add(nik)

    @property
    def found(self) -> frozenset[str]:
        """The NIKs that belong to other rows; none if so few may be corrected ones."""
        moved = self._now & self._before
        return frozenset(moved if len(moved) >= _TOO_MANY_TO_BE_CORRECTED else ())


def held_against_rows(
    moved: frozenset[str], said: Said, found: Judged[RecipientRow]
) -> Judged[RecipientRow]:
    """Return the judgement of a row of a result file in which these NIKs were moved."""
    if found.nik in moved and _is_other(found.nik, said):
        return _rejected(found, Finding(RecipientCode.NIK_OF_OTHER_ROW))
    return found


def _is_other(nik: str | None, said: Said) -> bool:
    """Whether a row has another NIK than its guard, and no reference."""
    return said.guard is not None and not said.reference and nik != guarded_nik(said.guard)


def held_against(said: Said, found: Judged[RecipientRow]) -> Judged[RecipientRow]:
    """Return the judgement of a row that comes from a result file.

    Two things are errors: a NIK that was rounded after payung returned the file, and a changed NIK
    in a row with a reference. The person of that reference is enrolled, and another NIK would
    enroll somebody else. In a row without a reference, another NIK is the corrected one.
    """
    if found.nik is None:
        return found
    guarded = compare(found.nik, said.guard)
    if guarded is Guarded.ROUNDED:
        shown = {} if said.looked_up else {"guarded": "payung_nik"}
        return replace(
            _rejected(found, Finding.of(Code.NIK_EXCEL_ROUNDED, **shown)),
            nik=None,
            rounded=True,
        )
    if guarded is Guarded.SAME:
        return replace(found, nik=None)
    if said.reference and said.guard is not None:
        return _rejected(found, _changed(said.reference))
    return found


def doubted(found: Judged[RecipientRow]) -> Judged[RecipientRow]:
    """Return the judgement of a row whose file has few NIKs, which all end in 0.

    Where another long number of the row ends in 0 too, both were rounded.
    """
    if found.nik is None:
        return found
    if found.beside:
        return _rejected(found, Finding(Code.NIK_EXCEL_ROUNDED))
    row = found.row
    doubt = Finding(Code.NIK_MAY_BE_ROUNDED)
    return replace(found, row=replace(row, findings=(*row.findings, doubt)))


def _rejected(found: Judged[RecipientRow], error: Finding) -> Judged[RecipientRow]:
    row = RecipientRow(found.row.source, (error, *found.row.findings))
    return replace(found, row=row, fit=False)


def _changed(text: str) -> Finding:
    try:
        params = {"reference": reference(*parse_reference(text))}
    except ReferenceInvalid:  # it was changed, too: a message never repeats it
        params = {}
    return Finding.of(Code.REFERENCE_NIK_DIFFERS, **params)
