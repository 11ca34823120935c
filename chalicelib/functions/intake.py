"""Reads each uploaded file, and splits it into chunks."""

from typing import TYPE_CHECKING, Any

from chalicelib import deliveries, intake, telemetry, wiring
from chalicelib.domain.reference import batch_id

if TYPE_CHECKING:
    from chalicelib.domain.batch import Batch


def run(event: Any, context: Any) -> dict[str, Any]:
    """S3's notifications of new objects under `incoming/`."""
    return deliveries.each(event, lambda body: _take(body, context))


def _take(body: str, context: Any) -> None:
    uploads = intake.uploads(body)
    telemetry.about(", ".join(batch_id(each.bucket, each.key, each.version) for each in uploads))
    read: list[Batch] = []
    try:
        # It hands on to `take_upload`, for each, whatever that needs.
        intake.take_uploads(uploads, **wiring.given(intake.take_upload, context, read=read))
    finally:
        telemetry.count_files(read)
