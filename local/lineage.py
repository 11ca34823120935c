"""Detects recursive loops, as Lambda does: a function whose messages come back to it.

Lambda keeps in the trace header of a message how often each function was called on the way to it.
After 16 calls of one function it calls it no more, and the message goes to the dead letters, unless
the function has `RecursiveLoop: Allow`. moto keeps no trace header of a batch, so a message carries
its lineage in an attribute here, which the function does not see.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import Session

from chalicelib.lambdas import clients

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MOST_CALLS = 16
"""Calls of one function in a chain: Lambda's own number ("approximately")."""
ATTRIBUTE = "lineage"

Lineage = Mapping[str, int]
"""How often each function was called on the way to a message."""

_now: ContextVar[Lineage | None] = ContextVar("lineage", default=None)


def make_client(session: Session, service: str, config: Config) -> Any:
    """Return a client of the functions; what it sends to a queue carries the lineage."""
    client = clients.make_client(session, service, config)
    if service == "sqs":
        client.meta.events.register("provide-client-params.sqs.SendMessageBatch", _mark)
    return client


def lineage_of(message: "MessageTypeDef") -> Lineage:
    """Return the lineage of a received message; empty if no function sent it."""
    attribute = message.get("MessageAttributes", {}).get(ATTRIBUTE)
    text = attribute.get("StringValue", "") if attribute else ""
    pairs = (each.partition(":") for each in filter(None, text.split("|")))
    return {name: int(calls) for name, _, calls in pairs}


@contextmanager
def calling(function: str, messages: "Sequence[MessageTypeDef]") -> Iterator[None]:
    """Give what is sent within it the lineage of these messages, and one call of the function."""
    calls: dict[str, int] = {}
    for lineage in map(lineage_of, messages):
        for name, count in lineage.items():
            calls[name] = max(count, calls.get(name, 0))
    token = _now.set({**calls, function: calls.get(function, 0) + 1})
    try:
        yield
    finally:
        _now.reset(token)


def _mark(params: dict[str, Any], **_: Any) -> None:
    lineage = _now.get()
    if lineage is None:
        return
    text = "|".join(f"{name}:{calls}" for name, calls in lineage.items())
    for entry in params["Entries"]:
        entry["MessageAttributes"] = {ATTRIBUTE: {"DataType": "String", "StringValue": text}}
