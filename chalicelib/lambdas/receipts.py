"""Takes the carriers' receipts from their queue; `forward` puts them there."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.errors import MessageMalformed
from chalicelib.lambdas import sqs_batch, telemetry, wiring
from chalicelib.steps.receipts import TakeReceipts


def run(event: Any, context: Any) -> Any:
    """Handle one delivery of SQS."""
    take = step(wiring.invocation(context))

    def do(body: str) -> None:
        telemetry.count_receipts(take.run(event_of(body)))

    # Messages without a receipt end as `unconfirmed`.
    return sqs_batch.each(event, do, aside=event_of)


def step(at: Ports) -> TakeReceipts:
    """Return the step with the ports that it needs."""
    return TakeReceipts(
        enrollments=at.enrollments,
        outbox=at.outbox,
        clock=at.clock,
        deadline=at.deadline,
    )


def event_of(body: str) -> Mapping[str, Any]:
    """Return the event of the delivery logs in a message.

    The message is the event, or Lambda's record of a call of `forward` that failed in all its
    tries: Lambda puts it into the same queue.

    Raises:
        MessageMalformed: it is neither.
    """
    try:
        found = json.loads(body)
    except ValueError:
        raise MessageMalformed("not JSON") from None
    event = found.get("requestPayload", found) if isinstance(found, dict) else None
    if not isinstance(event, dict):
        raise MessageMalformed("no event of a log subscription")
    return event
