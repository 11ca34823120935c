"""Lambda's event source mappings: those of the template, which may be switched off and on.

The pump takes their place. A mapping that moto made itself would have moto call the function, in
a container; these are put where moto looks them up, and so moto's Lambda answers for them
(`GetEventSourceMapping`, `UpdateEventSourceMapping`). Switching is done at once here, whereas on
AWS it takes up to a minute or two.
"""

from moto.awslambda.models import EventSourceMapping, lambda_backends
from moto.awslambda.utils import make_function_arn

_Mappings = dict[str, EventSourceMapping]


def put(account: str, region: str, *, function: str, queue_arn: str) -> str:
    """Have a mapping from a queue to a function, enabled; return its UUID."""
    mapping = EventSourceMapping(  # type: ignore[abstract]  # moto makes them so, too
        {
            "RegionName": region,
            "AccountId": account,
            "FunctionName": function,
            "FunctionArn": make_function_arn(region, account, function),
            "EventSourceArn": queue_arn,
        }
    )
    _mappings(account, region)[mapping.uuid] = mapping
    return mapping.uuid


def is_on(account: str, region: str, mapping: str) -> bool:
    """Whether a mapping feeds its function."""
    return bool(_mappings(account, region)[mapping].enabled)


def _mappings(account: str, region: str) -> _Mappings:
    return lambda_backends[account][region]._event_source_mappings  # noqa: SLF001  # moto offers no way in that makes no real one
