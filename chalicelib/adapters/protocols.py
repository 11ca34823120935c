"""What the steps need of the world, and nothing more.

The steps are written against these; `wiring` hands them the AWS kind, tests hand them fakes, and
one suite of tests holds both to the same contract.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Protocol

from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.enrollment import Enrollment, Erasure, Sms
from chalicelib.domain.outcome import Tally

Clock = Callable[[], datetime]
"""The time now, in UTC: the only one that payung's code asks."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A chunk's step forward: from row `start` to row `end` (indexes), with what was counted.

    `settled` counts every row in between: those enrolled by the same transaction as well as the
    duplicates, conflicts and rejected ones. `received_at` is when the file came: its chunks are
    kept as long as it is.
    """

    batch: str
    chunk: int
    start: int
    end: int
    settled: Tally
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """All of the group is enrolled, and the checkpoint stands."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Nothing was written: these people (by NIK) are enrolled already, as told."""

    owners: Mapping[str, Enrollment]


@dataclass(frozen=True, slots=True)
class Superseded:
    """Nothing was written: the chunk stands elsewhere than at `checkpoint.start`."""


CommitResult = Committed | Taken | Superseded


class Enrollments(Protocol):
    """The people: one enrollment for each NIK and programme, ever."""

    def commit(self, group: Sequence[Enrollment], checkpoint: Checkpoint) -> CommitResult:
        """Insert up to 99 people who are all absent, and move the chunk, or do nothing at all."""

    def owners(self, programme: str, niks: Sequence[str]) -> dict[str, Enrollment]:
        """Return the enrollments of those of these people who have one, by NIK."""

    def of_person(self, nik: str) -> list[Enrollment]:
        """Return this person's enrollments, in the order of their programmes."""

    def find(self, programme: str, nik: str) -> Enrollment | None:
        """Return the person's enrollment under this programme as it stands now."""

    def claim_sms(
        self, programme: str, nik: str, *, claim: str, now: datetime
    ) -> Enrollment | None:
        """Take the person's message to send it: only from `pending`, else None.

        `claim` is the claimant's own token: a claim whose answer was lost is known again by it.
        """

    def record_sms(
        self,
        enrollment: Enrollment,
        state: Sms,
        *,
        now: datetime,
        message_id: str | None = None,
        reason: str | None = None,
    ) -> bool:
        """Move a claimed message from `sending` to `state`, and the chunk's count with it.

        `enrollment` is as `claim_sms` or `find` returned it. False, and nothing written, where
        the message is no longer `sending` under that claim.
        """

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        """Delete an enrollment, and keep beside its file that and why it was there.

        False, and nothing deleted, where it is no longer as it was read.
        """


class Batches(Protocol):
    """The files and their chunks."""

    def claim(self, batch: Batch) -> Batch:
        """Store the batch if it is new; return it as it is stored."""

    def get(self, batch: str) -> Batch | None:
        """Return a batch, None where there is none of that id."""

    def advance(self, batch: Batch, expected: BatchStatus) -> bool:
        """Store the batch's new state, only where its status is `expected`; else False."""

    def claim_fingerprint(self, batch: Batch) -> str:
        """Claim the rows' fingerprint for this batch; return the id of the batch that has it."""

    def take_over_fingerprint(self, batch: Batch, owner: str) -> bool:
        """Give the fingerprint to this batch, only where `owner` still has it; else False."""

    def chunk(self, batch: str, number: int) -> ChunkProgress:
        """Return how far a chunk is (one that was never begun stands at its first row)."""

    def chunks(self, batch: str) -> list[ChunkProgress]:
        """Return the chunks that were begun, in their order."""

    def close_chunk(self, batch: str, number: int, *, rows: int) -> bool:
        """Mark a chunk done that stands at its last row; False where it was done before."""

    def unfinished(self) -> Iterator[str]:
        """Iterate over the ids of files that still need something, the earliest received first."""

    def watch(self, batch: str, watch: Watch, *, stuck: str | None) -> None:
        """Keep what the sweep saw of an unfinished file; nothing where it is finished by now."""

    def finish(self, batch: str) -> None:
        """Take a file that needs nothing more from among the unfinished ones."""

    def of_bank(self, bank: str, *, limit: int = 50) -> list[Batch]:
        """Return a bank's files, the latest first."""


class Objects(Protocol):
    """The bucket."""

    def fetch(self, key: str, version: str | None, into: BinaryIO) -> Mapping[str, str]:
        """Copy an object into a file; return its metadata (names in lower case).

        Raises:
            ObjectMissing: there is no such object (any more).
        """

    def read(self, key: str) -> bytes:
        """Return a small object whole.

        Raises:
            ObjectMissing: there is no such object (any more).
        """

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        """Store a small object."""

    def writer(self, key: str, *, content_type: str) -> AbstractContextManager[BinaryIO]:
        """Return a file to write a large object into; it appears when closed without an error."""

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Iterate over the names that begin with a prefix, in their order."""


class Queue(Protocol):
    """Where jobs wait."""

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta()) -> None:
        """Queue these messages; returning means that every one was taken.

        They are seen after `delay`, 15 minutes at most.
        """

    def waiting(self) -> int:
        """Return about how many messages there are, those being worked on included."""


class Texter(Protocol):
    """Whoever carries an SMS."""

    def publish(self, phone: str, text: str) -> str:
        """Hand over one message, once; return the carrier's message id.

        Raises:
            PublishRefused: it will never be taken (opted out, invalid number …).
            PublishPostponed: it was not taken now and may be tried again (throttled …).
            PublishRejected: it was not taken, and the fault is ours.
            PublishAmbiguous: nobody knows whether it was taken.
        """
