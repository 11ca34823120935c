"""From the reference in an SMS to the person, without an index: file, chunk, row."""

from chalicelib.adapters.protocols import Batches, Objects
from chalicelib.domain.batch import Batch
from chalicelib.domain.reference import ReferenceInvalid, parse_reference
from chalicelib.errors import ObjectMissing
from chalicelib.files import work
from chalicelib.permissions import Caller
from chalicelib.refusals import BadRequest


def parsed(reference: str) -> tuple[str, int]:
    """Return batch and row of a reference as somebody typed it.

    Raises:
        BadRequest: it is none; what is wrong with it cannot be told.
    """
    try:
        return parse_reference(reference)
    except ReferenceInvalid:
        raise BadRequest(
            "reference_invalid",
            "Nomor referensi itu tidak cocok. Periksa setiap huruf dan angkanya,"
            " seperti tertulis di SMS.",
        ) from None


def nik_at(
    batch_id: str, row: int, *, caller: Caller, batches: Batches, objects: Objects
) -> str | None:
    """Return the NIK of whoever stands in that row of a file.

    None where there is no such file or row, its person was erased, or it is not the caller's.
    """
    batch = batches.get(batch_id)
    if batch is None or not caller.sees(batch.bank):
        return None
    try:
        return _nik_at(batch, row, objects)
    except ObjectMissing:
        return None  # the file was refused half-read, or is kept no longer


def _nik_at(batch: Batch, row: int, objects: Objects) -> str | None:
    """Guess the chunk, then its neighbour, then halve what is left.

    A row's number is where it begins in the file: at least its place among the rows, and more by
    the header, by empty lines and by cells of several lines. So the first guess is right or a
    little high.
    """
    low, high = 1, batch.chunks
    chunk, tries = row // max(batch.chunk_rows, 1) + 1, 0
    while low <= high:
        chunk = min(max(chunk, low), high)
        found = work.find_row(objects.read(work.rows_key(batch.id, chunk)), row)
        if not isinstance(found, work.Elsewhere):
            return found.recipient.nik if found.recipient else None
        tries += 1
        if found is work.Elsewhere.BEFORE:
            high = chunk - 1
            chunk = high if tries == 1 else (low + high) // 2
        else:
            low = chunk + 1
            chunk = low if tries == 1 else (low + high) // 2
    return None
