"""Both tables of the fakes, in memory; `fakes` has the rest."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING

from builders import replace
from fake_totals import Books, account_of, count_rows, count_sms

from chalicelib.adapters.protocols import (
    Billed,
    Checkpoint,
    CommitResult,
    Committed,
    SmsChange,
    Superseded,
    Taken,
)
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.enrollment import Enrollment, Erasure, Sms, SmsEvent
from chalicelib.domain.totals import Totals

if TYPE_CHECKING:
    from chalicelib.domain.sending import Pause

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
        self.unfinished: dict[str, str] = {}
        self.messages: dict[str, tuple[str, str]] = {}
        self.totals: Books = {}
        self.pauses: dict[str | None, Pause] = {}
        self.reserved: dict[str, int] = {}
        self.reservations: dict[tuple[str, str], int] = {}
        self.billed: dict[str, int] = {}


class MemoryEnrollments:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self.commits: list[int] = []

    def commit(self, group: Sequence[Enrollment], checkpoint: Checkpoint) -> CommitResult:
        self.commits.append(len(group))
        where = (checkpoint.batch, checkpoint.chunk)
        progress = self._tables.progress.get(where)
        if (progress.next if progress else 0) != checkpoint.start:
            return Superseded()
        people = self._tables.people
        taken = {
            each.recipient.nik: people[each.recipient.nik, each.programme]
            for each in group
            if (each.recipient.nik, each.programme) in people
        }
        if taken:
            return Taken(taken)
        for each in group:
            people[each.recipient.nik, each.programme] = each
        progress = self._tables.progress.setdefault(where, ChunkProgress(checkpoint.chunk))
        progress.next = checkpoint.end
        progress.tally.add(checkpoint.settled)
        count_rows(self._tables.totals, checkpoint.account, checkpoint.settled, group)
        return Committed()

    def owners(self, programme: str, niks: Sequence[str]) -> dict[str, Enrollment]:
        people = self._tables.people
        return {nik: people[nik, programme] for nik in niks if (nik, programme) in people}

    def of_person(self, nik: str) -> list[Enrollment]:
        found = [each for (who, _), each in self._tables.people.items() if who == nik]
        return sorted(found, key=lambda each: each.programme)

    def find(self, programme: str, nik: str) -> Enrollment | None:
        return self._tables.people.get((nik, programme))

    def claim_sms(
        self, programme: str, nik: str, *, claim: str, now: datetime
    ) -> Enrollment | None:
        found = self._tables.people.get((nik, programme))
        if found is None or found.sms is not Sms.PENDING:
            return None
        claimed = replace(found, sms=Sms.SENDING, sms_claim=claim, sms_at=now)
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
    ) -> bool:
        key = (enrollment.recipient.nik, enrollment.programme)
        found = self._tables.people.get(key)
        if found is None:
            return False
        if found.sms is not Sms.SENDING or found.sms_claim != enrollment.sms_claim:
            return False
        # Given back, a message has come to nothing that would be worth telling.
        event = () if state is Sms.PENDING else (SmsEvent(now, state, reason),)
        self._tables.people[key] = replace(
            found,
            sms=state,
            sms_at=now,
            sms_message_id=message_id,
            sms_reason=reason,
            sms_log=(*found.sms_log, *event),
        )
        if message_id is not None:
            self._tables.messages[message_id] = key
        self._count(found, state)
        return True

    def of_message(self, message_id: str) -> Enrollment | None:
        key = self._tables.messages.get(message_id)
        return self._tables.people.get(key) if key else None

    def change_sms(self, changes: Sequence[SmsChange], *, billed: Billed | None = None) -> bool:
        if len({(each.before.batch, each.before.chunk) for each in changes}) != 1:
            raise ValueError("a change is of people of one chunk")
        people = self._tables.people
        stored = [people.get(_key(each.before)) for each in changes]
        if stored != [each.before for each in changes]:
            return all(map(_was_made, changes, stored))
        for each in changes:
            people[_key(each.before)] = _changed(each)
            self._count(each.before, each.after.sms)
        if any(each.after.sms is Sms.PENDING for each in changes):
            self._reopen(changes[0].before.batch)
        if billed:
            spent = self._tables.billed
            spent[billed.month] = spent.get(billed.month, 0) + billed.price
        return True

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        key = (enrollment.recipient.nik, enrollment.programme)
        if self._tables.people.get(key) != enrollment:
            return False
        del self._tables.people[key]
        for message_id in [each for each, of in self._tables.messages.items() if of == key]:
            del self._tables.messages[message_id]
        batch = self._tables.files[enrollment.batch]
        self._tables.files[batch.id] = replace(batch, erased=batch.erased + 1)
        self._tables.erasures[batch.id, enrollment.row] = erasure
        account = account_of(enrollment)
        if account in self._tables.totals:
            totals = self._tables.totals[account]
            self._tables.totals[account] = replace(totals, erased=totals.erased + 1)
        return True

    def _count(self, enrollment: Enrollment, to: Sms) -> None:
        where = (enrollment.batch, enrollment.chunk)
        progress = self._tables.progress.setdefault(where, ChunkProgress(enrollment.chunk))
        count_sms(self._tables.totals, progress, enrollment, to)

    def _reopen(self, batch: str) -> None:
        stored = self._tables.files[batch]
        self._tables.unfinished[batch] = _NEEDS_SOMETHING
        self._tables.files[batch] = replace(
            stored, reopened=stored.reopened + 1, stuck=None, watch=None
        )


def _key(enrollment: Enrollment) -> tuple[str, str]:
    return enrollment.recipient.nik, enrollment.programme


def _was_made(change: SmsChange, stored: Enrollment | None) -> bool:
    """Whether the change stands already: its answer was lost, and it is asked for again."""
    if stored is None:
        return False
    log = change.after.sms_log
    if log == change.before.sms_log:
        return stored == _changed(change)
    return stored.sms_log[: len(log)] == log


def _changed(change: SmsChange) -> Enrollment:
    """Return the person with what a change of the message may change, and nothing else."""
    before, after = change.before, change.after
    changed = replace(
        before,
        recipient=replace(before.recipient, phone=after.recipient.phone),
        sms=after.sms,
        sms_at=after.sms_at,
        sms_reason=after.sms_reason,
        sms_log=after.sms_log,
    )
    if after.sms is Sms.PENDING:
        return replace(changed, sms_claim=None, sms_message_id=None)
    return changed


class MemoryBatches:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    @property
    def open(self) -> set[str]:
        """The files that still need something from us."""
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
        )
        return True

    def claim_fingerprint(self, batch: Batch) -> str:
        if batch.fingerprint is None:
            raise ValueError("the batch has no fingerprint yet")
        return self._tables.fingerprints.setdefault(batch.fingerprint, batch.id)

    def take_over_fingerprint(self, batch: Batch, owner: str) -> bool:
        if self._tables.fingerprints.get(batch.fingerprint) not in {owner, batch.id}:
            return False
        self._tables.fingerprints[batch.fingerprint] = batch.id
        return True

    def chunk(self, batch: str, number: int) -> ChunkProgress:
        return replace(self._tables.progress.get((batch, number), ChunkProgress(number)))

    def chunks(self, batch: str) -> list[ChunkProgress]:
        found = [each for (of, _), each in self._tables.progress.items() if of == batch]
        return sorted(found, key=lambda each: each.chunk)

    def close_chunk(self, batch: str, number: int, *, rows: int) -> bool:
        progress = self._tables.progress.get((batch, number))
        if progress is None or progress.done or progress.next != rows:
            return False
        progress.done = True
        stored = self._tables.files[batch]
        self._tables.files[batch] = replace(stored, chunks_done=stored.chunks_done + 1)
        return True

    def unfinished(self) -> Iterator[str]:
        yield from self._in_index(_NEEDS_SOMETHING)

    def awaiting_receipts(self) -> Iterator[str]:
        yield from self._in_index(_WAITS_FOR_RECEIPTS)

    def watch(self, batch: str, watch: Watch, *, stuck: str | None) -> None:
        if batch in self._tables.unfinished:
            self._tables.files[batch] = replace(self._tables.files[batch], watch=watch, stuck=stuck)

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

    def totals(self, programme: str) -> list[Totals]:
        found = [each for each in self._tables.totals.values() if _programme(each) == programme]
        return deepcopy(sorted(found, key=_line_of_books))

    def _in_index(self, value: str) -> list[str]:
        found = [each for each, held in self._tables.unfinished.items() if held == value]
        return sorted(found, key=lambda each: self._tables.files[each].received_at)


def _programme(totals: Totals) -> str:
    return totals.account.programme


def _line_of_books(totals: Totals) -> tuple[str, str, str]:
    account = totals.account
    return account.bank, account.scheme, account.day.isoformat()
