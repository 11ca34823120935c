"""Finds the people whom a chunk enrolled, and the row at a line of a file. No index leads there."""

from collections.abc import Iterable

from chalicelib.adapters.ports import Enrollments, Objects
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.files.work import Elsewhere

from .rows import RecipientRow, recipient_store

_KEPT = 8
"""Chunks kept in memory: the rows of another file often follow the order of this one."""


def enrolled_by(
    batch: Batch, rows: Iterable[RecipientRow], enrollments: Enrollments
) -> list[tuple[RecipientRow, Enrollment]]:
    """Return the rows of a file that enrolled a person, with the person's current enrollment.

    They are in file order. People who were erased since are left out, even if another file has
    enrolled them again.
    """
    candidates = {row.recipient.nik: row for row in rows if row.recipient and row.is_candidate}
    owners = enrollments.owners(batch.programme or "", list(candidates))
    return [
        (row, owner)
        for nik, row in candidates.items()
        if (owner := owners.get(nik)) and owner.is_row(batch.id, row.source.line)
    ]


class KeptChunks:
    """Reads chunks once, for many rows; the latest are kept."""

    def __init__(self, objects: Objects) -> None:
        """Take the bucket."""
        self._store = recipient_store(objects)
        self._kept: dict[tuple[str, int], dict[int, RecipientRow]] = {}

    def find(self, batch: str, chunk: int, line: int) -> RecipientRow | Elsewhere:
        """Return the row at a line of a chunk, or where else the line is."""
        where = (batch, chunk)
        if where not in self._kept:
            if len(self._kept) == _KEPT:
                del self._kept[next(iter(self._kept))]
            rows = self._store.rows(batch, chunk)
            self._kept[where] = {row.source.line: row for row in rows}
        rows_by_line = self._kept[where]
        if line in rows_by_line:
            return rows_by_line[line]
        is_before = line < next(iter(rows_by_line), line)
        return Elsewhere.BEFORE if is_before else Elsewhere.BEHIND
