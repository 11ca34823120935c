"""Sends up to 25 people their confirmation, or one person the message that staff ordered."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.domain.jobs import SingleSmsJob, SmsJob
from chalicelib.lambdas import sqs_batch, telemetry, wiring
from chalicelib.steps.notify import SendConfirmations, SendCounts


def run(event: Any, context: Any) -> dict[str, Any]:
    """Handle messages of the two SMS queues."""
    claim: str = context.aws_request_id
    return sqs_batch.each(
        event,
        lambda body: _send(body, wiring.invocation(context), claim),
        aside=lambda body: _send(body, wiring.invocation(context), claim, aside=True),
    )


def step(at: Ports, *, single: bool = False) -> SendConfirmations:
    """Return the step with the ports that it needs: with the pace of files, or of single messages.

    The paces are apart, so that the workers of both queues together keep to the rate.
    """
    return SendConfirmations(
        enrollments=at.enrollments,
        batches=at.batches,
        sms_sender=at.sms_sender,
        outbox=at.outbox,
        agreements=at.agreements,
        gates=at.gates,
        sending=at.sending,
        pace=at.single_pace if single else at.pace,
        only_to=at.only_to,
        clock=at.clock,
        deadline=at.deadline,
    )


def _send(body: str, at: Ports, claim: str, *, aside: bool = False) -> None:
    job = sqs_batch.job_of((SmsJob, SingleSmsJob), body)
    telemetry.about(job.batch, job.chunk)
    counts = SendCounts()
    try:
        step(at, single=isinstance(job, SingleSmsJob)).run(
            job, claim=claim, counts=counts, aside=aside
        )
    finally:
        telemetry.count_messages(counts)
