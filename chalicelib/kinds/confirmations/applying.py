"""Moves the people of one chunk: each step in the transaction that counts it.

A transaction takes as many rows as its people, files and accounts fit into. What was decided about
its rows is stored with it, so a later run of the chunk repeats nothing and decides nothing again.
"""

import base64
import zlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.adapters.ports import MOST_WRITES, OF_THE_CHUNK, Checkpoint, Overtaken, Superseded
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.money.confirm import Stated
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.domain.person.reference import batch_of
from chalicelib.errors import NotYet, ObjectMalformed
from chalicelib.kinds.kind import Applied, Chunk

from .codes import ConfirmCode
from .not_due import NotDue, NotDueRows
from .outcome_rules import ConfirmRules, Decision
from .people import People
from .rows import ConfirmOutcome, ConfirmRow, confirm_store

ROWS_PER_TRANSACTION = MOST_WRITES - 5
"""Rows read ahead: with one file and one account, so many people fit into a transaction."""
Lead = Enrollment | Finding | NotDue | None
"""Whom or what a row leads to; None for owed money that an earlier file has stated."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[ConfirmOutcome]).decode


class ConfirmApplying:
    """One run over the rows of a chunk."""

    def __init__(self, chunk: Chunk) -> None:
        """Read the rows.

        Raises:
            Poison: the rows do not exist.
        """
        self._chunk = chunk
        self._rules = ConfirmRules(chunk.batch, chunk.agreements.programmes)
        self._people = People(chunk)
        self._not_due = NotDueRows(chunk)
        self._rows = confirm_store(chunk.objects).rows(chunk.batch.id, chunk.number)

    @property
    def rows(self) -> int:
        """How many rows the chunk has."""
        return len(self._rows)

    def apply(self, start: int) -> int | None:
        """Move the next people; return the index after them, or None if another run did so."""
        rows = self._rows[start : start + ROWS_PER_TRANSACTION]
        found = self._found(rows)
        while True:
            group = self._group(rows, found)
            outcomes = [each.outcome for each in group]
            checkpoint = self._checkpoint(start, outcomes)
            steps = [each.step for each in group if each.step]
            owed = [each.owed for each in group if each.owed]
            result = self._chunk.ledger.settle(steps, owed, checkpoint, _packed(outcomes))
            if isinstance(result, Superseded):
                return None
            if not isinstance(result, Overtaken):
                return checkpoint.end
            self._take_in(result, group, found)

    def give_up(self, start: int) -> int | None:
        """End the chunk at this row; return its number of rows, or None if another run moved it."""
        rest = [self._rules.not_processed(row) for row in self._rows[start:]]
        checkpoint = self._checkpoint(start, rest, gives_up=True)
        result = self._chunk.ledger.settle([], [], checkpoint, _packed(rest))
        return None if isinstance(result, Superseded) else checkpoint.end

    def applied(self) -> Applied:
        """Return the outcomes of all rows, and the files whose money they have changed."""
        stored = self._chunk.ledger.decided(self._chunk.batch.id, self._chunk.number)
        outcomes = [outcome for text in stored for outcome in unpacked(text)]
        lines = [row.source.line for row in self._rows]
        if [each.line for each in outcomes] != lines:
            raise ObjectMalformed("the stored decisions do not match the rows")
        moved = (each.reference for each in outcomes if each.reference and each.moved)
        changed = {batch_of(reference) for reference in moved}
        changed |= {each.owed_in for each in outcomes if each.owed_in}
        return Applied(outcomes, changed=changed)

    def _checkpoint(
        self, start: int, outcomes: Sequence[ConfirmOutcome], *, gives_up: bool = False
    ) -> Checkpoint:
        return Checkpoint(
            batch=self._chunk.batch.id,
            chunk=self._chunk.number,
            start=start,
            end=start + len(outcomes),
            settled=Tally.of(outcomes),
            account=None,
            received_at=self._chunk.batch.received_at,
            gives_up=gives_up,
        )

    def _found(self, rows: Sequence[ConfirmRow]) -> dict[int, Lead]:
        """Return by index what each row that names somebody leads to."""
        named = [index for index, row in enumerate(rows) if row.names_somebody]
        people = self._people.find(rows[index] for index in named)
        found: dict[int, Lead] = dict(zip(named, people, strict=True))
        lost = {
            index: rows[index].nik
            for index, who in found.items()
            if isinstance(who, Finding)
            and who.code == ConfirmCode.PERSON_UNKNOWN
            and rows[index].stated == Stated.DEDUCTED
            and not rows[index].doubt
        }
        not_due = self._not_due.find(set(lost.values()))
        found |= {index: not_due[nik] for index, nik in lost.items() if nik in not_due}
        return found

    def _group(self, rows: Sequence[ConfirmRow], found: dict[int, Lead]) -> list[Decision]:
        """Return the decisions about the first rows that fit into one transaction.

        A person or owed money can be in a transaction once, so a second row ends the group.
        """
        now = self._chunk.clock()
        group: list[Decision] = []
        touched: set[object] = set()
        room = MOST_WRITES - OF_THE_CHUNK
        for index, row in enumerate(rows):
            decision = self._decide(row, found.get(index), now)
            self._wait_for_reversal(decision, found.get(index))
            written = decision.step or decision.owed
            own, *counts = written.items if written else (None,)
            more = [each for each in counts if each not in touched]
            needed = len(touched) + len(more) + (own is not None)
            if group and (own in touched or needed > room):
                break
            if own is not None:
                touched.add(own)
                touched.update(more)
            group.append(decision)
        return group

    def _decide(self, row: ConfirmRow, found: Lead, now: datetime) -> Decision:
        if not row.names_somebody:
            return self._rules.broken(row) if row.findings else self._rules.blank(row)
        if isinstance(found, Enrollment):
            return self._rules.about(row, found, now=now)
        if isinstance(found, NotDue):
            return self._rules.not_due(row, found)
        if isinstance(found, Finding):
            return self._rules.broken(row, found)
        return self._rules.stated_before(row)

    def _wait_for_reversal(self, decision: Decision, found: Lead) -> None:
        """Let a row wait that meets a statement of a file which is being reversed.

        It would count as a repetition or a contradiction of what is gone a moment later.

        Raises:
            NotYet: the reversal has not ended.
        """
        if decision.step or not isinstance(found, Enrollment) or not found.ledger:
            return
        source = found.ledger[-1].source
        if source and source.batch != self._chunk.batch.id:
            stating = self._chunk.batches.get(source.batch)
            if stating and (stating.is_being_reversed or self._was_reversed(stating, found)):
                raise NotYet("an earlier confirmation is being reversed")

    def _was_reversed(self, stating: Batch, found: Enrollment) -> bool:
        """Return whether this person was read before a reversal that has ended since."""
        if stating.reversal is None:
            return False
        now = self._chunk.enrollments.find(found.programme, found.recipient.nik)
        return now is None or now.ledger != found.ledger

    def _take_in(
        self, result: Overtaken, group: Sequence[Decision], found: dict[int, Lead]
    ) -> None:
        """Take in who moved meanwhile, and which money was stated before."""
        place = 0
        for index, each in enumerate(group):
            if each.step and (nik := each.step.before.recipient.nik) in result.people:
                now = result.people[nik]
                is_same = now and now.reference == each.step.before.reference
                found[index] = now if is_same else Finding(ConfirmCode.REFERENCE_UNKNOWN)
            if each.owed:
                if place in result.owed:
                    found[index] = None
                place += 1


def _packed(outcomes: Sequence[ConfirmOutcome]) -> str:
    return base64.b64encode(zlib.compress(_encode(outcomes), level=1)).decode()


def unpacked(text: str) -> list[ConfirmOutcome]:
    """Return the outcomes that were stored with a transaction."""
    return _decode(zlib.decompress(base64.b64decode(text)))
