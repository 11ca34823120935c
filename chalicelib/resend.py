"""Has confirmations sent again, as staff order: one person's, or those of a file that failed.

An order gives the message back to `pending` in the people's table, with who asked and why, and then
queues it. The first of the two is what counts: a message that was ordered and not queued is found
by the sweep, for the order opens its file again.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.adapters.protocols import (
    Batches,
    Clock,
    Enrollments,
    Objects,
    Queue,
    SmsChange,
    Texter,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, ChunkProgress
from chalicelib.domain.enrollment import Enrollment, Sms, SmsEvent
from chalicelib.domain.jobs import ResendJob, sms_jobs
from chalicelib.domain.nik import Nik, parse_nik
from chalicelib.domain.phone import is_mobile, parse_phone
from chalicelib.domain.programme import Agreements, Programme
from chalicelib.domain.sending import Sending
from chalicelib.domain.settlement import JudgedRow
from chalicelib.errors import NotYet, ObjectMalformed, PayungError, PublishRefused, Retry
from chalicelib.files import work

log = logging.getLogger(__name__)

GROUP = 90
"""People whose messages change in one transaction."""
NOT_AGAIN = frozenset({"opted_out", "no_mobile_number", "invalid_number", "country_not_served"})
"""Reasons of a failure that the same number would only meet again."""
_NO_SUCH_NUMBER = (
    "phone_invalid",
    "Nomor ponsel ini tidak dapat dipakai. Isi satu nomor ponsel, misalnya 0812-3456-7890.",
)
_ON_ITS_WAY = frozenset({Sms.PENDING, Sms.SENDING})
_TRIES = 5
"""How often a person is read anew whom somebody else is changing."""


class ResendRefused(PayungError):
    """The order is not taken; `message` is Indonesian, says what to do, and tells of nobody."""

    def __init__(self, code: str, message: str) -> None:
        """Keep what is to be answered."""
        super().__init__(code)
        self.code = code
        self.message = message


class NotEnrolled(ResendRefused):
    """Nobody of that NIK is enrolled (under that programme)."""


class CannotBeSent(ResendRefused):
    """What was given, or is stored, is nothing to send a message to: `nik_…`, `phone_…`."""


class NotNow(ResendRefused):
    """As things stand no further message may go out to this person."""


class ResendRequest(BaseModel):
    """Whose confirmation to send again, and why; `phone` corrects the number that is stored.

    Without a programme it is the person's latest cover.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    nik: str = Field(max_length=64)
    programme: str | None = Field(None, max_length=64)
    phone: str | None = Field(None, max_length=64)
    reason: str = Field(min_length=1, max_length=500)


def resend_person(
    request: ResendRequest,
    *,
    by: str,
    enrollments: Enrollments,
    texter: Texter,
    sms_queue: Queue,
    agreements: Agreements,
    sending: Sending,
    clock: Clock,
    deadline: Deadline,
) -> Enrollment:
    """Have one person's confirmation sent again, once a day; return their enrollment.

    The message is ordered when this returns, even where it could not be queued: then it goes out
    once the sweep has found it.

    Raises:
        ResendRefused: it may not be, or cannot be; nothing has changed.
        Retry: nothing has changed yet, or it is not known whether it has; to be asked again.
    """
    for _ in range(_TRIES):
        found = _of_request(request, enrollments, deadline)
        now = clock()
        _check_may_go_out(found, agreements.programmes[found.programme], now)
        phone = _number(request.phone, found, sending.countries)
        _check_is_wanted(phone, texter, deadline)
        after = _ordered(found, SmsEvent(now, Sms.PENDING, request.reason, by), now, phone)
        change = SmsChange(found, after)
        if deadline.patiently(lambda change=change: enrollments.change_sms([change])):  # type: ignore[misc]
            _queue_if_possible(after, sms_queue, deadline)
            return after
    raise NotYet("somebody else is changing this enrollment")


def resend_jobs(
    batch: str, by: str, reason: str, at: datetime, chunks: Sequence[ChunkProgress]
) -> list[ResendJob]:
    """Return the jobs of an order to send a file's failed messages again: one a chunk that has any.

    `at` (UTC) is when it was ordered: messages that fail later are not meant.
    """
    return [
        ResendJob(batch=batch, chunk=chunk.chunk, by=by, reason=reason, at=at)
        for chunk in chunks
        if chunk.sms.failed
    ]


def resend_failed(
    job: ResendJob,
    *,
    batches: Batches,
    enrollments: Enrollments,
    objects: Objects,
    sms_queue: Queue,
    agreements: Agreements,
    clock: Clock,
    deadline: Deadline,
) -> int:
    """Have the failed messages of one chunk sent again; return how many were queued.

    Left out is whoever's number cannot be reached or who refused messages, as the carrier said
    when it failed, and whoever was sent one again on the day of the order. Safe to repeat: whom
    this order has reached is past it, and only queued again while the message still waits.

    Raises:
        Retry: it could not be finished now; what was done is stored.
        Poison: the job speaks of rows that are not there.
    """
    batch = deadline.patiently(lambda: batches.get(job.batch))
    if batch is None or batch.programme is None or job.chunk > batch.chunks:
        raise ObjectMalformed("the file has no such chunk")
    order = _Order(
        job=job,
        batch=batch,
        programme=agreements.programmes[batch.programme],
        enrollments=enrollments,
        sms_queue=sms_queue,
        clock=clock,
        deadline=deadline,
    )
    rows = work.decode_rows(objects.read(work.rows_key(batch.id, job.chunk)))
    candidates = [row for row in rows if row.is_candidate]
    return sum(
        order.carry_out(candidates[start : start + GROUP])
        for start in range(0, len(candidates), GROUP)
    )


@dataclass(frozen=True)
class _Order:
    """An order of staff, as it is carried out for the people of one chunk."""

    job: ResendJob
    batch: Batch
    programme: Programme
    enrollments: Enrollments
    sms_queue: Queue
    clock: Clock
    deadline: Deadline

    def carry_out(self, rows: Sequence[JudgedRow]) -> int:
        """Order the failed messages of up to `GROUP` rows, and queue what waits by this order."""
        while True:
            self.deadline.check()
            people = list(self._people(rows))
            changes = [
                SmsChange(each, _ordered(each, self._event, self.clock()))
                for each in people
                if self._is_meant(each)
            ]
            # Where somebody changed in between, all are read again, and those left out who did.
            if not changes or self.deadline.patiently(
                lambda changes=changes: self.enrollments.change_sms(changes)  # type: ignore[misc]
            ):
                break
        again = [each for each in people if each.sms is Sms.PENDING and self._event in each.sms_log]
        niks = [each.recipient.nik for each in (*again, *(change.after for change in changes))]
        jobs = sms_jobs(self.batch.id, self.programme.code, self.job.chunk, niks)
        bodies = [each.model_dump_json() for each in jobs]
        if bodies:
            self.deadline.patiently(lambda: self.sms_queue.send(bodies))
        return len(niks)

    @property
    def _event(self) -> SmsEvent:
        # To the millisecond, as moments are stored: by this event the order is known again.
        at = self.job.at.replace(microsecond=self.job.at.microsecond // 1000 * 1000)
        return SmsEvent(at, Sms.PENDING, self.job.reason, self.job.by)

    def _people(self, rows: Sequence[JudgedRow]) -> Iterator[Enrollment]:
        """Iterate over the people whom these rows themselves enrolled."""
        lines = {row.recipient.nik: row.source.line for row in rows if row.recipient}
        owners = self.deadline.patiently(
            lambda: self.enrollments.owners(self.programme.code, list(lines))
        )
        for nik, line in lines.items():
            if (owner := owners.get(nik)) and owner.is_row(self.batch.id, line):
                yield owner

    def _is_meant(self, person: Enrollment) -> bool:
        """Whether the order is for this person: what came after it, a repeated job finds done."""
        return (
            person.sms is Sms.FAILED
            and person.sms_reason not in NOT_AGAIN
            and (person.sms_at is None or person.sms_at <= self.job.at)
            and not _asked_on_day(person, self.programme, self.job.at)
        )


def _of_request(request: ResendRequest, enrollments: Enrollments, deadline: Deadline) -> Enrollment:
    nik = parse_nik(request.nik)
    if not isinstance(nik, Nik):
        raise CannotBeSent(nik.code.value, nik.message)
    found = deadline.patiently(lambda: enrollments.of_person(nik.value))
    wanted = [each for each in found if request.programme in {None, each.programme}]
    if not wanted:
        raise NotEnrolled("not_enrolled", "NIK ini belum terdaftar dalam perlindungan.")
    return max(wanted, key=lambda each: each.starts)


def _check_may_go_out(person: Enrollment, programme: Programme, now: datetime) -> None:
    if person.sms in _ON_ITS_WAY:
        raise NotNow(
            "sms_on_its_way", "SMS untuk orang ini masih dalam antrean. Tunggu sampai terkirim."
        )
    if _asked_on_day(person, programme, now):
        raise NotNow(
            "asked_today",
            "SMS untuk orang ini sudah dikirim ulang hari ini. Coba lagi besok.",
        )


def _asked_on_day(person: Enrollment, programme: Programme, at: datetime) -> bool:
    """Whether staff had a message sent to this person on the local day of a moment."""
    asked = person.asked_at
    return asked is not None and programme.local_day(asked) == programme.local_day(at)


def _number(corrected: str | None, person: Enrollment, countries: frozenset[str]) -> str:
    """Return the number to which the message would go."""
    if corrected is not None:
        phone = parse_phone(corrected, countries)
        if phone is None:
            raise CannotBeSent(*_NO_SUCH_NUMBER)
        return phone
    stored = person.recipient.phone
    if stored is None:
        raise CannotBeSent(
            "phone_missing", "Orang ini belum punya nomor ponsel. Isi nomornya, lalu kirim ulang."
        )
    if not is_mobile(stored, countries):
        raise CannotBeSent(
            "phone_invalid",
            "Nomor yang tersimpan tidak dapat dikirimi SMS. Isi nomor ponsel yang benar.",
        )
    return stored


def _check_is_wanted(phone: str, texter: Texter, deadline: Deadline) -> None:
    try:
        refused = deadline.patiently(lambda: texter.is_opted_out(phone))
    except PublishRefused:
        raise CannotBeSent(*_NO_SUCH_NUMBER) from None
    if refused:
        raise NotNow(
            "opted_out",
            "Pemilik nomor ini menolak SMS. Hubungi orangnya dengan cara lain, atau isi nomor"
            " lain.",
        )


def _ordered(
    person: Enrollment, event: SmsEvent, now: datetime, phone: str | None = None
) -> Enrollment:
    """Return a person's enrollment with the message given back, to be sent (to that number)."""
    who = person.recipient
    if phone is not None and phone != who.phone:
        who = replace(who, phone=phone)
        event = replace(event, phone_corrected=True)
    return replace(
        person,
        recipient=who,
        sms=Sms.PENDING,
        sms_at=now,
        sms_claim=None,
        sms_message_id=None,
        sms_reason=None,
        sms_log=(*person.sms_log, event),
    )


def _queue_if_possible(person: Enrollment, queue: Queue, deadline: Deadline) -> None:
    """Queue a message that was ordered; where that fails, the sweep does it."""
    jobs = sms_jobs(person.batch, person.programme, person.chunk, [person.recipient.nik])
    try:
        deadline.patiently(lambda: queue.send([each.model_dump_json() for each in jobs]))
    except Retry as error:
        about = {"batch": person.batch, "row": person.row}
        log.warning("an ordered message is left to the sweep: %s", error, extra=about)
