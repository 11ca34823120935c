"""Enrolls the people of one chunk: each once, counted in the transaction that enrolls them.

A transaction inserts up to 98 people together with the chunk's checkpoint. So a row is enrolled and
counted together or not at all. Outcomes of an earlier run are read back from the people's table.
A person of an earlier file without results is moved to this one by the same transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.adapters.ports import (
    PEOPLE_PER_TRANSACTION,
    Checkpoint,
    Committed,
    Reported,
    Superseded,
    Takeover,
    slots,
)
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.errors import ObjectMalformed
from chalicelib.kinds.chunk_store import ChunkStore
from chalicelib.kinds.kind import Applied, Chunk

from .codes import RecipientCode
from .outcome_rules import OutcomeRules, people_to_notify
from .rows import RecipientOutcome, RecipientRow, recipient_store
from .takeovers import Takeovers


@dataclass
class _Group:
    """The rows of one transaction from index `start`, by row index.

    `waiting` are the people to insert and `moving` those to take over; `outcomes` has all rows.
    """

    start: int
    outcomes: dict[int, RecipientOutcome] = field(default_factory=dict)
    waiting: dict[int, Enrollment] = field(default_factory=dict)
    moving: dict[int, Takeover] = field(default_factory=dict)

    @property
    def end(self) -> int:
        return self.start + len(self.outcomes)

    def shorten(self) -> None:
        """Leave the last rows to the next transaction until this one is not too large."""
        while self.moving and len(self.waiting) + len(self.moving) > 1:
            if len(self.waiting) + slots(list(self.moving.values())) <= PEOPLE_PER_TRANSACTION:
                return
            last = self.end - 1
            del self.outcomes[last]
            self.waiting.pop(last, None)
            self.moving.pop(last, None)


class RecipientApplying:
    """One run over the rows of a chunk."""

    def __init__(self, chunk: Chunk) -> None:
        """Read the rows.

        Raises:
            Poison: the file belongs to no programme, or its rows do not exist.
        """
        self._chunk = chunk
        self._rules = _rules(chunk.batch, chunk.number, chunk.agreements)
        self._kept = _Rows(chunk.batch, recipient_store(chunk.objects))
        self._rows = self._kept.of_chunk(chunk.number)
        self._takeovers = Takeovers(self._rules, chunk.batches)
        self._settled: dict[int, RecipientOutcome] = {}
        self._changed: set[str] = set()

    @property
    def rows(self) -> int:
        """How many rows the chunk has."""
        return len(self._rows)

    def apply(self, start: int) -> int | None:
        """Enroll the next people; return the index after them, or None if another run did so."""
        group = self._group(start)
        while True:
            group.shorten()
            checkpoint = self._checkpoint(start, group.end, group.outcomes.values())
            new, moving = list(group.waiting.values()), list(group.moving.values())
            commit = self._chunk.enrollments.commit
            result = commit(new, checkpoint, moving) if moving else commit(new, checkpoint)
            if isinstance(result, Superseded):
                return None
            if isinstance(result, Committed):
                self._settled |= group.outcomes
                self._changed |= {each.before.batch for each in moving if each.lost}
                return group.end
            if isinstance(result, Reported):
                self._takeovers.note_results(result.batches)
                self._settle(group, {each.before.recipient.nik: each.before for each in moving})
            else:
                self._settle(group, result.owners, result.gone)

    def give_up(self, start: int) -> int | None:
        """End the chunk at this row; return its number of rows, or None if another run moved it."""
        rest = {
            index: self._rules.not_processed(self._rows[index])
            for index in range(start, len(self._rows))
        }
        checkpoint = self._checkpoint(start, len(self._rows), rest.values(), gives_up=True)
        if not isinstance(self._chunk.enrollments.commit([], checkpoint), Committed):
            return None
        self._settled |= rest
        return len(self._rows)

    def applied(self) -> Applied:
        """Return the outcomes of all rows, and the people who get a confirmation."""
        outcomes = self._outcomes()
        return Applied(outcomes, people_to_notify(self._rows, outcomes), self._changed)

    def _checkpoint(
        self, start: int, end: int, settled: Iterable[RecipientOutcome], *, gives_up: bool = False
    ) -> Checkpoint:
        return Checkpoint(
            batch=self._rules.batch.id,
            chunk=self._rules.chunk,
            start=start,
            end=end,
            settled=Tally.of(settled),
            account=self._rules.account,
            received_at=self._rules.batch.received_at,
            gives_up=gives_up,
        )

    def _group(self, start: int) -> _Group:
        """Return the rows that fit into a transaction, as if all their people were new."""
        now = self._chunk.clock()
        group = _Group(start)
        for index in range(start, len(self._rows)):
            row = self._rows[index]
            if not row.is_candidate:
                group.outcomes[index] = self._without_table(row)
            elif len(group.waiting) < PEOPLE_PER_TRANSACTION:
                group.waiting[index] = enrollment = self._rules.enrollment(row, now=now)
                group.outcomes[index] = self._rules.accepted(row, enrollment)
            else:
                break
        return group

    def _settle(
        self, group: _Group, owners: Mapping[str, Enrollment], gone: Collection[str] = ()
    ) -> None:
        """Separate the people of a group who have an enrollment already, as `owners` shows."""
        for index in [*group.waiting, *group.moving]:
            row = self._rows[index]
            nik = row.recipient.nik if row.recipient else ""
            if nik in gone:
                del group.moving[index]
                group.waiting[index] = new = self._rules.enrollment(row, now=self._chunk.clock())
                group.outcomes[index] = self._rules.accepted(row, new)
            elif nik in owners:
                group.waiting.pop(index, None)
                group.moving.pop(index, None)
                takeover = self._takeovers.takeover(row, owners[nik])
                if takeover:
                    group.moving[index] = takeover
                    group.outcomes[index] = self._rules.accepted(row, takeover.after)
                else:
                    group.outcomes[index] = self._rules.owned(row, owners[nik])

    def _without_table(self, row: RecipientRow) -> RecipientOutcome:
        if row.first is None:
            return self._rules.rejected(row)
        return self._rules.repeated(row, self._kept.at(row.first))

    def _outcomes(self) -> list[RecipientOutcome]:
        """Return every row's outcome; those of other runs come from the people's table."""
        rows, settled = self._rows, self._settled
        if len(settled) < len(rows):
            self._settle_given_up()
        missing = [i for i, row in enumerate(rows) if i not in settled and row.is_candidate]
        niks = [row.recipient.nik for row in (rows[i] for i in missing) if row.recipient]
        owners = self._chunk.enrollments.owners(self._rules.programme, niks)
        gone = []
        for index, nik in zip(missing, niks, strict=True):
            if nik not in owners:
                gone.append(index)
                continue
            settled[index] = self._rules.owned(rows[index], owners[nik])
            # An earlier run that moved this person may have died before it said so.
            is_here = owners[nik].is_row(self._rules.batch.id, rows[index].source.line)
            if is_here and (left := self._takeovers.left_results(owners[nik])):
                self._changed.add(left)
        for index, row in enumerate(rows):
            if index not in settled and index not in gone:
                settled[index] = self._without_table(row)
        if gone:
            self._settle_erased(gone)
        return [settled[index] for index in range(len(rows))]

    def _settle_given_up(self) -> None:
        """Settle the rows that another run did not apply, if it gave the chunk up."""
        found = self._chunk.batches.chunk(self._rules.batch.id, self._rules.chunk).given_up
        for index in range(len(self._rows) if found is None else found, len(self._rows)):
            self._settled[index] = self._rules.not_processed(self._rows[index])

    def _settle_erased(self, gone: Sequence[int]) -> None:
        """Decide rows whose person another file enrolled and who was then erased.

        The stored counts of the chunk include such a row; the other outcomes do not. The difference
        shows how it was counted.
        """
        counted = self._chunk.batches.chunk(self._rules.batch.id, self._rules.chunk).tally
        known = Tally.of(self._settled.values())
        same_bank, moved = RecipientCode.DUPLICATE_SAME_BANK, RecipientCode.MOVED_TO_LATER_FILE
        for index in gone:
            outcome = self._rules.owned_once(
                self._rows[index],
                conflict=counted.conflict > known.conflict,
                same_bank=counted.times(same_bank) > known.times(same_bank),
                moved=counted.times(moved) > known.times(moved),
            )
            self._settled[index] = outcome
            known.count(outcome)


class _Rows:
    """The rows of a file, chunk by chunk. It keeps its own chunk and the last other one."""

    def __init__(self, batch: Batch, store: ChunkStore[RecipientRow, RecipientOutcome]) -> None:
        self._batch = batch
        self._store = store
        self._kept: dict[int, list[RecipientRow]] = {}

    def of_chunk(self, chunk: int) -> list[RecipientRow]:
        if chunk not in self._kept:
            if len(self._kept) > 1:
                del self._kept[list(self._kept)[-1]]
            self._kept[chunk] = self._store.rows(self._batch.id, chunk)
        return self._kept[chunk]

    def at(self, ordinal: int) -> RecipientRow:
        chunk, index = self._batch.place_of(ordinal)
        return self.of_chunk(chunk)[index]


def _rules(batch: Batch, chunk: int, agreements: Agreements) -> OutcomeRules:
    if batch.programme is None:
        raise ObjectMalformed("the file belongs to no programme")
    programme = agreements.programmes[batch.programme]
    starts, ends = programme.cover(programme.local_day(batch.received_at))
    return OutcomeRules(
        batch=batch,
        chunk=chunk,
        programme=programme.code,
        starts=starts,
        ends=ends,
        timezone=programme.timezone,
        regencies=programme.regions.regencies.keys(),
        bank_names={bank.code: bank.name for bank in agreements.banks},
    )
