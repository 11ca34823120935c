"""Finds files that make no progress, and sends again what they lack."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.lambdas import telemetry, wiring
from chalicelib.steps.sweeping.overdue import CountUnconfirmed
from chalicelib.steps.sweeping.sweep import Sweep


def run(_: Any, context: Any) -> None:
    """Handle a scheduled event."""
    at = wiring.invocation(context)
    telemetry.count_sweep(step(at).run())
    telemetry.count_unconfirmed(unconfirmed_step(at).run(at.clock()))


def step(at: Ports) -> Sweep:
    """Return the step with the ports that it needs."""
    return Sweep(
        batches=at.batches,
        enrollments=at.enrollments,
        objects=at.objects,
        outbox=at.outbox,
        gates=at.gates,
        reversals=at.reversals,
        remittances=at.remittances,
        sending=at.sending,
        clock=at.clock,
        deadline=at.deadline,
    )


def unconfirmed_step(at: Ports) -> CountUnconfirmed:
    """Return the step that counts overdue banks, with the ports that it needs."""
    return CountUnconfirmed(
        batches=at.batches, agreements=at.agreements, confirm_days=at.confirm_days
    )
