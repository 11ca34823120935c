"""Takes back what one chunk of a confirmation states, once two users have ordered it.

A row's step is taken back only while no other file has moved the person since. A step that a later
file has changed stays, and so does a premium that is remitted: the result says so. The
transaction moves people, owed money, counts and the progress of the chunk together, and stores what
became of its rows. So a second run takes nothing back again, and explains each row alike.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.adapters.ports import (
    MOST_WRITES,
    OF_THE_CHUNK,
    Overtaken,
    Owed,
    Reversals,
    Step,
    Superseded,
    TakenBack,
)
from chalicelib.domain.cells.dates import format_date
from chalicelib.domain.file.totals import Account
from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.money.ledger import Source, is_reversed, reversals
from chalicelib.domain.money.reversal import Kept, is_remitted
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.domain.person.reference import parse_reference
from chalicelib.kinds.confirmations.codes import ConfirmCode
from chalicelib.kinds.confirmations.people import Found, People
from chalicelib.kinds.confirmations.rows import ConfirmOutcome, ConfirmRow, confirm_store
from chalicelib.kinds.kind import Chunk

ROWS_AT_ONCE = MOST_WRITES - 5
"""Rows that are read ahead: with one file and one account, so many fit into a transaction."""
_UNDONE = ""
_WHY = {
    Kept.REMITTED: "iurannya sudah masuk daftar setoran ke BPJS",
    Kept.MOVED_ON: "berkas lain sudah mengubahnya sesudah berkas ini",
    Kept.GONE: "pendaftaran atau catatan uangnya sudah tidak ada",
}


class _Undo(NamedTuple):
    """What becomes of a row: a step back or owed money that goes, or else why it stays.

    With none of them, another row of this file has taken the person back already.
    """

    line: int
    step: Step | None = None
    owed: Owed | None = None
    kept: Kept | None = None

    @property
    def decided(self) -> tuple[int, str]:
        return self.line, self.kept.value if self.kept else _UNDONE


class Reversing:
    """One run over the rows of one chunk."""

    def __init__(self, chunk: Chunk, reversals: Reversals) -> None:
        """Read the rows with their outcomes.

        Raises:
            Poison: they do not exist.
        """
        self._chunk = chunk
        self._reversals = reversals
        self._people = People(chunk)
        self._store = confirm_store(chunk.objects)
        self._settled = self._store.settled(chunk.batch.id, chunk.number)

    @property
    def rows(self) -> int:
        """How many rows the chunk has."""
        return len(self._settled)

    def has_remitted(self) -> bool:
        """Whether a premium that a row of this chunk has moved is on a list, or remitted."""
        found = self._found(self._settled)
        return any(isinstance(one, Enrollment) and _is_on_its_way(one) for one in found)

    def take_back(self, start: int) -> int | None:
        """Take the next rows back; return the index after them, or None if another run did so."""
        pairs = self._settled[start : start + ROWS_AT_ONCE]
        found = self._found(pairs)
        gone: set[int] = set()
        while True:
            group, end = self._group(pairs, found, gone, start)
            steps = [each.step for each in group if each.step]
            owed = [each.owed for each in group if each.owed]
            result = self._reversals.take_back(
                self._chunk.batch, steps, owed, self._step(start, end, group)
            )
            if isinstance(result, Superseded):
                return None
            if not isinstance(result, Overtaken):
                return end
            for index, one in enumerate(found):
                if isinstance(one, Enrollment) and one.recipient.nik in result.people:
                    now = result.people[one.recipient.nik]
                    found[index] = now or Finding(ConfirmCode.REFERENCE_UNKNOWN)
            gone |= {each.source.row for place, each in enumerate(owed) if place in result.owed}

    def explain(self) -> set[str]:
        """Write into the outcomes what became of the rows; return the files whose premiums moved.

        Safe to repeat: a row that says it already stays as it is.
        """
        texts = self._reversals.decided(self._chunk.batch, self._chunk.number)
        decided = {int(line): str(why) for each in texts for line, why in json.loads(each)}
        changed, outcomes = set(), []
        for _, outcome in self._settled:
            if outcome.line in decided:
                why = decided[outcome.line]
                if why == _UNDONE:
                    moved = outcome.owed_at or outcome.reference
                    changed.add(parse_reference(moved)[0])
                outcomes.append(self._explained(outcome, why))
            else:
                outcomes.append(outcome)
        if outcomes != [outcome for _, outcome in self._settled]:
            self._store.write_outcomes(self._chunk.batch.id, self._chunk.number, outcomes)
        return changed

    def _explained(self, outcome: ConfirmOutcome, why: str) -> ConfirmOutcome:
        ours = {ConfirmCode.CONFIRM_REVERSED, ConfirmCode.CONFIRM_NOT_REVERSED}
        if ours & {each.code for each in outcome.findings}:
            return outcome
        if why != _UNDONE:
            finding = Finding.of(ConfirmCode.CONFIRM_NOT_REVERSED, why=_WHY[Kept(why)])
            return replace(outcome, findings=(*outcome.findings, finding))
        order = self._chunk.batch.reversal
        programmes = self._chunk.agreements.programmes.values()
        zone = max(programmes, key=lambda each: each.opens).timezone
        at = order.decided_at.astimezone(zone).date() if order and order.decided_at else None
        finding = Finding.of(
            ConfirmCode.CONFIRM_REVERSED, **({"date": format_date(at)} if at else {})
        )
        # The reference leads to the person still; what was recorded is no longer so.
        return replace(outcome, findings=(*outcome.findings, finding), matched="", owed=0)

    def _step(self, start: int, end: int, group: Sequence[_Undo]) -> TakenBack:
        kept: dict[Kept, int] = {}
        for each in group:
            if each.kept:
                kept[each.kept] = kept.get(each.kept, 0) + 1
        return TakenBack(
            chunk=self._chunk.number,
            start=start,
            end=end,
            decided=json.dumps([each.decided for each in group], separators=(",", ":")),
            kept=kept,
        )

    def _found(self, pairs: Sequence[tuple[ConfirmRow, ConfirmOutcome]]) -> list[Found | None]:
        """Return whom each row has moved, as they are now; None for a row that moved nobody."""
        wanted = []
        for row, outcome in pairs:
            if outcome.moved:
                batch, line = parse_reference(outcome.reference)
                # The reference alone: the person may be in several programmes by now.
                wanted.append(replace(row, batch=batch, row=line, name=""))
        people = iter(self._people.find(wanted))
        return [next(people) if outcome.moved else None for _, outcome in pairs]

    def _group(
        self,
        pairs: Sequence[tuple[ConfirmRow, ConfirmOutcome]],
        found: Sequence[Found | None],
        gone: set[int],
        start: int,
    ) -> tuple[list[_Undo], int]:
        """Return what becomes of the first rows that fit into a transaction, and the index after.

        Rows that moved nobody are left out.
        """
        group: list[_Undo] = []
        touched: set[object] = set()
        for index, ((row, outcome), who) in enumerate(zip(pairs, found, strict=True)):
            undo = self._undo(row, outcome, who, gone)
            if undo is None:
                continue
            written = undo.step or undo.owed
            items = written.items if written else ()
            more = set(items) - touched
            is_again = undo.step is not None and items[0] in touched
            if is_again or len(touched) + len(more) > MOST_WRITES - OF_THE_CHUNK:
                return group, start + index
            touched |= more
            group.append(undo)
        return group, start + len(pairs)

    def _undo(
        self, row: ConfirmRow, outcome: ConfirmOutcome, who: Found | None, gone: set[int]
    ) -> _Undo | None:
        line = outcome.line
        if outcome.owed:
            owed = None if line in gone else self._owed(row, outcome)
            return _Undo(line, owed=owed) if owed else _Undo(line, kept=Kept.GONE)
        if not outcome.moved:
            return None
        if not isinstance(who, Enrollment):
            return _Undo(line, kept=Kept.GONE)
        batch, order = self._chunk.batch, self._chunk.batch.reversal
        source = Source(batch.id, line)
        if is_reversed(who.ledger, source):
            return _Undo(line)
        by = order.users if order else ()
        back = reversals(who.ledger, batch.id, at=self._chunk.clock(), by=by)
        if any(each.source == source for each in back) and not _is_on_its_way(who):
            return _Undo(line, Step(who, back[0], tuple(back[1:])))
        return _Undo(line, kept=Kept.REMITTED if _is_on_its_way(who) else Kept.MOVED_ON)

    def _owed(self, row: ConfirmRow, outcome: ConfirmOutcome) -> Owed | None:
        batch, line = parse_reference(outcome.owed_at)
        file = self._people.file(batch)
        if file is None or file.programme is None:
            return None
        day = self._chunk.agreements.programmes[file.programme].local_day(file.received_at)
        account = Account(file.programme, file.bank, file.scheme, day)
        source = Source(self._chunk.batch.id, outcome.line)
        return Owed(batch, line, account, outcome.owed, source, row.booking)


def _is_on_its_way(person: Enrollment) -> bool:
    """Whether a premium is remitted, or on a list that the bank is about to pay."""
    return person.on_list is not None or is_remitted(person.standing)
