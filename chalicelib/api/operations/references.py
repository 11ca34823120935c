"""Finds the person of a reference in an SMS without an index: by file, chunk and row."""

from chalicelib.adapters.ports import Batches, Objects
from chalicelib.api.permissions import Caller
from chalicelib.api.refusals import BadRequest
from chalicelib.domain.person.reference import ReferenceInvalid, parse_reference
from chalicelib.errors import ObjectMissing
from chalicelib.kinds.recipients.rows import FindInChunk, find_row


def parsed(reference: str) -> tuple[str, int]:
    """Return batch and row of a reference that a user typed.

    Raises:
        BadRequest: it is not a reference. The check character does not show which part is wrong.
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
    batch_id: str,
    row: int,
    *,
    caller: Caller,
    batches: Batches,
    objects: Objects,
    find: FindInChunk | None = None,
) -> str | None:
    """Return the NIK of the person in this row of a file.

    None if the file or row does not exist, the person was erased, or the caller may not see the
    file. `find` keeps chunks, for several references.
    """
    batch = batches.get(batch_id)
    if batch is None or not caller.sees(batch.bank):
        return None
    try:
        found = find_row(batch, row, objects, find)
    except ObjectMissing:
        return None  # the file was refused while it was read, or its objects have expired
    return found[1].recipient.nik if found and found[1].recipient else None
