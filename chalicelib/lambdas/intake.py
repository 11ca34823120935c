"""Reads each uploaded file, and splits it into chunks."""

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.ports import Ports
from chalicelib.domain.person.reference import batch_id
from chalicelib.kinds.registry import KINDS
from chalicelib.lambdas import sqs_batch, telemetry, wiring
from chalicelib.steps.intake import TakeUpload, uploads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.file.batch import Batch, Upload

# Load this stage of every kind at start, when Lambda gives a process the most of a processor.
for _kind in KINDS:
    _kind.reading()


def run(event: Any, context: Any) -> dict[str, Any]:
    """Handle S3's notifications of new objects under `incoming/`."""
    return sqs_batch.each(
        event,
        lambda body: _take(body, wiring.invocation(context)),
        aside=lambda body: _set_aside(body, wiring.invocation(context)),
    )


def step(at: Ports) -> TakeUpload:
    """Return the step with the ports that it needs."""
    return TakeUpload(
        batches=at.batches,
        objects=at.objects,
        outbox=at.outbox,
        readers=at.readers,
        agreements=at.agreements,
        gates=at.gates,
        sending=at.sending,
        chunk_rows=at.chunk_rows,
        clock=at.clock,
        deadline=at.deadline,
    )


def _take(body: str, at: Ports) -> None:
    found = uploads(body)
    telemetry.about(", ".join(batch_id(each.bucket, each.key, each.version) for each in found))
    read: list[Batch] = []
    try:
        take_each(step(at), found, read)
    finally:
        telemetry.count_files(read)


def _set_aside(body: str, at: Ports) -> None:
    for upload in uploads(body):
        batch = step(at).set_aside(upload)
        telemetry.about(batch.id)


def take_each(step: TakeUpload, uploads: "Sequence[Upload]", read: "list[Batch]") -> None:
    """Take each upload in; a fault with one does not stop the others.

    Files that were read to their end are added to `read`.

    Raises:
        Exception: the first that an upload raised, after all of them were tried.
    """
    faults: list[Exception] = []
    for upload in uploads:
        try:
            step.run(upload, read=read)
        except Exception as fault:  # noqa: BLE001  # raised below
            faults.append(fault)
    if faults:
        raise faults[0]
