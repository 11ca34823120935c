"""Applies a chunk of a file, takes back what one states, or brings a list of premiums on."""

from typing import Any

from chalicelib.adapters.ports import Ports
from chalicelib.domain.jobs import ChunkJob, ListJob, ReverseJob
from chalicelib.errors import NotYet
from chalicelib.kinds.registry import KINDS
from chalicelib.lambdas import sqs_batch, telemetry, wiring
from chalicelib.steps.enroll import EnrollChunk
from chalicelib.steps.list_premiums import ListPremiums
from chalicelib.steps.reverse import ReverseChunk

# Load this stage of every kind at start, when Lambda gives a process the most of a processor.
for _kind in KINDS:
    _kind.applying()


def run(event: Any, context: Any) -> dict[str, Any]:
    """Handle messages of the chunk queue, which carries three kinds of jobs."""
    return sqs_batch.each(
        event,
        lambda body: _apply(body, wiring.invocation(context)),
        aside=lambda body: _set_aside(body, wiring.invocation(context)),
    )


def step(at: Ports) -> EnrollChunk:
    """Return the step with the ports that it needs."""
    return EnrollChunk(
        batches=at.batches,
        enrollments=at.enrollments,
        ledger=at.ledger,
        objects=at.objects,
        outbox=at.outbox,
        agreements=at.agreements,
        clock=at.clock,
        deadline=at.deadline,
    )


def reverse_step(at: Ports) -> ReverseChunk:
    """Return the step that reverses a chunk, with the ports that it needs."""
    return ReverseChunk(
        batches=at.batches,
        enrollments=at.enrollments,
        ledger=at.ledger,
        reversals=at.reversals,
        objects=at.objects,
        outbox=at.outbox,
        agreements=at.agreements,
        clock=at.clock,
        deadline=at.deadline,
    )


def list_step(at: Ports) -> ListPremiums:
    """Return the step that makes a list of premiums, with the ports that it needs."""
    return ListPremiums(
        remittances=at.remittances,
        batches=at.batches,
        enrollments=at.enrollments,
        objects=at.objects,
        outbox=at.outbox,
        clock=at.clock,
        deadline=at.deadline,
    )


def _apply(body: str, at: Ports) -> None:
    job = sqs_batch.job_of((ChunkJob, ReverseJob, ListJob), body)
    if isinstance(job, ListJob):
        list_step(at).run(job)
        return
    if isinstance(job, ReverseJob):
        telemetry.about(job.batch, job.reverse)
        telemetry.count_reversed(reverse_step(at).run(job))
        return
    telemetry.about(job.batch, job.chunk)
    with telemetry.timed("ChunkSeconds"):
        closed = step(at).run(job)
    telemetry.count_chunk(closed)


def _set_aside(body: str, at: Ports) -> None:
    """End a chunk that cannot be applied.

    Raises:
        NotYet: the job reverses a chunk of confirmations: half a reversal is no end.
    """
    job = sqs_batch.job_of((ChunkJob, ReverseJob, ListJob), body)
    if isinstance(job, ListJob):
        list_step(at).set_aside(job)
        return
    telemetry.about(job.batch, job.reverse if isinstance(job, ReverseJob) else job.chunk)
    if isinstance(job, ReverseJob):
        raise NotYet("a reversal is finished or repaired, never set aside")
    telemetry.count_chunk(step(at).set_aside(job))
