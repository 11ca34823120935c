"""Checks whether the month's SMS budget is enough for a file. Warns the bank if it is not."""

from dataclasses import replace

from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.batch import SmsEstimate
from chalicelib.domain.findings.finding import Code, Finding

from .sending import Gate, Sending


def within_budget(
    estimate: SmsEstimate, sending: Sending, gate: Gate, *, waiting: int
) -> tuple[SmsEstimate, Finding | None]:
    """Return the estimate with the budget that is left for it, and a warning if that is little.

    `waiting` is the number of people of other files whose messages are not sent yet. These messages
    count as spent, like the messages that are already sent. There is no warning if no budget is
    set, or if the file has nobody to write to.
    """
    left = sending.left(gate, waiting=waiting)
    if left is None:
        return estimate, None
    available = max(0, left)
    with_budget = replace(estimate, left=available)
    committed = sending.budget - left + estimate.cost
    if not estimate.cost or not sending.is_nearly_spent(committed):
        return with_budget, None
    if missing := max(0, estimate.cost - available):
        # Round up: a person whose message is paid only in part waits, too.
        people = -(-estimate.parts * missing // estimate.cost)
        return with_budget, Finding.of(Code.SMS_BUDGET_LOW, people=format_rupiah(people))
    share = committed * 100 // sending.budget
    return with_budget, Finding.of(Code.SMS_BUDGET_LOW, share=share)
