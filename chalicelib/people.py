"""Finds the people whom a chunk's rows enrolled: no index leads to them, the chunk's objects do."""

from chalicelib.adapters.protocols import Enrollments, Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch
from chalicelib.domain.enrollment import Enrollment
from chalicelib.domain.outcome import Disposition
from chalicelib.files import work


def people_of_chunk(
    batch: Batch, chunk: int, *, objects: Objects, enrollments: Enrollments, deadline: Deadline
) -> list[Enrollment]:
    """Return those whom a chunk (from 1) enrolled, as they stand now, in file order.

    Those who were erased since are not among them.

    Raises:
        Poison: the chunk's objects are gone or broken.
    """
    rows = work.decode_rows(objects.read(work.rows_key(batch.id, chunk)))
    outcomes = work.decode_outcomes(objects.read(work.outcomes_key(batch.id, chunk)))
    niks = [
        row.recipient.nik
        for row, outcome in zip(rows, outcomes, strict=True)
        if row.recipient and outcome.disposition is Disposition.ACCEPTED
    ]
    owners = deadline.patiently(lambda: enrollments.owners(batch.programme or "", niks))
    people = (owners.get(nik) for nik in niks)
    # Whoever was erased may have been enrolled again, by another file.
    return [each for each in people if each and (each.batch, each.chunk) == (batch.id, chunk)]
