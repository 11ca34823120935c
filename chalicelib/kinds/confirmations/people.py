"""Finds the people of rows: by reference, else by NIK among the bank's own people.

A name or an account never finds anybody, nor does a masked NIK.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from chalicelib.adapters.ports import ErasedPremium
from chalicelib.domain.cells.name import same_person
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.totals import Account
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.money.confirm import Stated
from chalicelib.domain.money.standing import Leaf
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.domain.person.reference import reference
from chalicelib.errors import ObjectMissing
from chalicelib.kinds.kind import Chunk
from chalicelib.kinds.recipients.enrolled import KeptChunks
from chalicelib.kinds.recipients.rows import find_row

from .codes import ConfirmCode
from .not_due import NotDue
from .rows import ConfirmRow

Found = Enrollment | Finding | NotDue
_TAKEN = {Leaf.TO_REMIT, Leaf.AWAITING, Leaf.COVERED, Leaf.REFUND_DUE, Leaf.REFUNDED, Leaf.CREDIT}
"""Where a premium is that the bank has taken."""
_Owners = Mapping[str, Mapping[str, Enrollment]]
"""Enrollments by programme and NIK."""


class People:
    """Finds people for the rows of one chunk. Files are read once."""

    def __init__(self, chunk: Chunk) -> None:
        """Take the chunk with its ports."""
        self._chunk = chunk
        self._files: dict[str, Batch | None] = {}
        self._kept = KeptChunks(chunk.objects)

    def find(self, rows: Iterable[ConfirmRow]) -> list[Found]:
        """Return the enrollment that each row means, or why there is none for certain."""
        rows = list(rows)
        niks = [self._nik(row) for row in rows]
        wanted: dict[str, set[str]] = defaultdict(set)
        for row, nik in zip(rows, niks, strict=True):
            for programme in self._programmes(row):
                if nik:
                    wanted[programme].add(nik)
        owners = {
            programme: self._chunk.enrollments.owners(programme, sorted(them))
            for programme, them in sorted(wanted.items())
        }
        return [
            self._by_reference(row, nik, owners) if row.batch else self._by_nik(row, owners)
            for row, nik in zip(rows, niks, strict=True)
        ]

    def file(self, batch: str) -> Batch | None:
        """Return a file of recipients of this bank; None if it is another bank's or kind's."""
        if batch not in self._files:
            found = self._chunk.batches.get(batch)
            is_own = found and found.bank == self._chunk.batch.bank and found.programme
            self._files[batch] = found if is_own else None
        return self._files[batch]

    def _nik(self, row: ConfirmRow) -> str:
        """Return the NIK under which to look a row up; empty if there is none."""
        if row.nik or not (file := self.file(row.batch)):
            return row.nik
        return self._nik_at(file, row.row)

    def _nik_at(self, file: Batch, line: int) -> str:
        """Return the NIK of a row of a file of recipients; empty if nobody was enrolled there."""
        try:
            found = find_row(file, line, self._chunk.objects, self._kept.find)
        except ObjectMissing:
            return ""
        return found[1].recipient.nik if found and found[1].recipient else ""

    def _programmes(self, row: ConfirmRow) -> list[str]:
        if not row.batch:
            return list(self._chunk.agreements.programmes)
        file = self.file(row.batch)
        return [file.programme] if file and file.programme else []

    def _by_reference(self, row: ConfirmRow, nik: str, owners: _Owners) -> Found:
        file = self.file(row.batch)
        if file is None or not file.programme:
            return Finding(ConfirmCode.REFERENCE_UNKNOWN)
        found = owners.get(file.programme, {}).get(nik)
        if found and found.is_row(row.batch, row.row):
            return found
        wanted = reference(row.batch, row.row)
        # A person who moved to a later file of the bank keeps the references of the earlier ones.
        if found and wanted in found.earlier:
            return found
        if file.erased and (erased := self._chunk.ledger.erased(row.batch, row.row)):
            return self._of_erased(row, file, erased)
        # The row names another NIK than the file: one of the two columns was sorted alone.
        if row.nik and (meant := self._nik_at(file, row.row)) and meant != row.nik:
            person = self._chunk.enrollments.find(file.programme, meant)
            if person and person.reference == wanted:
                return Finding.of(Code.REFERENCE_NIK_DIFFERS, reference=wanted)
        return Finding(ConfirmCode.REFERENCE_UNKNOWN)

    def _of_erased(self, row: ConfirmRow, file: Batch, erased: ErasedPremium) -> Found:
        """Return what a row about an erased person leads to.

        Nobody can be covered under a premium without a person: if the bank takes it, it is owed.
        """
        if row.stated != Stated.DEDUCTED or row.doubt:
            return Finding(ConfirmCode.PERSON_ERASED)
        if erased.leaf in _TAKEN:
            return Finding.of(ConfirmCode.CONFIRM_SAME, known="dipotong")
        programme = self._chunk.agreements.programmes[file.programme or ""]
        day = programme.local_day(file.received_at)
        account = Account(programme.code, file.bank, file.scheme, day)
        return NotDue(file.id, row.row, account, erased.premium, disposition=None)

    def _by_nik(self, row: ConfirmRow, owners: _Owners) -> Found:
        bank = self._chunk.batch.bank
        found = [
            person
            for them in owners.values()
            if (person := them.get(row.nik)) and person.bank == bank
        ]
        if len(found) > 1:
            return Finding(ConfirmCode.PERSON_AMBIGUOUS)
        if not found:
            return Finding(ConfirmCode.PERSON_UNKNOWN)
        name = found[0].recipient.name
        if row.name and not same_person(row.name, None, name, None):
            why = "NIK berakhiran 0, mungkin dibulatkan Excel, dan namanya lain"
            return Finding.of(ConfirmCode.PERSON_UNKNOWN, why=why)
        return found[0]
