"""Deletes one person's data on their request; an administrator invokes it."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.lambdas import sqs_batch, wiring
from chalicelib.steps.erase import ErasePerson, EraseRequest


def run(event: Any, context: Any) -> dict[str, Any]:
    """Handle an `EraseRequest`; the answer lists what was deleted."""
    request = sqs_batch.valid(EraseRequest, event)
    erased = step(wiring.invocation(context)).run(request)
    return erased.model_dump(mode="json")


def step(at: Ports) -> ErasePerson:
    """Return the step with the ports that it needs."""
    return ErasePerson(
        enrollments=at.enrollments,
        batches=at.batches,
        objects=at.objects,
        outbox=at.outbox,
        clock=at.clock,
        deadline=at.deadline,
    )
