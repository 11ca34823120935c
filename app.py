"""Triggers and routes of payung, in the order in which a file travels.

A handler parses, calls one step and returns; what the steps do stands in `chalicelib`.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from chalice.app import Chalice, CloudWatchEvent, Rate, Request, Response, SQSEvent
from pydantic import BaseModel, ValidationError

from chalicelib import (
    deliveries,
    enroll,
    erase,
    intake,
    notify,
    queries,
    report,
    telemetry,
    wiring,
)
from chalicelib.domain.jobs import ChunkJob, ReportJob, SmsJob
from chalicelib.faults import log_fault
from chalicelib.sweep import Sweep, Swept

AnyRequest = TypeVar("AnyRequest", bound=BaseModel)

# Powertools logs for us (chalicelib.telemetry), to one stream and in one shape.
app = Chalice(app_name="payung", configure_logs=False)
app.register_middleware(telemetry.observed, "all")


@app.on_sqs_message(queue="payung-intake", name="intake", batch_size=1)
def take_uploads(event: SQSEvent) -> dict[str, Any]:
    """S3 tells of new objects under `incoming/`: read each file and split it into chunks."""
    return deliveries.each(event.to_dict(), lambda body: _take_uploads(body, event.context))


@app.on_sqs_message(queue="payung-chunks", name="enroll", batch_size=1)
def enroll_chunks(event: SQSEvent) -> dict[str, Any]:
    """Enroll the people of a chunk."""
    return deliveries.each(event.to_dict(), lambda body: _enroll_chunk(body, event.context))


@app.on_sqs_message(queue="payung-sms", name="notify", batch_size=1)
def send_confirmations(event: SQSEvent) -> dict[str, Any]:
    """Send up to 25 people their confirmation."""
    return deliveries.each(event.to_dict(), lambda body: _send_confirmations(body, event.context))


@app.on_sqs_message(queue="payung-reports", name="report", batch_size=1)
def write_reports(event: SQSEvent) -> dict[str, Any]:
    """Write the result files of a finished or refused file."""
    return deliveries.each(event.to_dict(), lambda body: _write_report(body, event.context))


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
def look_for_files_that_stand_still(event: CloudWatchEvent) -> None:
    """Find files that make no progress and send again what they lack."""
    telemetry.count_sweep(_sweep(event.context))


@app.lambda_function(name="erase")
def erase_one_person(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Delete one person's data on their request; invoked by an administrator."""
    return _erase(event, context).model_dump(mode="json")


@app.route("/enrollments/lookup", methods=["POST"])
def look_up_enrollment() -> Response:
    """Is this person protected?"""
    return _answer(
        lambda: queries.look_up(
            _request(queries.LookupRequest),
            enrollments=wiring.world().enrollments,
            agreements=wiring.world().agreements,
            clock=wiring.world().clock,
        )
    )


@app.route("/batches/{batch}")
def show_batch(batch: str) -> Response:
    """How far is this file?"""
    return _answer(lambda: queries.show_batch(batch, batches=wiring.world().batches))


def _take_uploads(body: str, context: Any) -> None:
    world = wiring.world()
    intake.take_uploads(
        intake.uploads(body),
        batches=world.batches,
        objects=world.objects,
        intake_queue=world.intake_queue,
        chunk_queue=world.chunk_queue,
        report_queue=world.report_queue,
        agreements=world.agreements,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
        chunk_rows=world.settings.chunk_rows,
    )


def _enroll_chunk(body: str, context: Any) -> None:
    world = wiring.world()
    enroll.enroll_chunk(
        deliveries.job(ChunkJob, body),
        batches=world.batches,
        enrollments=world.enrollments,
        objects=world.objects,
        sms_queue=world.sms_queue,
        report_queue=world.report_queue,
        agreements=world.agreements,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
    )


def _send_confirmations(body: str, context: Any) -> None:
    world = wiring.world()
    notify.send_confirmations(
        deliveries.job(SmsJob, body),
        claim=context.aws_request_id,
        enrollments=world.enrollments,
        batches=world.batches,
        texter=world.texter,
        sms_queue=world.sms_queue,
        report_queue=world.report_queue,
        agreements=world.agreements,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
        pace=world.pace,
        only_to=world.only_to,
    )


def _write_report(body: str, context: Any) -> None:
    world = wiring.world()
    report.write_report(
        deliveries.job(ReportJob, body),
        batches=world.batches,
        objects=world.objects,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
    )


def _current() -> Request:
    """Return the request that is being answered.

    Raises:
        RuntimeError: called outside a request.
    """
    if app.current_request is None:
        raise RuntimeError("there is no request")
    return app.current_request


def _sweep(context: Any) -> Swept:
    world = wiring.world()
    return Sweep(
        batches=world.batches,
        enrollments=world.enrollments,
        objects=world.objects,
        intake_queue=world.intake_queue,
        chunk_queue=world.chunk_queue,
        sms_queue=world.sms_queue,
        report_queue=world.report_queue,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
    ).run()


def _erase(event: dict[str, Any], context: Any) -> erase.Erased:
    world = wiring.world()
    return erase.erase_person(
        deliveries.valid(erase.EraseRequest, event),
        enrollments=world.enrollments,
        batches=world.batches,
        objects=world.objects,
        report_queue=world.report_queue,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
    )


def _request(kind: type[AnyRequest]) -> AnyRequest:
    """Return the request's body as a model.

    Raises:
        queries.BadRequest: it is no JSON, or has other fields.
    """
    try:
        return kind.model_validate_json(_current().raw_body)
    except ValidationError as error:
        # What was sent may hold a NIK; only the places are named.
        where = ", ".join(deliveries.places(kind, error)) or "bukan JSON"
        told = f"Permintaan tidak dapat dibaca: {where}."
        raise queries.BadRequest("request_invalid", told) from None


def _answer(ask: Callable[[], BaseModel]) -> Response:
    try:
        body, status = ask().model_dump_json(), 200
    except queries.QueryError as error:
        body, status = _error(error.code, error.message), error.status
    except Exception as error:  # noqa: BLE001  # Chalice would log its text, which may hold a NIK
        log_fault(error)
        body, status = _error("internal", "Ada gangguan. Silakan coba lagi."), 500
    return Response(body=body, status_code=status, headers={"Content-Type": "application/json"})


def _error(code: str, message: str) -> str:
    # API Gateway gives each request an id; where there is none, it is the invocation's.
    context = app.lambda_context
    request_id = _current().context.get("requestId") or getattr(context, "aws_request_id", None)
    error = {"code": code, "message": message, "request_id": request_id}
    return json.dumps({"error": error}, ensure_ascii=False)
