"""The protocols of `chalicelib.adapters.protocols` in memory; they record what they are asked.

The contract suite holds them to the same behaviour as the AWS kind.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import BinaryIO

from chalicelib.adapters.protocols import (
    Checkpoint,
    CommitResult,
    Committed,
    Superseded,
    Taken,
)
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, SmsTally, Watch
from chalicelib.domain.enrollment import Enrollment, Erasure, Sms
from chalicelib.errors import ObjectMissing


class MemoryTables:
    """Both tables, since transactions span them."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], Enrollment] = {}
        self.files: dict[str, Batch] = {}
        self.progress: dict[tuple[str, int], ChunkProgress] = {}
        self.fingerprints: dict[str, str] = {}
        self.erasures: dict[tuple[str, int], Erasure] = {}


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
        found = self._tables.people[key]
        if found.sms is not Sms.SENDING or found.sms_claim != enrollment.sms_claim:
            return False
        self._tables.people[key] = replace(
            found, sms=state, sms_at=now, sms_message_id=message_id, sms_reason=reason
        )
        counts = self._tables.progress.setdefault(
            (found.batch, found.chunk), ChunkProgress(found.chunk)
        ).sms
        if state.value in SmsTally.__dataclass_fields__:
            setattr(counts, state.value, getattr(counts, state.value) + 1)
        return True

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        key = (enrollment.recipient.nik, enrollment.programme)
        if self._tables.people.get(key) != enrollment:
            return False
        del self._tables.people[key]
        batch = self._tables.files[enrollment.batch]
        self._tables.files[batch.id] = replace(batch, erased=batch.erased + 1)
        self._tables.erasures[batch.id, enrollment.row] = erasure
        return True


class MemoryBatches:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self.open: set[str] = set()

    def claim(self, batch: Batch) -> Batch:
        if batch.id not in self._tables.files:
            self.open.add(batch.id)
        return self._tables.files.setdefault(batch.id, batch)

    def get(self, batch: str) -> Batch | None:
        return self._tables.files.get(batch)

    def advance(self, batch: Batch, expected: BatchStatus) -> bool:
        stored = self._tables.files.get(batch.id)
        if stored is None or stored.status is not expected:
            return False
        self._tables.files[batch.id] = replace(
            batch, chunks_done=stored.chunks_done, watch=stored.watch, stuck=stored.stuck
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
        yield from [each for each in self._tables.files if each in self.open]

    def watch(self, batch: str, watch: Watch, *, stuck: str | None) -> None:
        if batch in self.open:
            self._tables.files[batch] = replace(self._tables.files[batch], watch=watch, stuck=stuck)

    def finish(self, batch: str) -> None:
        self.open.discard(batch)
        self._tables.files[batch] = replace(self._tables.files[batch], watch=None, stuck=None)

    def of_bank(self, bank: str, *, limit: int = 50) -> list[Batch]:
        found = [each for each in self._tables.files.values() if each.bank == bank]
        return sorted(found, key=lambda each: each.received_at, reverse=True)[:limit]


class MemoryObjects:
    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}

    def fetch(self, key: str, version: str | None, into: BinaryIO) -> Mapping[str, str]:
        into.write(self.read(key))
        into.seek(0)
        return self.metadata.get(key, {})

    def read(self, key: str) -> bytes:
        if key not in self.stored:
            raise ObjectMissing("NoSuchKey")
        return self.stored[key]

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        self.stored[key] = body

    @contextmanager
    def writer(self, key: str, *, content_type: str) -> Iterator[BinaryIO]:
        file = io.BytesIO()
        yield file
        self.stored[key] = file.getvalue()

    def exists(self, key: str) -> bool:
        return key in self.stored

    def keys(self, prefix: str) -> Iterator[str]:
        yield from sorted(key for key in self.stored if key.startswith(prefix))


class MemoryQueue:
    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.delays: list[timedelta] = []

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta()) -> None:
        self.bodies += bodies
        self.delays += [delay] * len(bodies)

    def waiting(self) -> int:
        return len(self.bodies)


class RecordingTexter:
    """Takes every message, or raises what `failing` says for that phone number."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str]] = []
        self.failing: dict[str, Exception] = {}

    def publish(self, phone: str, text: str) -> str:
        if phone in self.failing:
            raise self.failing[phone]
        self.published.append((phone, text))
        return f"message-{len(self.published)}"
