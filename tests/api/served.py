"""payung served on loopback during a test module, with a signed-in user of each role."""

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse

from local.application import application
from local.cloud import Cloud, build, embedded, read_template
from local.gateway import Verifier, server, token_lifetime
from local.pump import Pump
from local.users import User, id_token, make_users
from tests.support.builders import NOW
from tests.support.world import HEADER


@dataclass(frozen=True)
class Served:
    """The address of the API, the cloud behind it, and a token of each user."""

    url: str
    app: Any
    session: boto3.Session
    cloud: Cloud
    users: Mapping[str, User]
    tokens: Mapping[str, str]

    def ask(
        self,
        call: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Response":
        method, _, path = call.partition(" ")
        own = {} if token is None else {"Authorization": f"Bearer {token}"}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            own["Content-Type"] = "application/json"
        request = urllib.request.Request(  # noqa: S310  # on loopback
            f"{self.url}{path}", data=data, method=method, headers={**own, **(headers or {})}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
                return Response(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Response(error.code, error.read().decode(), dict(error.headers))


@dataclass(frozen=True)
class Response:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str | None:
        code: str | None = self.body.get("error", {}).get("code")
        return code


@contextmanager
def served() -> Iterator[Served]:
    """Serve the app over a cloud inside this process."""
    with embedded(lambda: NOW) as session:
        cloud = build(session, read_template())
        users = make_users(session, cloud.user_pool)
        tokens = {user.name: id_token(session, cloud.user_pool_client, user) for user in users}
        variables = {**cloud.environment, "PAYUNG_COGNITO_ENDPOINT": "https://cognito.test"}
        with application(variables, lambda: NOW, log_level=logging.CRITICAL) as app:
            issuer = cloud.made["UserPool"]["ProviderURL"]
            published = json.loads(CognitoIdpJsonWebKeyResponse.json_web_key)
            verify = Verifier(issuer, cloud.user_pool_client, published, lifetime=token_lifetime())
            made = server(app, 0, verify)
            thread = threading.Thread(target=made.server.serve_forever, daemon=True)
            thread.start()
            host, port = made.server.server_address
            try:
                yield Served(
                    f"http://{host}:{port}",
                    app,
                    session,
                    cloud,
                    {user.name: user for user in users},
                    tokens,
                )
            finally:
                made.shutdown()
                made.server.server_close()
                thread.join()


def upload(api: Served, lines: list[str], *, who: str = "bri") -> dict[str, Any]:
    """Upload a file with a ticket, process it, and return its entry in the list."""
    content = "\n".join((HEADER, *lines, "")).encode()
    asked = {"scheme": "BPUM", "file_name": "penerima.csv", "size": len(content)}
    ticket = api.ask("POST /uploads", asked, token=api.tokens[who]).body
    api.session.client("s3").put_object(Bucket=api.cloud.bucket, Key=ticket["key"], Body=content)
    Pump(api.app, api.cloud, api.session).drive(lambda: None)
    listed = api.ask("GET /batches", token=api.tokens[who]).body["batches"]
    return next(each for each in listed if each["file"] == ticket["file"])
