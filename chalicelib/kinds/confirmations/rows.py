"""A judged row of a confirmation and its outcome, as chunk objects store them."""

from datetime import date

from chalicelib.adapters.ports import Objects
from chalicelib.domain.cells.blank import is_blank
from chalicelib.domain.file.outcome import Disposition, Outcome, Tally
from chalicelib.domain.file.row import JudgedRow
from chalicelib.domain.money.confirm import Stated
from chalicelib.domain.person.reference import batch_of
from chalicelib.kinds.chunk_store import ChunkStore


class ConfirmRow(JudgedRow, frozen=True):
    """A judged row. Without a break it has a person and a statement.

    - `stated` is empty for a row that says nothing yet. `amount` is whole rupiah; None for the
      premium. `words` are the bank's own words for `reason`.
    - `batch` and `row` are those of the reference, `nik` a whole NIK; one of them is given. `name`
      is given if only a NIK that ends in 0 names the person: a spreadsheet may have rounded it.
    - `doubt` is the status as the bank wrote it, if a remark contradicts the success.
    """

    stated: str = ""
    amount: int | None = None
    day: date | None = None
    evidence: str = ""
    reason: str = ""
    words: str = ""
    nik: str = ""
    batch: str = ""
    row: int = 0
    name: str = ""
    doubt: str = ""

    @property
    def booking(self) -> str:
        """The number of the booking as it is compared; empty for none."""
        return booking_of(self.evidence)

    @property
    def names_somebody(self) -> bool:
        """Whether the row has to be looked up: it states something about a person."""
        return bool(self.stated) and bool(self.nik or self.batch)

    @property
    def concerns_somebody(self) -> bool:
        """Whether a row says something about a person, be it certain or not."""
        return bool(self.stated or self.findings) and bool(self.nik or self.batch)


class ConfirmOutcome(Outcome, frozen=True):
    """The outcome of one row.

    `matched` is what was recorded (a statement, or `blank`); empty for a break. `premium` and
    `owed` are whole rupiah; `owed` is what the bank took and must give back, from the row of a file
    of recipients that has the reference `owed_at`. `moved` says whether the row moved the person of
    `reference`.
    """

    matched: str = ""
    premium: int = 0
    reference: str = ""
    moved: bool = False
    owed: int = 0
    owed_at: str = ""

    @property
    def owed_in(self) -> str:
        """The file of recipients in which the owed money is counted; empty for none."""
        return batch_of(self.owed_at) if self.owed_at else ""

    def add_to(self, tally: Tally) -> None:
        """Count what was recorded."""
        if self.disposition is Disposition.ACCEPTED:
            tally.not_possible += 1  # no message goes out
            tally.matched[self.matched] = tally.matched.get(self.matched, 0) + 1


def booking_of(evidence: str) -> str:
    """Return the number of a booking without what spreadsheets change: zeros in front, case."""
    return "" if is_blank(evidence) else " ".join(evidence.upper().split()).lstrip("0")


def statement(row: ConfirmRow) -> Stated:
    """Return what a row states.

    Raises:
        ValueError: it states nothing.
    """
    return Stated(row.stated)


def confirm_store(objects: Objects) -> ChunkStore[ConfirmRow, ConfirmOutcome]:
    """Return the store of the chunks of confirmations."""
    return ChunkStore(objects, ConfirmRow, ConfirmOutcome)
