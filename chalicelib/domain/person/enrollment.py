"""One person's cover under one programme, and the messages about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from msgspec.structs import replace

from chalicelib.domain.money.ledger import Line, in_force
from chalicelib.domain.money.listing import Listing
from chalicelib.domain.money.standing import BEGINNING, RETURNED, Cover, Leaf, Standing
from chalicelib.domain.record import Record

from .recipient import Recipient
from .reference import parse_reference, reference


class MessageKind(StrEnum):
    """What a message is about. A person gets one message of each kind, unless staff order another.

    State, claim, pointer and count of a message are per person and kind.
    """

    ENROLLED = "enrolled"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Sms(StrEnum):
    """The state of a person's message of one kind. It changes only from the expected state."""

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
    """A change of state of a person's message: when (UTC), why, and on whose order.

    Without `by`, `reason` is one of `sms_reasons`. With `by`, a member of staff ordered a resend:
    the state is `pending`, and `reason` is that person's own text. `phone_corrected` is true if the
    phone number changed at the same time.
    """

    at: datetime
    state: Sms
    reason: str | None = None
    by: str | None = None
    phone_corrected: bool = False


class Billed(Record, frozen=True):
    """The price of a message on the carrier's receipt, in micro-USD, and its month (UTC)."""

    month: str
    price: int


class Message(Record, frozen=True):
    """A person's message of one kind.

    `claim` is the token of the worker that claimed it, `at` the time of the last change of its
    state (UTC), `id` the carrier's id. `log` has all changes, the earliest first. `billed` is the
    price on the receipt of the latest message.
    """

    state: Sms = Sms.PENDING
    claim: str | None = None
    at: datetime | None = None
    id: str | None = None
    reason: str | None = None
    log: tuple[SmsEvent, ...] = ()
    billed: Billed | None = None

    @property
    def first_state(self) -> Sms:
        """The state in which the message was created: the counts begin with it.

        Only an order of staff moves a message from another first state than `pending`, and an order
        is counted in its own transaction. So a message with a log and without a count was pending.
        """
        return Sms.PENDING if self.log or self.state is Sms.SENDING else self.state

    @property
    def ordered_at(self) -> datetime | None:
        """The time (UTC) of the last resend that staff ordered."""
        return max((event.at for event in self.log if event.by), default=None)

    def is_older(self, age: timedelta, now: datetime) -> bool:
        """Whether the message has been in its state for `age` or longer."""
        return self.at is not None and now - self.at >= age

    def after(self, event: SmsEvent, *, billed: Billed | None = None) -> "Message":
        """Return the message after this change of its state."""
        return replace(
            self,
            state=event.state,
            at=event.at,
            reason=event.reason,
            log=(*self.log, event),
            billed=billed,
        )


_TO_CONFIRM: Mapping[MessageKind, Message] = MappingProxyType({MessageKind.ENROLLED: Message()})
_UNREACHABLE: Mapping[MessageKind, Message] = MappingProxyType(
    {MessageKind.ENROLLED: Message(state=Sms.NOT_POSSIBLE)}
)


def first_messages(*, reachable: bool) -> Mapping[MessageKind, Message]:
    """Return the messages of a person who is enrolled now: the confirmation is still to be sent.

    It is not possible if the person has no usable phone.
    """
    return _TO_CONFIRM if reachable else _UNREACHABLE


@dataclass(frozen=True, slots=True)
class Erasure:
    """The deletion of a person's data: when (UTC), by whom, and on what legal ground."""

    at: datetime
    by: str
    reason: str


class Enrollment(Record, frozen=True):
    """The enrollment that one accepted row made, with its source.

    - Money is whole rupiah. `rule` names the contribution rules of `premium`, with their sources,
      and `income_used` the monthly income that they were applied to.
    - `starts` and `ends` are the first and the last day of cover. `enrolled_at` is UTC.
    - The totals count the person under `day`, the local day on which the file arrived, and under
      `counted_regency`.
    - `chunk` is the chunk of the batch that has the row. The messages are counted there, too.
    - `cover` and `leaf` say where the person and the premium are, and `ledger` how they came there:
      the enrollment itself is the first line, and is not repeated in it.
    - `remittance` is the id of the list on which the person is, or was when it was cancelled;
      `listing` is how far that list is. `cover` and `leaf` are those that the item holds, and
      `standing` is what follows from both. Once BPJS has received the premium, `starts` and `ends`
      are the days that BPJS gives.
    - `messages` has the messages that were created for the person, by kind. The names `sms…` are
      those of the confirmation, which everybody has.
    - `held` means that the confirmation is held until staff order it: too many people have the same
      number.
    - `warned` is whether the row that made the enrollment is counted with a warning.
    - `earlier` has the references of rows that had this enrollment before, the first one first.
      Their files had no results when a later file of the same bank took the person over.
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
    income_used: int
    starts: date
    ends: date
    day: date
    counted_regency: str
    enrolled_at: datetime
    cover: Cover = Cover.ENROLLED
    messages: Mapping[MessageKind, Message] = _TO_CONFIRM
    leaf: Leaf | None = Leaf.OPEN
    ledger: tuple[Line, ...] = ()
    warned: bool = False
    held: bool = False
    earlier: tuple[str, ...] = ()
    remittance: str | None = None
    listing: Listing | None = None

    @property
    def standing(self) -> Standing:
        """The state of the person and the leaf of the premium."""
        stored = Standing(self.cover, self.leaf)
        return self.listing.standing(stored) if self.listing else stored

    @property
    def on_list(self) -> Listing | None:
        """The list that binds this person; None if there is none, or it was cancelled."""
        return self.listing if self.listing and self.listing.is_open else None

    def listed(self, listing: Listing) -> "Enrollment":
        """Return the enrollment with what is known of its list."""
        return replace(
            self,
            remittance=listing.remittance,
            listing=listing,
            starts=listing.starts or self.starts,
            ends=listing.ends or self.ends,
        )

    @property
    def history(self) -> list[Line]:
        """The steps of the premium, also those that the list took: when it was paid and received.

        The list's own steps are in no ledger: all people of a list take them at once.
        """
        lines = list(self.ledger)
        for at, moves in self.on_list.events() if self.on_list else ():
            place = sum(line.at <= at for line in lines)
            before = lines[place - 1].after if place else BEGINNING
            if before in moves:
                lines.insert(place, Line(at, before, moves[before], self.premium))
        return lines

    def stepped(self, line: Line) -> "Enrollment":
        """Return the enrollment after one more step of its ledger."""
        leaves = self.on_list is not None and line.after == RETURNED
        return replace(
            self,
            cover=line.after.cover,
            leaf=line.after.leaf,
            ledger=(*self.ledger, line),
            remittance=None if leaves else self.remittance,
            listing=None if leaves else self.listing,
        )

    @property
    def steps_in_force(self) -> list[Line]:
        """The steps of the ledger that nobody has reversed, the earliest first."""
        return in_force(self.ledger)

    @property
    def sms(self) -> Sms:
        """The state of the confirmation."""
        return self.messages[MessageKind.ENROLLED].state

    @property
    def sms_at(self) -> datetime | None:
        """The time of the last change of the confirmation's state (UTC)."""
        return self.messages[MessageKind.ENROLLED].at

    @property
    def sms_reason(self) -> str | None:
        """Why the confirmation is in its state."""
        return self.messages[MessageKind.ENROLLED].reason

    @property
    def sms_log(self) -> tuple[SmsEvent, ...]:
        """All changes of the confirmation, the earliest first."""
        return self.messages[MessageKind.ENROLLED].log

    @property
    def may_be_erased(self) -> bool:
        """Whether this person has no message that must still be sent or recorded."""
        open_ = {Sms.PENDING, Sms.SENDING}
        return not any(each.state in open_ for each in self.messages.values())

    def with_message(self, kind: MessageKind, message: Message) -> "Enrollment":
        """Return the enrollment with another message of that kind."""
        return replace(self, messages={**self.messages, kind: message})

    def is_row(self, batch: str, row: int) -> bool:
        """Whether exactly this row made the enrollment, for example in an earlier try."""
        return self.batch == batch and self.row == row

    def was_row(self, batch: str, row: int) -> bool:
        """Whether this row had the enrollment before a later file took it over."""
        return reference(batch, row) in self.earlier

    @property
    def files(self) -> tuple[str, ...]:
        """The ids of all files that have a row of this person, the current one first.

        Those that enrolled the person, and those that stated something about the premium.
        """
        enrolled = (self.batch, *(parse_reference(each)[0] for each in self.earlier))
        stated = (line.source.batch for line in self.ledger if line.source)
        return tuple(dict.fromkeys((*enrolled, *stated)))
