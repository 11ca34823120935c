"""Sends the failed messages of a chunk again, as staff ordered."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.domain.jobs import ResendJob
from chalicelib.lambdas import sqs_batch, telemetry, wiring
from chalicelib.steps.resend import ResendFailed


def run(event: Any, context: Any) -> dict[str, Any]:
    """Handle messages of the resend queue."""
    return sqs_batch.each(
        event, lambda body: _resend(body, wiring.invocation(context)), aside=_set_aside
    )


def step(at: Ports) -> ResendFailed:
    """Return the step with the ports that it needs."""
    return ResendFailed(
        batches=at.batches,
        enrollments=at.enrollments,
        objects=at.objects,
        outbox=at.outbox,
        agreements=at.agreements,
        clock=at.clock,
        deadline=at.deadline,
    )


def _resend(body: str, at: Ports) -> None:
    job = sqs_batch.job(ResendJob, body)
    telemetry.about(job.batch, job.chunk)
    telemetry.count_resent(step(at).run(job))


def _set_aside(body: str) -> None:
    """End an order: its messages stay `failed`, and staff may order them again."""
    job = sqs_batch.job(ResendJob, body)
    telemetry.about(job.batch, job.chunk)
