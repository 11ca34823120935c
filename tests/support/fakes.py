"""The protocols of `chalicelib.adapters.ports` in memory; they record their calls.

The contract suite checks that they behave like the AWS adapters.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from chalicelib.adapters.ports import JobQueue, Lease, TrailPage
from chalicelib.domain.file.batch import BatchStatus, Upload
from chalicelib.domain.file.notification import notification_of
from chalicelib.domain.jobs import (
    AccessJob,
    ChunkJob,
    ListJob,
    Message,
    OutreachJob,
    ReportJob,
    ResendJob,
    ReverseJob,
    SingleSmsJob,
    SmsJob,
)
from chalicelib.domain.messages.sending import Gate, Pause
from chalicelib.domain.messages.spending import SPEND_SHARDS
from chalicelib.errors import Busy, ObjectMissing
from tests.support.fake_tables import MemoryBatches, MemoryEnrollments, MemoryTables

__all__ = [
    "MemoryBatches",
    "MemoryEnrollments",
    "MemoryEventSourceSwitch",
    "MemoryGates",
    "MemoryLinks",
    "MemoryObjects",
    "MemoryOutbox",
    "MemoryQueue",
    "MemoryReaders",
    "MemoryTables",
    "MemoryTrail",
    "MemoryUseCounts",
    "RecordingSmsSender",
]


_SHARDS = range(SPEND_SHARDS)


class MemoryReaders:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self.slots: dict[tuple[str, int], Lease] = {}
        self.readings: dict[str, set[Lease]] = {}

    def take(self, bank: str, lease: Lease, *, now: datetime, share: int) -> bool:
        for number in range(share):
            held = self.slots.get((bank, number))
            if held is None or held.until < now or held == lease:
                self.slots[bank, number] = lease
                return True
        return False

    def free(self, bank: str, lease: Lease, *, share: int) -> None:
        for number in range(share):
            if self.slots.get((bank, number)) == lease:
                del self.slots[bank, number]
                return

    def begin(self, batch: str, lease: Lease, *, now: datetime) -> int:
        stored = self._tables.files.get(batch)
        if stored is None or stored.status is not BatchStatus.SPLITTING:
            return 0
        leases = self.readings.setdefault(batch, set())
        leases.add(lease)
        return sum(each.until < now for each in leases)

    def end(self, batch: str, lease: Lease) -> None:
        self.readings.get(batch, set()).discard(lease)


class MemoryGates:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self.reads = 0

    def read(self, month: str) -> Gate:
        self.reads += 1
        pauses = self._tables.pauses
        return Gate(
            pause=pauses.get(None),
            batches={batch: each for batch, each in pauses.items() if batch is not None},
            shards=tuple(self._tables.reserved.get((month, each), 0) for each in _SHARDS),
            billed=self._tables.billed.get(month, 0),
        )

    def pause(self, pause: Pause, *, batch: str | None = None) -> None:
        self._tables.pauses[batch] = pause

    def resume(self, *, batch: str | None = None) -> None:
        self._tables.pauses.pop(batch, None)

    def reserve(
        self, month: str, claim: str, amount: int, *, shard: int, share: int | None
    ) -> bool:
        if (month, shard, claim) in self._tables.reservations:
            return True
        reserved = self._tables.reserved.get((month, shard), 0)
        if share is not None and reserved + amount > share:
            return False
        self._tables.reserved[month, shard] = reserved + amount
        self._tables.reservations[month, shard, claim] = amount
        return True

    def release(self, month: str, claim: str, unused: int, *, shard: int) -> None:
        if self._tables.reservations.pop((month, shard, claim), None) is not None:
            self._tables.reserved[month, shard] -= unused

    def admit(self, phone: str, nik: str, day: date, *, most: int) -> bool:
        people = self._tables.numbers.setdefault((phone, day), set())
        if nik not in people and len(people) >= most:
            return False
        people.add(nik)
        return True


class MemorySecondFactors:
    """Second factors in memory: the users who have one, and how often somebody asked."""

    def __init__(self, *users: str) -> None:
        self.users = set(users)
        self.asked = 0

    def has(self, username: str) -> bool:
        self.asked += 1
        return username in self.users


class MemoryUseCounts:
    """Counts in memory; `counts` may be set by a test."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str, datetime], int] = {}

    def count(self, who: str, use: str, begins: datetime, *, most: int) -> bool:
        if self.counts.get((who, use, begins), 0) >= most:
            return False
        self.counts[who, use, begins] = self.counts.get((who, use, begins), 0) + 1
        return True


class MemoryEventSourceSwitch:
    """It starts switched on; `switches` records the switches, `busy` makes it refuse."""

    def __init__(self) -> None:
        self.on = True
        self.busy = False
        self.switches: list[bool] = []

    def switch(self, *, on: bool) -> bool:
        if self.busy:
            raise Busy("it is being switched")
        if self.on == on:
            return False
        self.on = on
        self.switches.append(on)
        return True


class MemoryObjects:
    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}

    def fetch(self, key: str, version: str | None, into: BinaryIO) -> Mapping[str, str]:
        into.seek(0)
        into.truncate()
        into.write(self.read(key))
        into.seek(0)
        return self.metadata.get(key, {})

    def read(self, key: str) -> bytes:
        if key not in self.stored:
            raise ObjectMissing("NoSuchKey")
        return self.stored[key]

    def write(
        self, key: str, body: bytes, *, content_type: str, unless_there: bool = False
    ) -> None:
        if not (unless_there and key in self.stored):
            self.stored[key] = body

    @contextmanager
    def writer(self, key: str, *, content_type: str) -> Iterator[BinaryIO]:
        file = io.BytesIO()
        yield file
        self.stored[key] = file.getvalue()

    def exists(self, key: str) -> bool:
        return key in self.stored

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.stored if key.startswith(prefix))


class MemoryQueue:
    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.delays: list[timedelta] = []

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta()) -> None:
        self.bodies += bodies
        self.delays += [delay] * len(bodies)

    def waiting(self) -> int:
        return len(self.bodies)


class MemoryOutbox:
    """Puts each kind of job into its queue; a queue needs `send` and `waiting`."""

    def __init__(self, queues: Mapping[JobQueue, Any]) -> None:
        self.queues = queues

    def intake(self, upload: Upload, *, after: timedelta = timedelta()) -> None:
        self._send(JobQueue.INTAKE, [notification_of(upload)], after)

    def enroll(self, batch: str, chunks: Iterable[int]) -> None:
        self._jobs(JobQueue.CHUNKS, [ChunkJob(batch=batch, chunk=each) for each in chunks])

    def reverse(self, batch: str, chunks: Iterable[int]) -> None:
        self._jobs(JobQueue.CHUNKS, [ReverseJob(batch=batch, reverse=each) for each in chunks])

    def list_premiums(self, remittance: str) -> None:
        self._send(JobQueue.CHUNKS, [ListJob(remittance=remittance).model_dump_json()], timedelta())

    def notify(self, jobs: Sequence[SmsJob], *, after: timedelta = timedelta()) -> None:
        single = [each for each in jobs if isinstance(each, SingleSmsJob)]
        self._jobs(JobQueue.SINGLE_SMS, single, after)
        of_files = [each for each in jobs if not isinstance(each, SingleSmsJob)]
        self._jobs(JobQueue.SMS, of_files, after)

    def report(self, *batches: str, after: timedelta = timedelta()) -> None:
        self._jobs(JobQueue.REPORTS, [ReportJob(batch=each) for each in batches], after)

    def outreach(self, *banks: str) -> None:
        self._jobs(JobQueue.REPORTS, [OutreachJob(outreach=each) for each in banks])

    def access(self, order: str) -> None:
        self._jobs(JobQueue.REPORTS, [AccessJob(access=order)])

    def resend(self, jobs: Sequence[ResendJob]) -> None:
        self._jobs(JobQueue.RESEND, jobs)

    def receipts(self, events: Iterable[Mapping[str, Any]]) -> int:
        bodies = [json.dumps(each) for each in events]
        self._send(JobQueue.RECEIPTS, bodies, timedelta())
        return len(bodies)

    def waiting(self, queue: JobQueue) -> int:
        waiting: int = self.queues[queue].waiting()
        return waiting

    def _jobs(
        self, queue: JobQueue, jobs: Sequence[Message], after: timedelta = timedelta()
    ) -> None:
        self._send(queue, [each.model_dump_json() for each in jobs], after)

    def _send(self, queue: JobQueue, bodies: Sequence[str], after: timedelta) -> None:
        if bodies:
            self.queues[queue].send(bodies, delay=after)


class RecordingSmsSender:
    """Takes every message, or raises the exception that `failing` has for that phone number."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str]] = []
        self.failing: dict[str, Exception] = {}
        self.opted_out: set[str] = set()

    def publish(self, phone: str, text: str) -> str:
        if phone in self.failing:
            raise self.failing[phone]
        self.published.append((phone, text))
        return f"message-{len(self.published)}"

    def is_opted_out(self, phone: str) -> bool:
        return phone in self.opted_out


class RecordingAnnouncer:
    """Keeps every mail as (bank, subject, text)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def tell(self, bank: str, subject: str, text: str) -> None:
        self.sent.append((bank, subject, text))


class MemoryLinks:
    """Signs nothing, and returns the values to be signed."""

    def upload(self, key: str, *, size: int, valid: timedelta) -> tuple[str, Mapping[str, str]]:
        return "https://bucket/", {"key": key, "size": str(size), "valid": str(valid)}

    def download(self, key: str, *, name: str, valid: timedelta) -> str:
        return f"https://bucket/{key}?name={name}&valid={valid.total_seconds():.0f}"


class MemoryTrail:
    """Stores the lines, unless it is `full`; gives `a_page` of them at a time."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.full = False
        self.a_page = 2

    def read(
        self, since: datetime, until: datetime, *, word: str | None, after: str | None
    ) -> TrailPage:
        held = [
            line
            for line in self.lines
            if since <= datetime.fromisoformat(json.loads(line)["at"]) < until
            and (word is None or word in line)
        ]
        start = int(after or 0)
        end = start + self.a_page
        return TrailPage(held[start:end], str(end) if end < len(held) else None)

    def write(self, *lines: str) -> None:
        if self.full:
            raise Busy("the trail is full")
        self.lines += lines
