"""Has the failed messages of a chunk sent again, as staff ordered."""

from typing import Any

from chalicelib import deliveries, resend, telemetry, wiring
from chalicelib.domain.jobs import ResendJob


def run(event: Any, context: Any) -> dict[str, Any]:
    """Messages of the queue of such orders."""
    return deliveries.each(event, lambda body: _resend(body, context))


def _resend(body: str, context: Any) -> None:
    job = deliveries.job(ResendJob, body)
    telemetry.about(job.batch, job.chunk)
    messages = resend.resend_failed(job, **wiring.given(resend.resend_failed, context))
    telemetry.count_resent(messages)
