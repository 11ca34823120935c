"""A file on its way: what is known of it, and how far it is."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .codes import Finding
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

    `version` is the object's version, or its etag where the bucket keeps no versions; `at` is
    when S3 took it (UTC).
    """

    bucket: str
    key: str
    version: str
    size: int
    at: datetime
    versioned: bool = True


@dataclass(frozen=True, slots=True)
class Watch:
    """What the sweep last saw of an unfinished file: its progress, since when, and what was done.

    `mark` changes with every step forward; `since` (UTC) is when it was first seen or last
    repaired, `tries` how often what was missing has been sent again since then.
    """

    mark: str
    since: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class SmsEstimate:
    """What a file's confirmations were reckoned to take, when the file was read.

    `parts` of SMS (one a person with a usable phone), at `cost` micro-USD; `left` is what the
    month's budget had left then for them, the messages of other files that still waited
    taken off; None where no budget is set.
    """

    parts: int
    cost: int
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The file: whose it is, under which programme, how many rows and chunks.

    `rows` and `chunks` are known once the file was read in full, `chunk_rows` from the start;
    `chunks_done` counts the chunks that are closed. `errors` are the file's (a refused one),
    `warnings` what was noticed in a file that was taken. `erased` counts accepted people whose data
    were deleted since, on their request. `stuck` is why the sweep has given a
    file up, until it moves again. `reopened` counts how often messages of a file were ordered to be
    sent again; `receipts_due` (UTC) is when the carriers' receipts are next looked for:
    nobody is overdue before.
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

    @property
    def shown_status(self) -> BatchStatus:
        """The status that people see: a stuck file goes on from where it was once it is driven."""
        return BatchStatus.STUCK if self.stuck else self.status

    @property
    def file(self) -> str:
        """The file's name as the bank gave it."""
        return self.upload.key.rsplit("/", 1)[-1]


@dataclass(slots=True)
class SmsTally:
    """How many people's confirmations stand where; `not_possible` is counted at enrolling."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    unconfirmed: int = 0
    held: int = 0
    unknown: int = 0

    @property
    def settled(self) -> int:
        """How many need nothing more from us."""
        return (
            self.sent + self.delivered + self.failed + self.unconfirmed + self.held + self.unknown
        )


@dataclass(slots=True)
class ChunkProgress:
    """How far a chunk is: the next row to do (index from 0), and the sums of those before it."""

    chunk: int
    next: int = 0
    done: bool = False
    tally: Tally = field(default_factory=Tally)
    sms: SmsTally = field(default_factory=SmsTally)

    @property
    def sms_pending(self) -> int:
        """People of this chunk whose confirmation is still on its way."""
        return self.tally.accepted - self.tally.not_possible - self.sms.settled
