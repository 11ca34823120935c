"""The events of a person's cover, premium and messages, in Indonesian."""

from datetime import date, datetime

from pydantic import Field

from chalicelib.api.operations.model import View
from chalicelib.api.permissions import Caller, Role
from chalicelib.domain.cells.dates import format_date
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.messages.sms_reasons import explained
from chalicelib.domain.money.ledger import Line
from chalicelib.domain.money.standing import Cover, Leaf
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms, SmsEvent

_TEXTS = {
    Sms.PENDING: "SMS akan dikirim.",
    Sms.SENDING: "SMS sedang dikirim.",
    Sms.SENT: "SMS diserahkan kepada operator.",
    Sms.DELIVERED: "Operator melaporkan SMS sampai.",
    Sms.FAILED: "SMS gagal.",
    Sms.UNCONFIRMED: "Operator tidak melaporkan hasil SMS.",
    Sms.NOT_POSSIBLE: "Tidak ada nomor ponsel yang dapat dikirimi SMS.",
    Sms.HELD: "SMS ditahan.",
    Sms.UNKNOWN: "SMS mungkin terkirim, mungkin tidak.",
}
ABOUT = {
    MessageKind.ENROLLED: "SMS konfirmasi",
    MessageKind.ACTIVE: "SMS tentang perlindungan yang berlaku",
    MessageKind.WITHDRAWN: "SMS tentang pembatalan",
}
"""The names of the kinds of messages."""
_SUBJECTS = {
    MessageKind.ENROLLED: "",
    MessageKind.ACTIVE: " tentang perlindungan yang berlaku",
    MessageKind.WITHDRAWN: " tentang pembatalan",
}
"""What a message is about; everybody has the confirmation, so it needs no word."""

_STEPS = {
    Cover.ENROLLED: "Pemotongan iuran ditunda bank",
    Cover.DEDUCTED: "Iuran dipotong bank",
    Cover.NOT_DEDUCTED: "Iuran tidak dapat dipotong bank",
    Cover.RETURNED: "Potongan iuran dikembalikan",
    Cover.REMITTED: "Bank menyatakan iuran sudah disetor",
    Cover.ACTIVE: "BPJS menyatakan iuran sudah diterima",
    Cover.WITHDRAWN: "Pendaftaran dibatalkan",
}


class TimelineEntry(View):
    """One event."""

    at: datetime
    event: str = Field(description="enrolled, sms_<state> or resend_asked")
    text: str = Field(description="in Indonesian")


class MoneyEntry(View):
    """One step of a person's premium, as the ledger has it."""

    at: datetime = Field(description="when payung recorded the step")
    day: date | None = Field(description="the day that the file states")
    before: Leaf | None = Field(description="where the premium was")
    after: Leaf | None = Field(description="where the premium is after the step")
    amount: int = Field(description="whole rupiah")
    text: str = Field(description="in Indonesian")
    batch: str | None = Field(description="the file that states the step")
    row: int | None
    reverses: bool = Field(description="whether two users have taken back what that row stated")
    by: list[str] = Field(description="the users who ordered the step; empty for a bank")


def timeline(enrollment: Enrollment, *, bank_name: str, caller: Caller) -> list[TimelineEntry]:
    """Return all events, earliest first.

    Only staff see who ordered a resend, and why.
    """
    enrolled = TimelineEntry(
        at=enrollment.enrolled_at,
        event="enrolled",
        text=f"Terdaftar lewat berkas {bank_name}, skema {enrollment.scheme}.",
    )
    messages = [
        _entry(event, _SUBJECTS[kind], to_staff=caller.role is not Role.BANK)
        for kind, message in enrollment.messages.items()
        for event in message.log
    ]
    return sorted([enrolled, *messages], key=lambda each: each.at)


def _entry(event: SmsEvent, subject: str, *, to_staff: bool) -> TimelineEntry:
    if event.by:
        text = f"Petugas meminta SMS{subject} dikirim ulang"
        if event.phone_corrected:
            text += " ke nomor yang diperbaiki"
        if to_staff:
            text += f" ({event.by}: {event.reason})"
        return TimelineEntry(at=event.at, event="resend_asked", text=f"{text}.")
    said = _TEXTS[event.state].replace("SMS", f"SMS{subject}", 1)
    text = " ".join(filter(None, (said, explained(event.reason))))
    return TimelineEntry(at=event.at, event=f"sms_{event.state.value}", text=text)


def money(enrollment: Enrollment, caller: Caller) -> list[MoneyEntry]:
    """Return the steps of a person's premium, the earliest first.

    Only staff see who ordered a step. The bank's own words are not shown: they are for the file.
    """
    return [
        MoneyEntry(
            at=line.at,
            day=line.day,
            before=line.before.leaf,
            after=line.after.leaf,
            amount=line.amount,
            text=_step(line),
            batch=line.source.batch if line.source else None,
            row=line.source.row if line.source else None,
            reverses=line.reverses,
            by=[] if caller.role is Role.BANK else list(line.by),
        )
        for line in enrollment.history
    ]


_BACK_AT = {
    Leaf.OPEN: "belum dikonfirmasi",
    Leaf.DEFERRED: "ditunda",
    Leaf.FAILED: "gagal dipotong",
    Leaf.TO_REMIT: "dipotong, belum disetor",
}


def _step(line: Line) -> str:
    if line.reverses and line.source:
        leaf = line.after.leaf
        where = _BACK_AT.get(leaf, leaf.value) if leaf else "dibatalkan"
        return (
            f"Catatan berkas {line.source.batch}, baris {line.source.row}, dibatalkan oleh dua"
            f" petugas; iuran Rp{format_rupiah(line.amount)} kembali: {where}."
        )
    text = _STEPS[line.after.cover]
    if line.before.cover is Cover.REMITTED and line.after.cover is Cover.DEDUCTED:
        text = "Dikeluarkan dari daftar setoran yang belum lunas"
    on = f" pada {format_date(line.day)}" if line.day else ""
    source = f" (berkas {line.source.batch}, baris {line.source.row})" if line.source else ""
    return f"{text}{on}: Rp{format_rupiah(line.amount)}{source}."
