"""Sends people their confirmation: claimed by one delivery, published once, then recorded.

A claim that was never recorded belongs to a run that died in between, and nobody knows whether
its message went out: after `CLAIM_GRACE` it becomes `unknown`, and is never sent again by itself.

Where messages may not go out (the gate is closed, the budget spent, the carrier busy), the rest of
a job goes back to the queue as a job of its own, for later: the message that brought it is done,
and none of its tries is spent.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.adapters.protocols import Batches, Clock, Enrollments, Gates, Queue, Texter
from chalicelib.admission import Admission, Allowance, wait_for
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import BatchStatus
from chalicelib.domain.confirmation import confirmation
from chalicelib.domain.enrollment import Enrollment, Sms
from chalicelib.domain.jobs import ReportJob, SmsJob
from chalicelib.domain.phone import is_mobile
from chalicelib.domain.programme import Agreements
from chalicelib.domain.sending import Closed, Sending, Shut, month_of
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


@dataclass(slots=True)
class Told:
    """What came of messages: how many of each.

    `failed` were refused and never sent, `postponed` go out later, by another delivery.
    """

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0
    postponed: int = 0


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
    gates: Gates,
    sending: Sending,
    only_to: frozenset[str],
    told: Told | None = None,
) -> None:
    """Send each person of the job the message that is still to be sent.

    `claim` is this delivery's own token. What comes of each message is counted in `told`, also
    where this raises. With `only_to` (a sandbox's verified numbers) nobody else
    is sent anything: their messages are recorded as `held`.

    Raises:
        NotYet: some are with another delivery; come again.
        PublishRejected: a fault of ours, which comes up again with every try until it is mended.
    """
    delivery = _Delivery(
        job=job,
        claim=claim,
        enrollments=enrollments,
        texter=texter,
        agreements=agreements,
        clock=clock,
        deadline=deadline,
        pace=pace,
        sending=sending,
        only_to=only_to,
        told=told or Told(),
        admission=Admission(
            gates=gates,
            sending=sending,
            clock=clock,
            deadline=deadline,
            batch=job.batch,
            claim=claim,
        ),
    )
    rest = delivery.run()
    if rest.niks:
        later = job.model_copy(update={"niks": rest.niks}).model_dump_json()
        deadline.patiently(lambda: sms_queue.send([later], delay=rest.delay))
        delivery.told.postponed += len(rest.niks)
    if rest.niks != job.niks:
        _ask_for_report(job, batches, report_queue, deadline)
    if delivery.fault is not None:
        raise delivery.fault
    if delivery.with_others:
        raise NotYet(f"{delivery.with_others} messages are with another delivery")


@dataclass(frozen=True, slots=True)
class _Rest:
    """The people of a job who wait, and for how long."""

    niks: tuple[str, ...] = ()
    delay: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of a person's message.

    With `stop`, those who come behind wait for so long, and this one with them where the message is
    still `pending`. A `fault` is raised once the others of the job have had their turn.
    """

    state: Sms
    message_id: str | None = None
    reason: str | None = None
    fault: Exception | None = None
    stop: timedelta | None = None


@dataclass
class _Delivery:
    """One run over the people of a job."""

    job: SmsJob
    claim: str
    enrollments: Enrollments
    texter: Texter
    agreements: Agreements
    clock: Clock
    deadline: Deadline
    pace: Pace
    sending: Sending
    only_to: frozenset[str]
    admission: Admission
    told: Told
    with_others: int = 0
    fault: Exception | None = None

    def run(self) -> _Rest:
        """Send what may be sent; return who is to be sent theirs later."""
        niks = self.job.niks
        if closed := self.admission.closed():
            return _Rest(niks, self._wait_for(closed))
        with self.admission.allowance(len(niks)) as allowance:
            for place, nik in enumerate(niks):
                if closed := self._halted(place, allowance):
                    return _Rest(niks[place:], self._wait_for(closed))
                result = self._tell(nik, allowance)
                if result and result.stop is not None:
                    told = result.state is not Sms.PENDING
                    return _Rest(niks[place + told :], result.stop)
        return _Rest()

    def _halted(self, place: int, allowance: Allowance) -> Closed | None:
        now = self.clock()
        if place >= allowance.people:
            return self.sending.spent(now)
        if month_of(now) != allowance.month:
            # What was set aside is the last month's.
            return Closed(Shut.BUDGET_SPENT, now)
        return self.admission.halted()

    def _wait_for(self, closed: Closed) -> timedelta:
        log.info("messages wait: %s", closed.why, extra={"batch": self.job.batch})
        return wait_for(closed, self.clock())

    def _tell(self, nik: str, allowance: Allowance) -> _Result | None:
        """Send one person's message if it is to be sent; None where it is not ours to send."""
        self.deadline.check(needs=_ONE_MESSAGE)
        programme = self.job.programme
        enrollment = self.deadline.patiently(
            lambda: self.enrollments.claim_sms(programme, nik, claim=self.claim, now=self.clock())
        )
        if enrollment is None:
            self.with_others += self._is_with_others(nik)
            return None
        result = self._result(enrollment, allowance)
        _record(enrollment, result, self.enrollments, self.clock, self.deadline)
        self._count(result.state)
        self.fault = self.fault or result.fault
        return result

    def _is_with_others(self, nik: str) -> bool:
        """Settle a claim whose owner is gone; True where its owner may still be at it."""
        programme = self.job.programme
        found = self.deadline.patiently(lambda: self.enrollments.find(programme, nik))
        if found is None or found.sms is not Sms.SENDING:
            return False
        if found.sms_at is not None and self.clock() - found.sms_at < CLAIM_GRACE:
            return True
        log.warning("a message's fate is unknown", extra=_about(found))
        if self.deadline.patiently(
            lambda: self.enrollments.record_sms(
                found, Sms.UNKNOWN, now=self.clock(), reason="claim_abandoned"
            )
        ):
            self._count(Sms.UNKNOWN)
        return False

    def _count(self, state: Sms) -> None:
        if state is not Sms.PENDING:
            setattr(self.told, state.value, getattr(self.told, state.value) + 1)

    def _kept_back(self, phone: str) -> _Result | None:
        """Return what becomes of a number that nothing is sent to; None where something is."""
        if self.only_to and phone not in self.only_to:
            return _Result(Sms.HELD, reason="sandbox")
        if not phone.startswith("+"):
            return _Result(Sms.FAILED, reason="no_mobile_number")
        if not self.sending.serves(phone):
            return _Result(Sms.FAILED, reason="country_not_served")
        if not is_mobile(phone, self.sending.countries):
            return _Result(Sms.FAILED, reason="no_mobile_number")
        return None

    def _result(self, enrollment: Enrollment, allowance: Allowance) -> _Result:
        phone = enrollment.recipient.phone or ""
        if kept_back := self._kept_back(phone):
            return kept_back
        try:
            scheme = self.agreements.programmes[enrollment.programme].schemes[enrollment.scheme]
            text = confirmation(enrollment, scheme.sms, scheme.name)
        except Exception as fault:  # noqa: BLE001  # raised once it is recorded that nothing went out
            return _Result(Sms.PENDING, fault=fault)
        self.pace.wait()
        # The turn may have come after closing time. Nothing is asked of AWS here: a fault between
        # claim and record would leave the message unknown.
        if closed := self.admission.halted_meanwhile():
            return _Result(Sms.PENDING, stop=self._wait_for(closed))
        price = self.sending.prices.of(phone)
        allowance.used += price
        result = self._publish(enrollment, phone, text)
        if result.state not in {Sms.SENT, Sms.UNKNOWN}:
            allowance.used -= price
        return result

    def _publish(self, enrollment: Enrollment, phone: str, text: str) -> _Result:
        try:
            return _Result(Sms.SENT, message_id=self.texter.publish(phone, text))
        except PublishRefused as error:
            return _Result(Sms.FAILED, reason=error.reason)
        except PublishAmbiguous:
            # A carrier in trouble is left alone for a while, so that it does not leave one after
            # the other unknown.
            return _Result(Sms.UNKNOWN, reason="no_answer", stop=POSTPONED)
        except PublishPostponed as error:
            log.warning("the carrier takes no more for now: %s", error, extra=_about(enrollment))
            return _Result(Sms.PENDING, stop=POSTPONED)
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
