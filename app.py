"""Triggers and routes of payung, in processing order.

The work is done elsewhere: `chalicelib.lambdas` has a module for each function. A process imports
only its own function, so the imports are inside the handlers.
"""

# ruff: noqa: PLC0415  # see above

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

# All objects that are created during the start stay alive. A search for garbage among them takes a
# tenth of the start.
gc.disable()

from chalice.app import (  # noqa: E402  # see above
    Chalice,
    CloudWatchEvent,
    CognitoUserPoolAuthorizer,
    Cron,
    Rate,
    Request,
    Response,
    SQSEvent,
)

from chalicelib import lambdas, settings  # noqa: E402  # see above
from chalicelib.lambdas import telemetry  # noqa: E402  # see above

if TYPE_CHECKING:
    from chalicelib.api.requests import Answer, Endpoint
    from chalicelib.api.site import Page

# Powertools writes the logs (chalicelib.lambdas.telemetry), to one stream and in one format.
app = Chalice(app_name="payung", configure_logs=False)
app.register_middleware(telemetry.observed, "all")
# The template sets the user pool: Chalice can only name one, not refer to it.
authorizer = CognitoUserPoolAuthorizer("payung", provider_arns=["arn:of:the:template"])


@app.on_sqs_message(queue="payung-intake", name="intake", batch_size=1)
def take_uploads(event: SQSEvent) -> Any:
    """Read each new object under `incoming/`, and split it into chunks."""
    from chalicelib.lambdas import intake

    return intake.run(event.to_dict(), event.context)


@app.on_sqs_message(queue="payung-chunks", name="enroll", batch_size=1)
def enroll_chunks(event: SQSEvent) -> Any:
    """Enroll the people of a chunk."""
    from chalicelib.lambdas import enroll

    return enroll.run(event.to_dict(), event.context)


@app.on_sqs_message(queue="payung-sms", name="notify", batch_size=1)
def send_confirmations(event: SQSEvent) -> Any:
    """Send up to 25 people their confirmation."""
    from chalicelib.lambdas import notify

    return notify.run(event.to_dict(), event.context)


@app.lambda_function(name="forward")
def forward_receipts(event: dict[str, Any], context: Any) -> Any:
    """Forward the carriers' receipts into their queue: CloudWatch delivers SNS's delivery logs."""
    from chalicelib.lambdas import forward

    return forward.run(event, context)


@app.on_sqs_message(queue="payung-receipts", name="receipts", batch_size=1)
def take_receipts(event: SQSEvent) -> Any:
    """Take the carriers' receipts."""
    from chalicelib.lambdas import receipts

    return receipts.run(event.to_dict(), event.context)


@app.on_sqs_message(queue="payung-resend", name="resend", batch_size=1)
def send_failed_again(event: SQSEvent) -> Any:
    """Send the failed messages of a chunk again, as staff ordered."""
    from chalicelib.lambdas import resend

    return resend.run(event.to_dict(), event.context)


# Aligned with the clock, so that messages begin and end with the window.
@app.schedule(Cron("0/5", "*", "*", "*", "?", "*"), name="gate")
def keep_gate(event: CloudWatchEvent) -> Any:
    """Switch the SMS queue's trigger as window, pauses and budget demand."""
    from chalicelib.lambdas import gate

    return gate.run(event.to_dict(), event.context)


@app.on_sqs_message(queue="payung-reports", name="report", batch_size=1)
def write_reports(event: SQSEvent) -> Any:
    """Write the result files of a finished or refused file, or a bank's outreach lists."""
    from chalicelib.lambdas import report

    return report.run(event.to_dict(), event.context)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
def sweep_unfinished_files(event: CloudWatchEvent) -> Any:
    """Find files that make no progress, and send again what they lack."""
    from chalicelib.lambdas import sweep

    return sweep.run(event.to_dict(), event.context)


@app.lambda_function(name="erase")
def erase_one_person(event: dict[str, Any], context: Any) -> Any:
    """Delete one person's data on their request; an administrator invokes it."""
    from chalicelib.lambdas import erase

    return erase.run(event, context)


@app.middleware("http")
def format_framework_errors(event: Request, get_response: Callable[[Any], Response]) -> Response:
    """Give the framework's own error responses the format of all other answers."""
    from chalicelib.lambdas import api_handler

    response = get_response(event)
    original = event.to_original_event()
    instead = api_handler.refused(response.status_code, response.body, original, app.lambda_context)
    return response if instead is None else _response(instead)


@app.route("/")
def show_page() -> Response:
    """Return the page for browsers: it signs people in, and uses the API below."""
    from chalicelib.lambdas import api_handler

    request = _current()
    return _response(api_handler.page(request.to_original_event(), _known(request)))


@app.route("/assets/{name}")
def show_asset(name: str) -> Response:
    """Return a file that the page loads."""
    from chalicelib.lambdas import api_handler

    return _response(api_handler.asset(name, _known(_current())))


def bind(endpoint: "Endpoint") -> None:
    """Register an endpoint as a route; API Gateway accepts only verified ID tokens."""

    def handle(**path: str) -> Response:
        from chalicelib.lambdas import api_handler

        request = _current()
        event, body = request.to_original_event(), request.raw_body
        return _response(api_handler.endpoint(endpoint, path, event, body, app.lambda_context))

    handle.__doc__ = endpoint.summary
    route = app.route(
        endpoint.path,
        methods=[endpoint.method],
        # Chalice keeps functions and routes under one set of names, and `resend` is a function.
        name=f"answer_{endpoint.name}",
        authorizer=authorizer,
    )
    route(handle)


def _current() -> Request:
    """Return the request that is being answered.

    Raises:
        RuntimeError: called outside a request.
    """
    if app.current_request is None:
        raise RuntimeError("there is no request")
    return app.current_request


def _response(answer: "Answer | Page") -> Response:
    return Response(answer.body, dict(answer.headers), answer.status)


def _known(request: Request) -> str | None:
    known: str | None = request.headers.get("if-none-match")
    return known


def _called_by(handler: str | None) -> str | None:
    """Return the name of the function behind a handler; None if there is none.

    Chalice chooses the names of handlers, so this reads them from Chalice.
    """
    registered: list[Any] = [*app.event_sources, *app.pure_lambda_functions]
    names: dict[str | None, str] = {each.handler_string: each.name for each in registered}
    return {**names, "app.app": lambdas.API_HANDLER}.get(handler)


_own = _called_by(settings.handler())
# Only the process behind the API needs the routes and their modules.
if _own in {None, lambdas.API_HANDLER}:
    from chalicelib.api.endpoints import ENDPOINTS

    for each in ENDPOINTS:
        bind(each)
if _own:
    lambdas.prepare(_own)
gc.enable()
