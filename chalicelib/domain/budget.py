"""Whether the month's budget for messages is enough for a file, and what its bank is told of it."""

from dataclasses import replace

from .batch import SmsEstimate
from .codes import Code, Finding
from .money import format_rupiah
from .sending import Gate, Sending


def within_budget(
    estimate: SmsEstimate, sending: Sending, gate: Gate, *, waiting: int
) -> tuple[SmsEstimate, Finding | None]:
    """Return an estimate with what the budget has left for it, and a warning where that is little.

    `waiting` is how many people of other files are still to be told: their messages are reckoned
    as well as those that have gone out. Nothing is said where no budget is set, or where the file
    has nobody to tell.
    """
    left = sending.left(gate, waiting=waiting)
    if left is None:
        return estimate, None
    for_it = max(0, left)
    reckoned = replace(estimate, left=for_it)
    spoken_for = sending.budget - left + estimate.cost
    if not estimate.cost or not sending.is_nearly_spent(spoken_for):
        return reckoned, None
    if missing := max(0, estimate.cost - for_it):
        # Rounded up: whoever's message is paid for in part waits, too.
        people = -(-estimate.parts * missing // estimate.cost)
        return reckoned, Finding.of(Code.SMS_BUDGET_LOW, people=format_rupiah(people))
    share = spoken_for * 100 // sending.budget
    return reckoned, Finding.of(Code.SMS_BUDGET_LOW, share=share)
