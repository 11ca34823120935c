"""Calls that come to moto, and their answers to the client, without becoming HTTP in between.

botocore makes a request out of each call, with headers, a signature and a parser for what comes
back, and moto takes it apart again: more work than the call itself. A client's own side, up to the
body that it would send, is done as ever, and so is a call that something listens to on its way. So
is an answer that is a fault: botocore reads it, and says whether to try again.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import msgspec
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.regions import EndpointRulesetResolver
from botocore.useragent import UserAgentString
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.core.models import botocore_stubber

from . import moto_wire

_BYTES = re.compile(rb'"BS?":')
_OK = 200
_SERVICES = frozenset({"dynamodb", "sns"})
_UNHEARD = ("before-sign", "before-parse", "response-received")
"""What botocore announces on the way, where nobody listens."""
_HEARD = ("request-created", "needs-retry")
_LISTENERS = ("botocore.", "aws_lambda_powertools.shared.user_agent")
"""Who may listen to that all the same: they sign, add headers, and try again."""
_answering = BotocoreStubber.__call__


@contextmanager
def near() -> Iterator[None]:
    """Let calls take the short way: for as long as none leaves this process."""
    with (
        patch.object(BaseClient, "_make_request", _calling()),
        patch.object(EndpointRulesetResolver, "construct_endpoint", _finding()),
        patch.object(UserAgentString, "to_string", _naming()),
    ):
        yield


def _calling() -> Callable[..., Any]:
    original: Any = BaseClient._make_request  # type: ignore[attr-defined]  # noqa: SLF001  # what is replaced

    def call(client: Any, operation: Any, request: dict[str, Any], context: dict[str, Any]) -> Any:
        answer = _answer(client, operation, request)
        if answer is None:
            return original(client, operation, request, context)
        status, headers, body = answer
        if status == _OK and (told := _read(body)) is not None:
            told["ResponseMetadata"] = {
                "RequestId": headers["x-amzn-requestid"],
                "HTTPStatusCode": status,
                "HTTPHeaders": {name.lower(): str(value) for name, value in headers.items()},
                "RetryAttempts": 0,
            }
            sent = b"" if isinstance(body, dict) else body
            http: Any = AWSResponse(request["url"], status, headers, MockRawResponse(sent))
            return http, told
        with moto_wire.answered(answer):
            return original(client, operation, request, context)

    return call


def _answer(client: Any, operation: Any, request: dict[str, Any]) -> Any | None:
    """Return moto's answer to a plain call that nothing listens to; None where it is not that."""
    service = client.meta.service_model.service_name
    if service not in _SERVICES or not botocore_stubber.enabled:
        return None
    credentials = client._request_signer._credentials  # noqa: SLF001  # botocore's own way to ask
    if credentials is None or not _is_unheard(client.meta.events, service, operation.name):
        return None
    if BotocoreStubber.__call__ is not _answering:
        return None  # somebody counts, or answers, in moto's place
    return moto_wire.answer_directly(
        service, request, credentials.access_key, client.meta.region_name
    )


def _is_unheard(events: Any, service: str, operation: str) -> bool:
    """Whether nobody but botocore and moto hears of a call on its way."""
    emitter = events._emitter  # noqa: SLF001  # botocore tells nobody who listens
    # Kept where botocore keeps who listens: it forgets that as soon as anybody begins or stops to.
    known: dict[str, Any] = emitter._lookup_cache  # noqa: SLF001  # as above
    key = f"payung-unheard.{service}.{operation}"
    if key not in known:

        def listeners(event: str) -> list[Any]:
            return list(emitter._handlers.prefix_search(f"{event}.{service}.{operation}"))  # noqa: SLF001  # as above

        known[key] = (
            listeners("before-send") == [botocore_stubber]
            and not any(map(listeners, _UNHEARD))
            and all(
                getattr(each, "__module__", "").startswith(_LISTENERS)
                for event in _HEARD
                for each in listeners(event)
            )
        )
    unheard: bool = known[key]
    return unheard


def _read(body: Any) -> dict[str, Any] | None:
    """Return what an answer says; None where botocore has to read it by the service's model."""
    if isinstance(body, dict):
        return body
    if _BYTES.search(body):
        return None
    read: dict[str, Any] = msgspec.json.decode(body)
    return read


def _finding() -> Callable[..., Any]:
    original = EndpointRulesetResolver.construct_endpoint

    def find(resolver: Any, operation_model: Any, call_args: Any, request_context: Any) -> Any:
        """Find the address of a call that has nothing to choose it by, but once."""
        if any((call_args or {}).values()):
            return original(resolver, operation_model, call_args, request_context)
        known = resolver.__dict__.setdefault("_payung_found", {})
        if operation_model.name not in known:
            known[operation_model.name] = original(
                resolver, operation_model, call_args, request_context
            )
        return known[operation_model.name]

    return find


def _naming() -> Callable[[Any], str]:
    original = UserAgentString.to_string

    def name(agent: Any) -> str:
        """Say who calls in the same words each time: nobody here reads which feature it used."""
        known: dict[str, str] = agent.__dict__
        if "_payung_said" not in known:
            known["_payung_said"] = original(agent)
        return known["_payung_said"]

    return name
