"""Opens and closes the way of all messages: by window and budget on schedule, and by staff's word.

The stored state decides, and every delivery goes by it. That the queue's trigger is switched as
well only spares the deliveries that would find the gate closed: where the two differ for a while,
or where there is no trigger to switch (None), no message goes out that may not.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.protocols import Batches, Clock, Gates, Trigger
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch
from chalicelib.domain.sending import Closed, Gate, Pause, Sending, Shut, month_of
from chalicelib.domain.summary import Sums, messages_to_come
from chalicelib.errors import Busy

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the gate was found: open, or why not; the share (0 to 1 and more) of the budget reserved.

    `budget_share` is None where there is no budget.
    """

    open: bool
    budget_share: float | None = None
    why: Shut | None = None


@dataclass(frozen=True, slots=True)
class SendingState:
    """How sending stands: the gate, why it is closed, and how many people wait for their message.

    `done_by` (UTC) is when those are told whose files are not paused; None while nobody can know.
    """

    gate: Gate
    closed: Closed | None
    waiting: int
    done_by: datetime | None


def keep_gate(
    *, gates: Gates, trigger: Trigger | None, sending: Sending, clock: Clock, deadline: Deadline
) -> Kept:
    """Switch the queue's trigger as the gate stands now, and tell how it stands."""
    now = clock()
    gate = deadline.patiently(lambda: gates.read(month_of(now)))
    closed = sending.closed(gate, now)
    if trigger:
        _switch(trigger, closed, deadline)
    return Kept(
        open=closed is None,
        budget_share=gate.reserved / sending.budget if sending.budget else None,
        why=closed.why if closed else None,
    )


def pause(
    *,
    by: str,
    reason: str,
    gates: Gates,
    trigger: Trigger | None,
    clock: Clock,
    deadline: Deadline,
    batch: str | None = None,
) -> None:
    """Stop all messages, or one file's, from now on. Safe to repeat."""
    pause = Pause(clock(), by, reason)
    deadline.patiently(lambda: gates.pause(pause, batch=batch))
    log.warning("staff have paused messages", extra={"batch": batch})
    if batch is None:
        _switch_at_once(trigger, on=False)


def resume(
    *,
    gates: Gates,
    trigger: Trigger | None,
    sending: Sending,
    clock: Clock,
    deadline: Deadline,
    batch: str | None = None,
) -> None:
    """Let all messages go out again, or one file's, as far as window and budget do.

    A pause of everything and one of a file are lifted each by itself. Safe to repeat.
    """
    deadline.patiently(lambda: gates.resume(batch=batch))
    log.warning("staff have resumed messages", extra={"batch": batch})
    now = clock()
    gate = deadline.patiently(lambda: gates.read(month_of(now)))
    if batch is None and sending.closed(gate, now) is None:
        _switch_at_once(trigger, on=True)


def sending_state(
    *, gates: Gates, batches: Batches, sending: Sending, clock: Clock, deadline: Deadline
) -> SendingState:
    """Return how sending stands now; `waiting` is exact."""
    now = clock()
    gate = deadline.patiently(lambda: gates.read(month_of(now)))
    waiting = going = 0
    for batch in deadline.patiently(lambda: list(batches.unfinished())):
        people = _sums(batch, batches, deadline).sms_counts["pending"]
        waiting += people
        going += people if batch not in gate.batches else 0
    return SendingState(
        gate=gate,
        closed=sending.closed(gate, now),
        waiting=waiting,
        done_by=sending.done_by(going, gate, now),
    )


def waiting_beside(batch: Batch, *, batches: Batches, deadline: Deadline) -> int:
    """Return how many people of other files are still to be told, or expected to be."""
    return sum(people for _, people in _people_of_others(batch, batches, deadline))


def _people_of_others(
    batch: Batch, batches: Batches, deadline: Deadline
) -> Iterator[tuple[Batch, int]]:
    for id_ in deadline.patiently(lambda: list(batches.unfinished())):
        if id_ == batch.id:
            continue
        other = deadline.patiently(lambda id_=id_: batches.get(id_))  # type: ignore[misc]
        if other is not None:
            yield other, messages_to_come(other, _sums(id_, batches, deadline))


def _sums(batch: str, batches: Batches, deadline: Deadline) -> Sums:
    return Sums.of(deadline.patiently(lambda: batches.chunks(batch)))


def _switch(trigger: Trigger, closed: Closed | None, deadline: Deadline) -> None:
    try:
        switched = deadline.patiently(lambda: trigger.switch(on=closed is None))
    except Busy:
        log.warning("the trigger is busy; the next look switches it")
    else:
        if switched:
            log.info("messages %s", f"wait: {closed.why}" if closed else "go out")


def _switch_at_once(trigger: Trigger | None, *, on: bool) -> None:
    """Switch the trigger if it can be had now; who asked does not wait for it."""
    try:
        if trigger:
            trigger.switch(on=on)
    except Busy:
        log.warning("the trigger is busy; the schedule switches it")
