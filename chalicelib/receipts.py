"""Takes the carriers' receipts: what became of each message, and what it cost.

A receipt may come before the message is recorded as sent, twice, days later, or never; the first
one counts. One that is not for a message of ours is counted and passed over.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.adapters.protocols import Billed, Clock, Enrollments, Queue, SmsChange
from chalicelib.deadline import Deadline
from chalicelib.domain.enrollment import Enrollment, Sms, SmsEvent
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.receipt import Receipt, read_receipts
from chalicelib.domain.sending import month_of
from chalicelib.errors import Busy, MessageMalformed, NotYet, OutOfTime, Retry
from chalicelib.faults import log_fault

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=2)
"""So long after SNS took a message it may not be recorded yet; later it is not ours."""
_TRIES = 5
"""How often an enrollment is read anew that somebody else is changing."""
_AWAITED = frozenset({Sms.SENT, Sms.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Taken:
    """What the receipts of one event said, or were: how many of each.

    `repeated` came for messages whose receipt had come, or that were ordered again since;
    `unknown` are for none of ours, `malformed` lines are no receipts.
    """

    delivered: int = 0
    failed: int = 0
    repeated: int = 0
    unknown: int = 0
    malformed: int = 0


def take_receipts(
    event: Mapping[str, Any],
    *,
    enrollments: Enrollments,
    report_queue: Queue,
    clock: Clock,
    deadline: Deadline,
) -> Taken:
    """Give each person of an event of the delivery logs their message's end; return the counts.

    Where one comes after its file was done with, its summary is written again. Safe to repeat: what
    was done is found done. One receipt that cannot be taken now never keeps the others from being
    taken.

    Raises:
        NotYet: some are for messages that are not recorded yet; come again in a minute.
        OutOfTime: the rest is to be done by another try.
        MessageMalformed: this is no event of a log subscription.
    """
    try:
        found = read_receipts(event)
    except ValueError as error:
        raise MessageMalformed(str(error)) from None
    if found.malformed:
        log.error("lines of a delivery log cannot be read", extra={"lines": found.malformed})
    counts: Counter[str] = Counter(malformed=found.malformed)
    later = 0
    overdue: set[str] = set()
    for receipt in found.receipts:
        deadline.check()
        try:
            counts[_take(receipt, enrollments, clock, deadline, overdue)] += 1
        except OutOfTime:
            raise
        except Retry as error:
            log.warning("a receipt is to be taken later: %s", error)
            later += 1
        except Exception as error:  # noqa: BLE001  # one receipt must not take the others along
            log_fault(error)
            later += 1
    if counts[_Fate.UNKNOWN]:
        log.warning("receipts for no message of ours", extra={"receipts": counts[_Fate.UNKNOWN]})
    if reports := [ReportJob(batch=batch).model_dump_json() for batch in sorted(overdue)]:
        deadline.patiently(lambda: report_queue.send(reports))
    if later:
        raise NotYet(f"{later} of {len(found.receipts)} receipts are to be taken later")
    return Taken(**counts)


class _Fate(StrEnum):
    """What a receipt came to: the names of the counts."""

    DELIVERED = "delivered"
    FAILED = "failed"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


def _take(
    receipt: Receipt,
    enrollments: Enrollments,
    clock: Clock,
    deadline: Deadline,
    overdue: set[str],
) -> _Fate:
    """Take one receipt; add the file of one that was not waited for any more to `overdue`.

    Raises:
        NotYet: the message may only just be being recorded.
        Busy: somebody else changes the enrollment all the time.
    """
    for _ in range(_TRIES):
        found = deadline.patiently(lambda: enrollments.of_message(receipt.message_id))
        if found is None:
            if clock() - receipt.at < EARLY:
                raise NotYet("the message is not recorded yet")
            return _Fate.UNKNOWN
        # A message that was ordered again since has another id, or none yet.
        if _was_given_up(found):
            overdue.add(found.batch)
        if found.sms not in _AWAITED or found.sms_message_id != receipt.message_id:
            return _Fate.REPEATED
        if _settle(found, receipt, clock(), enrollments, deadline):
            return _Fate.DELIVERED if receipt.delivered else _Fate.FAILED
    raise Busy("an enrollment is being changed all the time")


def _was_given_up(found: Enrollment) -> bool:
    """Whether the message was called unconfirmed, and nothing but a receipt came since.

    Seen on a repeated receipt, too: the try that took the first may not have asked for the summary.
    """
    log = found.sms_log
    return any(each.state is Sms.UNCONFIRMED for each in log[-2:]) and not log[-1].by


def _settle(
    found: Enrollment,
    receipt: Receipt,
    now: datetime,
    enrollments: Enrollments,
    deadline: Deadline,
) -> bool:
    state = Sms.DELIVERED if receipt.delivered else Sms.FAILED
    after = found.after(SmsEvent(now, state, receipt.reason))
    billed = Billed(month_of(receipt.at), receipt.price) if receipt.price else None
    return deadline.patiently(
        lambda: enrollments.change_sms([SmsChange(found, after)], billed=billed)
    )
