"""The HTTP API, in front of Chalice's own local gateway: on loopback, quiet, tokens checked.

Chalice's local gateway takes a token's claims as they stand; API Gateway's Cognito authorizer
checks who signed it. So does this one, against the user pool's published keys.
"""

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
from .pump import Context, Limits, read_limits, scheduled_event

HOST = "127.0.0.1"
INVOKE = "/_local/invoke/"
"""Where the embedded cloud's functions are called by name; not part of the API."""

_NO_ROUTE = "MISSING_AUTHENTICATION_TOKEN"
"""What API Gateway calls it when there is no such address."""

Verify = Callable[[str], Mapping[str, Any]]
"""Returns the claims of an ID token; raises `TokenRefused`."""


class TokenRefused(Exception):
    """The token was not issued by the user pool for this client, or its time is over."""


class Verifier:
    """Checks ID tokens of one user pool and client."""

    def __init__(
        self,
        issuer: str,
        client: str,
        keys: Mapping[str, Any],
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take the pool's published keys, in the form of `jwks.json`."""
        self._keys = KeySet.import_key_set(dict(keys))  # type: ignore[arg-type]
        self._now = now
        self._claims = {"iss": issuer, "aud": client, "token_use": "id"}

    def __call__(self, token: str) -> Mapping[str, Any]:
        """Return the token's claims.

        Raises:
            TokenRefused: it is not a valid one.
        """
        try:
            claims = jwt.decode(token, self._keys, algorithms=["RS256"]).claims
        except (JoseError, ValueError) as error:
            raise TokenRefused("not signed by this user pool") from error
        if any(claims.get(name) != value for name, value in self._claims.items()):
            raise TokenRefused("issued by another pool, for another client, or of another kind")
        if not isinstance(claims.get("exp"), int) or claims["exp"] <= self._now():
            raise TokenRefused("its time is over")
        return claims


def published_keys(endpoint: str, pool: str) -> dict[str, Any]:
    """Return the keys that a pool of the embedded cloud publishes."""
    with urllib.request.urlopen(f"{endpoint}/{pool}/.well-known/jwks.json") as answer:  # noqa: S310  # our own endpoint, on loopback
        keys: dict[str, Any] = json.load(answer)
    return keys


def server(app: Any, port: int, verify: Verify) -> LocalDevServer:
    """Return the API's server, bound to the loopback address; `shutdown` stops it.

    Raises:
        OSError: the port is taken.
    """
    config = Config.create(chalice_app=app, lambda_timeout=15)
    if not isinstance(app, LocalChalice):
        # Makes the app keep the current request by thread; the server itself is not used.
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
            # API Gateway knows no method but those of its routes, and says so in its own way.
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
    """Chalice's handler, that logs nothing: a path or a body may hold what no log may."""

    def __init__(self, *args: Any, verify: Verify, **kwargs: Any) -> None:
        self._verify = verify
        super().__init__(*args, **kwargs)

    def setup(self) -> None:
        gateway: LocalGateway = self.local_gateway
        gateway._authorizer = _Authorizer(gateway._app_object, self._verify)  # noqa: SLF001  # Chalice offers no other way
        super().setup()

    def do_POST(self) -> None:  # noqa: N802  # the name that the standard library looks for
        """Answer a request, or call a function."""
        if self.path.startswith(INVOKE):
            self._invoke(self.path.removeprefix(INVOKE))
        else:
            self._generic_handle()

    def _send_error_response(self, error: LocalGatewayException) -> None:
        """Say what the gateway itself refuses as the deployed one says it."""
        kind = "UNAUTHORIZED" if isinstance(error, NotAuthorizedError) else _NO_ROUTE
        told = _refusals()[kind]
        request_id = str(error.headers.get("x-amzn-RequestId", ""))
        body = told["responseTemplates"]["application/json"]
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        answer = body.replace("$context.requestId", request_id)
        self._send_http_response(told["statusCode"], headers, answer)

    def _invoke(self, name: str) -> None:
        """Call a function by its name, as `aws lambda invoke` does where payung is deployed."""
        handler = self.local_gateway._app_object.handler_map.get(name)  # noqa: SLF001  # as above
        _, body = self._parse_payload()
        try:
            event = json.loads(body or b"{}")
            if handler is None or not isinstance(event, dict):
                raise ValueError(name)  # noqa: TRY301  # both are told the same way
        except ValueError:
            told = json.dumps({"error": "no such function, or its payload is no JSON object"})
            self._send_http_response(404, {}, told)
            return
        if name in _scheduled(self.local_gateway._app_object):  # noqa: SLF001  # as above
            event = {**scheduled_event(), **event}
        try:
            answer, status = handler(event, Context(name, read_limits().get(name, Limits()))), 200
        except Exception as error:  # noqa: BLE001  # Lambda answers so, whatever it is
            answer, status = {"errorType": type(error).__name__, "errorMessage": str(error)}, 500
            if not isinstance(error, PayungError):
                answer.pop("errorMessage")  # it may name people
        self._send_http_response(status, {}, json.dumps(answer))

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@cache
def _refusals() -> Mapping[str, Any]:
    """Return what the template lets API Gateway answer by itself."""
    definition = read_template().resources["RestAPI"].properties["DefinitionBody"]
    refusals: Mapping[str, Any] = definition["x-amazon-apigateway-gateway-responses"]
    return refusals


def _scheduled(app: Any) -> set[str]:
    """Return the names of the functions that a schedule calls."""
    return {each.name for each in app.event_sources if hasattr(each, "schedule_expression")}


def as_text(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return claims as API Gateway hands them on: every one a text, lists joined by commas."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in claims.items()
    }
