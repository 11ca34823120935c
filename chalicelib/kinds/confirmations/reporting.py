"""Writes the outcome of a row of a confirmation in Indonesian, for the bank."""

from collections.abc import Iterator

from chalicelib.adapters.ports import Objects
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.domain.money.confirm import Stated
from chalicelib.kinds.kind import Result
from chalicelib.kinds.results import result_cells

from .rows import ConfirmOutcome, confirm_store
from .words import BLANK

STATUS = {
    Stated.DEDUCTED.value: "dipotong",
    Stated.FAILED.value: "gagal",
    Stated.RETURNED.value: "dikembalikan",
    Stated.DEFERRED.value: "ditunda",
    BLANK: "belum",
}
"""What was recorded, as banks write it."""


class ConfirmReporting:
    """The content of the result files of confirmations."""

    def __init__(self, objects: Objects, catalogue: Catalogue) -> None:
        """Take the bucket with the chunks, and the catalogue that explains codes."""
        self._store = confirm_store(objects)
        self._catalogue = catalogue

    def results(self, batch: Batch, chunk: int) -> Iterator[Result]:
        """Iterate over the results of a chunk, in the order of its rows."""
        for row, outcome in self._store.settled(batch.id, chunk):
            own = (STATUS.get(outcome.matched, ""), str(outcome.premium), str(outcome.owed))
            cells = result_cells(outcome, self._catalogue, own, first=_recorded(outcome))
            yield Result(row.source, outcome.disposition, cells)


def _recorded(outcome: ConfirmOutcome) -> str:
    if outcome.matched == BLANK:
        return "Belum dinyatakan; iuran tetap menunggu."
    if not outcome.matched:
        return ""
    amount = format_rupiah(outcome.premium)
    return f"Tercatat {STATUS[outcome.matched]}, iuran Rp{amount}, {outcome.reference}."
