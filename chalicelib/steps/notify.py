"""Sends people their messages: claimed by one delivery, published once, then recorded.

Each person's message changes alone. The counts of the chunk follow at the end of the job, for all
of its people at once. A delivery that dies before that is repeated, and counts then.

A claim that was never recorded belongs to a run that died in between, and nobody knows whether its
message went out. After `CLAIM_GRACE` it becomes `unknown`; payung never sends it again by itself.

If messages may not go out (the gate is closed, the budget spent, the carrier busy), the rest of a
job goes back to the queue as a new job, for later. The queue message itself is finished, so waiting
does not count as a failed try.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.adapters.ports import Batches, Clock, Enrollments, Gates, Outbox, SmsSender
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import MOST_TIMES_PUT_BACK, SmsJob
from chalicelib.domain.messages.sending import CLAIM_GRACE, Closed, ClosedReason, Sending, month_of
from chalicelib.domain.person.enrollment import Enrollment, Sms, SmsEvent
from chalicelib.errors import NotYet
from chalicelib.pace import Pace
from chalicelib.steps.message_counts import count_changed
from chalicelib.steps.sending.permit import Allowance, SendPermit
from chalicelib.steps.sending.publish import Publish, PublishResult, about

log = logging.getLogger(__name__)

_ONE_MESSAGE = 20.0
"""Seconds from claim to record at the worst: a function must not end in between."""


@dataclass(slots=True)
class SendCounts:
    """How many messages ended in each way.

    `failed` were refused and never sent; `postponed` go out later, by another delivery.
    """

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0
    postponed: int = 0


@dataclass(frozen=True, kw_only=True)
class SendConfirmations:
    """Sends each person of a job the message that is still to be sent.

    With `only_to` (a sandbox's verified numbers) no other number gets a message: those messages are
    recorded as `held`.
    """

    enrollments: Enrollments
    batches: Batches
    sms_sender: SmsSender
    outbox: Outbox
    agreements: Agreements
    gates: Gates
    sending: Sending
    pace: Pace
    only_to: frozenset[str]
    clock: Clock
    deadline: Deadline

    def run(
        self,
        job: SmsJob,
        *,
        claim: str,
        counts: SendCounts | None = None,
        aside: bool = False,
    ) -> None:
        """Send the messages of a job, or with `aside` send none: those still to be sent are held.

        `claim` is this delivery's own token. Each message is counted in `counts`, also where this
        raises.

        Raises:
            NotYet: some messages are with another delivery, or the job was put back too often;
                come again.
            PublishRejected: a fault of ours, which every try meets again until it is repaired.
        """
        delivery = _Delivery(self, job, claim, counts or SendCounts(), aside=aside)
        rest = delivery.run()
        if rest.niks:
            self._put_back(job, rest)
            delivery.counts.postponed += len(rest.niks)
        if rest.niks != job.niks:
            self._ask_for_report(job)
        if delivery.fault is not None:
            raise delivery.fault
        if delivery.with_others:
            raise NotYet(f"{delivery.with_others} messages are with another delivery")

    def _put_back(self, job: SmsJob, rest: "_Rest") -> None:
        """Queue the rest of a job for later.

        Raises:
            NotYet: it was put back too often.
        """
        if job.again >= MOST_TIMES_PUT_BACK:
            raise NotYet(f"the job was put back {job.again} times")
        # A job that moved on begins to count again: only a chain without progress has no end.
        again = job.again + 1 if rest.niks == job.niks else 1
        later = job.model_copy(update={"niks": rest.niks, "again": again})
        self.outbox.notify([later], after=rest.delay)

    def _ask_for_report(self, job: SmsJob) -> None:
        """Have the report written again once every message of the file is settled.

        The other chunks are read only when this one has no message left.
        """
        if self.batches.chunk(job.batch, job.chunk).kinds_to_send:
            return
        chunks = self.batches.chunks(job.batch)
        batch = self.batches.get(job.batch)
        if batch is None or batch.status is not BatchStatus.COMPLETED:
            return  # the report is still to come, and counts the messages itself
        if not any(chunk.kinds_to_send for chunk in chunks):
            self.outbox.report(job.batch)


@dataclass(frozen=True, slots=True)
class _Rest:
    """The people of a job who wait, and for how long."""

    niks: tuple[str, ...] = ()
    delay: timedelta = timedelta()


class _Delivery:
    """One run over the people of a job."""

    def __init__(
        self,
        step: SendConfirmations,
        job: SmsJob,
        claim: str,
        counts: SendCounts,
        *,
        aside: bool,
    ) -> None:
        self.aside = aside
        self.step = step
        self.job = job
        self.claim = claim
        self.counts = counts
        self.with_others = 0
        self.fault: Exception | None = None
        self.seen: dict[str, Enrollment] = {}
        self.permit = SendPermit(
            gates=step.gates,
            sending=step.sending,
            clock=step.clock,
            deadline=step.deadline,
            batch=job.batch,
            claim=claim,
        )
        self.publish = Publish(
            kind=job.kind,
            permit=self.permit,
            sms_sender=step.sms_sender,
            agreements=step.agreements,
            gates=step.gates,
            sending=step.sending,
            pace=step.pace,
            only_to=step.only_to,
            clock=step.clock,
        )

    def run(self) -> _Rest:
        """Send what may be sent; return the people whose message is sent later."""
        niks = self.job.niks
        if not self.aside and (closed := self.permit.closed()):
            return _Rest(niks, self.permit.wait_for(closed))
        job, enrollments = self.job, self.step.enrollments
        # Before the people: see `count_changed`.
        counted = enrollments.counted(job.kind, job.batch, job.chunk)
        rest = self._hold_all() if self.aside else self._send_all()
        count_changed(enrollments, self.step.deadline, counted, list(self.seen.values()))
        return rest

    def _hold_all(self) -> _Rest:
        for nik in self.job.niks:
            self._settle(nik, lambda _: PublishResult(Sms.HELD, reason="set_aside"))
        return _Rest()

    def _send_all(self) -> _Rest:
        niks = self.job.niks
        with self.permit.allowance(len(niks)) as allowance:
            for place, nik in enumerate(niks):
                if closed := self._halted(place, allowance):
                    return _Rest(niks[place:], self.permit.wait_for(closed))
                result = self._send(nik, allowance)
                if result and result.stop is not None:
                    is_settled = result.state is not Sms.PENDING
                    return _Rest(niks[place + is_settled :], result.stop)
        return _Rest()

    def _halted(self, place: int, allowance: Allowance) -> Closed | None:
        now = self.step.clock()
        if place >= allowance.people:
            return self.step.sending.spent(now)
        if month_of(now) != allowance.month:
            # The reservation is for last month.
            return Closed(ClosedReason.BUDGET_SPENT, now)
        return self.permit.halted()

    def _send(self, nik: str, allowance: Allowance) -> PublishResult | None:
        """Send one person's message; None where it is not this delivery's to send."""
        return self._settle(nik, lambda person: self.publish.run(person, allowance))

    def _settle(
        self, nik: str, result_of: Callable[[Enrollment], PublishResult]
    ) -> PublishResult | None:
        """Claim one person's message and record its result; None where others have it."""
        self.step.deadline.check(needs=_ONE_MESSAGE)
        enrollment = self.step.enrollments.claim_sms(
            self.job.programme,
            nik,
            claim=self.claim,
            now=self.step.clock(),
            kind=self.job.kind,
        )
        if enrollment is None:
            self.with_others += self._is_with_others(nik)
            return None
        result = result_of(enrollment)
        self._record(enrollment, result)
        self._count(result.state)
        self.fault = self.fault or result.fault
        return result

    def _is_with_others(self, nik: str) -> bool:
        """Record an abandoned claim as `unknown`; True if another delivery may still work on it."""
        enrollments = self.step.enrollments
        found = enrollments.find(self.job.programme, nik)
        message = found.messages.get(self.job.kind) if found else None
        if found is None or message is None:
            return False
        self.seen[nik] = found  # an earlier delivery may have died before it counted
        if message.state is not Sms.SENDING:
            return False
        now = self.step.clock()
        if not message.is_older(CLAIM_GRACE, now):
            return True
        log.warning("a message's fate is unknown", extra=about(found))
        if enrollments.record_sms(
            found, Sms.UNKNOWN, now=now, reason="claim_abandoned", kind=self.job.kind
        ):
            self._see(found, SmsEvent(now, Sms.UNKNOWN, "claim_abandoned"))
            self._count(Sms.UNKNOWN)
        return False

    def _record(self, enrollment: Enrollment, result: PublishResult) -> None:
        now = self.step.clock()
        recorded = self.step.enrollments.record_sms(
            enrollment,
            result.state,
            now=now,
            message_id=result.message_id,
            reason=result.reason,
            kind=self.job.kind,
        )
        if recorded:
            self._see(enrollment, SmsEvent(now, result.state, result.reason))
        elif not self._was_recorded(enrollment, result.state):
            log.error("a message's claim was lost before it was recorded", extra=about(enrollment))

    def _was_recorded(self, enrollment: Enrollment, state: Sms) -> bool:
        """Whether this run wrote the item: the answer to a first try may have been lost."""
        nik = enrollment.recipient.nik
        found = self.step.enrollments.find(enrollment.programme, nik)
        if found is None:
            return False
        self.seen[nik] = found
        message, ours = found.messages[self.job.kind], enrollment.messages[self.job.kind].claim
        return (message.state, message.claim) == (state, ours)

    def _see(self, person: Enrollment, event: SmsEvent) -> None:
        """Keep a person with the new state of their message, for the counts."""
        if event.state is not Sms.PENDING:
            message = person.messages[self.job.kind].after(event)
            self.seen[person.recipient.nik] = person.with_message(self.job.kind, message)

    def _count(self, state: Sms) -> None:
        if state is not Sms.PENDING:
            setattr(self.counts, state.value, getattr(self.counts, state.value) + 1)
