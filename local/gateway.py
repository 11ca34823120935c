"""The HTTP API on loopback: Chalice's local gateway, with checks of tokens and without logs.

Chalice's local gateway trusts the claims of any token. API Gateway's Cognito authorizer checks the
signature. This gateway checks it too, with the user pool's published keys.
"""

import gzip
import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from chalice.app import CognitoUserPoolAuthorizer
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    ForbiddenError,
    LocalChalice,
    LocalDevServer,
    LocalGateway,
    LocalGatewayAuthorizer,
    LocalGatewayException,
    NotAuthorizedError,
    create_local_server,
)
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chalicelib.errors import PayungError

from .cloud import read_template
from .loopback import HOST, OWN_HEADER, Visitors
from .pump import Context, Limits, read_limits, scheduled_event

LOCAL = "/_local/"
INVOKE = f"{LOCAL}invoke/"
"""The path for calls of the embedded cloud's functions by name. It is not part of the API."""

_NO_ROUTE = "MISSING_AUTHENTICATION_TOKEN"
"""API Gateway's name for an unknown address."""

Verify = Callable[[str], Mapping[str, Any]]
"""Returns the claims of an ID token; raises `TokenRefused`."""


class TokenRefused(Exception):
    """The user pool did not issue the token for this client, or the token has expired."""


class Verifier:
    """Checks ID tokens of one user pool and client."""

    def __init__(
        self,
        issuer: str,
        client: str,
        keys: Mapping[str, Any],
        now: Callable[[], float] = time.time,
        *,
        lifetime: float | None = None,
    ) -> None:
        """Import the pool's published keys, in the form of `jwks.json`.

        `lifetime` is the seconds for which Cognito issues a token; moto's are valid for an hour.
        """
        self._lifetime = lifetime
        self._keys = KeySet.import_key_set(dict(keys))  # type: ignore[arg-type]
        self._now = now
        self._claims = {"iss": issuer, "aud": client, "token_use": "id"}

    def __call__(self, token: str) -> Mapping[str, Any]:
        """Return the token's claims.

        Raises:
            TokenRefused: the token is not valid.
        """
        try:
            claims = jwt.decode(token, self._keys, algorithms=["RS256"]).claims
        except (JoseError, ValueError) as error:
            raise TokenRefused("not signed by this user pool") from error
        if any(claims.get(name) != value for name, value in self._claims.items()):
            raise TokenRefused("issued by another pool, for another client, or of another kind")
        if not isinstance(claims.get("exp"), int) or self._end_of(claims) <= self._now():
            raise TokenRefused("expired")
        return claims

    def _end_of(self, claims: Mapping[str, Any]) -> float:
        if self._lifetime is None or not isinstance(claims.get("iat"), int):
            return float(claims["exp"])
        return min(float(claims["exp"]), float(claims["iat"]) + self._lifetime)


def token_lifetime() -> float:
    """Return how long an ID token is valid, in seconds, as the template sets it."""
    client = read_template().resources["UserPoolClient"].properties
    seconds = {"seconds": 1, "minutes": 60, "hours": 3600}[client["TokenValidityUnits"]["IdToken"]]
    return float(client["IdTokenValidity"] * seconds)


def published_keys(endpoint: str, pool: str) -> dict[str, Any]:
    """Return the published keys of a pool of the embedded cloud."""
    with urllib.request.urlopen(f"{endpoint}/{pool}/.well-known/jwks.json") as answer:  # noqa: S310  # our own endpoint, on loopback
        keys: dict[str, Any] = json.load(answer)
    return keys


def server(app: Any, port: int, verify: Verify) -> LocalDevServer:
    """Return the API's server, bound to the loopback address. `shutdown` stops it.

    Raises:
        OSError: the port is in use.
    """
    config = Config.create(chalice_app=app, lambda_timeout=15)
    if not isinstance(app, LocalChalice):
        # As a side effect, the app keeps the current request by thread. The server is not used.
        create_local_server(app, config, HOST, 0).server.server_close()
    return LocalDevServer(app, config, HOST, port, handler_cls=partial(_Handler, verify=verify))


class _Authorizer(LocalGatewayAuthorizer):
    """API Gateway's Cognito authorizer."""

    def __init__(self, app: Any, verify: Verify) -> None:
        super().__init__(app)
        self._verify = verify

    def authorize(self, raw_path: str, lambda_event: Any, lambda_context: Any) -> Any:
        route = self._route_for_event(lambda_event)
        if route is None:
            # API Gateway answers an unknown method of a route in this way.
            raise ForbiddenError({"x-amzn-RequestId": lambda_context.aws_request_id})
        if not isinstance(route.authorizer, CognitoUserPoolAuthorizer):
            return super().authorize(raw_path, lambda_event, lambda_context)
        token = lambda_event["headers"].get("authorization", "").removeprefix("Bearer ")
        try:
            claims = self._verify(token)
        except TokenRefused:
            raise NotAuthorizedError({"x-amzn-RequestId": lambda_context.aws_request_id}) from None
        lambda_event["requestContext"]["authorizer"] = {"claims": as_text(claims)}
        return lambda_event, lambda_context


class _Handler(ChaliceRequestHandler):
    """Chalice's handler without logs: a path or a body may hold personal data."""

    def __init__(self, *args: Any, verify: Verify, **kwargs: Any) -> None:
        self._verify = verify
        super().__init__(*args, **kwargs)

    def setup(self) -> None:
        gateway: LocalGateway = self.local_gateway
        gateway._authorizer = _Authorizer(gateway._app_object, self._verify)  # noqa: SLF001  # Chalice offers no other way
        super().setup()

    def do_POST(self) -> None:  # noqa: N802  # the standard library's name
        """Answer a request, or call a function."""
        if self.path.startswith(INVOKE):
            self._invoke(self.path.removeprefix(INVOKE))
        else:
            self._generic_handle()

    def parse_request(self) -> bool:
        """Read a request's line and headers; return whether to go on with it."""
        if not super().parse_request():
            return False
        if self._is_refused():
            self.close_connection = True  # the body is not read
            return False
        return True

    def _is_refused(self) -> bool:
        """Refuse a request that another page in a browser sends; return whether it was refused."""
        port = self.server.server_address[1]
        headers = {name.lower(): value for name, value in self.headers.items()}
        why = Visitors(port=port, page=port).refusal(headers, is_page=self._opens_the_page(headers))
        if why is None and self.path.startswith(LOCAL) and OWN_HEADER.lower() not in headers:
            why = f"set the header {OWN_HEADER}: 1"
        if why is not None:
            self._send_http_response(403, {}, json.dumps({"error": why}))
        return why is not None

    def _opens_the_page(self, headers: Mapping[str, str]) -> bool:
        is_link = self.command == "GET" and headers.get("sec-fetch-mode") == "navigate"
        return is_link and self.path.partition("?")[0] == "/"

    def _send_http_response_with_body(self, code: int, headers: Any, body: str | bytes) -> None:
        """Compress a long answer, as API Gateway does for clients that can read it."""
        content = body.encode() if isinstance(body, str) else body
        accepted = self.headers.get("Accept-Encoding", "") if self.headers else ""
        if len(content) >= _least_compressed() and "gzip" in accepted:
            content = gzip.compress(content, compresslevel=6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        super()._send_http_response_with_body(code, headers, content)

    def _send_error_response(self, error: LocalGatewayException) -> None:
        """Send the gateway's own refusals in the form of the deployed gateway."""
        kind = "UNAUTHORIZED" if isinstance(error, NotAuthorizedError) else _NO_ROUTE
        response = _gateway_responses()[kind]
        request_id = str(error.headers.get("x-amzn-RequestId", ""))
        body = response["responseTemplates"]["application/json"]
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        answer = body.replace("$context.requestId", request_id)
        self._send_http_response(response["statusCode"], headers, answer)

    def _invoke(self, name: str) -> None:
        """Call a function by its name, as `aws lambda invoke` does on AWS."""
        handler = self.local_gateway._app_object.handler_map.get(name)  # noqa: SLF001  # as above
        _, body = self._parse_payload()
        try:
            event = json.loads(body or b"{}")
            if handler is None or not isinstance(event, dict):
                raise ValueError(name)  # noqa: TRY301  # both errors get the same answer
        except ValueError:
            refusal = json.dumps({"error": "no such function, or its payload is no JSON object"})
            self._send_http_response(404, {}, refusal)
            return
        if name in _scheduled(self.local_gateway._app_object):  # noqa: SLF001  # as above
            event = {**scheduled_event(), **event}
        try:
            answer, status = handler(event, Context(name, read_limits().get(name, Limits()))), 200
        except Exception as error:  # noqa: BLE001  # Lambda gives this answer for any error
            answer, status = {"errorType": type(error).__name__, "errorMessage": str(error)}, 500
            if not isinstance(error, PayungError):
                answer.pop("errorMessage")  # it may hold personal data
        self._send_http_response(status, {}, json.dumps(answer))

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@cache
def _gateway_responses() -> Mapping[str, Any]:
    """Return API Gateway's own error answers, from the template."""
    definition = read_template().resources["RestAPI"].properties["DefinitionBody"]
    responses: Mapping[str, Any] = definition["x-amazon-apigateway-gateway-responses"]
    return responses


@cache
def _least_compressed() -> int:
    """Return the size in bytes from which API Gateway compresses, from the template."""
    size: int = read_template().resources["RestAPI"].properties["MinimumCompressionSize"]
    return size


def _scheduled(app: Any) -> set[str]:
    """Return the names of the functions that a schedule calls."""
    return {each.name for each in app.event_sources if hasattr(each, "schedule_expression")}


def as_text(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return claims in API Gateway's form: each is a text, and lists are joined by commas."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in claims.items()
    }
