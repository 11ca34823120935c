"""The triggers and the framework's part of the routes, over the embedded cloud."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.lambdas import wiring
from local.application import application
from local.pump import Context, Limits
from tests.support.builders import NOW
from tests.support.tokens import claims_of


@pytest.fixture
def api(aws) -> Iterator[Client]:
    with application(aws.cloud.environment, lambda: NOW) as app, Client(app) as client:
        yield client


def request(method: str, path: str, groups: str | None = "dinas", **changes: Any) -> dict[str, Any]:
    """Return API Gateway's event for the function."""
    claims = {"claims": claims_of(groups)}
    context = {
        "httpMethod": method,
        "resourcePath": path,
        "path": f"/v1{path}",
        "requestId": "r-1",
        **({"authorizer": claims} if groups else {}),
    }
    standard = {
        "requestContext": context,
        "headers": {"content-type": "application/json"},
        "pathParameters": {"batch": "7K3M9QX2", "name": "nothing.js"},
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    return standard | changes


def ask(client: Client, *args: Any, **kwargs: Any) -> tuple[int, Any, dict[str, str]]:
    app = client._app  # noqa: SLF001  # Chalice's client has no public name for it
    answer = app(request(*args, **kwargs), Context("api_handler", Limits()))
    headers = answer["headers"]
    body = json.loads(answer["body"]) if "json" in headers["Content-Type"] else answer["body"]
    return answer["statusCode"], body, headers


def test_every_endpoint_has_its_route_and_wants_a_token(api):
    routes = {
        (method, path): entry
        for path, methods in api._app.routes.items()  # noqa: SLF001  # as above
        for method, entry in methods.items()
    }
    wanted = {(each.method, each.path) for each in ENDPOINTS}
    assert set(routes) == wanted | {("GET", "/"), ("GET", "/assets/{name}")}
    assert all(routes[each].authorizer for each in wanted)


def test_a_request_gets_its_identity_from_the_gateway(api):
    status, body, headers = ask(api, "GET", "/me", "bank-002")
    assert (status, body["bank"], headers["Cache-Control"]) == (200, "002", "no-store")
    status, body, _ = ask(api, "GET", "/me", None)
    assert (status, body["error"]["request_id"]) == (401, "r-1")


def test_parameters_of_the_address_reach_the_endpoint(api):
    given = {"multiValueQueryStringParameters": {"limit": ["7", "8"]}}
    assert ask(api, "GET", "/batches", **given)[0] == 400
    given = {"multiValueQueryStringParameters": {"limit": ["7"]}}
    assert ask(api, "GET", "/batches", **given)[1] == {"batches": [], "next": None}


@pytest.mark.parametrize(
    ("method", "headers", "status", "code"),
    [("DELETE", {}, 405, "method_unknown"), ("POST", {"content-type": "a/b"}, 415, "not_json")],
)
def test_the_frameworks_refusals_have_our_format(api, method, headers, status, code):
    response = ask(api, method, "/enrollments/lookup", headers=headers)
    assert (response[0], response[1]["error"]["code"]) == (status, code)
    assert response[1]["error"]["request_id"] == "r-1"


def test_a_broken_deployment_shows_no_internals(api, monkeypatch, capfd):
    def broken() -> None:
        raise KeyError("7171011708800001")

    monkeypatch.setattr(wiring, "world", broken)
    for path in ("/me", "/"):
        status, body, _ = ask(api, "GET", path)
        assert status == 500
        assert body["error"]["code"] == "internal"
    assert "7171011708800001" not in "".join(capfd.readouterr())


def test_the_page_knows_under_which_address_it_is_served(api):
    for path in ("/v1/", "/v1"):
        context = request("GET", "/", None)["requestContext"] | {"path": path}
        assert '<base href="/v1/">' in ask(api, "GET", "/", None, requestContext=context)[1]


def test_a_trigger_answers_with_the_messages_that_failed(api):
    event = api.events.generate_sqs_event(["no job"], queue_name="payung-chunks")
    answer = api.lambda_.invoke("enroll", event)
    assert len(answer.payload["batchItemFailures"]) == 1


def test_the_sweep_is_a_function_of_its_own(api):
    event = api.events.generate_cw_event("aws.events", "Scheduled Event", {}, [], region="x")
    assert api.lambda_.invoke("sweep", event).payload is None
