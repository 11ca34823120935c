"""Sends the most frequent calls to AWS with little processor time.

botocore takes some 300 µs of CPU for a call: it serialises and parses each attribute by the
service's model, resolves the endpoint, signs through several copies of the headers, and passes ten
events. The adapters write and read DynamoDB's own form already. So the operations of `DIRECT` skip
that way: one body, one signature, one request on a connection that is kept open.

What stays botocore's: the HTTP session, the credentials, the exceptions, the fields of SNS, and the
event `before-send`, by which an answer can come from inside the process. As with botocore, the
client's configuration says how often a call without an answer is tried; after that the ports repeat
what may be repeated (`deadline.patient`).
"""

import hmac
import re
import socket
import time
import uuid
from binascii import crc32
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import quote_plus, urlsplit

import msgspec
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import (
    ConnectionError,  # noqa: A004  # botocore's own name for it
    HTTPClientError,
    NoCredentialsError,
)
from botocore.httpsession import URLLib3Session
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.utils import get_environ_proxies

Clock = Callable[[], datetime]
Send = Callable[..., AWSResponse]

DIRECT = {
    "dynamodb": (
        "BatchGetItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactWriteItems",
        "UpdateItem",
    ),
    "logs": ("PutLogEvents",),
    "sns": ("Publish",),
}
"""The operations of each service that are sent directly: one for a person, group or request."""
_IDLE = 20.0
"""Seconds after which a connection is not used again. AWS ends idle ones, and a function that was
frozen does not notice: a message published there would be ambiguous."""
_AT_ONCE: Any = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
"""What botocore's clients set, too: without it a call waits 40 ms for the receipt of its parts."""
_OK = 200
_FAULT = 500
_TRANSACTION = "TransactWriteItems"
_QUOTED = re.compile(r"[^A-Za-z0-9_.~-]")
"""Characters that a form quotes."""
_MESSAGE_ID = re.compile(rb"<MessageId>([0-9A-Za-z-]+)</MessageId>")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Credentials(Protocol):
    """botocore's credentials, which may change while the process lives."""

    def get_frozen_credentials(self) -> Any:
        """Return the present ones: `access_key`, `secret_key`, `token`."""


def now_in_utc() -> datetime:
    """Return the time now, by which AWS checks a signature."""
    return datetime.now(UTC)


def sends_directly(client: Any, credentials: Credentials | None) -> Any:
    """Let a client send its frequent calls directly, if it has any; return the client.

    Parameters are not validated. Except for SNS they may hold only types of JSON, no bytes: a `B`
    attribute of DynamoDB must be text already.
    """
    service = client.meta.service_model.service_name
    operations = DIRECT.get(service)
    if operations is None:
        return client
    send = _Sender(client, credentials).send
    call = _publish_call(client, send) if service == "sns" else _json_call(client, send)
    for operation in operations:
        setattr(client, xform_name(operation), partial(call, operation))
    return client


def _json_call(client: Any, send: Send) -> Callable[..., dict[str, Any]]:
    """Return what sends an operation in JSON: parameters and answer are as on the wire."""
    model = client.meta.service_model.metadata
    prefix, content = model["targetPrefix"], f"application/x-amz-json-{model['jsonVersion']}"

    def call(operation: str, **parameters: Any) -> dict[str, Any]:
        headers = {"Content-Type": content, "X-Amz-Target": f"{prefix}.{operation}"}
        if operation == _TRANSACTION:
            # By this token DynamoDB knows a second try of the same transaction.
            parameters["ClientRequestToken"] = uuid.uuid4().hex
        response = send(operation, headers, _encode(parameters))
        answer = _read(response)
        about = {
            "HTTPStatusCode": response.status_code,
            "HTTPHeaders": response.headers,
            "RequestId": response.headers.get("x-amzn-requestid"),
            "RetryAttempts": 0,
        }
        if response.status_code == _OK:
            answer["ResponseMetadata"] = about
            return answer
        code = str(answer.pop("__type", response.status_code)).rpartition("#")[2]
        message = answer.pop("message", None) or answer.get("Message", "")
        error = {"Code": code, "Message": message}
        raise client.exceptions.from_code(code)(
            {**answer, "Error": error, "ResponseMetadata": about}, operation
        )

    return call


def _read(response: AWSResponse) -> dict[str, Any]:
    """Return the fields of an answer; an error of AWS may have none.

    Raises:
        HTTPClientError: the answer is damaged.
    """
    body = response.content
    checksum = response.headers.get("x-amz-crc32")
    if checksum is not None and int(checksum) != crc32(body):
        raise HTTPClientError(error="the answer has another checksum")
    try:
        return _decode(body)
    except msgspec.DecodeError:
        if response.status_code == _OK:
            raise HTTPClientError(error="the answer is no JSON") from None
        return {}  # such as a page of a load balancer: the status says it


def _publish_call(client: Any, send: Send) -> Callable[..., dict[str, Any]]:
    """Return what sends an operation of SNS, in the form that botocore's model gives it."""
    model = client.meta.service_model
    serializer = create_serializer("query", include_validation=False)
    parser = create_parser("query")

    kept: dict[str, tuple[Any, dict[str, str], str]] = {}

    def form(operation: str, parameters: dict[str, Any]) -> tuple[dict[str, str], str]:
        """Return the fields of a request and their type.

        A text is a field by itself. What is below it, such as the sender's name, is the same in all
        messages, so its fields are kept.
        """
        texts = {name: each for name, each in parameters.items() if isinstance(each, str)}
        rest = {name: each for name, each in parameters.items() if name not in texts}
        before = kept.get(operation)
        if before is None or before[0] != rest:
            shape = model.operation_model(operation)
            made = serializer.serialize_to_request(rest, shape)
            before = kept[operation] = rest, made["body"], made["headers"]["Content-Type"]
        return {**before[1], **texts}, before[2]

    def call(operation: str, **parameters: Any) -> dict[str, Any]:
        fields, content = form(operation, parameters)
        response = send(operation, {"Content-Type": content}, _form(fields))
        if response.status_code == _OK and (found := _MESSAGE_ID.search(response.content)):
            # botocore's parser takes a twelfth of the CPU of a message.
            about = {"HTTPStatusCode": _OK, "HTTPHeaders": response.headers, "RetryAttempts": 0}
            return {"MessageId": found[1].decode(), "ResponseMetadata": about}
        shape = model.operation_model(operation)
        answer: dict[str, Any] = parser.parse(
            {
                "headers": response.headers,
                "status_code": response.status_code,
                "body": response.content,
            },
            shape.output_shape,
        )
        answer["ResponseMetadata"]["RetryAttempts"] = 0
        if response.status_code == _OK:
            return answer
        raise client.exceptions.from_code(answer["Error"]["Code"])(answer, operation)

    return call


def _form(fields: Mapping[str, str]) -> bytes:
    """Return fields in the form of a query; most values, and all names, need no quoting."""
    pairs = (
        f"{name}={quote_plus(value) if _QUOTED.search(value) else value}"
        for name, value in fields.items()
    )
    return "&".join(pairs).encode()


class _Sender:
    """Signs and sends the requests of one client."""

    def __init__(self, client: Any, credentials: Credentials | None) -> None:
        meta, config = client.meta, client.meta.config
        self._url = f"{meta.endpoint_url}/"
        self._event = f"before-send.{meta.service_model.service_id.hyphenize()}."
        self._emit = meta.events.emit_until_response
        self._agent = config.user_agent
        self._sign = Signer(
            credentials,
            host=urlsplit(self._url).netloc,
            region=meta.region_name,
            service=meta.service_model.signing_name,
        )
        self._http: Any = URLLib3Session(
            timeout=(config.connect_timeout, config.read_timeout),  # type: ignore[arg-type]  # both
            max_pool_connections=config.max_pool_connections,
            socket_options=_AT_ONCE,
            proxies=get_environ_proxies(self._url),
        )
        self._tries = (config.retries or {}).get("total_max_attempts", 1)
        self._last = 0.0

    def send(self, operation: str, headers: Mapping[str, str], body: bytes) -> AWSResponse:
        """Send a request; return the answer, whatever its status.

        Raises:
            ConnectionError, HTTPClientError: botocore's, for no connection and for no answer.
        """
        for _ in range(self._tries - 1):
            try:
                response = self._try(operation, headers, body)
            except (ConnectionError, HTTPClientError):
                continue  # most often a connection that AWS has closed: the next one is new
            if response.status_code < _FAULT:
                return response
        return self._try(operation, headers, body)

    def _try(self, operation: str, headers: Mapping[str, str], body: bytes) -> AWSResponse:
        signed = self._sign.headers(headers, body, now_in_utc())
        sent: Any = {**headers, **signed, "User-Agent": self._agent}
        request = AWSPreparedRequest("POST", self._url, sent, body, stream_output=False)
        answer: AWSResponse | None = self._emit(self._event + operation, request=request)[1]
        if answer is not None:
            return answer
        now = time.monotonic()
        if now - self._last > _IDLE:
            self._http.close()
        response: AWSResponse = self._http.send(request)
        self._last = time.monotonic()
        return response


class Signer:
    """Signs requests to the root of one host: AWS Signature Version 4.

    Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The
    key of a day is derived once; the tests compare each signature with botocore's.
    """

    def __init__(
        self, credentials: Credentials | None, *, host: str, region: str, service: str
    ) -> None:
        """Take the credentials, and what the signature is for."""
        self._credentials = credentials
        self._host = host
        self._scope = (region, service, "aws4_request")
        self._key: tuple[str, str, bytes] = ("", "", b"")
        self._orders: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}

    def headers(self, headers: Mapping[str, str], body: bytes, now: datetime) -> dict[str, str]:
        """Return the headers that sign a POST with these headers and this body.

        Raises:
            NoCredentialsError: there are none.
        """
        if self._credentials is None:
            raise NoCredentialsError
        who = self._credentials.get_frozen_credentials()
        at = now.strftime("%Y%m%dT%H%M%SZ")
        added = {"X-Amz-Date": at}
        if who.token:
            added["X-Amz-Security-Token"] = who.token
        signed = {"Host": self._host, **headers, **added}
        order = self._order_of(tuple(signed))
        lines = "".join([f"{lower}:{signed[name]}\n" for lower, name in order])
        listed = ";".join([lower for lower, _ in order])
        scope = "/".join((at[:8], *self._scope))
        whole = f"POST\n/\n\n{lines}\n{listed}\n{sha256(body).hexdigest()}"
        digest = sha256(whole.encode()).hexdigest()
        wanted = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}"
        signature = hmac.digest(self._key_of(who.secret_key, at[:8]), wanted.encode(), "sha256")
        added["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={who.access_key}/{scope}, SignedHeaders={listed}, "
            f"Signature={signature.hex()}"
        )
        return added

    def _order_of(self, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """Return names of headers in lower case and as given, in the order of the former."""
        found = self._orders.get(names)
        if found is None:
            found = self._orders[names] = tuple(sorted((each.lower(), each) for each in names))
        return found

    def _key_of(self, secret: str, day: str) -> bytes:
        if self._key[:2] != (secret, day):
            key = f"AWS4{secret}".encode()
            for each in (day, *self._scope):
                key = hmac.digest(key, each.encode(), "sha256")
            self._key = (secret, day, key)
        return self._key[2]
