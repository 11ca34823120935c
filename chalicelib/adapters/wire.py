"""What is in DynamoDB's own form already is sent as it stands.

The adapters write items as they go over the wire. botocore would still take every attribute through
the service's model, and every key through the rules by which addresses are found: more than half of
the processor time that enrolling a person takes. Its events let a client hand its own body over.
"""

from typing import Any

import msgspec

_KEPT = "payung_as_sent"
_TABLES = "RequestItems"
"""Of BatchGetItem: the rules by which addresses are found fail where it is missing."""
_encode = msgspec.json.Encoder().encode


def sends_as_written(client: Any) -> Any:
    """Let a DynamoDB client send parameters as they are; return the client.

    The client must be one that does not check its parameters (`parameter_validation` off). They
    hold JSON's own types only, so no bytes: a `B` attribute would have to be text already.
    """
    events = client.meta.events
    # The last of the most general, and so the last of all: others add to the parameters, above all
    # the token by which DynamoDB knows a transaction that is asked for again.
    events.register_last("before-parameter-build", _keep)
    events.register_first("before-call", _put_back)
    return client


def _keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_KEPT] = dict(params)
    params.clear()
    if _TABLES in context[_KEPT]:
        params[_TABLES] = {}


def _put_back(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = _encode(context.pop(_KEPT))
