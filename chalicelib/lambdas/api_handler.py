"""Answers HTTP requests: those to the API, and those for the page that uses it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from chalicelib.api import requests, site
from chalicelib.lambdas import telemetry, wiring

_TO_ANSWER = 1.5  # seconds kept back for the answer and its line in the audit trail


def endpoint(
    asked: requests.Endpoint, path: Mapping[str, str], event: Any, body: str | bytes, context: Any
) -> requests.Answer:
    """Return an endpoint's answer to a request in the form of API Gateway."""
    request = _request(path, event, body, context)
    answer = requests.answered(
        asked, request, lambda: wiring.invocation(context, reserve=_TO_ANSWER)
    )
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        telemetry.count_limited()
    return answer


def page(event: Any, known: str | None) -> site.Page:
    """Return the page; `known` is the version that the browser has."""
    base = f"{event['requestContext']['path'].rstrip('/')}/"
    world = wiring.world()
    return site.index(
        world.browser_services,
        client=world.tokens.client,
        stage=world.stage,
        base=base,
        known=known,
    )


def asset(name: str, known: str | None) -> site.Page:
    """Return what the page loads; `known` is the version that the browser has."""
    return site.asset(name, known=known)


def refused(status: int, body: object, event: Any, context: Any) -> requests.Answer | None:
    """Return our answer where the framework refuses by itself; None where it does not."""
    if not isinstance(body, dict) or status not in requests.UNASKED:
        return None
    if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE and (asked := _endpoint_of(event)):
        request = _request(event.get("pathParameters") or {}, event, b"", context)
        return requests.not_json(
            asked, request, lambda: wiring.invocation(context, reserve=_TO_ANSWER)
        )
    return requests.unasked(status, _request_id(event, context))


def _endpoint_of(event: Any) -> requests.Endpoint | None:
    from chalicelib.api.endpoints import ENDPOINTS  # noqa: PLC0415  # it imports every operation

    route = event["requestContext"].get("httpMethod"), event["requestContext"].get("resourcePath")
    return next((each for each in ENDPOINTS if (each.method, each.path) == route), None)


def _request(
    path: Mapping[str, str], event: Any, body: str | bytes, context: Any
) -> requests.Request:
    return requests.Request(
        path=path,
        query=event["multiValueQueryStringParameters"] or {},
        body=body.encode() if isinstance(body, str) else body,
        claims=event["requestContext"].get("authorizer", {}).get("claims"),
        id=_request_id(event, context),
    )


def _request_id(event: Any, context: Any) -> str | None:
    # API Gateway gives each request an id. Without one, the invocation's id serves.
    given = event["requestContext"].get("requestId")
    return given or getattr(context, "aws_request_id", None)
