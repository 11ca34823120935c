"""A shortcut between botocore and moto within one process.

moto passes each call through a web framework and then, attribute by attribute, through the
service's model. Here plain calls, as nearly all of payung's are, are parsed and answered directly.
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from botocore.awsrequest import AWSRequest
from moto.core.request import normalize_request
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from moto.sns.responses import SNSResponse
from werkzeug.exceptions import HTTPException

from chalicelib.adapters.direct import DIRECT

from .patch import Kind, Patch

TOPIC = "wire"

_TARGET = "X-Amz-Target"
_JSON = "application/x-amz-json-1.0"
_FORM = "application/x-www-form-urlencoded"
_ROOT = re.compile(r"https://(dynamodb|sns)\.[a-z0-9-]+\.amazonaws\.com/")
"""The services that are called most and have a single address."""
_BYTES = re.compile(rb'"BS?"\s*:')
_PLAIN = frozenset(DIRECT["dynamodb"])
"""Calls of DynamoDB whose parameters and answers are plain JSON."""


def _number(_original: Callable[..., str]) -> Callable[..., str]:
    numbers = count(1)

    def number(headers: dict[str, Any] | None = None) -> str:
        made = f"{next(numbers):052X}"
        if headers is not None:
            headers["x-amzn-requestid"] = made
        return made

    return number


def _process_request(original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def process_request(stubber: Any, request: Any) -> Any:
        service = _ROOT.fullmatch(request.url)
        handler = _handler_of(service[1], request) if service else None
        if handler is None:
            return original(stubber, request)
        try:
            return handler.call_action()
        except HTTPException as error:
            return error.code, error.get_headers(), error.get_body()

    return process_request


def _handler_of(service: str, request: Any) -> Any | None:
    """Return a handler with the parameters of a plain call; None if the call is not plain."""
    body = request.body
    credential = _text(request.headers["Authorization"]).partition(", ")[0]  # no signature
    if service == "dynamodb":
        target = _text(request.headers.get(_TARGET, ""))
        if target.rpartition(".")[2] not in _PLAIN or _BYTES.search(body):
            return None
        handler = _handler(DynamoHandler, request.url, credential)
        handler.headers = {_TARGET: target, "Content-Type": _JSON}
        handler.params = _decode(body)
        return handler
    if service == "sns" and (message := _message(body)):
        handler = _handler(SNSResponse, request.url, credential)
        handler.headers = {"Content-Type": _FORM}
        handler.querystring = {"Action": ["Publish"]}
        handler.params = message
        return handler
    return None


def _text(sent: bytes | str) -> str:
    return sent.decode() if isinstance(sent, bytes) else sent


def _handler(kind: Any, url: str, credential: str) -> Any:
    handler = kind.__new__(kind)
    prepared = _prepared(kind, url, credential)
    handler.__dict__.update(prepared.__dict__)
    handler.response_headers = {"server": "amazon.com"}
    return handler


@cache
def _prepared(kind: Any, url: str, credential: str) -> Any:
    """Return a handler that knows its account and region."""
    handler = kind()
    handler.automated_parameter_parsing = False
    request: Any = AWSRequest("POST", url, headers={"Authorization": credential}, data=b"{}")
    handler.setup_class(normalize_request(request.prepare()))
    handler.automated_parameter_parsing = True
    handler.querystring = {}
    return handler


def _message(body: bytes | str) -> dict[str, Any] | None:
    """Return the parameters of a message to a phone; None for any other call."""
    fields = dict(parse_qsl(_text(body), keep_blank_values=True))
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


def _serialized(original: Callable[[Any, ActionResult], Any]) -> Callable[[Any, ActionResult], Any]:
    def serialized(handler: Any, action_result: ActionResult) -> Any:
        operation = handler._get_action()  # noqa: SLF001  # moto has no public name for it
        result = action_result.result
        if operation not in _PLAIN or not isinstance(result, dict):
            return original(handler, action_result)
        members = {
            name: result[name] for name in _members(operation) if result.get(name) is not None
        }
        headers = {"Content-Type": _JSON, **handler.response_headers}
        return 200, headers, _encode(members)

    return serialized


@cache
def _members(operation: str) -> tuple[str, ...]:
    shape: Any = get_service_model("dynamodb").operation_model(operation).output_shape
    return tuple(shape.members)


def _plain(value: Any) -> Any:
    return value.to_json()


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
_decode = msgspec.json.Decoder().decode


PATCHES = (
    Patch(
        TOPIC,
        "moto.dynamodb.responses.DynamoHandler.serialized",
        "moto serialises an answer attribute by attribute, by the service's model.",
        Kind.SPEED,
        "moto/core/responses.py",
        _serialized,
    ),
    Patch(
        TOPIC,
        "moto.core.responses.gen_amzn_requestid_long",
        "moto draws 52 random characters for each answer.",
        Kind.SPEED,
        "moto/core/utils.py",
        _number,
    ),
    Patch(
        TOPIC,
        "moto.core.responses.method_names_from_class",
        "moto lists the methods of a class again for each call.",
        Kind.SPEED,
        "moto/core/utils.py",
        cache,
    ),
    Patch(
        TOPIC,
        "moto.core.botocore_stubber.BotocoreStubber.process_request",
        "moto matches every address, builds a web request and parses the call by the model.",
        Kind.SPEED,
        "moto/core/botocore_stubber.py",
        _process_request,
    ),
)
