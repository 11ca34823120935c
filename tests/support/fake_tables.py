"""Both tables of the fakes, in memory; `fakes` has the rest."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.adapters.ports import (
    AlreadyEnrolled,
    Checkpoint,
    CommitResult,
    Committed,
    ErasedPremium,
    PersonOfMessage,
    Reported,
    SmsChange,
    Superseded,
    Takeover,
)
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.file.totals import Totals
from chalicelib.domain.messages.counted import Counted, CountMove, Slot
from chalicelib.domain.money.balance import Moved
from chalicelib.domain.money.listing import Listing
from chalicelib.domain.person.enrollment import (
    Enrollment,
    Erasure,
    MessageKind,
    Sms,
    SmsEvent,
)
from tests.support.builders import replace
from tests.support.fake_totals import (
    Books,
    account_of,
    count_messages,
    count_rows,
    move_person,
)

if TYPE_CHECKING:
    from chalicelib.adapters.ports import Owed
    from chalicelib.domain.messages.sending import Pause
    from chalicelib.domain.money.remittance import Remittance
    from chalicelib.domain.money.reversal import ReversalProgress

_NEEDS_SOMETHING = "yes"
_WAITS_FOR_RECEIPTS = "receipts"


class MemoryTables:
    """Both tables, since transactions span them."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], Enrollment] = {}
        self.files: dict[str, Batch] = {}
        self.progress: dict[tuple[str, int], ChunkProgress] = {}
        self.fingerprints: dict[str, str] = {}
        self.erasures: dict[tuple[str, int], Erasure] = {}
        self.erased_premiums: dict[tuple[str, int], ErasedPremium] = {}
        self.unfinished: dict[str, str] = {}
        self.messages: dict[str, tuple[str, str, MessageKind]] = {}
        self.totals: Books = {}
        self.pauses: dict[str | None, Pause] = {}
        self.numbers: dict[tuple[str, date], set[str]] = {}
        self.reserved: dict[tuple[str, int], int] = {}
        self.reservations: dict[tuple[str, int, str], int] = {}
        self.billed: dict[str, int] = {}
        self.moved: dict[str, Moved] = {}
        self.owed: dict[tuple[str, int, str], Owed] = {}
        self.decided: dict[tuple[str, int], dict[int, str]] = {}
        self.reversed: dict[tuple[str, datetime], dict[int, ReversalProgress]] = {}
        self.remittances: dict[str, Remittance] = {}
        self.remitted: dict[str, str] = {}
        self.undone: dict[tuple[str, int], dict[int, str]] = {}
        self.counted: dict[tuple[MessageKind, str, int], Counted] = {}


class MemoryEnrollments:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self.commits: list[int] = []

    def commit(
        self,
        group: Sequence[Enrollment],
        checkpoint: Checkpoint,
        takeovers: Sequence[Takeover] = (),
    ) -> CommitResult:
        self.commits.append(len(group) + len(takeovers))
        where = (checkpoint.batch, checkpoint.chunk)
        progress = self._tables.progress.get(where) or ChunkProgress(checkpoint.chunk)
        if progress.next != checkpoint.start or progress.given_up is not None:
            return Superseded()
        people = self._tables.people
        taken = {
            each.recipient.nik: people[each.recipient.nik, each.programme]
            for each in group
            if (each.recipient.nik, each.programme) in people
        }
        stored = [people.get(_key(each.before)) for each in takeovers]
        changed = [
            (each, found)
            for each, found in zip(takeovers, stored, strict=True)
            if found != each.before
        ]
        taken |= {each.recipient.nik: each for _, each in changed if each}
        gone = frozenset(each.before.recipient.nik for each, found in changed if not found)
        if taken or gone:
            return AlreadyEnrolled(taken, gone)
        if reported := frozenset(
            each.before.batch for each in takeovers if not self._may_move(each)
        ):
            return Reported(reported)
        for each in group:
            people[each.recipient.nik, each.programme] = each
        progress = self._tables.progress.setdefault(where, progress)
        progress.next = checkpoint.end
        progress.given_up = checkpoint.start if checkpoint.gives_up else None
        progress.tally.add(checkpoint.settled)
        if checkpoint.account:
            count_rows(self._tables.totals, checkpoint.account, checkpoint.settled, group)
        for takeover in takeovers:
            self._move(takeover)
        return Committed()

    def _may_move(self, takeover: Takeover) -> bool:
        batch, chunk = takeover.before.batch, takeover.before.chunk
        if takeover.lost:
            return self._tables.progress[batch, chunk].lost
        file = self._tables.files[batch]
        return file.status is BatchStatus.ENROLLING and not file.sealed

    def _move(self, takeover: Takeover) -> None:
        before, after = takeover.before, takeover.after
        self._tables.people[_key(before)] = after
        earlier = self._tables.progress[before.batch, before.chunk]
        earlier.tally.add(takeover.change)
        if not takeover.lost:
            file = self._tables.files[before.batch]
            self._tables.files[file.id] = replace(file, moved=True)
        move_person(self._tables.totals, takeover)
        for kind in before.messages:
            there = self.counted(kind, before.batch, before.chunk)
            self._apply(there.move((), leaving=[before]), [before])
            here = self.counted(kind, after.batch, after.chunk)
            self._apply(here.move((), arriving=[after]), [after])

    def owners(self, programme: str, niks: Sequence[str]) -> dict[str, Enrollment]:
        people = self._tables.people
        return {nik: people[nik, programme] for nik in niks if (nik, programme) in people}

    def of_person(self, nik: str) -> list[Enrollment]:
        found = [each for (who, _), each in self._tables.people.items() if who == nik]
        return sorted(found, key=lambda each: each.programme)

    def find(self, programme: str, nik: str) -> Enrollment | None:
        return self._tables.people.get((nik, programme))

    def claim_sms(
        self,
        programme: str,
        nik: str,
        *,
        claim: str,
        now: datetime,
        kind: MessageKind = MessageKind.ENROLLED,
    ) -> Enrollment | None:
        found = self._tables.people.get((nik, programme))
        message = found.messages.get(kind) if found else None
        if found is None or message is None or message.state is not Sms.PENDING:
            return None
        claimed = found.with_message(kind, replace(message, state=Sms.SENDING, claim=claim, at=now))
        self._tables.people[nik, programme] = claimed
        return claimed

    def record_sms(
        self,
        enrollment: Enrollment,
        state: Sms,
        *,
        now: datetime,
        message_id: str | None = None,
        reason: str | None = None,
        kind: MessageKind = MessageKind.ENROLLED,
    ) -> bool:
        key = (enrollment.recipient.nik, enrollment.programme)
        found = self._tables.people.get(key)
        if found is None:
            return False
        message = found.messages[kind]
        if message.state is not Sms.SENDING or message.claim != enrollment.messages[kind].claim:
            return False
        # A message that is given back has no event to log.
        event = () if state is Sms.PENDING else (SmsEvent(now, state, reason),)
        self._tables.people[key] = found.with_message(
            kind,
            replace(
                message,
                state=state,
                at=now,
                id=message_id,
                reason=reason,
                log=(*message.log, *event),
            ),
        )
        if message_id is not None:
            self._tables.messages[message_id] = *key, kind
        return True

    def of_messages(self, message_ids: Sequence[str]) -> dict[str, PersonOfMessage]:
        found = {}
        for message_id in message_ids:
            if message_id in self._tables.messages:
                nik, programme, kind = self._tables.messages[message_id]
                if person := self._tables.people.get((nik, programme)):
                    found[message_id] = PersonOfMessage(person, kind)
        return found

    def settle_sms(self, change: SmsChange) -> bool:
        stored = self._tables.people.get(_key(change.before))
        if stored != change.before:
            return _was_made(change, stored)
        self._tables.people[_key(change.before)] = _changed(change)
        return True

    def counted(self, kind: MessageKind, batch: str, chunk: int) -> Counted:
        return self._tables.counted.get((kind, batch, chunk), Counted(kind, batch, chunk))

    def count(self, counted: Counted, people: Sequence[Enrollment]) -> bool:
        move = counted.move(people)
        now = self.counted(counted.kind, counted.batch, counted.chunk)
        for slot in move.slots:
            if now.slots.get(slot, Slot()).version != counted.slots.get(slot, Slot()).version:
                return False
        self._apply(move, people)
        return True

    def _apply(self, move: CountMove, people: Sequence[Enrollment]) -> None:
        if not move.slots:
            return
        counted = move.counted
        where = (counted.kind, counted.batch, counted.chunk)
        now = self.counted(*where)
        self._tables.counted[where] = replace(now, slots={**now.slots, **move.slots})
        one = next(filter(counted.is_of, people))
        progress = self._tables.progress.setdefault(where[1:], ChunkProgress(counted.chunk))
        count_messages(self._tables.totals, progress, account_of(one), move)
        for month, price in move.billed.items():
            self._tables.billed[month] = self._tables.billed.get(month, 0) + price

    def change_sms(self, changes: Sequence[SmsChange]) -> bool:
        if len({(each.before.batch, each.before.chunk, each.kind) for each in changes}) != 1:
            raise ValueError("a change is of people of one chunk, and of one kind")
        kind = changes[0].kind
        people = self._tables.people
        stored = [people.get(_key(each.before)) for each in changes]
        if stored != [each.before for each in changes]:
            return all(map(_was_made, changes, stored))
        for each in changes:
            people[_key(each.before)] = _changed(each)
        if any(each.after.messages[kind].state is Sms.PENDING for each in changes):
            self._reopen(changes[0].before.batch)
        counted = self.counted(kind, changes[0].before.batch, changes[0].before.chunk)
        before = {each.before.recipient.nik: each.before for each in changes}
        after = [each.after for each in changes]
        self._apply(counted.move(after, before=before), after)
        return True

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        key = (enrollment.recipient.nik, enrollment.programme)
        if self._tables.people.get(key) != enrollment:
            return False
        del self._tables.people[key]
        for kind in enrollment.messages:
            counted = self.counted(kind, enrollment.batch, enrollment.chunk)
            self._apply(counted.move([enrollment]), [enrollment])
        for message_id in [each for each, of in self._tables.messages.items() if of[:2] == key]:
            del self._tables.messages[message_id]
        batch = self._tables.files[enrollment.batch]
        self._tables.files[batch.id] = replace(batch, erased=batch.erased + 1)
        self._tables.erasures[batch.id, enrollment.row] = erasure
        kept = ErasedPremium(enrollment.premium, enrollment.leaf)
        self._tables.erased_premiums[batch.id, enrollment.row] = kept
        account = account_of(enrollment)
        if account in self._tables.totals:
            totals = self._tables.totals[account]
            self._tables.totals[account] = replace(totals, erased=totals.erased + 1)
        return True

    def _reopen(self, batch: str) -> None:
        stored = self._tables.files[batch]
        self._tables.unfinished[batch] = _NEEDS_SOMETHING
        self._tables.files[batch] = replace(
            stored, reopened=stored.reopened + 1, stuck=None, watch=None
        )


def _key(enrollment: Enrollment) -> tuple[str, str]:
    return enrollment.recipient.nik, enrollment.programme


def _was_made(change: SmsChange, stored: Enrollment | None) -> bool:
    """Whether the change took effect already: its answer was lost, and the call is repeated."""
    if stored is None:
        return False
    log = change.after.messages[change.kind].log
    if log == change.before.messages[change.kind].log:
        return stored == _changed(change)
    return stored.messages[change.kind].log[: len(log)] == log


def _changed(change: SmsChange) -> Enrollment:
    """Return the person with only the fields that a change of the message may change."""
    before, after = change.before, change.after
    old, new = before.messages[change.kind], after.messages[change.kind]
    message = replace(
        old, state=new.state, at=new.at, reason=new.reason, log=new.log, billed=new.billed
    )
    if new.state is Sms.PENDING:
        message = replace(message, claim=None, id=None)
    changed = replace(before, recipient=replace(before.recipient, phone=after.recipient.phone))
    return changed.with_message(change.kind, message)


class MemoryBatches:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    @property
    def open(self) -> set[str]:
        """The files that still need work."""
        return set(self.unfinished())

    def claim(self, batch: Batch) -> Batch:
        if batch.id not in self._tables.files:
            self._tables.unfinished[batch.id] = _NEEDS_SOMETHING
        return self._tables.files.setdefault(batch.id, batch)

    def get(self, batch: str) -> Batch | None:
        return self._tables.files.get(batch)

    def advance(self, batch: Batch, expected: BatchStatus) -> bool:
        stored = self._tables.files.get(batch.id)
        if stored is None or stored.status is not expected:
            return False
        self._tables.files[batch.id] = replace(
            batch,
            chunks_done=stored.chunks_done,
            erased=stored.erased,
            watch=stored.watch,
            stuck=stored.stuck,
            reopened=stored.reopened,
            receipts_due=stored.receipts_due,
            corrected_by=stored.corrected_by,
            sealed=stored.sealed,
            moved=stored.moved,
            reversal=stored.reversal,
        )
        return True

    def claim_fingerprint(self, batch: Batch) -> str:
        if batch.fingerprint is None:
            raise ValueError("the batch has no fingerprint yet")
        return self._tables.fingerprints.setdefault(batch.fingerprint, batch.id)

    def take_over_fingerprint(self, batch: Batch, owner: str) -> bool:
        if batch.fingerprint is None:
            raise ValueError("the batch has no fingerprint yet")
        if self._tables.fingerprints.get(batch.fingerprint) not in {owner, batch.id}:
            return False
        self._tables.fingerprints[batch.fingerprint] = batch.id
        return True

    def chunk(self, batch: str, number: int) -> ChunkProgress:
        return replace(self._tables.progress.get((batch, number), ChunkProgress(number)))

    def chunks(self, batch: str) -> list[ChunkProgress]:
        found = [each for (of, _), each in self._tables.progress.items() if of == batch]
        return sorted(found, key=lambda each: each.chunk)

    def unfinished_files(self) -> list[Batch]:
        files = [self._tables.files[each] for each in self.unfinished()]
        return sorted(files, key=lambda each: (each.received_at, each.id))

    def progress(self, files: Sequence[Batch]) -> dict[str, list[ChunkProgress]]:
        return {each.id: self.chunks(each.id) for each in files}

    def close_chunk(self, batch: str, number: int, *, rows: int) -> bool:
        progress = self._tables.progress.get((batch, number))
        if progress is None or progress.done or progress.next != rows:
            return False
        progress.done = True
        stored = self._tables.files[batch]
        self._tables.files[batch] = replace(stored, chunks_done=stored.chunks_done + 1)
        return True

    def give_up(self, batch: str, reason: str) -> bool:
        stored = self._tables.files.get(batch)
        if stored is None or stored.status is not BatchStatus.ENROLLING:
            return False
        self._tables.files[batch] = replace(stored, given_up=reason, stuck=None, watch=None)
        return True

    def lose_chunk(self, batch: Batch, progress: ChunkProgress) -> bool:
        where = (batch.id, progress.chunk)
        stored = self._tables.progress.get(where) or ChunkProgress(progress.chunk)
        as_read = (stored.next, stored.done) == (progress.next, progress.done)
        if stored.lost or not as_read:
            return False
        self._tables.progress[where] = stored
        stored.lost = True
        if not stored.done:
            stored.done, stored.given_up = True, stored.next
            file = self._tables.files[batch.id]
            self._tables.files[batch.id] = replace(file, chunks_done=file.chunks_done + 1)
        return True

    def seal(self, batch: str) -> Batch | None:
        stored = self._tables.files.get(batch)
        if stored and stored.status is BatchStatus.ENROLLING:
            self._tables.files[batch] = replace(stored, sealed=True)
        return self._tables.files.get(batch)

    def unfinished(self) -> list[str]:
        return self._in_index(_NEEDS_SOMETHING)

    def awaiting_receipts(self) -> list[str]:
        return self._in_index(_WAITS_FOR_RECEIPTS)

    def watch(self, batch: str, watch: Watch, *, stuck: str | None) -> None:
        if batch in self._tables.unfinished:
            self._tables.files[batch] = replace(self._tables.files[batch], watch=watch, stuck=stuck)

    def note_correction(self, batch: str, *, by: str) -> None:
        if (found := self._tables.files.get(batch)) and by not in found.corrected_by:
            by_all = tuple(sorted((*found.corrected_by, by)))
            self._tables.files[batch] = replace(found, corrected_by=by_all)

    def finish(self, batch: Batch, *, receipts_due: datetime | None = None) -> None:
        stored = self._tables.files.get(batch.id)
        if stored is None or stored.reopened != batch.reopened:
            return
        if receipts_due:
            self._tables.unfinished[batch.id] = _WAITS_FOR_RECEIPTS
        else:
            self._tables.unfinished.pop(batch.id, None)
        self._tables.files[batch.id] = replace(
            stored,
            watch=None,
            stuck=None,
            receipts_due=receipts_due and (stored.receipts_due or receipts_due),
        )

    def await_receipts(self, batch: str, until: datetime) -> None:
        if batch in self._tables.unfinished:
            self._tables.files[batch] = replace(self._tables.files[batch], receipts_due=until)

    def of_bank(self, bank: str, *, before: datetime | None = None, limit: int = 50) -> list[Batch]:
        found = [
            each
            for each in self._tables.files.values()
            if each.bank == bank and (before is None or each.received_at <= before)
        ]
        return sorted(found, key=lambda each: each.received_at, reverse=True)[:limit]

    def moved(self, batch: str) -> Moved:
        moved = deepcopy(self._tables.moved.get(batch, Moved()))
        return moved.with_lists(self._lists()) if moved.lists else moved

    def totals(self, programme: str) -> list[Totals]:
        found = [each for each in self._tables.totals.values() if _programme(each) == programme]
        copies = deepcopy(sorted(found, key=_line_of_books))
        return [each.with_lists(self._lists()) for each in copies]

    def _lists(self) -> dict[str, Listing]:
        return {each.id: each.listing for each in self._tables.remittances.values()}

    def _in_index(self, value: str) -> list[str]:
        found = [each for each, held in self._tables.unfinished.items() if held == value]
        return sorted(found, key=lambda each: self._tables.files[each].received_at)


def _programme(totals: Totals) -> str:
    return totals.account.programme


def _line_of_books(totals: Totals) -> tuple[str, str, str]:
    account = totals.account
    return account.bank, account.scheme, account.day.isoformat()
