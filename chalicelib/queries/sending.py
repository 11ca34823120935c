"""The gate of all messages: how it stands, and staff's word to close or open it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from chalicelib import gate
from chalicelib.adapters.protocols import Batches, Clock, Gates, Trigger
from chalicelib.audit import Subject
from chalicelib.deadline import Deadline
from chalicelib.domain.sending import Closed, Pause, Sending, Shut, usd
from chalicelib.permissions import Caller
from chalicelib.queries.counts import Usd
from chalicelib.queries.files import of_caller
from chalicelib.queries.model import Asked, View
from chalicelib.queries.people import Reason

_EXPLAINED = {
    Shut.PAUSED: "Pengiriman SMS dihentikan sementara oleh petugas.",
    Shut.BATCH_PAUSED: "SMS untuk berkas ini dihentikan sementara oleh petugas.",
    Shut.OUTSIDE_WINDOW: "Di luar jam pengiriman SMS; dilanjutkan saat jam kirim dibuka.",
    Shut.BUDGET_SPENT: (
        "Anggaran SMS bulan ini sudah habis; dilanjutkan bulan depan, atau setelah anggarannya"
        " ditambah."
    ),
}
_OPEN = "SMS sedang dikirim, selama ada yang menunggu."


class Turn(StrEnum):
    """What staff do to the gate."""

    PAUSE = "pause"
    RESUME = "resume"


class GateRequest(Asked):
    """Stop all messages or one file's, or let them go out again; and why."""

    action: Turn
    batch: str | None = Field(None, pattern=r"^[0-9A-Za-z]{8,16}$", description="one file's only")
    reason: Reason


class PauseView(View):
    """That staff have stopped messages."""

    at: datetime
    by: str
    reason: str


class BatchPauseView(PauseView):
    """That staff have stopped one file's messages."""

    batch: str


class WindowView(View):
    """The hours in which messages go out."""

    opens: str = Field(pattern=r"^[0-9]{2}:[0-9]{2}$", examples=["08:00"])
    closes: str = Field(pattern=r"^[0-9]{2}:[0-9]{2}$", examples=["20:00"])
    timezone: str


class GateView(View):
    """How sending stands."""

    open: bool
    why: Literal["paused", "outside_window", "budget_spent"] | None = Field(
        description="why it is closed"
    )
    explanation: str = Field(description="in Indonesian")
    until: datetime | None = Field(description="when it opens again, where that is known")
    pause: PauseView | None
    batches: list[BatchPauseView] = Field(description="files whose messages are stopped")
    waiting: int = Field(ge=0, description="people whose message is still to go out")
    rate: float = Field(ge=0, description="parts a second; 0 for no limit")
    done_by: datetime | None
    window: WindowView | None
    budget_usd: Usd | None = Field(description="a month; null where there is none of our own")
    reserved_usd: Usd
    billed_usd: Usd
    nearly_spent: bool


def show_gate(
    *, gates: Gates, batches: Batches, sending: Sending, clock: Clock, deadline: Deadline
) -> GateView:
    """Return how sending stands."""
    state = gate.sending_state(
        gates=gates, batches=batches, sending=sending, clock=clock, deadline=deadline
    )
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
    trigger: Trigger | None,
    batches: Batches,
    sending: Sending,
    clock: Clock,
    deadline: Deadline,
) -> GateView:
    """Stop messages or let them go out again; return how sending stands then.

    Raises:
        NotFound: there is no such file.
    """
    subject.reason = request.reason
    batch = None
    if request.batch is not None:
        batch = of_caller(request.batch, caller=caller, subject=subject, batches=batches).id
    begin()
    if request.action is Turn.PAUSE:
        gate.pause(
            by=caller.username,
            reason=request.reason,
            gates=gates,
            trigger=trigger,
            clock=clock,
            deadline=deadline,
            batch=batch,
        )
    else:
        gate.resume(
            gates=gates,
            trigger=trigger,
            sending=sending,
            clock=clock,
            deadline=deadline,
            batch=batch,
        )
    return show_gate(gates=gates, batches=batches, sending=sending, clock=clock, deadline=deadline)


def _why(closed: Closed | None) -> Literal["paused", "outside_window", "budget_spent"] | None:
    match closed.why if closed else None:
        case Shut.OUTSIDE_WINDOW:
            return "outside_window"
        case Shut.BUDGET_SPENT:
            return "budget_spent"
        case None:
            return None
        case _:
            return "paused"


def _pause(pause: Pause) -> PauseView:
    return PauseView(at=pause.at, by=pause.by, reason=pause.reason)
