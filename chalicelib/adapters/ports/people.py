"""People, as the steps read and write them: enrolling, their messages, taking them over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import Account
from chalicelib.domain.messages.counted import Counted
from chalicelib.domain.person.enrollment import Enrollment, Erasure, MessageKind, Sms

PEOPLE_PER_TRANSACTION = 98
"""DynamoDB takes 100 items in a transaction: 98 people, the chunk's checkpoint and the totals."""


CHANGES_PER_TRANSACTION = 85
"""How many people's messages change in one transaction, with their counts."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A chunk's step from row `start` to row `end` (indexes), with its counts.

    `settled` counts every row in between: the people enrolled by the same transaction, the
    duplicates, the conflicts and the rejected rows. The totals count them under `account`; None if
    the rows are in no totals.
    `received_at` is when the file was received: its chunks are kept as long as the file. With
    `gives_up` these rows are not applied: the chunk ends here, and no later step moves it.
    """

    batch: str
    chunk: int
    start: int
    end: int
    settled: Tally
    account: Account | None
    received_at: datetime | None = None
    gives_up: bool = False


@dataclass(frozen=True, slots=True)
class Takeover:
    """One person's enrollment as it was read, and as it belongs to a row of a later file.

    `change` is what this adds to the counts of the chunk that had the person; a negative number is
    taken away. The earlier file must have no results yet, or else, with `lost`, results without the
    rows of that chunk.
    """

    before: Enrollment
    after: Enrollment
    change: Tally
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """The whole group is enrolled, and the chunk is at the checkpoint."""


@dataclass(frozen=True, slots=True)
class AlreadyEnrolled:
    """Nothing was written: these people are enrolled already, as `owners` (by NIK) shows.

    `gone` has the NIKs of people to take over who are not enrolled any more.
    """

    owners: Mapping[str, Enrollment]
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reported:
    """Nothing was written: these files have results by now, so nobody is taken over from them."""

    batches: frozenset[str]


@dataclass(frozen=True, slots=True)
class Superseded:
    """Nothing was written: the chunk is not at `checkpoint.start`."""


@dataclass(frozen=True, slots=True)
class SmsChange:
    """One person's enrollment as it was read, and with the new message of a kind and phone."""

    before: Enrollment
    after: Enrollment
    kind: MessageKind = MessageKind.ENROLLED


@dataclass(frozen=True, slots=True)
class PersonOfMessage:
    """The person to whom a carrier's message went, as they are now, and the kind of that message.

    It may be an earlier message: the message of that kind has the id of the latest.
    """

    person: Enrollment
    kind: MessageKind


def slots(takeovers: Sequence[Takeover]) -> int:
    """Return how many people's places in a transaction these takeovers take at most.

    Beside each person they take one for each earlier file, three for its chunk (with the counts of
    rows and messages), and one for each item of counted states: a person's own at most. The later
    chunk takes four more.
    """
    files = {each.before.batch for each in takeovers}
    chunks = {(each.before.batch, each.before.chunk) for each in takeovers}
    return 2 * len(takeovers) + len(files) + 3 * len(chunks) + 4 if takeovers else 0


CommitResult = Committed | AlreadyEnrolled | Reported | Superseded


class Enrollments(Protocol):
    """The people: at most one enrollment for each NIK and programme."""

    def commit(
        self,
        group: Sequence[Enrollment],
        checkpoint: Checkpoint,
        takeovers: Sequence[Takeover] = (),
    ) -> CommitResult:
        """Insert people, all absent so far, and move the chunk; or write nothing.

        `takeovers` are moved to this chunk, with their counts. A transaction takes 98 people; with
        takeovers fewer, see `slots`.
        """

    def owners(self, programme: str, niks: Sequence[str]) -> dict[str, Enrollment]:
        """Return the existing enrollments of these people, by NIK."""

    def of_person(self, nik: str) -> list[Enrollment]:
        """Return this person's enrollments, in the order of their programmes."""

    def find(self, programme: str, nik: str) -> Enrollment | None:
        """Return the person's current enrollment under this programme; None if there is none."""

    def claim_sms(
        self,
        programme: str,
        nik: str,
        *,
        claim: str,
        now: datetime,
        kind: MessageKind = MessageKind.ENROLLED,
    ) -> Enrollment | None:
        """Claim the person's message of a kind in order to send it: only from `pending`, else None.

        `claim` is the claimant's own token. A repeated call with the same token, after a lost
        answer, returns the enrollment again.
        """

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
        """Move a claimed message from `sending` to `state`. `count` counts it later.

        `enrollment` is as `claim_sms` or `find` returned it. False, and nothing is written, if the
        message is no longer `sending` under that claim; so also when a call that took effect is
        repeated. With a `message_id`, `of_messages` finds the person from then on.
        """

    def of_messages(self, message_ids: Sequence[str]) -> dict[str, PersonOfMessage]:
        """Return the people to whom these messages went, by the carrier's message id."""

    def settle_sms(self, change: SmsChange) -> bool:
        """Move one person's message to a new state: after a receipt, or without one.

        `count` counts it later. False, and nothing is written, if the enrollment is no longer as it
        was read.
        """

    def counted(self, kind: MessageKind, batch: str, chunk: int) -> Counted:
        """Return the counted states of a chunk's messages of one kind."""

    def count(self, counted: Counted, people: Sequence[Enrollment]) -> bool:
        """Count these people's messages in the states that they have; also what receipts billed.

        Read or write the people after `counted` was read. False, and nothing is counted, if another
        step has counted these people's neighbours since: read all again. People of other chunks are
        left out. Safe to repeat.
        """

    def change_sms(self, changes: Sequence[SmsChange]) -> bool:
        """Move the messages of up to 85 people of one chunk, and the counts, to new states.

        All of them or none. Only the message's own fields and the phone number change. A message
        that becomes `pending` opens its file again (see `Batches.finish`). False, and nothing is
        written, if one of the enrollments is no longer as it was read.
        """

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        """Delete an enrollment; keep beside its file that it was erased and why.

        False, and nothing is deleted, if it is no longer as it was read or does not exist.
        """
