"""Shows whether messages go out; pauses or resumes them on the order of staff."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from chalicelib.adapters.ports import Batches, Clock, Gates
from chalicelib.api.audit import Subject
from chalicelib.api.operations.counts import Usd
from chalicelib.api.operations.files import of_caller
from chalicelib.api.operations.model import Reason, RequestModel, View
from chalicelib.api.permissions import Caller
from chalicelib.domain.messages.sending import Closed, ClosedReason, Pause, Sending, usd
from chalicelib.steps.gate import Gatekeeper, sending_state

_EXPLAINED = {
    ClosedReason.PAUSED: "Pengiriman SMS dihentikan sementara oleh petugas.",
    ClosedReason.BATCH_PAUSED: "SMS untuk berkas ini dihentikan sementara oleh petugas.",
    ClosedReason.OUTSIDE_WINDOW: "Di luar jam pengiriman SMS; dilanjutkan saat jam kirim dibuka.",
    ClosedReason.BUDGET_SPENT: (
        "Anggaran SMS bulan ini sudah habis; dilanjutkan bulan depan, atau setelah anggarannya"
        " ditambah."
    ),
}
_OPEN = "SMS sedang dikirim, selama ada yang menunggu."


class Turn(StrEnum):
    """The orders of staff for the gate."""

    PAUSE = "pause"
    RESUME = "resume"


class GateRequest(RequestModel):
    """Pause or resume all messages, or those of one file; and why."""

    action: Turn
    batch: str | None = Field(None, pattern=r"^[0-9A-Za-z]{8,16}$", description="only this file's")
    reason: Reason


class PauseView(View):
    """Staff have paused messages: when, who and why."""

    at: datetime
    by: str
    reason: str


class BatchPauseView(PauseView):
    """Staff have paused one file's messages."""

    batch: str


class WindowView(View):
    """The hours in which messages go out."""

    opens: str = Field(pattern=r"^[0-9]{2}:[0-9]{2}$", examples=["08:00"])
    closes: str = Field(pattern=r"^[0-9]{2}:[0-9]{2}$", examples=["20:00"])
    timezone: str


class GateView(View):
    """The state of sending."""

    open: bool
    why: Literal["paused", "outside_window", "budget_spent"] | None = Field(
        description="why the gate is closed"
    )
    explanation: str = Field(description="in Indonesian")
    until: datetime | None = Field(description="when the gate opens again, if that is known")
    pause: PauseView | None
    batches: list[BatchPauseView] = Field(description="files whose messages are paused")
    waiting: int = Field(ge=0, description="people whose message has not gone out yet")
    rate: float = Field(ge=0, description="SMS parts a second; 0 for no limit")
    done_by: datetime | None
    window: WindowView | None
    budget_usd: Usd | None = Field(description="for a month; null without a budget in payung")
    reserved_usd: Usd
    billed_usd: Usd
    nearly_spent: bool


def show_gate(*, gates: Gates, batches: Batches, sending: Sending, clock: Clock) -> GateView:
    """Return the state of sending."""
    state = sending_state(gates=gates, batches=batches, sending=sending, clock=clock)
    closed, stored, window = state.closed, state.gate, sending.window
    return GateView(
        open=closed is None,
        why=_why(closed),
        explanation=_EXPLAINED[closed.why] if closed else _OPEN,
        until=closed.until if closed else None,
        pause=_pause(stored.pause) if stored.pause else None,
        batches=[
            BatchPauseView(batch=batch, at=pause.at, by=pause.by, reason=pause.reason)
            for batch, pause in sorted(stored.batches.items())
        ],
        waiting=state.waiting,
        rate=sending.rate,
        done_by=state.done_by,
        window=window
        and WindowView(
            opens=f"{window.opens:%H:%M}",
            closes=f"{window.closes:%H:%M}",
            timezone=window.timezone.key,
        ),
        budget_usd=usd(sending.budget) if sending.budget else None,
        reserved_usd=usd(stored.reserved),
        billed_usd=usd(stored.billed),
        nearly_spent=sending.is_nearly_spent(max(stored.reserved, stored.billed)),
    )


def switch_gate(
    request: GateRequest,
    *,
    caller: Caller,
    subject: Subject,
    begin: Callable[[], None],
    gates: Gates,
    batches: Batches,
    sending: Sending,
    clock: Clock,
    gatekeeper: Gatekeeper,
) -> GateView:
    """Pause or resume messages; return the state of sending after that.

    Raises:
        NotFound: no file has this id.
    """
    subject.reason = request.reason
    batch = None
    if request.batch is not None:
        batch = of_caller(request.batch, caller=caller, subject=subject, batches=batches).id
    begin()
    if request.action is Turn.PAUSE:
        gatekeeper.pause(by=caller.username, reason=request.reason, batch=batch)
    else:
        gatekeeper.resume(batch=batch)
    return show_gate(gates=gates, batches=batches, sending=sending, clock=clock)


def _why(closed: Closed | None) -> Literal["paused", "outside_window", "budget_spent"] | None:
    match closed.why if closed else None:
        case ClosedReason.OUTSIDE_WINDOW:
            return "outside_window"
        case ClosedReason.BUDGET_SPENT:
            return "budget_spent"
        case None:
            return None
        case _:
            return "paused"


def _pause(pause: Pause) -> PauseView:
    return PauseView(at=pause.at, by=pause.by, reason=pause.reason)
