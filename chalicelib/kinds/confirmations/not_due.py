"""Finds rows of the bank's files of recipients that owe nothing: duplicate, conflict or rejected.

If a bank deducts from such a row, the person is owed money. No index leads from a NIK to such a
row. So the bank's files are read, the latest first, but only for rows that state a deduction from
somebody who is not enrolled through the bank.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.file.totals import Account
from chalicelib.errors import ObjectMissing
from chalicelib.kinds.kind import Chunk
from chalicelib.kinds.recipients.columns import Column, columns_in
from chalicelib.kinds.recipients.rows import RecipientOutcome, RecipientRow, recipient_store

_PAGE = 50


@dataclass(frozen=True, slots=True)
class NotDue:
    """A row that owes nothing; `premium` (rupiah) is what a bank would have taken from it.

    `disposition` is None for an accepted row whose person was erased.
    """

    batch: str
    row: int
    account: Account
    premium: int
    disposition: Disposition | None


class NotDueRows:
    """The rows of a bank's files that owe nothing, found by NIK."""

    def __init__(self, chunk: Chunk) -> None:
        """Take the chunk with its ports."""
        self._chunk = chunk

    def find(self, niks: set[str]) -> dict[str, NotDue]:
        """Return the latest such row of each NIK; NIKs that no file has are left out."""
        found: dict[str, NotDue] = {}
        if not niks:
            return found
        for file in self._files():
            store = recipient_store(self._chunk.objects)
            header, _ = store.header(file.id)
            place = columns_in(header, file.bank).get(Column.NIK)
            for progress in self._chunk.batches.chunks(file.id):
                tally = progress.tally
                if tally.rows == tally.accepted:
                    continue
                try:
                    settled = store.settled(file.id, progress.chunk)
                except ObjectMissing:
                    continue  # the chunk is not settled yet, or its rows have expired
                for row, outcome in settled:
                    nik = _nik_of(row, place)
                    if nik in niks - found.keys() and _owes_nothing(outcome):
                        found[nik] = self._not_due(file, row, outcome)
            if niks <= found.keys():
                break
        return found

    def _files(self) -> Iterator[Batch]:
        """Iterate over the bank's files of recipients, the latest first."""
        bank, before = self._chunk.batch.bank, None
        seen: set[str] = set()
        while True:
            page = self._chunk.batches.of_bank(bank, before=before, limit=_PAGE)
            fresh = [each for each in page if each.id not in seen]
            yield from (each for each in fresh if each.programme and each.chunks)
            seen.update(each.id for each in fresh)
            if not fresh:
                return
            before = page[-1].received_at

    def _not_due(self, file: Batch, row: RecipientRow, outcome: RecipientOutcome) -> NotDue:
        programme = self._chunk.agreements.programmes[file.programme or ""]
        day = programme.local_day(file.received_at)
        usual = programme.premium(None, programme.cover(day)[0]).total
        account = Account(programme.code, file.bank, file.scheme, day)
        line = row.source.line
        return NotDue(file.id, line, account, row.premium or usual, outcome.disposition)


def _owes_nothing(outcome: RecipientOutcome) -> bool:
    return outcome.disposition is not Disposition.ACCEPTED


def _nik_of(row: RecipientRow, place: int | None) -> str:
    if row.recipient:
        return row.recipient.nik
    cells = row.source.cells
    nik = parse_nik(cells[place]) if place is not None and place < len(cells) else None
    return nik.value if isinstance(nik, Nik) else ""
