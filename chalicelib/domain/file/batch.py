"""The state of a file: its properties, and its progress."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.money.reversal import UNDER_WAY, Reversal
from chalicelib.domain.person.enrollment import MessageKind, Sms

from .file_name import plain_name
from .nobody import Nobody
from .outcome import Tally


class BatchStatus(StrEnum):
    """`received` → `splitting` → `enrolling` → `completed`; or `refused`, or `stuck`."""

    RECEIVED = "received"
    SPLITTING = "splitting"
    ENROLLING = "enrolling"
    COMPLETED = "completed"
    REFUSED = "refused"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one object that a bank put into the bucket.

    `version` is the object's version, or its ETag if the bucket keeps no versions. `at` is the time
    (UTC) at which S3 stored it. `again` is how often its job was put back on the queue.
    """

    bucket: str
    key: str
    version: str
    size: int
    at: datetime
    versioned: bool = True
    again: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Watch:
    """The sweep's last observation of an unfinished file.

    `mark` changes with every progress. `since` (UTC) is when the mark was first seen or the file
    was last repaired. `tries` is how often missing jobs were sent again since then.
    """

    mark: str
    since: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class SmsEstimate:
    """The estimate for a file's confirmations, made when the file was read.

    `parts` is the number of SMS parts (one for each person with a usable phone), `cost` their price
    in micro-USD. `left` (micro-USD) is what the month's budget had left for them at that time,
    after the waiting messages of other files; None if no budget is set.
    """

    parts: int
    cost: int
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A file: its bank, its programme, its numbers of rows and chunks, and its state.

    `scheme` is the scheme, or the folder of a kind of file that has no scheme.

    `rows` and `chunks` are known after the file was read in full, `chunk_rows` from the start.
    `starts` has the index (from 0) of each chunk's first row, if long rows closed a chunk early.
    `chunks_done` counts the closed chunks. A refused file has `errors`; an accepted file can have
    `warnings`. `nobody` has the lines that are no rows. `erased` counts accepted people whose data
    were deleted later, on their request. `stuck` is the reason why the sweep gave the file up; it
    is cleared when the file moves again. `reopened` counts how often a resend of the file's
    messages was ordered. `receipts_due` (UTC) is the time of the next check for overdue receipts:
    no receipt is overdue before it. `corrects` is the id of the file whose corrected rows are in
    this file. `corrected_by` has the ids of the files that correct this one.

    `given_up` is the reason why the file was given up for good; None if it was not. Its rows that
    were not applied are rejected, and its results are final. `sealed` means that its results are
    written from now on: no later file takes people over from it. `moved` means that a later file
    did so before. `reversal` is the last order to reverse what a file of confirmations states.
    """

    id: str
    upload: Upload
    bank: str
    scheme: str
    received_at: datetime
    status: BatchStatus = BatchStatus.RECEIVED
    programme: str | None = None
    rows: int = 0
    chunks: int = 0
    chunk_rows: int = 0
    starts: tuple[int, ...] = ()
    chunks_done: int = 0
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    fingerprint: str | None = None
    erased: int = 0
    watch: Watch | None = None
    stuck: str | None = None
    estimate: SmsEstimate | None = None
    reopened: int = 0
    receipts_due: datetime | None = None
    nobody: Nobody | None = None
    corrects: str | None = None
    corrected_by: tuple[str, ...] = ()
    given_up: str | None = None
    sealed: bool = False
    moved: bool = False
    reversal: Reversal | None = None

    def place_of(self, row: int) -> tuple[int, int]:
        """Return the chunk (from 1) of a row (index in the file, from 0), and its index in that."""
        if not self.starts:
            chunk, index = divmod(row, self.chunk_rows)
            return chunk + 1, index
        chunk = bisect_right(self.starts, row)
        return chunk, row - self.starts[chunk - 1]

    @property
    def shown_status(self) -> BatchStatus:
        """The status that people see. `status` itself stays, so a stuck file can continue later."""
        return BatchStatus.STUCK if self.stuck or self.given_up else self.status

    @property
    def is_being_reversed(self) -> bool:
        """Whether an approved reversal of this file has not ended yet."""
        return self.reversal is not None and self.reversal.state in UNDER_WAY

    @property
    def is_stalled(self) -> bool:
        """Whether the sweep found no progress, so that the results may never come."""
        return bool(self.stuck or self.given_up or (self.watch and self.watch.tries))

    def is_before(self, other: "Batch") -> bool:
        """Whether this file came before another; of two that came at once, one is the first."""
        return (self.received_at, self.id) < (other.received_at, other.id)

    @property
    def file(self) -> str:
        """The name of the upload as people see it: made plain, because a name may hold a NIK."""
        return plain_name(self.upload.key)


@dataclass(slots=True)
class SmsTally:
    """The number of confirmations in each state; the tally of the rows counts `not_possible`."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    unconfirmed: int = 0
    held: int = 0
    unknown: int = 0

    @property
    def settled(self) -> int:
        """The number of confirmations that need no more work."""
        return (
            self.sent + self.delivered + self.failed + self.unconfirmed + self.held + self.unknown
        )


@dataclass(slots=True)
class ChunkProgress:
    """The progress of a chunk: the next row to apply (index from 0), and the sums before it.

    `sms` counts the confirmations, `others` the other kinds of messages by state.
    `given_up` is the index of the first row that was not applied when the file was given up; None
    if that did not happen. `lost` means that the rows cannot be read any more: no result of the
    file has them.
    """

    chunk: int
    next: int = 0
    done: bool = False
    tally: Tally = field(default_factory=Tally)
    sms: SmsTally = field(default_factory=SmsTally)
    given_up: int | None = None
    lost: bool = False
    others: dict[MessageKind, Counter[Sms]] = field(default_factory=dict)

    @property
    def sms_pending(self) -> int:
        """The people of this chunk whose confirmation is not settled yet, and can be sent."""
        if self.lost:
            return 0  # without its rows nobody finds them
        return self.tally.accepted - self.tally.not_possible - self.sms.settled

    def in_state(self, state: Sms) -> dict[MessageKind, int]:
        """Return how many messages of each kind are in a state in which messages were sent."""
        confirmations = getattr(self.sms, state.value)
        counts = {kind: states[state] for kind, states in self.others.items()}
        counts[MessageKind.ENROLLED] = confirmations
        return {kind: count for kind, count in counts.items() if count}

    @property
    def kinds_to_send(self) -> tuple[MessageKind, ...]:
        """The kinds of messages that are not settled yet for everybody in this chunk."""
        others = (kind for kind, states in self.others.items() if states[Sms.PENDING])
        return (*((MessageKind.ENROLLED,) if self.sms_pending else ()), *others)
