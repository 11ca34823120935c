"""Sends people their confirmation: claimed by one delivery, published once, then recorded.

A claim that was never recorded belongs to a run that died in between, and nobody knows whether
its message went out: after `CLAIM_GRACE` it becomes `unknown`, and is never sent again by itself.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.adapters.protocols import Batches, Clock, Enrollments, Queue, Texter
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import BatchStatus
from chalicelib.domain.confirmation import confirmation
from chalicelib.domain.enrollment import Enrollment, Sms
from chalicelib.domain.jobs import ReportJob, SmsJob
from chalicelib.domain.phone import parse_phone
from chalicelib.domain.programme import Agreements
from chalicelib.errors import (
    NotYet,
    PublishAmbiguous,
    PublishPostponed,
    PublishRefused,
    PublishRejected,
)
from chalicelib.pace import Pace

log = logging.getLogger(__name__)

_ONE_MESSAGE = 20.0
"""Seconds from claim to record at the worst: begun, it must not be cut off in between."""
POSTPONED = timedelta(minutes=1)
"""How long the rest of a job waits when the carrier takes no more."""
CLAIM_GRACE = timedelta(minutes=5)
"""Longer than the function may run: whoever claimed before that is gone."""


def send_confirmations(
    job: SmsJob,
    *,
    claim: str,
    enrollments: Enrollments,
    batches: Batches,
    texter: Texter,
    sms_queue: Queue,
    report_queue: Queue,
    agreements: Agreements,
    clock: Clock,
    deadline: Deadline,
    pace: Pace,
    only_to: frozenset[str] = frozenset(),
) -> None:
    """Send each person of the job the message that is still to be sent.

    `claim` is this delivery's own token. With `only_to` (a sandbox's verified numbers) nobody else
    is sent anything: their messages are recorded as `held`. Where the carrier takes no more for
    now, or does not answer, the rest goes back to the queue as a job of its own, for later: the
    message that brought it is done, and none of its tries is spent.

    Raises:
        NotYet: some are with another delivery; come again.
        PublishRejected: a fault of ours, which comes up again with every try until it is mended.
    """
    programme = agreements.programmes[job.programme]
    waiting = 0
    for place, nik in enumerate(job.niks):
        deadline.check(needs=_ONE_MESSAGE)
        enrollment = deadline.patiently(
            lambda nik=nik: enrollments.claim_sms(  # type: ignore[misc]
                job.programme, nik, claim=claim, now=clock()
            )
        )
        if enrollment is None:
            waiting += _abandoned(job.programme, nik, enrollments, clock, deadline)
            continue
        scheme = programme.schemes[enrollment.scheme]
        text = confirmation(enrollment, scheme.sms, scheme.name)
        if only_to and enrollment.recipient.phone not in only_to:
            result = _Result(Sms.HELD, reason="sandbox")
        else:
            pace.wait()
            result = _publish(enrollment, text, texter)
        _record(enrollment, result, enrollments, clock, deadline)
        if result.fault is not None:
            raise result.fault
        if result.state in {Sms.PENDING, Sms.UNKNOWN}:
            # A carrier in trouble is left alone for a while, so that it does not leave one after
            # the other unknown.
            rest = job.niks[place + (result.state is Sms.UNKNOWN) :]
            _postpone(job, rest, sms_queue, deadline)
            break
    _ask_for_report(job, batches, report_queue, deadline)
    if waiting:
        raise NotYet(f"{waiting} messages are with another delivery")


def _postpone(job: SmsJob, niks: tuple[str, ...], queue: Queue, deadline: Deadline) -> None:
    if niks:
        later = job.model_copy(update={"niks": niks}).model_dump_json()
        deadline.patiently(lambda: queue.send([later], delay=POSTPONED))


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of handing a message over."""

    state: Sms
    message_id: str | None = None
    reason: str | None = None
    fault: PublishRejected | None = None


def _publish(enrollment: Enrollment, text: str, texter: Texter) -> _Result:
    phone = enrollment.recipient.phone
    if phone is None or parse_phone(phone) != phone:
        return _Result(Sms.FAILED, reason="no_mobile_number")
    try:
        return _Result(Sms.SENT, message_id=texter.publish(phone, text))
    except PublishRefused as error:
        return _Result(Sms.FAILED, reason=error.reason)
    except PublishAmbiguous:
        return _Result(Sms.UNKNOWN, reason="no_answer")
    except PublishPostponed as error:
        log.warning("the carrier takes no more for now: %s", error, extra=_about(enrollment))
        return _Result(Sms.PENDING)
    except PublishRejected as error:
        return _Result(Sms.PENDING, fault=error)


def _record(
    enrollment: Enrollment,
    result: _Result,
    enrollments: Enrollments,
    clock: Clock,
    deadline: Deadline,
) -> None:
    recorded = deadline.patiently(
        lambda: enrollments.record_sms(
            enrollment,
            result.state,
            now=clock(),
            message_id=result.message_id,
            reason=result.reason,
        )
    )
    if not recorded and not _was_recorded(enrollment, result.state, enrollments, deadline):
        log.error("a message's claim was lost before it was recorded", extra=_about(enrollment))


def _was_recorded(
    enrollment: Enrollment, state: Sms, enrollments: Enrollments, deadline: Deadline
) -> bool:
    """Whether it stands as we wrote it: the answer to a first try may have been lost."""
    found = deadline.patiently(
        lambda: enrollments.find(enrollment.programme, enrollment.recipient.nik)
    )
    return found is not None and found.sms is state and found.sms_claim == enrollment.sms_claim


def _abandoned(
    programme: str, nik: str, enrollments: Enrollments, clock: Clock, deadline: Deadline
) -> bool:
    """Settle a claim whose owner is gone; True where its owner may still be at it."""
    found = deadline.patiently(lambda: enrollments.find(programme, nik))
    if found is None or found.sms is not Sms.SENDING:
        return False
    if found.sms_at is not None and clock() - found.sms_at < CLAIM_GRACE:
        return True
    log.warning("a message's fate is unknown", extra=_about(found))
    deadline.patiently(
        lambda: enrollments.record_sms(found, Sms.UNKNOWN, now=clock(), reason="claim_abandoned")
    )
    return False


def _ask_for_report(job: SmsJob, batches: Batches, queue: Queue, deadline: Deadline) -> None:
    """Have the report written again once every message of the file is settled.

    The whole file is looked at only when this chunk has none left.
    """
    if deadline.patiently(lambda: batches.chunk(job.batch, job.chunk)).sms_pending:
        return
    chunks = deadline.patiently(lambda: batches.chunks(job.batch))
    batch = deadline.patiently(lambda: batches.get(job.batch))
    if batch is None or batch.status is not BatchStatus.COMPLETED:
        return  # the report is still to come, and counts the messages itself
    if not any(chunk.sms_pending for chunk in chunks):
        deadline.patiently(lambda: queue.send([ReportJob(batch=job.batch).model_dump_json()]))


def _about(enrollment: Enrollment) -> dict[str, object]:
    return {"batch": enrollment.batch, "row": enrollment.row, "sms_state": enrollment.sms.value}
