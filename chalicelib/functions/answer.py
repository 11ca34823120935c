"""Answers requests: the API's, and those for the page that asks it from a browser."""

from collections.abc import Mapping
from typing import Any

from chalicelib import api, site, wiring

_TO_ANSWER = 1.5  # seconds kept back to answer, and to leave a trace


def endpoint(
    asked: api.Endpoint, path: Mapping[str, str], event: Any, body: str | bytes, context: Any
) -> api.Answer:
    """Return an endpoint's answer to a request, which is as API Gateway hands it over."""
    request = api.Request(
        path=path,
        query=event["multiValueQueryStringParameters"] or {},
        body=body.encode() if isinstance(body, str) else body,
        claims=event["requestContext"].get("authorizer", {}).get("claims"),
        id=_request_id(event, context),
    )
    deadline = wiring.deadline(context.get_remaining_time_in_millis, reserve=_TO_ANSWER)
    return api.answered(asked, request, wiring.world, deadline)


def page(event: Any, known: str | None) -> site.Page:
    """Return the page; `known` is the version that the browser has."""
    base = f"{event['requestContext']['path'].rstrip('/')}/"
    return site.index(wiring.world().settings, base=base, known=known)


def asset(name: str, known: str | None) -> site.Page:
    """Return what the page loads; `known` is the version that the browser has."""
    return site.asset(name, known=known)


def refused(status: int, body: object, event: Any, context: Any) -> api.Answer | None:
    """Return what to say instead where the framework refuses by itself; None where it does not."""
    if isinstance(body, dict) and status in api.UNASKED:
        return api.unasked(status, _request_id(event, context))
    return None


def _request_id(event: Any, context: Any) -> str | None:
    # API Gateway gives each request an id; where there is none, it is the invocation's.
    given = event["requestContext"].get("requestId")
    return given or getattr(context, "aws_request_id", None)
