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
from chalicelib.domain.sending import Gate, Pause
from chalicelib.domain.totals import Account, Totals

Clock = Callable[[], datetime]
"""The time now, in UTC: the only one that payung's code asks."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A chunk's step forward: from row `start` to row `end` (indexes), with what was counted.

    `settled` counts every row in between: those enrolled by the same transaction as well as the
    duplicates, conflicts and rejected ones. `account` is where the totals count them.
    `received_at` is when the file came: its chunks are kept as long as it is.
    """

    batch: str
    chunk: int
    start: int
    end: int
    settled: Tally
    account: Account
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


@dataclass(frozen=True, slots=True)
class SmsChange:
    """One person's enrollment as it was read, and as it shall be: its message and its phone."""

    before: Enrollment
    after: Enrollment


@dataclass(frozen=True, slots=True)
class Billed:
    """What a message cost by the carrier's receipt: the month (UTC) and micro-USD."""

    month: str
    price: int


CommitResult = Committed | Taken | Superseded


class Enrollments(Protocol):
    """The people: one enrollment for each NIK and programme, ever."""

    def commit(self, group: Sequence[Enrollment], checkpoint: Checkpoint) -> CommitResult:
        """Insert up to 98 people who are all absent, and move the chunk, or do nothing at all."""

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
        the message is no longer `sending` under that claim. With a `message_id`, `of_message`
        finds the person from then on.
        """

    def of_message(self, message_id: str) -> Enrollment | None:
        """Return whom the carrier's message went to, as that person's enrollment stands now.

        It may be an earlier message of theirs: `sms_message_id` is the latest one's.
        """

    def change_sms(self, changes: Sequence[SmsChange], *, billed: Billed | None = None) -> bool:
        """Give up to 90 people of one chunk their messages' new state, counts with it, or nobody.

        Only the message's own fields and the phone number change. Whoever becomes `pending` opens
        their file again (see `Batches.finish`). False, and nothing written, where one of them is
        no longer as it was read.
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

    def finish(self, batch: Batch, *, receipts_due: datetime | None = None) -> None:
        """Take a file that needs nothing more from among the unfinished ones.

        With `receipts_due` it goes among those that wait for receipts until then (or until the
        earlier time that was set already). Nothing is done where the file was opened again since
        `batch` was read.
        """

    def await_receipts(self, batch: str, until: datetime) -> None:
        """Set when a file is next looked at for overdue receipts; nothing where it is finished."""

    def awaiting_receipts(self) -> Iterator[str]:
        """Iterate over the ids of files that wait for carriers' receipts only."""

    def of_bank(self, bank: str, *, before: datetime | None = None, limit: int = 50) -> list[Batch]:
        """Return a bank's files, the latest first: those received at `before` or earlier."""

    def totals(self, programme: str) -> list[Totals]:
        """Return what is counted under a programme, each account once."""


class Gates(Protocol):
    """The one stored state on which sending hangs, and the month's spending."""

    def read(self, month: str) -> Gate:
        """Return how it stands, with what the month (`2026-11`) has cost."""

    def pause(self, pause: Pause, *, batch: str | None = None) -> None:
        """Stop all messages, or one file's; an earlier pause is replaced."""

    def resume(self, *, batch: str | None = None) -> None:
        """Let all messages go out again, or one file's; nothing where none was stopped."""

    def reserve(self, month: str, claim: str, amount: int, *, budget: int) -> bool:
        """Set aside micro-USD of the month's budget (0: none, and so always enough).

        False, and nothing set aside, where the budget has not so much left. Safe to repeat under
        one claim.
        """

    def release(self, month: str, claim: str, unused: int) -> None:
        """Give back what of a claim's reservation was not used. Safe to repeat."""


class Trigger(Protocol):
    """What hands the messages of the SMS queue to the function that sends them."""

    def switch(self, *, on: bool) -> bool:
        """Switch it on or off; return whether it was otherwise before.

        Raises:
            Busy: it is just being switched; try again.
        """


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

    def write(
        self, key: str, body: bytes, *, content_type: str, unless_there: bool = False
    ) -> None:
        """Store a small object; with `unless_there`, an object that is there stays as it is."""

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

    def is_opted_out(self, phone: str) -> bool:
        """Whether the number's owner has refused messages (SNS's own list).

        Raises:
            PublishRefused: it is no number that messages can be sent to.
            PublishRejected: the question was not taken, and the fault is ours.
        """


UploadForm = tuple[str, Mapping[str, str]]
"""Where a browser posts a file to, and the form's fields that go before the file itself."""


class Links(Protocol):
    """Addresses with which a browser reads or writes one object of the bucket, for some minutes."""

    def upload(self, key: str, *, size: int, valid: timedelta) -> UploadForm:
        """Return a form with which an object of this very key and size (bytes) can be stored."""

    def download(self, key: str, *, name: str, valid: timedelta) -> str:
        """Return an address from which an object is downloaded, to be saved under `name`."""


class Trail(Protocol):
    """Where the lines of the audit trail are kept; nothing there is changed or taken away."""

    def write(self, line: str) -> None:
        """Keep a line; returning means that it is kept.

        Raises:
            Busy: it could not be kept now.
        """
