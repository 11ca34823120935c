"""The protocols of `chalicelib.adapters.protocols` in memory; they record what they are asked.

The contract suite holds them to the same behaviour as the AWS kind.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import BinaryIO

from fake_tables import MemoryBatches, MemoryEnrollments, MemoryTables

from chalicelib.domain.sending import Gate, Pause
from chalicelib.errors import Busy, ObjectMissing

__all__ = [
    "MemoryBatches",
    "MemoryEnrollments",
    "MemoryGates",
    "MemoryLinks",
    "MemoryObjects",
    "MemoryQueue",
    "MemoryTables",
    "MemoryTrail",
    "MemoryTrigger",
    "RecordingTexter",
]


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
            reserved=self._tables.reserved.get(month, 0),
            billed=self._tables.billed.get(month, 0),
        )

    def pause(self, pause: Pause, *, batch: str | None = None) -> None:
        self._tables.pauses[batch] = pause

    def resume(self, *, batch: str | None = None) -> None:
        self._tables.pauses.pop(batch, None)

    def reserve(self, month: str, claim: str, amount: int, *, budget: int) -> bool:
        if (month, claim) in self._tables.reservations:
            return True
        reserved = self._tables.reserved.get(month, 0)
        if budget and reserved + amount > budget:
            return False
        self._tables.reserved[month] = reserved + amount
        self._tables.reservations[month, claim] = amount
        return True

    def release(self, month: str, claim: str, unused: int) -> None:
        if self._tables.reservations.pop((month, claim), None) is not None:
            self._tables.reserved[month] -= unused


class MemoryTrigger:
    """On to begin with; `switches` has what it was switched to, `busy` makes it refuse."""

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
        self.opted_out: set[str] = set()

    def publish(self, phone: str, text: str) -> str:
        if phone in self.failing:
            raise self.failing[phone]
        self.published.append((phone, text))
        return f"message-{len(self.published)}"

    def is_opted_out(self, phone: str) -> bool:
        return phone in self.opted_out


class MemoryLinks:
    """Signs nothing, and says what it would have signed."""

    def upload(self, key: str, *, size: int, valid: timedelta) -> tuple[str, Mapping[str, str]]:
        return "https://bucket/", {"key": key, "size": str(size), "valid": str(valid)}

    def download(self, key: str, *, name: str, valid: timedelta) -> str:
        return f"https://bucket/{key}?name={name}&valid={valid.total_seconds():.0f}"


class MemoryTrail:
    """Keeps the lines, unless it is `full`."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.full = False

    def write(self, line: str) -> None:
        if self.full:
            raise Busy("the trail is full")
        self.lines.append(line)
