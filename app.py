"""Triggers and routes of payung, in the order in which a file travels.

Nothing is done here: `chalicelib.functions` has a module for each function, and each process gets
only its own.
"""

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

# What is made from here to the end stays for good: to look for garbage among it takes a tenth of
# the time that it takes to start.
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

from chalicelib import functions, settings, telemetry  # noqa: E402  # see above

if TYPE_CHECKING:
    from chalicelib.api import Answer, Endpoint
    from chalicelib.site import Page

# Powertools logs for us (chalicelib.telemetry), to one stream and in one shape.
app = Chalice(app_name="payung", configure_logs=False)
app.register_middleware(telemetry.observed, "all")
# Whose tokens it takes is set by the template: Chalice can only name a user pool, not point at it.
authorizer = CognitoUserPoolAuthorizer("payung", provider_arns=["arn:of:the:template"])


@app.on_sqs_message(queue="payung-intake", name="intake", batch_size=1)
def take_uploads(event: SQSEvent) -> Any:
    """S3 tells of new objects under `incoming/`: read each file and split it into chunks."""
    return functions.run("intake", event.to_dict(), event.context)


@app.on_sqs_message(queue="payung-chunks", name="enroll", batch_size=1)
def enroll_chunks(event: SQSEvent) -> Any:
    """Enroll the people of a chunk."""
    return functions.run("enroll", event.to_dict(), event.context)


@app.on_sqs_message(queue="payung-sms", name="notify", batch_size=1)
def send_confirmations(event: SQSEvent) -> Any:
    """Send up to 25 people their confirmation."""
    return functions.run("notify", event.to_dict(), event.context)


@app.lambda_function(name="receipts")
def take_receipts(event: dict[str, Any], context: Any) -> Any:
    """The carriers' receipts, as CloudWatch hands on SNS's delivery logs."""
    return functions.run("receipts", event, context)


@app.on_sqs_message(queue="payung-resend", name="resend", batch_size=1)
def send_failed_again(event: SQSEvent) -> Any:
    """Have the failed messages of a chunk sent again, as staff ordered."""
    return functions.run("resend", event.to_dict(), event.context)


# Aligned with the clock, so that messages begin and end with the window.
@app.schedule(Cron("0/5", "*", "*", "*", "?", "*"), name="gate")
def keep_gate(event: CloudWatchEvent) -> Any:
    """Switch the SMS queue's trigger as window, pauses and budget have it."""
    return functions.run("gate", event.to_dict(), event.context)


@app.on_sqs_message(queue="payung-reports", name="report", batch_size=1)
def write_reports(event: SQSEvent) -> Any:
    """Write the result files of a finished or refused file, or a bank's outreach lists."""
    return functions.run("report", event.to_dict(), event.context)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
def look_for_files_that_stand_still(event: CloudWatchEvent) -> Any:
    """Find files that make no progress and send again what they lack."""
    return functions.run("sweep", event.to_dict(), event.context)


@app.lambda_function(name="erase")
def erase_one_person(event: dict[str, Any], context: Any) -> Any:
    """Delete one person's data on their request; invoked by an administrator."""
    return functions.run("erase", event, context)


@app.middleware("http")
def answer_in_our_words(event: Request, get_response: Callable[[Any], Response]) -> Response:
    """What the framework itself refuses has the shape of all other answers."""
    response = get_response(event)
    original = event.to_original_event()
    instead = _answering().refused(
        response.status_code, response.body, original, app.lambda_context
    )
    return response if instead is None else _response(instead)


@app.route("/")
def show_page() -> Response:
    """The page that people use in a browser; it signs them in, and asks the API below."""
    request = _current()
    return _response(_answering().page(request.to_original_event(), _known(request)))


@app.route("/assets/{name}")
def show_asset(name: str) -> Response:
    """What the page loads."""
    return _response(_answering().asset(name, _known(_current())))


def bind(endpoint: "Endpoint") -> None:
    """Make a route of an endpoint of the API; API Gateway lets only verified ID tokens through."""

    def handle(**path: str) -> Response:
        request = _current()
        event, body = request.to_original_event(), request.raw_body
        return _response(_answering().endpoint(endpoint, path, event, body, app.lambda_context))

    handle.__doc__ = endpoint.summary
    route = app.route(
        endpoint.path,
        methods=[endpoint.method],
        # The functions have names in the same place, one of them `resend`.
        name=f"answer_{endpoint.name}",
        authorizer=authorizer,
    )
    route(handle)


def _answering() -> Any:
    return functions.load(functions.ANSWER)


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
    """Return the name of the function that Lambda calls by this handler; None where there is none.

    What is the framework's way of naming them is asked of the framework.
    """
    registered: list[Any] = [*app.event_sources, *app.pure_lambda_functions]
    names: dict[str | None, str] = {each.handler_string: each.name for each in registered}
    return {**names, "app.app": functions.ANSWER}.get(handler)


_own = _called_by(settings.handler())
# A process of a function that answers no requests needs no routes, nor what they stand on.
if _own in {None, functions.ANSWER}:
    from chalicelib.endpoints import ENDPOINTS

    for each in ENDPOINTS:
        bind(each)
if _own:
    functions.prepare(_own)
gc.enable()
