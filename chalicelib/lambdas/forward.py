"""Forwards the carriers' receipts: CloudWatch delivers SNS's delivery logs."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.lambdas import wiring
from chalicelib.steps.receipts import ForwardReceipts


def run(event: Any, context: Any) -> dict[str, int]:
    """Handle one delivery of CloudWatch; the answer has the number of queued messages."""
    return {"messages": step(wiring.invocation(context)).run(event)}


def step(at: Ports) -> ForwardReceipts:
    """Return the step with the ports that it needs."""
    return ForwardReceipts(outbox=at.outbox)
