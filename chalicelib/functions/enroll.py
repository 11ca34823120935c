"""Enrolls the people of a chunk."""

from typing import Any

from chalicelib import deliveries, enroll, telemetry, wiring
from chalicelib.domain.jobs import ChunkJob


def run(event: Any, context: Any) -> dict[str, Any]:
    """Messages of the chunk queue."""
    return deliveries.each(event, lambda body: _enroll(body, context))


def _enroll(body: str, context: Any) -> None:
    job = deliveries.job(ChunkJob, body)
    telemetry.about(job.batch, job.chunk)
    with telemetry.timed("ChunkSeconds"):
        closed = enroll.enroll_chunk(job, **wiring.given(enroll.enroll_chunk, context))
    telemetry.count_chunk(closed)
