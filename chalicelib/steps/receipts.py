"""Takes the carriers' receipts: how each message ended, and what it cost.

A receipt may come before the message is recorded as sent, twice, days later, or never. The first
one counts. A receipt for no message of ours is counted and skipped.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from chalicelib.adapters.ports import (
    Clock,
    Enrollments,
    Outbox,
    PersonOfMessage,
    SmsChange,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.messages.receipt import Receipt, divided, read_receipts
from chalicelib.domain.messages.sending import month_of
from chalicelib.domain.person.enrollment import (
    Billed,
    Enrollment,
    Message,
    MessageKind,
    Sms,
    SmsEvent,
)
from chalicelib.errors import Busy, MessageMalformed, NotYet, OutOfTime, Retry
from chalicelib.fault_log import log_fault
from chalicelib.steps.message_counts import count_changed, recount

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=2)
"""For so long after SNS took a message it may not be recorded yet. Later, it is not ours."""
_TRIES = 5
"""How often an enrollment is read again while another writer changes it."""
_AWAITED = frozenset({Sms.SENT, Sms.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class ReceiptCounts:
    """How many receipts of one event ended in each way.

    `repeated` are for messages that have a receipt already, or that were ordered again since;
    `unknown` are for no message of ours; `malformed` lines are no receipts.
    """

    delivered: int = 0
    failed: int = 0
    repeated: int = 0
    unknown: int = 0
    malformed: int = 0


@dataclass(frozen=True, kw_only=True)
class ForwardReceipts:
    """Puts the lines of an event of the delivery logs into the queue of receipts.

    CloudWatch can call a function, but cannot write into a queue. Lambda's own queue of such calls
    may drop a call if the function cannot keep up, and repeats a failed one twice at most (Lambda
    Developer Guide, asynchronous invocation). So receipts wait in a queue as all other work does,
    and are taken at the pace of the tables.
    """

    outbox: Outbox

    def run(self, event: Mapping[str, Any]) -> int:
        """Queue the lines of an event; return the number of messages. Safe to repeat.

        Raises:
            MessageMalformed: this is no event of a log subscription.
            Retry: SQS did not take all of them; come again.
        """
        try:
            events = list(divided(event))
        except ValueError as error:
            raise MessageMalformed(str(error)) from None
        return self.outbox.receipts(events)


@dataclass(frozen=True, kw_only=True)
class TakeReceipts:
    """Gives each person of an event of the delivery logs their message's end."""

    enrollments: Enrollments
    outbox: Outbox
    clock: Clock
    deadline: Deadline

    def run(self, event: Mapping[str, Any]) -> ReceiptCounts:
        """Take the receipts of an event; return the counts.

        A receipt that comes after its file was finished has the summary written again. Safe to
        repeat. A receipt that cannot be taken now does not stop the others.

        Raises:
            NotYet: some are for messages that are not recorded yet; come again in a minute.
            OutOfTime: another try does the rest.
            MessageMalformed: this is no event of a log subscription.
        """
        try:
            found = read_receipts(event)
        except ValueError as error:
            raise MessageMalformed(str(error)) from None
        if found.malformed:
            log.error("lines of a delivery log cannot be read", extra={"lines": found.malformed})
        event_of = _Event(self, Counter(malformed=found.malformed))
        later = event_of.take(found.receipts)
        if unknown := event_of.counts[_Fate.UNKNOWN]:
            log.warning("receipts for no message of ours", extra={"receipts": unknown})
        self.outbox.report(*sorted(event_of.overdue))
        if later:
            raise NotYet(f"{later} of {len(found.receipts)} receipts are to be taken later")
        return ReceiptCounts(**event_of.counts)


_Place = tuple[MessageKind, str, int]
"""A kind of message, and a file's chunk: these are counted together."""


class _Event:
    """The receipts of one event, taken chunk by chunk, so that each chunk is counted once."""

    def __init__(self, step: TakeReceipts, counts: Counter[str]) -> None:
        self.step = step
        self.counts = counts
        self.overdue: set[str] = set()
        """The files whose summaries are out of date: messages were given up before."""

    def take(self, receipts: Sequence[Receipt]) -> int:
        """Take the receipts; return how many are to be taken later."""
        later = 0
        found = self.step.enrollments.of_messages([each.message_id for each in receipts])
        places: defaultdict[_Place, list[Receipt]] = defaultdict(list)
        for receipt in receipts:
            if each := found.get(receipt.message_id):
                places[each.kind, each.person.batch, each.person.chunk].append(receipt)
            elif self.step.clock() - receipt.at < EARLY:
                later += 1
            else:
                self.counts[_Fate.UNKNOWN] += 1
        for place, of_place in places.items():
            try:
                later += self._take_all(place, of_place, found)
            except OutOfTime:
                raise
            except Retry as error:
                log.warning("receipts are to be taken later: %s", error)
                later += len(of_place)
            except Exception as error:  # noqa: BLE001  # one chunk must not stop the others
                log_fault(error)
                later += len(of_place)
        return later

    def _take_all(
        self, place: _Place, receipts: Sequence[Receipt], found: Mapping[str, PersonOfMessage]
    ) -> int:
        """Take the receipts of one chunk, and count them; return how many are for later."""
        counted = self.step.enrollments.counted(*place)
        # Two receipts may be for one person: each begins where the one before has ended.
        people = {_key(each.person): each.person for each in found.values()}
        changed: dict[tuple[str, str], Enrollment] = {}
        repeated: dict[tuple[str, str], Enrollment] = {}
        later = 0
        for receipt in receipts:
            self.step.deadline.check()
            key = _key(found[receipt.message_id].person)
            try:
                fate, after = self._take(receipt, place[0], people[key])
            except Retry as error:
                log.warning("a receipt is to be taken later: %s", error)
                later += 1
            except Exception as error:  # noqa: BLE001  # one receipt must not stop the others
                log_fault(error)
                later += 1
            else:
                self.counts[fate] += 1
                people[key] = after
                (repeated if fate is _Fate.REPEATED else changed)[key] = after
        enrollments, deadline = self.step.enrollments, self.step.deadline
        count_changed(enrollments, deadline, counted, list(changed.values()))
        # An earlier try may have died before it counted.
        uncounted = [
            each
            for key, each in repeated.items()
            if key not in changed and not (counted.is_of(each) and counted.agrees(each))
        ]
        recount(enrollments, deadline, place[0], uncounted)
        return later

    def _take(
        self, receipt: Receipt, kind: MessageKind, person: Enrollment
    ) -> "tuple[_Fate, Enrollment]":
        """Take one receipt; return what became of it, and the person then.

        Raises:
            Busy: other writers change the enrollment all the time.
        """
        current: Enrollment | None = person
        for _ in range(_TRIES):
            if current is None:
                return _Fate.UNKNOWN, person
            message = current.messages[kind]
            if _was_given_up(message):
                self.overdue.add(current.batch)
            # A message that was ordered again since has another id, or none yet.
            if message.state not in _AWAITED or message.id != receipt.message_id:
                return _Fate.REPEATED, current
            after = self._settled(current, kind, receipt)
            if self.step.enrollments.settle_sms(SmsChange(current, after, kind)):
                return (_Fate.DELIVERED if receipt.delivered else _Fate.FAILED), after
            current = self.step.enrollments.find(person.programme, person.recipient.nik)
        raise Busy("an enrollment is being changed all the time")

    def _settled(self, person: Enrollment, kind: MessageKind, receipt: Receipt) -> Enrollment:
        state = Sms.DELIVERED if receipt.delivered else Sms.FAILED
        billed = Billed(month_of(receipt.at), receipt.price) if receipt.price else None
        event = SmsEvent(self.step.clock(), state, receipt.reason)
        return person.with_message(kind, person.messages[kind].after(event, billed=billed))


def _key(person: Enrollment) -> tuple[str, str]:
    return person.programme, person.recipient.nik


class _Fate(StrEnum):
    """How a receipt ended: the names of the counts."""

    DELIVERED = "delivered"
    FAILED = "failed"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


def _was_given_up(message: Message) -> bool:
    """Whether the message was marked unconfirmed, and nothing but a receipt came since.

    True for a repeated receipt, too: the try that took the first may not have queued the summary.
    """
    log = message.log
    return any(each.state is Sms.UNCONFIRMED for each in log[-2:]) and not log[-1].by
