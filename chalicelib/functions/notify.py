"""Sends up to 25 people their confirmation."""

from typing import Any

from chalicelib import deliveries, notify, telemetry, wiring
from chalicelib.domain.jobs import SmsJob


def run(event: Any, context: Any) -> dict[str, Any]:
    """Messages of the SMS queue."""
    return deliveries.each(event, lambda body: _send(body, context))


def _send(body: str, context: Any) -> None:
    job = deliveries.job(SmsJob, body)
    telemetry.about(job.batch, job.chunk)
    told = notify.Told()
    own = {"claim": context.aws_request_id, "told": told}
    try:
        notify.send_confirmations(job, **wiring.given(notify.send_confirmations, context, **own))
    finally:
        telemetry.count_messages(told)
