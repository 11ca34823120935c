"""Switches the SMS queue's trigger as window, pauses and budget demand."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.lambdas import telemetry, wiring
from chalicelib.steps.gate import Gatekeeper


def run(_: Any, context: Any) -> None:
    """Handle a scheduled event."""
    telemetry.count_gate(step(wiring.invocation(context)).keep())


def step(at: Ports) -> Gatekeeper:
    """Return the step with the ports that it needs."""
    return Gatekeeper(
        gates=at.gates,
        event_source=at.event_source,
        sending=at.sending,
        clock=at.clock,
    )
