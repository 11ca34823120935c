"""What every call to moto does anew though it is always the same: done once here.

As `moto_haste`, it saves repeated work and changes no answer.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from functools import cache, lru_cache
from typing import Any
from unittest.mock import patch

from botocore import useragent
from botocore.loaders import create_loader
from moto import backends
from moto.core import botocore_stubber, responses, utils
from moto.core.base_backend import BackendDict
from moto.core.request import normalize_request
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.parsing.ast_nodes import Node  # type: ignore[attr-defined]  # untyped there
from werkzeug.exceptions import HTTPException

from . import moto_wire

_SCALAR = frozenset({"S", "N", "BOOL", "NULL", "B"})


@contextmanager
def mended() -> Iterator[None]:
    """Let moto hurry for a while."""
    sanitize = lru_cache(4096)(useragent.sanitize_user_agent_string_component)
    with ExitStack() as stack:
        for owner, name, quicker in (
            (ConditionExpressionParser, "_lex_condition_expression", _lexing()),
            (botocore_stubber.BotocoreStubber, "process_request", _processing()),
            (Item, "__deepcopy__", _copy_item),
            (Node, "find_clauses", _clauses()),
            (BackendDict, "_create_account_specific_backend", _creating()),
            (utils, "create_loader", cache(create_loader)),
            (responses, "camelcase_to_underscores", cache(utils.camelcase_to_underscores)),
            (useragent, "sanitize_user_agent_string_component", sanitize),
        ):
            stack.enter_context(patch.object(owner, name, quicker))
        yield


def _copy_item(item: Any, memo: dict[int, Any]) -> Any:
    """Copy an item as moto does, but for the values that hold no others: none is ever changed."""
    copied = item.__class__.__new__(item.__class__)
    copied.__dict__.update(item.__dict__)
    attributes = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(attributes, item.attrs)
    for name, held in item.attrs.items():
        if held.__class__ is not DynamoType or held.type not in _SCALAR:
            dict.__setitem__(attributes, name, deepcopy(held, memo))
    copied.attrs = attributes
    copied.hash_key = deepcopy(item.hash_key, memo)
    copied.range_key = deepcopy(item.range_key, memo)
    return copied


def _lexing() -> Callable[[Any], deque[Any]]:
    original = ConditionExpressionParser._lex_condition_expression  # noqa: SLF001  # what is replaced
    known: dict[str, tuple[Any, ...]] = {}

    def lex(parser: Any) -> deque[Any]:
        text = parser.condition_expression
        if text not in known:
            known[text] = tuple(original(parser))
        return deque(known[text])

    return lex


def _clauses() -> Callable[[Any, list[type]], list[Any]]:
    original: Any = Node.find_clauses

    def find(node: Any, kinds: list[type]) -> list[Any]:
        """Find what stands in a tree that is kept for its text, and so never changes, but once."""
        known = node.__dict__.get("clauses")
        if known is None:
            found: list[Any] = original(node, kinds)
            return found
        key = tuple(kinds)
        if key not in known:
            known[key] = original(node, kinds)
        return list(known[key])

    return find


def _creating() -> Callable[[Any, str], None]:
    known: Any = BackendDict
    original = known._create_account_specific_backend  # noqa: SLF001  # what is replaced

    def create(backends: Any, account: str) -> None:
        # It is made, and noted down, once; asking for that compares it with every other service.
        if not dict.__contains__(backends, account) or not any(
            each is backends
            for each in known._instances  # noqa: SLF001  # moto's own list
        ):
            original(backends, account)

    return create


def _processing() -> Callable[[Any, Any], Any]:
    original = botocore_stubber.BotocoreStubber.process_request

    def process(stubber: Any, request: Any) -> Any:
        url = request.url
        service = moto_wire.ROOT.fullmatch(url)
        if not service:
            return original(stubber, request)
        try:
            answered = moto_wire.answer(service[1], request)
        except HTTPException as error:
            return error.code, error.get_headers(), error.get_body()
        if answered is not None:
            return answered
        normalized = normalize_request(request)
        try:
            return _method(service[1], url)(normalized, normalized.raw_url, normalized.headers)
        except HTTPException as error:
            return error.code, error.get_headers(), error.get_body()

    return process


@cache
def _method(service: str, url: str) -> Callable[..., Any]:
    """Return what answers calls to this address, found as moto finds it."""
    known: Any = backends.get_backend(service)  # type: ignore[call-overload]  # by name
    backend = known["123456789012"]["us-east-1"]  # addresses are the same in each
    method: Callable[..., Any] = next(
        method for pattern, method in backend.urls.items() if re.match(pattern, url)
    )
    return method
