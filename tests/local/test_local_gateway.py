import json
import threading
import urllib.error
import urllib.request

import pytest
from chalice.app import Chalice, CognitoUserPoolAuthorizer
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from local.gateway import TokenRefused, Verifier, as_text, server, token_lifetime
from local.loopback import OWN_HEADER, Visitors

ISSUER, CLIENT, NOW = "https://pool", "client", 1_000_000
KEY = RSAKey.generate_key(2048, {"kid": "k"})
PUBLISHED = KeySet([KEY]).as_dict(private=False)


def token(key=KEY, **claims):
    standard = {"iss": ISSUER, "aud": CLIENT, "token_use": "id", "exp": NOW + 60}
    return jwt.encode({"alg": "RS256", "kid": "k"}, standard | claims, key)


def verifier():
    return Verifier(ISSUER, CLIENT, PUBLISHED, now=lambda: NOW)


def test_a_token_of_the_pool_is_taken():
    assert verifier()(token(sub="x"))["sub"] == "x"


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://other"}, {"aud": "other"}, {"token_use": "access"}, {"exp": NOW}],
)
def test_a_token_for_something_else_is_refused(claims):
    with pytest.raises(TokenRefused):
        verifier()(token(**claims))


def test_a_token_ends_after_the_lifetime_of_the_template():
    short = Verifier(ISSUER, CLIENT, PUBLISHED, now=lambda: NOW, lifetime=300)
    assert short(token(iat=NOW - 299))
    with pytest.raises(TokenRefused):
        short(token(iat=NOW - 300))
    assert token_lifetime() == 300


@pytest.mark.parametrize("forged", ["", "a.b.c", "x"])
def test_an_invalid_token_is_refused(forged):
    with pytest.raises(TokenRefused):
        verifier()(forged)


def test_a_token_signed_by_somebody_else_is_refused():
    with pytest.raises(TokenRefused):
        verifier()(token(RSAKey.generate_key(2048, {"kid": "k"})))


def test_claims_arrive_as_texts():
    assert as_text({"cognito:groups": ["dinas", "bpjs"], "exp": 1}) == {
        "cognito:groups": "dinas,bpjs",
        "exp": "1",
    }


@pytest.fixture
def api():
    app = Chalice(app_name="fake")
    authorizer = CognitoUserPoolAuthorizer("pool", provider_arns=["arn"])

    @app.route("/open")
    def anybody():
        return {"ok": True}

    @app.route("/closed", authorizer=authorizer)
    def somebody():
        return app.current_request.context["authorizer"]["claims"]

    @app.lambda_function(name="echo")
    def echo(event, context):
        if event.get("fail"):
            raise KeyError("somebody's name")
        return {"got": event, "name": context.function_name}

    @app.schedule("rate(5 minutes)", name="nightly")
    def nightly(event):
        return {"source": event.source}

    made = server(app, 0, verifier())
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    host, port = made.server.server_address

    def call(path, body=None, **headers):
        named = {OWN_HEADER: "1", **headers}
        given = {name: v.format(port=port) for name, v in named.items() if v is not None}
        return ask(f"http://{host}:{port}{path}", given, body)

    yield call
    made.shutdown()
    made.server.server_close()
    thread.join()


def ask(url, headers, body=None):
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310  # on loopback
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # on loopback
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_an_open_route_asks_for_nothing(api):
    assert api("/open") == (200, {"ok": True})


def test_a_closed_route_wants_a_token(api):
    assert api("/closed")[0] == 401
    assert api("/closed", Authorization="x.y.z")[0] == 401


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/closed", 401, "not_signed_in"), ("/nowhere", 404, "address_unknown")],
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "x.y.z"}])
def test_a_refusal_has_the_text_of_the_deployed_gateway(api, path, status, code, headers):
    answered, body = api(path, **headers)
    assert (answered, body["error"]["code"]) == (status, code)
    assert body["error"]["message"].endswith(".")
    assert len(body["error"]["request_id"]) == 36


def test_a_method_that_no_route_has_is_an_address_that_is_not_there(api):
    assert api("/open", b"{}")[1]["error"]["code"] == "address_unknown"


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_a_closed_route_hands_the_verified_claims_on(api, prefix):
    status, claims = api("/closed", Authorization=prefix + token(**{"cognito:groups": ["dinas"]}))
    assert (status, claims["cognito:groups"]) == (200, "dinas")


def test_a_function_is_called_by_its_name(api):
    status, answer = api("/_local/invoke/echo", b'{"a": 1}')
    assert (status, answer) == (200, {"got": {"a": 1}, "name": "payung-local-echo"})


def test_a_scheduled_function_needs_no_event(api):
    assert api("/_local/invoke/nightly", b"{}") == (200, {"source": "aws.events"})


@pytest.mark.parametrize(("name", "body"), [("nobody", b"{}"), ("echo", b"["), ("echo", b"[]")])
def test_a_function_that_cannot_be_called_is_reported(api, name, body):
    assert api(f"/_local/invoke/{name}", body)[0] == 404


def test_a_functions_fault_is_reported_without_its_text(api):
    assert api("/_local/invoke/echo", b'{"fail": 1}') == (500, {"errorType": "KeyError"})


FOREIGN = [
    {"Origin": "https://example.org"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost.example.org:{port}"},
    {"Host": "example.org"},
    {"Host": "example.org:{port}"},
    {"Host": "127.0.0.1.example.org:{port}"},
    {"Host": "127.0.0.1:1"},
    {"Host": ""},
    {"Host": "[::1"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(
    ("path", "body"),
    [("/open", None), ("/closed", None), ("/", None), ("/_local/invoke/echo", b"{}")],
)
def test_requests_of_foreign_pages_are_refused(api, path, body, headers):
    assert api(path, body, **headers)[0] == 403


@pytest.mark.parametrize("path", ["/_local/invoke/echo", "/_local/", "/_local/other"])
def test_the_embedded_clouds_own_routes_want_a_header(api, path):
    for body in (None, b"{}"):
        response = api(path, body, **{OWN_HEADER: None})
        assert response[0] == 403
        assert OWN_HEADER in response[1]["error"]


def test_the_page_itself_may_call():
    visitors = Visitors(port=4566, page=8000)
    for origin in ("http://127.0.0.1:8000", "http://localhost:8000"):
        for host in ("127.0.0.1:4566", "localhost:4566", "bucket.s3.localhost:4566"):
            own = {"host": host, "origin": origin, "sec-fetch-site": "same-site"}
            assert visitors.refusal(own) is None
    assert visitors.refusal({"host": "127.0.0.1:4566"}) is None
    assert visitors.refusal({"host": "127.0.0.1:8000"})
