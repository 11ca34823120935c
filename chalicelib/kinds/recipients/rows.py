"""A judged row of recipients and its outcome, as chunk objects store them."""

from collections.abc import Callable
from datetime import date
from typing import Self

from msgspec.structs import replace

from chalicelib.adapters.ports import Objects
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Disposition, Outcome, Tally
from chalicelib.domain.file.row import JudgedRow
from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.person.recipient import Recipient
from chalicelib.files.work import Elsewhere
from chalicelib.kinds.chunk_store import ChunkStore


class RecipientRow(JudgedRow, frozen=True):
    """A judged row, as the later steps need it.

    If the row is fit to enroll its person, it has `recipient`, `premium` (whole rupiah), `rule` and
    `income_used` (rupiah a month). `first` is the ordinal (from 0, among the file's rows) of an
    earlier fit row that names the same person.
    """

    recipient: Recipient | None = None
    premium: int = 0
    rule: str = ""
    income_used: int = 0
    first: int | None = None

    @property
    def is_candidate(self) -> bool:
        """Whether this row is the one row of its file that can enroll its person."""
        return self.recipient is not None and self.first is None

    def blanked(self) -> Self:
        """Return the row as it stays after its person was erased: only its line and `first`."""
        return replace(super().blanked(), first=self.first)


class RecipientOutcome(Outcome, frozen=True):
    """The outcome of one row, as the bank sees it.

    Only accepted rows have money (whole rupiah), dates and a reference. `rule` is the contribution
    rule that was applied. `noted` are findings for the department alone: no bank sees them.
    """

    premium: int = 0
    aid: int = 0
    starts: date | None = None
    ends: date | None = None
    reference: str = ""
    rule: str = ""
    sms_possible: bool = False
    noted: tuple[Finding, ...] = ()

    def add_to(self, tally: Tally) -> None:
        """Add the row's money to a tally, and whether no message can reach its person."""
        for finding in self.noted:
            tally.codes[str(finding.code)] = tally.codes.get(str(finding.code), 0) + 1
        if self.disposition is Disposition.ACCEPTED:
            tally.premium_total += self.premium
            tally.aid_total += self.aid
            tally.not_possible += not self.sms_possible


def recipient_store(objects: Objects) -> ChunkStore[RecipientRow, RecipientOutcome]:
    """Return the store of the chunks of files of recipients."""
    return ChunkStore(objects, RecipientRow, RecipientOutcome)


FindInChunk = Callable[[str, int, int], RecipientRow | Elsewhere]
"""Returns the row at a line of a chunk (batch, chunk, line), or where else the line is."""


def find_row(
    batch: Batch, line: int, objects: Objects, find: FindInChunk | None = None
) -> tuple[int, RecipientRow] | None:
    """Return the row at a line of a file, and its chunk; None if the file has no such row.

    It guesses the chunk, then tries its neighbour, then uses binary search. A row's number is its
    first line in the file. It is at least the row's index among the rows; the header, empty lines
    and cells of several lines make it larger. So the first guess is right or a little too high.
    `find` reads chunks in another way than one by one, for many rows.

    Raises:
        ObjectMissing: the file was refused while it was read, or its objects have expired.
    """
    find = find or recipient_store(objects).find_row
    low, high = 1, batch.chunks
    chunk, tries = line // max(batch.chunk_rows, 1) + 1, 0
    while low <= high:
        chunk = min(max(chunk, low), high)
        found = find(batch.id, chunk, line)
        if not isinstance(found, Elsewhere):
            return chunk, found
        tries += 1
        if found is Elsewhere.BEFORE:
            high = chunk - 1
            chunk = high if tries == 1 else (low + high) // 2
        else:
            low = chunk + 1
            chunk = low if tries == 1 else (low + high) // 2
    return None
