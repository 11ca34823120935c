"""The template's event source mappings of Lambda, which can be switched off and on.

The pump does the work of a mapping. moto creates a mapping only for a function of its own, which it
runs in a container. The mappings here are kept in addition to moto's, and moto's Lambda finds them
(`GetEventSourceMapping`, `UpdateEventSourceMapping`). A switch takes effect immediately; on AWS it
takes up to two minutes.
"""

from collections.abc import Callable
from typing import Any

from moto.awslambda.models import EventSourceMapping
from moto.awslambda.utils import make_function_arn

from .patch import Kind, Patch

TOPIC = "mappings"
_mappings: dict[tuple[str, str, str], EventSourceMapping] = {}
"""By account, region and UUID."""


def put(account: str, region: str, *, function: str, queue_arn: str) -> str:
    """Create an enabled mapping from a queue to a function; return its UUID."""
    mapping = EventSourceMapping(  # type: ignore[abstract]  # moto makes them so, too
        {
            "RegionName": region,
            "AccountId": account,
            "FunctionName": function,
            "FunctionArn": make_function_arn(region, account, function),
            "EventSourceArn": queue_arn,
        }
    )
    _mappings[account, region, mapping.uuid] = mapping
    return mapping.uuid


def is_on(account: str, region: str, mapping: str) -> bool:
    """Whether a mapping is enabled."""
    return bool(_mappings[account, region, mapping].enabled)


def _get_event_source_mapping(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_event_source_mapping(backend: Any, uuid: str) -> Any:
        ours = _mappings.get((backend.account_id, backend.region_name, uuid))
        return ours or original(backend, uuid)

    return get_event_source_mapping


PATCHES = (
    Patch(
        TOPIC,
        "moto.awslambda.models.LambdaBackend.get_event_source_mapping",
        "moto has no event source mapping without a function that it runs in a container.",
        Kind.CORRECTNESS,
        "moto/awslambda/models.py",
        _get_event_source_mapping,
        copies=("moto.awslambda.models.LambdaBackend.update_event_source_mapping",),
    ),
)
