"""Opens and closes sending: by window and budget on schedule, and by staff's order.

The stored state decides, and every delivery reads it. The queue's trigger is switched as well: that
only saves the deliveries that would find the gate closed. Where the two differ for a while, or
where there is no trigger, no message goes out that may not.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.ports import Batches, Clock, EventSourceSwitch, Gates
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.summary import Sums, messages_to_come
from chalicelib.domain.messages.sending import Closed, ClosedReason, Gate, Pause, Sending, month_of
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import Busy

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GateStatus:
    """Whether the gate is open, or why not.

    `budget_share` is the reserved share (0 to 1 and more) of the budget; None where there is none.
    """

    open: bool
    budget_share: float | None = None
    why: ClosedReason | None = None


@dataclass(frozen=True, slots=True)
class SendingState:
    """The gate, why it is closed, and how many people wait for their message.

    `done_by` (UTC) is when the last message of files that are not paused goes out; None where that
    is not known.
    """

    gate: Gate
    closed: Closed | None
    waiting: int
    done_by: datetime | None


@dataclass(frozen=True, kw_only=True)
class Gatekeeper:
    """Opens and closes sending. `event_source` is None where there is no trigger to switch."""

    gates: Gates
    event_source: EventSourceSwitch | None
    sending: Sending
    clock: Clock

    def keep(self) -> GateStatus:
        """Switch the SMS queue's trigger as window, pauses and budget demand; return the status."""
        now = self.clock()
        gate = self.gates.read(month_of(now))
        closed = self.sending.closed(gate, now)
        self._switch(closed)
        return GateStatus(
            open=closed is None,
            budget_share=gate.reserved / self.sending.budget if self.sending.budget else None,
            why=closed.why if closed else None,
        )

    def pause(self, *, by: str, reason: str, batch: str | None = None) -> None:
        """Stop all messages, or one file's. Safe to repeat."""
        self.gates.pause(Pause(self.clock(), by, reason), batch=batch)
        log.warning("staff have paused messages", extra={"batch": batch})
        if batch is None:
            self._switch_on(on=False)

    def resume(self, *, batch: str | None = None) -> None:
        """Let all messages go out again, or one file's, within window and budget.

        A pause of everything and a pause of a file are lifted separately. Safe to repeat.
        """
        self.gates.resume(batch=batch)
        log.warning("staff have resumed messages", extra={"batch": batch})
        now = self.clock()
        gate = self.gates.read(month_of(now))
        if batch is None and self.sending.closed(gate, now) is None:
            self._switch_on(on=True)

    def _switch(self, closed: Closed | None) -> None:
        if self._switch_on(on=closed is None):
            log.info("messages %s", f"wait: {closed.why}" if closed else "go out")

    def _switch_on(self, *, on: bool) -> bool:
        """Switch the trigger; return whether it was switched. A busy one waits for the schedule."""
        if self.event_source is None:
            return False
        try:
            return self.event_source.switch(on=on)
        except Busy:
            log.warning("the trigger is busy; the schedule switches it")
            return False


def sending_state(
    *, gates: Gates, batches: Batches, sending: Sending, clock: Clock
) -> SendingState:
    """Return the state of sending now; `waiting` is exact."""
    now = clock()
    gate = gates.read(month_of(now))
    waiting = going = 0
    for batch, sums in unfinished_sums(batches):
        people = sums.messages(Sms.PENDING)
        waiting += people
        going += people if batch.id not in gate.batches else 0
    return SendingState(
        gate=gate,
        closed=sending.closed(gate, now),
        waiting=waiting,
        done_by=sending.done_by(going, gate, now),
    )


def waiting_beside(batch: Batch, *, batches: Batches) -> int:
    """Return how many people of other files wait for a message, or are expected to."""
    return sum(
        messages_to_come(other, sums)
        for other, sums in unfinished_sums(batches)
        if other.id != batch.id
    )


def unfinished_sums(batches: Batches) -> list[tuple[Batch, Sums]]:
    """Return the unfinished files with their stored counts, the earliest received first.

    It takes few calls: hundreds of unfinished files must not make the gate or a list slow.
    """
    files = batches.unfinished_files()
    progress = batches.progress(files)
    return [(each, Sums.of(progress[each.id])) for each in files]
