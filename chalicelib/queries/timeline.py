"""What happened to a person's cover and confirmation, told in Indonesian."""

from datetime import datetime

from pydantic import Field

from chalicelib.domain.enrollment import Enrollment, Sms, SmsEvent
from chalicelib.domain.sms_reasons import explained
from chalicelib.permissions import Caller, Role
from chalicelib.queries.model import View

_TOLD = {
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


class Happened(View):
    """One thing that happened."""

    at: datetime
    event: str = Field(description="enrolled, sms_<state> or resend_asked")
    text: str = Field(description="in Indonesian")


def timeline(enrollment: Enrollment, *, bank_name: str, caller: Caller) -> list[Happened]:
    """Return everything that happened, the earliest first.

    Who ordered a message again, and why, is told to staff only.
    """
    enrolled = Happened(
        at=enrollment.enrolled_at,
        event="enrolled",
        text=f"Terdaftar lewat berkas {bank_name}, skema {enrollment.scheme}.",
    )
    told = [_told(each, to_staff=caller.role is not Role.BANK) for each in enrollment.sms_log]
    return sorted([enrolled, *told], key=lambda each: each.at)


def _told(event: SmsEvent, *, to_staff: bool) -> Happened:
    if event.by:
        text = "Petugas meminta SMS dikirim ulang"
        if event.phone_corrected:
            text += " ke nomor yang diperbaiki"
        if to_staff:
            text += f" ({event.by}: {event.reason})"
        return Happened(at=event.at, event="resend_asked", text=f"{text}.")
    text = " ".join(filter(None, (_TOLD[event.state], explained(event.reason))))
    return Happened(at=event.at, event=f"sms_{event.state.value}", text=text)
