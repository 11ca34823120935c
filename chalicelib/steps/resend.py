"""Sends the failed messages of a file again on the order of staff.

`sending.resend_person` sends one person's message again, and says how an order is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.ports import (
    CHANGES_PER_TRANSACTION,
    Batches,
    Clock,
    Enrollments,
    Objects,
    Outbox,
    SmsChange,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements, Programme
from chalicelib.domain.file.batch import Batch, ChunkProgress
from chalicelib.domain.jobs import ResendJob, sms_jobs
from chalicelib.domain.person.enrollment import Enrollment, Message, Sms, SmsEvent
from chalicelib.errors import (
    ObjectMalformed,
)
from chalicelib.kinds.recipients.enrolled import enrolled_by
from chalicelib.kinds.recipients.rows import RecipientRow, recipient_store
from chalicelib.steps.sending.resend_person import asked_on_day, ordered

NOT_AGAIN = frozenset({"opted_out", "no_mobile_number", "invalid_number", "country_not_served"})
"""Reasons of a failure that the same number meets again."""


def resend_jobs(
    batch: str, by: str, reason: str, at: datetime, chunks: Sequence[ChunkProgress]
) -> list[ResendJob]:
    """Return the jobs of an order to send a file's failed messages again: one a chunk and kind.

    Chunks without a failed message are left out. `at` (UTC) is the time of the order: it does not
    cover messages that fail later.
    """
    return [
        ResendJob(batch=batch, chunk=chunk.chunk, kind=kind, by=by, reason=reason, at=at)
        for chunk in chunks
        if not chunk.lost
        for kind in chunk.in_state(Sms.FAILED)
    ]


@dataclass(frozen=True, kw_only=True)
class ResendFailed:
    """Has the failed messages of one kind and chunk sent again."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    outbox: Outbox
    agreements: Agreements
    clock: Clock
    deadline: Deadline

    def run(self, job: ResendJob) -> int:
        """Order the failed messages of a chunk again; return how many were queued.

        Left out are people whose number cannot be reached or who refused messages, as the carrier
        said when the message failed, and people who were sent one again on the day of the order.
        Safe to repeat: if this order has already changed a person's message, it is only queued
        again while it is `pending`.

        Raises:
            Retry: it could not be finished now; what was done is stored.
            Poison: the job names rows that do not exist.
        """
        batch = self.batches.get(job.batch)
        if batch is None or batch.programme is None or job.chunk > batch.chunks:
            raise ObjectMalformed("the file has no such chunk")
        order = _Order(self, job, batch, self.agreements.programmes[batch.programme])
        rows = recipient_store(self.objects).rows(batch.id, job.chunk)
        candidates = [row for row in rows if row.is_candidate]
        return sum(
            order.carry_out(candidates[start : start + CHANGES_PER_TRANSACTION])
            for start in range(0, len(candidates), CHANGES_PER_TRANSACTION)
        )


@dataclass(frozen=True)
class _Order:
    """An order of staff, carried out for the people of one chunk."""

    step: ResendFailed
    job: ResendJob
    batch: Batch
    programme: Programme

    def carry_out(self, rows: Sequence[RecipientRow]) -> int:
        """Order the failed messages of these rows again, and queue what this order left pending.

        `rows` are as many as one transaction takes.
        """
        kind = self.job.kind
        while True:
            self.step.deadline.check()
            people = self._people(rows)
            now = self.step.clock()
            changes = [
                SmsChange(each, ordered(each, kind, self._event, now), kind)
                for each in people
                if self._is_meant(each)
            ]
            # Where a person has changed meanwhile, read all again and leave that person out.
            if not changes or self.step.enrollments.change_sms(changes):
                break
        again = [each for each in people if self._is_ordered(each.messages[kind])]
        niks = [each.recipient.nik for each in (*again, *(change.after for change in changes))]
        jobs = sms_jobs(self.batch.id, self.programme.code, self.job.chunk, niks, kind)
        self.step.outbox.notify(jobs)
        return len(niks)

    @property
    def _event(self) -> SmsEvent:
        # Moments are stored in milliseconds: a later run recognises the order by this event.
        at = self.job.at.replace(microsecond=self.job.at.microsecond // 1000 * 1000)
        return SmsEvent(at, Sms.PENDING, self.job.reason, self.job.by)

    def _people(self, rows: Sequence[RecipientRow]) -> list[Enrollment]:
        """Return the people whom these rows enrolled, and who have a message of the kind."""
        people = (person for _, person in enrolled_by(self.batch, rows, self.step.enrollments))
        return [person for person in people if self.job.kind in person.messages]

    def _is_ordered(self, message: Message) -> bool:
        return message.state is Sms.PENDING and self._event in message.log

    def _is_meant(self, person: Enrollment) -> bool:
        """Whether the order covers this person: not if the message failed after the order."""
        message = person.messages[self.job.kind]
        return (
            message.state is Sms.FAILED
            and message.reason not in NOT_AGAIN
            and (message.at is None or message.at <= self.job.at)
            and not asked_on_day(message, self.programme, self.job.at)
        )
