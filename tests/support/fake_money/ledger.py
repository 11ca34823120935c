"""The ledger and the reversals of the fakes, over the tables in memory."""

from collections.abc import Sequence

from chalicelib.adapters.ports import (
    MOST_WRITES,
    Checkpoint,
    Committed,
    ErasedPremium,
    Overtaken,
    Owed,
    SettleResult,
    Step,
    Superseded,
    TakenBack,
    writes,
)
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress, SmsTally
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import Account, Totals
from chalicelib.domain.money.balance import Moved
from chalicelib.domain.money.reversal import (
    UNDER_WAY,
    Reversal,
    ReversalProgress,
    ReversalState,
)
from chalicelib.domain.person.enrollment import Enrollment
from tests.support.builders import replace
from tests.support.fake_tables import MemoryTables

from .remittances import books, count_off

_PROPOSED = "reversal"


class MemoryLedger:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    def settle(
        self, steps: Sequence[Step], owed: Sequence[Owed], checkpoint: Checkpoint, decided: str
    ) -> SettleResult:
        assert writes(steps, owed) <= MOST_WRITES
        where = (checkpoint.batch, checkpoint.chunk)
        progress = self._tables.progress.get(where)
        if (progress.next if progress else 0) != checkpoint.start:
            return Superseded()
        people = self.overtaken(steps)
        known = frozenset(i for i, each in enumerate(owed) if owed_key(each) in self._tables.owed)
        if people or known:
            return Overtaken(people, known)
        self.take(steps)
        for each in owed:
            self._tables.owed[owed_key(each)] = each
        self.count_owed(owed, 1)
        progress = self._tables.progress.setdefault(where, ChunkProgress(checkpoint.chunk))
        progress.next = checkpoint.end
        progress.tally.add(checkpoint.settled)
        self._tables.decided.setdefault(where, {})[checkpoint.start] = decided
        return Committed()

    def decided(self, batch: str, chunk: int) -> list[str]:
        return [text for _, text in sorted(self._tables.decided.get((batch, chunk), {}).items())]

    def erased(self, batch: str, row: int) -> ErasedPremium | None:
        return self._tables.erased_premiums.get((batch, row))

    def overtaken(
        self, steps: Sequence[Step], *, whole: bool = False
    ) -> dict[str, Enrollment | None]:
        people = {}
        for step in steps:
            nik, programme = step.before.recipient.nik, step.before.programme
            found = self._tables.people.get((nik, programme))
            is_same = found and _place(found) == _place(step.before)
            if not is_same or (whole and found and found.ledger != step.before.ledger):
                people[nik] = found
        return people

    def take(self, steps: Sequence[Step]) -> None:
        for step in steps:
            key = (step.before.recipient.nik, step.before.programme)
            for line in step.lines:
                self._tables.people[key] = self._tables.people[key].stepped(line)
            for moved in books(self._tables, step.before):
                step.count(moved, 1, step.line.amount)
            count_off(self._tables, step)

    def count_owed(self, owed: Sequence[Owed], sign: int) -> None:
        for each in owed:
            for moved in self._books(each.batch, each.account):
                moved.owe(sign * each.amount, people=sign)

    def _books(self, batch: str, account: Account) -> tuple[Moved, Moved]:
        return self._tables.moved.setdefault(batch, Moved()), self._totals(account).moved

    def _totals(self, account: Account) -> Totals:
        return self._tables.totals.setdefault(account, Totals(account, Tally(), SmsTally(), {}))


def _place(person: Enrollment) -> tuple[object, ...]:
    return person.reference, person.standing, person.remittance


def owed_key(owed: Owed) -> tuple[str, int, str]:
    return owed.batch, owed.row, owed.evidence


class MemoryReversals:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self._ledger = MemoryLedger(tables)

    def order(self, batch: Batch, reversal: Reversal) -> bool:
        stored = self._tables.files.get(batch.id)
        if stored is None or stored.status is not BatchStatus.COMPLETED:
            return False
        if stored.reversal != batch.reversal:
            return stored.reversal == reversal
        changed = replace(stored, reversal=reversal, reopened=stored.reopened + 1)
        if reversal.state in UNDER_WAY:
            changed = replace(changed, watch=None, stuck=None)
        self._tables.files[batch.id] = changed
        if reversal.state is ReversalState.DROPPED:
            self._tables.unfinished.pop(batch.id, None)
        else:
            is_proposed = reversal.state is ReversalState.PROPOSED
            self._tables.unfinished[batch.id] = _PROPOSED if is_proposed else "yes"
        return True

    def proposed(self) -> list[str]:
        return sorted(each for each, held in self._tables.unfinished.items() if held == _PROPOSED)

    def progress(self, batch: Batch) -> list[ReversalProgress]:
        if batch.reversal is None:
            return []
        return [each for _, each in sorted(self._of(batch).items())]

    def check(self, batch: Batch, chunk: int) -> None:
        self._set(batch, replace(self._at(batch, chunk), checked=True))

    def close(self, batch: Batch, chunk: int, *, rows: int) -> None:
        if self._at(batch, chunk).next == rows:
            self._set(batch, replace(self._at(batch, chunk), done=True))

    def take_back(
        self, batch: Batch, steps: Sequence[Step], owed: Sequence[Owed], step: TakenBack
    ) -> SettleResult:
        assert writes(steps, owed) <= MOST_WRITES
        now = self._at(batch, step.chunk)
        if now.next != step.start:
            return Superseded()
        people = self._ledger.overtaken(steps, whole=True)
        stored = [self._tables.owed.get(owed_key(each)) for each in owed]
        gone = frozenset(
            place
            for place, (found, each) in enumerate(zip(stored, owed, strict=True))
            if found is None or found.source != each.source
        )
        if people or gone:
            return Overtaken(people, gone)
        self._ledger.take(steps)
        for each in owed:
            del self._tables.owed[owed_key(each)]
        self._ledger.count_owed(owed, -1)
        reasons = {*now.kept, *step.kept}
        kept = {why: now.kept.get(why, 0) + step.kept.get(why, 0) for why in reasons}
        self._set(
            batch,
            replace(
                now,
                next=step.end,
                people=now.people + len(steps),
                rupiah=now.rupiah + sum(each.line.amount for each in steps),
                not_due_people=now.not_due_people + len(owed),
                not_due=now.not_due + sum(each.amount for each in owed),
                kept=kept,
            ),
        )
        decided = self._tables.undone.setdefault((batch.id, step.chunk), {})
        decided[step.start] = step.decided
        return Committed()

    def decided(self, batch: Batch, chunk: int) -> list[str]:
        return [text for _, text in sorted(self._tables.undone.get((batch.id, chunk), {}).items())]

    def _of(self, batch: Batch) -> dict[int, ReversalProgress]:
        assert batch.reversal
        return self._tables.reversed.setdefault((batch.id, batch.reversal.at), {})

    def _at(self, batch: Batch, chunk: int) -> ReversalProgress:
        return self._of(batch).get(chunk, ReversalProgress(chunk))

    def _set(self, batch: Batch, progress: ReversalProgress) -> None:
        self._of(batch)[progress.chunk] = progress
