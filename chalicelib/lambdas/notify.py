"""Sends up to 25 people their confirmation."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.domain.jobs import SmsJob
from chalicelib.lambdas import sqs_batch, telemetry, wiring
from chalicelib.steps.notify import SendConfirmations, SendCounts


def run(event: Any, context: Any) -> dict[str, Any]:
    """Handle messages of the SMS queue."""
    claim: str = context.aws_request_id
    return sqs_batch.each(
        event,
        lambda body: _send(body, wiring.invocation(context), claim),
        aside=lambda body: _send(body, wiring.invocation(context), claim, aside=True),
    )


def step(at: Ports) -> SendConfirmations:
    """Return the step with the ports that it needs."""
    return SendConfirmations(
        enrollments=at.enrollments,
        batches=at.batches,
        sms_sender=at.sms_sender,
        outbox=at.outbox,
        agreements=at.agreements,
        gates=at.gates,
        sending=at.sending,
        pace=at.pace,
        only_to=at.only_to,
        clock=at.clock,
        deadline=at.deadline,
    )


def _send(body: str, at: Ports, claim: str, *, aside: bool = False) -> None:
    job = sqs_batch.job(SmsJob, body)
    telemetry.about(job.batch, job.chunk)
    counts = SendCounts()
    try:
        step(at).run(job, claim=claim, counts=counts, aside=aside)
    finally:
        telemetry.count_messages(counts)
