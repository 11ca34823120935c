"""One person's cover under one programme."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from .recipient import Recipient
from .record import Record


class Cover(StrEnum):
    """Where a person's cover stands: enrolled, paid once remitted, expired; or withdrawn."""

    ENROLLED = "enrolled"
    PAID = "paid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Sms(StrEnum):
    """Where a person's confirmation stands; each state is entered only from the one before it."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    NOT_POSSIBLE = "not_possible"
    HELD = "held"
    UNKNOWN = "unknown"


class SmsEvent(Record, frozen=True):
    """That a person's confirmation came to a state: when (UTC), why, and by whose order.

    `reason` is one of `sms_reasons` where nobody ordered it; where somebody did (`by`, to be sent
    again: the state is `pending`), it is theirs. `phone_corrected` tells that the number was
    changed with it.
    """

    at: datetime
    state: Sms
    reason: str | None = None
    by: str | None = None
    phone_corrected: bool = False


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a person's data were deleted: when (UTC), by whom, and on what ground."""

    at: datetime
    by: str
    reason: str


class Enrollment(Record, frozen=True):
    """What one accepted row made true, and where it came from.

    Money is whole rupiah; `starts` and `ends` are the first and the last day of cover;
    `day`, on which the file came (local), and `counted_regency` are what the person is counted
    under; `enrolled_at` is UTC. `rule` names the contribution rules that gave `premium`, with their
    source. `chunk` is the chunk of the batch in which the row stands, and where its SMS is counted.
    `sms_claim` is the token of whoever took the message to send it, `sms_at` when its state last
    changed (UTC); `sms_log` is how it came there, the earliest first.
    """

    programme: str
    recipient: Recipient
    bank: str
    scheme: str
    batch: str
    chunk: int
    row: int
    reference: str
    premium: int
    rule: str
    income: int
    starts: date
    ends: date
    day: date
    counted_regency: str
    enrolled_at: datetime
    cover: Cover = Cover.ENROLLED
    sms: Sms = Sms.PENDING
    sms_claim: str | None = None
    sms_at: datetime | None = None
    sms_message_id: str | None = None
    sms_reason: str | None = None
    sms_log: tuple[SmsEvent, ...] = ()

    @property
    def may_be_erased(self) -> bool:
        """Whether nothing is under way for this person: no message is to be sent or recorded."""
        return self.sms not in {Sms.PENDING, Sms.SENDING}

    @property
    def asked_at(self) -> datetime | None:
        """When staff last had the confirmation sent again (UTC)."""
        return max((event.at for event in self.sms_log if event.by), default=None)

    def sms_is_older(self, age: timedelta, now: datetime) -> bool:
        """Whether the message came to its state so long ago, or longer."""
        return self.sms_at is not None and now - self.sms_at >= age

    def after(self, event: SmsEvent) -> "Enrollment":
        """Return the enrollment as what became of its message leaves it."""
        return replace(
            self,
            sms=event.state,
            sms_at=event.at,
            sms_reason=event.reason,
            sms_log=(*self.sms_log, event),
        )

    def is_row(self, batch: str, row: int) -> bool:
        """Whether this cover was made by that very row (of an earlier try, say)."""
        return self.batch == batch and self.row == row

    def protects_on(self, day: date) -> bool:
        """Whether the person is covered on that (local) day."""
        return self.cover is not Cover.WITHDRAWN and self.starts <= day <= self.ends
