"""Sends one person's message again on the order of staff.

An order moves the message back to `pending` in the people's table, with who asked and why, and then
queues it. The table decides: the sweep finds a message that was ordered and not queued, because
the order opens its file again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.adapters.ports import (
    Clock,
    Enrollments,
    OptOuts,
    Outbox,
    SmsChange,
)
from chalicelib.domain.agreements.programme import Agreements, Programme
from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.cells.phone import is_mobile, parse_phone
from chalicelib.domain.findings.catalogue import COMMON
from chalicelib.domain.jobs import SingleSmsJob
from chalicelib.domain.messages.sending import Sending
from chalicelib.domain.person.enrollment import Enrollment, Message, MessageKind, Sms, SmsEvent
from chalicelib.errors import (
    NotYet,
    PayungError,
    PublishRefused,
    PublishRejected,
    Retry,
)

log = logging.getLogger(__name__)

_NO_SUCH_NUMBER = (
    "phone_invalid",
    "Nomor ponsel ini tidak dapat dipakai. Isi satu nomor ponsel, misalnya 0812-3456-7890.",
)


_ON_ITS_WAY = frozenset({Sms.PENDING, Sms.SENDING})


_TRIES = 5
"""How often a person is read again while another writer changes them."""


class ResendRefused(PayungError):
    """The order is refused; `message` is Indonesian, says what to do, and names nobody."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code and message of the answer."""
        super().__init__(code)
        self.code = code
        self.message = message


class NotEnrolled(ResendRefused):
    """Nobody of that NIK is enrolled (under that programme)."""


class CannotBeSent(ResendRefused):
    """The NIK or number, given or stored, cannot be sent a message: `nik_…`, `phone_…`."""


class NotNow(ResendRefused):
    """No further message may go out to this person now."""


class ResendRequest(BaseModel):
    """Whose message of a kind to send again, and why; `phone` corrects the stored number.

    Without a programme it is the person's latest cover.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    nik: str = Field(max_length=64)
    programme: str | None = Field(None, max_length=64)
    phone: str | None = Field(None, max_length=64)
    kind: MessageKind = MessageKind.ENROLLED
    reason: str = Field(min_length=1, max_length=500)


@dataclass(frozen=True, kw_only=True)
class ResendPerson:
    """Has one person's message sent again: once a day, and once more to a corrected number."""

    enrollments: Enrollments
    opt_outs: OptOuts
    outbox: Outbox
    agreements: Agreements
    sending: Sending
    clock: Clock

    def run(self, request: ResendRequest, *, by: str) -> Enrollment:
        """Order one person's message again; return their enrollment.

        The order holds when this returns, even where the message could not be queued: the sweep
        queues it then.

        Raises:
            ResendRefused: it may not be, or cannot be; nothing has changed.
            Retry: nothing has changed yet, or it is not known whether it has; ask again.
        """
        for _ in range(_TRIES):
            found, kind = self._of_request(request), request.kind
            now = self.clock()
            programme = self.agreements.programmes[found.programme]
            message = _settled(found, kind)
            if kind not in programme.messages:
                raise NotNow("kind_not_sent", "Program ini tidak mengirim SMS untuk peristiwa ini.")
            phone = _number(request.phone, found, self.sending.countries)
            new_number = phone != found.recipient.phone
            _check_is_first_of_day(message, programme, now, new_number=new_number)
            self._check_is_wanted(phone)
            event = SmsEvent(now, Sms.PENDING, request.reason, by)
            after = ordered(found, kind, event, now, phone)
            if self.enrollments.change_sms([SmsChange(found, after, kind)]):
                self._queue_if_possible(after, kind)
                return after
        raise NotYet("somebody else is changing this enrollment")

    def _of_request(self, request: ResendRequest) -> Enrollment:
        nik = parse_nik(request.nik)
        if not isinstance(nik, Nik):
            raise CannotBeSent(nik.code, COMMON.message(nik))
        found = self.enrollments.of_person(nik.value)
        wanted = [each for each in found if request.programme in {None, each.programme}]
        if not wanted:
            raise NotEnrolled("not_enrolled", "NIK ini belum terdaftar dalam perlindungan.")
        return max(wanted, key=lambda each: each.starts)

    def _check_is_wanted(self, phone: str) -> None:
        """Refuse a number whose owner has opted out.

        This look only spares staff a message that fails: SNS does not send to such a number, and
        the receipt says so. So the order holds if SNS does not permit the look.
        """
        try:
            refused = self.opt_outs.is_opted_out(phone)
        except PublishRefused:
            raise CannotBeSent(*_NO_SUCH_NUMBER) from None
        except PublishRejected as error:
            log.warning("ordered without a look at the opt-outs: %s", error)
            return
        if refused:
            raise NotNow(
                "opted_out",
                "Pemilik nomor ini menolak SMS. Hubungi orangnya dengan cara lain, atau isi nomor"
                " lain.",
            )

    def _queue_if_possible(self, person: Enrollment, kind: MessageKind) -> None:
        """Queue a message that was ordered; where that fails, the sweep does it."""
        job = SingleSmsJob(
            batch=person.batch,
            programme=person.programme,
            chunk=person.chunk,
            kind=kind,
            niks=(person.recipient.nik,),
        )
        try:
            self.outbox.notify([job])
        except Retry as error:
            about = {"batch": person.batch, "row": person.row}
            log.warning("an ordered message is left to the sweep: %s", error, extra=about)


def _settled(person: Enrollment, kind: MessageKind) -> Message:
    """Return the person's message of the kind, which may be ordered again.

    Raises:
        NotNow: there is none, or it is on its way.
    """
    message = person.messages.get(kind)
    if message is None:
        raise NotNow(
            "sms_not_made",
            "SMS jenis ini belum ada untuk orang ini. SMS dibuat setelah keadaan iurannya berubah.",
        )
    if message.state in _ON_ITS_WAY:
        raise NotNow(
            "sms_on_its_way", "SMS untuk orang ini masih dalam antrean. Tunggu sampai terkirim."
        )
    return message


def _check_is_first_of_day(
    message: Message, programme: Programme, now: datetime, *, new_number: bool
) -> None:
    """Refuse a second order on one day, except one that corrects the number, and any third."""
    if not asked_on_day(message, programme, now):
        return
    day = programme.local_day(now)
    orders = [each for each in message.log if each.by and programme.local_day(each.at) == day]
    if len(orders) > 1:
        raise NotNow(
            "asked_today",
            "SMS untuk orang ini sudah dua kali dikirim ulang hari ini. Coba lagi besok.",
        )
    if not new_number:
        raise NotNow(
            "asked_today",
            "SMS untuk orang ini sudah dikirim ulang hari ini ke nomor itu. Bila nomornya salah,"
            " isi nomor yang benar; bila tidak, coba lagi besok.",
        )


def asked_on_day(message: Message, programme: Programme, at: datetime) -> bool:
    """Whether staff ordered this message on the local day of `at`."""
    asked = message.ordered_at
    return asked is not None and programme.local_day(asked) == programme.local_day(at)


def _number(corrected: str | None, person: Enrollment, countries: frozenset[str]) -> str:
    """Return the number that the message goes to."""
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


def ordered(
    person: Enrollment,
    kind: MessageKind,
    event: SmsEvent,
    now: datetime,
    phone: str | None = None,
) -> Enrollment:
    """Return a person's enrollment with the message pending again (to that number)."""
    who = person.recipient
    if phone is not None and phone != who.phone:
        who = replace(who, phone=phone)
        event = replace(event, phone_corrected=True)
    message = Message(Sms.PENDING, at=now, log=(*person.messages[kind].log, event))
    return replace(person, recipient=who).with_message(kind, message)
