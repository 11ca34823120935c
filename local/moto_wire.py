"""The way between botocore and moto within one process, cut short.

Nobody checks a signature here, so none is computed. And moto takes each call through a web
framework and, attribute by attribute, through the service's model, to arrive at what stands in the
call: the plain ones, which make up nearly all of payung's, are read and answered as they are.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from itertools import count
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import msgspec
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from moto.core import responses
from moto.core.request import normalize_request
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from moto.sns.responses import SNSResponse
from werkzeug.exceptions import HTTPException

_TARGET = "X-Amz-Target"
_JSON = "application/x-amz-json-1.0"
_FORM = "application/x-www-form-urlencoded"
_OK = 200
ROOT = re.compile(r"https://(dynamodb|sqs|sns)\.[a-z0-9-]+\.amazonaws\.com/")
"""Services that are called at one address only: whose it is, is looked up once."""
_known = threading.local()
_BYTES = re.compile(rb'"BS?"\s*:')
_PLAIN = frozenset(
    {
        "BatchGetItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactWriteItems",
        "UpdateItem",
    }
)
"""Calls of DynamoDB whose questions and answers hold nothing but texts, numbers and attributes."""


@contextmanager
def mended() -> Iterator[None]:
    """Let moto write DynamoDB's answers down as they are, and number its answers."""
    numbers = count(1)

    def number(headers: dict[str, Any] | None = None) -> str:
        made = f"{next(numbers):052X}"
        if headers is not None:
            headers["x-amzn-requestid"] = made
        return made

    with (
        patch.object(DynamoHandler, "serialized", _serializing()),
        patch.object(responses, "gen_amzn_requestid_long", number),
    ):
        yield


@contextmanager
def unsigned() -> Iterator[None]:
    """Let clients only say who they are: for as long as no call leaves this process."""
    original: Any = SigV4Auth.add_auth

    def add_auth(auth: Any, request: Any) -> None:
        if auth.__class__ is not SigV4Auth:
            original(auth, request)  # of links, the signature is what they are made for
            return
        region, service = auth._region_name, auth._service_name  # type: ignore[attr-defined]  # noqa: SLF001  # kept nowhere else
        del request.headers["Authorization"]
        request.headers["Authorization"] = _authorization(
            auth.credentials.access_key, region, service
        )

    with patch.object(SigV4Auth, "add_auth", add_auth):
        yield


def _authorization(access_key: str | None, region: str, service: str) -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential={access_key}/19700101/{region}/{service}"
        "/aws4_request, SignedHeaders=host, Signature=none"
    )


def answer(service: str, request: Any) -> Any | None:
    """Return moto's answer to a plain call; None where it is not that plain."""
    if (known := getattr(_known, "answer", None)) is not None:
        _known.answer = None
        return known
    target = request.headers.get(_TARGET, "")
    target = target.decode() if isinstance(target, bytes) else target
    authorization = request.headers["Authorization"]
    handler = _asked(service, request.url, authorization, target, request.body)
    return handler and handler.call_action()


def answer_directly(
    service: str, request: Mapping[str, Any], access_key: str, region: str
) -> Any | None:
    """Return moto's answer to a plain call as botocore describes it, before it is a request.

    What became of a message is said in a dictionary, everything else in what would be sent. None
    where the call is not that plain.
    """
    url = request["url"]
    if not ROOT.fullmatch(url):
        return None
    target = request["headers"].get(_TARGET, "")
    handler = _asked(
        service, url, _authorization(access_key, region, service), target, request["body"]
    )
    if handler is None:
        return None
    if service == "sns":
        handler.serialized = partial(_told, handler)
    try:
        return handler.call_action()
    except HTTPException as error:
        return error.code, dict(error.get_headers()), error.get_body()


@contextmanager
def answered(known: Any) -> Iterator[None]:
    """Let the next call of this thread have an answer that was given already."""
    _known.answer = known
    try:
        yield
    finally:
        _known.answer = None


def _asked(service: str, url: str, authorization: str, target: str, body: Any) -> Any | None:
    """Return a handler that has been asked a plain call; None where it is not that plain."""
    if service == "dynamodb":
        if target.rpartition(".")[2] not in _PLAIN or _BYTES.search(body):
            return None
        handler = _handler(DynamoHandler, url, authorization)
        handler.headers = {_TARGET: target, "Content-Type": _JSON}
        handler.params = _decode(body)
        return handler
    if service == "sns" and (message := _message(body)):
        handler = _handler(SNSResponse, url, authorization)
        handler.headers = {"Content-Type": _FORM}
        handler.querystring = {"Action": ["Publish"]}
        handler.params = message
        return handler
    return None


def _told(handler: Any, action_result: ActionResult) -> Any:
    """Answer with what is to be told, not yet written down; faults are."""
    result = action_result.result
    if isinstance(result, dict):
        return _OK, handler.response_headers, result
    return handler.__class__.serialized(handler, action_result)


def _handler(kind: Any, url: str, authorization: str) -> Any:
    handler = kind.__new__(kind)
    prepared = _prepared(kind, url, authorization)
    handler.__dict__.update(prepared.__dict__)
    handler.response_headers = {"server": "amazon.com"}
    return handler


@cache
def _prepared(kind: Any, url: str, authorization: str) -> Any:
    """Return a handler that knows whose tables or messages it works on."""
    handler = kind()
    handler.automated_parameter_parsing = False
    asked: Any = AWSRequest("POST", url, headers={"Authorization": authorization}, data=b"{}")
    handler.setup_class(normalize_request(asked.prepare()))
    handler.automated_parameter_parsing = True
    handler.querystring = {}
    return handler


def _message(body: bytes | str | dict[str, Any]) -> dict[str, Any] | None:
    """Return what is to be published to a phone; None where something else is asked."""
    if isinstance(body, dict):
        fields = dict(body)
    else:
        text = body.decode() if isinstance(body, bytes) else body
        fields = dict(parse_qsl(text, keep_blank_values=True))
    if fields.pop("Action", None) != "Publish" or "PhoneNumber" not in fields:
        return None
    del fields["Version"]
    message: dict[str, Any] = {name: fields.pop(name) for name in ("PhoneNumber", "Message")}
    attributes = message["MessageAttributes"] = {}
    for place in range(1, len(fields) // 3 + 1):
        entry = f"MessageAttributes.entry.{place}."
        kind, value = f"{entry}Value.DataType", f"{entry}Value.StringValue"
        if not {f"{entry}Name", kind, value} <= fields.keys():
            return None
        attributes[fields.pop(f"{entry}Name")] = {
            "DataType": fields.pop(kind),
            "StringValue": fields.pop(value),
        }
    return None if fields else message


def _serializing() -> Callable[[Any, ActionResult], Any]:
    original = DynamoHandler.serialized

    def serialized(handler: Any, action_result: ActionResult) -> Any:
        operation = handler._get_action()  # noqa: SLF001  # moto's own way to ask
        result = action_result.result
        if operation not in _PLAIN or not isinstance(result, dict):
            return original(handler, action_result)
        told = {name: result[name] for name in _answered(operation) if result.get(name) is not None}
        headers = {"Content-Type": _JSON, **handler.response_headers}
        return 200, headers, _encode(told)

    return serialized


@cache
def _answered(operation: str) -> tuple[str, ...]:
    shape: Any = get_service_model("dynamodb").operation_model(operation).output_shape
    return tuple(shape.members)


def _as_sent(value: Any) -> Any:
    return value.to_json()


_encode = msgspec.json.Encoder(enc_hook=_as_sent).encode
_decode = msgspec.json.Decoder().decode
