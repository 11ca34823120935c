"""The port `EventSourceSwitch` on Lambda: the event source mappings of the SMS queues."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.errors import Busy

from .aws_errors import busy_is_busy, code_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_ON, _OFF = "Enabled", "Disabled"
_CONTENDED = frozenset({"ResourceInUseException", "ResourceConflictException"})


class LambdaEventSourceSwitch:
    """`EventSourceSwitch` on Lambda. While it is off, messages stay queued and lose no tries."""

    def __init__(self, client: "LambdaClient", *, mappings: Sequence[str]) -> None:
        """Take the client and the UUIDs of the event source mappings."""
        self._client = client
        self._mappings = mappings

    def switch(self, *, on: bool) -> bool:
        """Switch them on or off; return whether that changed any.

        One that is busy does not keep the others from being switched.
        """
        changed, busy = False, None
        for mapping in self._mappings:
            try:
                changed |= self._switch(mapping, on=on)
            except Busy as error:
                busy = error
        if busy:
            raise busy
        return changed

    def _switch(self, mapping: str, *, on: bool) -> bool:
        try:
            with busy_is_busy():
                state = self._client.get_event_source_mapping(UUID=mapping)["State"]
                if state not in {_ON, _OFF}:
                    # In transition (Enabling, Disabling …): retry later.
                    raise Busy(state)
                if state == (_ON if on else _OFF):
                    return False
                self._client.update_event_source_mapping(UUID=mapping, Enabled=on)
        except ClientError as error:
            if code_of(error) in _CONTENDED:
                raise Busy(code_of(error)) from None
            raise
        return True
