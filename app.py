"""Triggers and routes of payung, in the order in which a file travels.

A handler parses, calls one step and returns; what the steps do stands in `chalicelib`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from chalice.app import (
    Chalice,
    CloudWatchEvent,
    CognitoUserPoolAuthorizer,
    Cron,
    Rate,
    Request,
    Response,
    SQSEvent,
)

from chalicelib import (
    api,
    deliveries,
    enroll,
    erase,
    gate,
    intake,
    notify,
    outreach,
    receipts,
    report,
    resend,
    site,
    telemetry,
    wiring,
)
from chalicelib.domain.jobs import ChunkJob, OutreachJob, ReportJob, ResendJob, SmsJob
from chalicelib.domain.reference import batch_id
from chalicelib.endpoints import ENDPOINTS
from chalicelib.sweep import Sweep, Swept

if TYPE_CHECKING:
    from chalicelib.domain.batch import Batch

# Powertools logs for us (chalicelib.telemetry), to one stream and in one shape.
app = Chalice(app_name="payung", configure_logs=False)
app.register_middleware(telemetry.observed, "all")
# Whose tokens it takes is set by the template: Chalice can only name a user pool, not point at it.
authorizer = CognitoUserPoolAuthorizer("payung", provider_arns=["arn:of:the:template"])
_TO_ANSWER = 1.5  # seconds kept back to answer, and to leave a trace


@app.middleware("http")
def answer_in_our_words(event: Request, get_response: Callable[[Any], Response]) -> Response:
    """What the framework itself refuses has the shape of all other answers."""
    response = get_response(event)
    if isinstance(response.body, dict) and response.status_code in api.UNASKED:
        return _response(api.unasked(response.status_code, _request_id(event)))
    return response


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


@app.lambda_function(name="receipts")
def take_receipts(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The carriers' receipts, as CloudWatch hands on SNS's delivery logs."""
    return _take_receipts(event, context)


@app.on_sqs_message(queue="payung-resend", name="resend", batch_size=1)
def send_failed_again(event: SQSEvent) -> dict[str, Any]:
    """Have the failed messages of a chunk sent again, as staff ordered."""
    return deliveries.each(event.to_dict(), lambda body: _resend_failed(body, event.context))


# Aligned with the clock, so that messages begin and end with the window.
@app.schedule(Cron("0/5", "*", "*", "*", "?", "*"), name="gate")
def keep_gate(event: CloudWatchEvent) -> None:
    """Switch the SMS queue's trigger as window, pauses and budget have it."""
    telemetry.count_gate(_keep_gate(event.context))


@app.on_sqs_message(queue="payung-reports", name="report", batch_size=1)
def write_reports(event: SQSEvent) -> dict[str, Any]:
    """Write the result files of a finished or refused file, or a bank's outreach lists."""
    return deliveries.each(event.to_dict(), lambda body: _write_report(body, event.context))


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
def look_for_files_that_stand_still(event: CloudWatchEvent) -> None:
    """Find files that make no progress and send again what they lack."""
    telemetry.count_sweep(_sweep(event.context))


@app.lambda_function(name="erase")
def erase_one_person(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Delete one person's data on their request; invoked by an administrator."""
    return _erase(event, context).model_dump(mode="json")


@app.route("/")
def show_page() -> Response:
    """The page that people use in a browser; it signs them in, and asks the API below."""
    request = _current()
    base = f"{request.context['path'].rstrip('/')}/"
    return _page(site.index(wiring.world().settings, base=base, known=_known(request)))


@app.route("/assets/{name}")
def show_asset(name: str) -> Response:
    """What the page loads."""
    return _page(site.asset(name, known=_known(_current())))


def bind(endpoint: api.Endpoint) -> None:
    """Make a route of an endpoint of the API; API Gateway lets only verified ID tokens through."""

    def handle(**path: str) -> Response:
        return _answer(endpoint, path)

    handle.__doc__ = endpoint.summary
    route = app.route(
        endpoint.path,
        methods=[endpoint.method],
        # The functions have names in the same place, one of them `resend`.
        name=f"answer_{endpoint.name}",
        authorizer=authorizer,
    )
    route(handle)


for each in ENDPOINTS:
    bind(each)


def _take_uploads(body: str, context: Any) -> None:
    world = wiring.world()
    uploads = intake.uploads(body)
    telemetry.about(", ".join(batch_id(each.bucket, each.key, each.version) for each in uploads))
    read: list[Batch] = []
    try:
        intake.take_uploads(
            uploads,
            read=read,
            batches=world.batches,
            objects=world.objects,
            intake_queue=world.intake_queue,
            chunk_queue=world.chunk_queue,
            report_queue=world.report_queue,
            agreements=world.agreements,
            clock=world.clock,
            deadline=wiring.deadline(context.get_remaining_time_in_millis),
            chunk_rows=world.settings.chunk_rows,
            gates=world.gates,
            sending=world.sending,
        )
    finally:
        telemetry.count_files(read)


def _enroll_chunk(body: str, context: Any) -> None:
    world = wiring.world()
    job = deliveries.job(ChunkJob, body)
    telemetry.about(job.batch, job.chunk)
    with telemetry.timed("ChunkSeconds"):
        closed = enroll.enroll_chunk(
            job,
            batches=world.batches,
            enrollments=world.enrollments,
            objects=world.objects,
            sms_queue=world.sms_queue,
            report_queue=world.report_queue,
            agreements=world.agreements,
            clock=world.clock,
            deadline=wiring.deadline(context.get_remaining_time_in_millis),
        )
    telemetry.count_chunk(closed)


def _send_confirmations(body: str, context: Any) -> None:
    world = wiring.world()
    job = deliveries.job(SmsJob, body)
    telemetry.about(job.batch, job.chunk)
    told = notify.Told()
    try:
        notify.send_confirmations(
            job,
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
            gates=world.gates,
            sending=world.sending,
            only_to=world.only_to,
            told=told,
        )
    finally:
        telemetry.count_messages(told)


def _take_receipts(event: dict[str, Any], context: Any) -> dict[str, Any]:
    world = wiring.world()
    taken = receipts.take_receipts(
        event,
        enrollments=world.enrollments,
        report_queue=world.report_queue,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
    )
    telemetry.count_receipts(taken)
    return asdict(taken)


def _resend_failed(body: str, context: Any) -> None:
    world = wiring.world()
    job = deliveries.job(ResendJob, body)
    telemetry.about(job.batch, job.chunk)
    messages = resend.resend_failed(
        job,
        batches=world.batches,
        enrollments=world.enrollments,
        objects=world.objects,
        sms_queue=world.sms_queue,
        agreements=world.agreements,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
    )
    telemetry.count_resent(messages)


def _keep_gate(context: Any) -> gate.Kept:
    world = wiring.world()
    return gate.keep_gate(
        gates=world.gates,
        trigger=world.trigger,
        sending=world.sending,
        clock=world.clock,
        deadline=wiring.deadline(context.get_remaining_time_in_millis),
    )


def _write_report(body: str, context: Any) -> None:
    world = wiring.world()
    deadline = wiring.deadline(context.get_remaining_time_in_millis)
    job = deliveries.job_of((ReportJob, OutreachJob), body)
    if isinstance(job, OutreachJob):
        outreach.write_outreach(
            job,
            batches=world.batches,
            enrollments=world.enrollments,
            objects=world.objects,
            agreements=world.agreements,
            clock=world.clock,
            deadline=deadline,
        )
        return
    telemetry.about(job.batch)
    reported = report.write_report(
        job,
        batches=world.batches,
        objects=world.objects,
        clock=world.clock,
        deadline=deadline,
    )
    telemetry.count_report(reported)


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
        gates=world.gates,
        sending=world.sending,
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


def _answer(endpoint: api.Endpoint, path: Mapping[str, str]) -> Response:
    request = _current()
    context: Any = app.lambda_context
    event = request.to_original_event()
    asked = api.Request(
        path=path,
        query=event["multiValueQueryStringParameters"] or {},
        body=_bytes(request.raw_body),
        claims=request.context.get("authorizer", {}).get("claims"),
        id=_request_id(request),
    )
    deadline = wiring.deadline(context.get_remaining_time_in_millis, reserve=_TO_ANSWER)
    return _response(api.answered(endpoint, asked, wiring.world, deadline))


def _response(answer: api.Answer) -> Response:
    return Response(answer.body, dict(answer.headers), answer.status)


def _page(page: site.Page) -> Response:
    return Response(page.body, dict(page.headers), page.status)


def _known(request: Request) -> str | None:
    known: str | None = request.headers.get("if-none-match")
    return known


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _request_id(request: Request) -> str | None:
    # API Gateway gives each request an id; where there is none, it is the invocation's.
    context = app.lambda_context
    return request.context.get("requestId") or getattr(context, "aws_request_id", None)
