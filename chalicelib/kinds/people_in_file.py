"""The people whose data are in a file of any kind: their NIKs, as the rows have them."""

from collections.abc import Iterator, Sequence

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Objects
from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.file.batch import Batch
from chalicelib.errors import ObjectMissing
from chalicelib.files import work
from chalicelib.files.columns import columns_of
from chalicelib.files.headers import resolve
from chalicelib.files.refusal import FileRefused

from .registry import KINDS

_NIK = "nik"
"""The name of the column of NIKs in every kind that has one."""


def people_of(batch: Batch, objects: Objects) -> Iterator[list[str]]:
    """Iterate over the NIKs of a file's rows, chunk by chunk; chunks that are gone are left out.

    A row whose NIK cannot be read names its person by nothing that could be compared.
    """
    column = _column(batch, objects)
    for chunk in range(1, batch.chunks + 1):
        try:
            body = objects.read(bucket_keys.rows(batch.id, chunk))
        except ObjectMissing:
            continue
        rows = work.decode_sources(body)
        yield list(dict.fromkeys(nik for row in rows for nik in _niks(row.cells, column)))


def _niks(cells: Sequence[str], column: int | None) -> list[str]:
    """Return the NIK of a row; those of all cells if the cell of the NIK has none."""
    if column is not None and column < len(cells) and (found := _read(cells[column])):
        return [found]
    # The cells of the row may be shifted, or the kind may find its people otherwise.
    return [nik for cell in cells if (nik := _read(cell))]


def _read(cell: str) -> str | None:
    nik = parse_nik(cell)
    return nik.value if isinstance(nik, Nik) else None


def _column(batch: Batch, objects: Objects) -> int | None:
    kind = KINDS.of(batch.scheme)
    try:
        header, _ = work.decode_header(objects.read(bucket_keys.header(batch.id)))
        return resolve(header, columns_of(kind.columns, batch.bank)).get(_NIK)
    except (ObjectMissing, FileRefused):
        return None
