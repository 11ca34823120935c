"""The port `EventSourceSwitch` on Lambda: the event source mapping of the SMS queue."""

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

    def __init__(self, client: "LambdaClient", *, mapping: str) -> None:
        """Take the client and the event source mapping's UUID."""
        self._client = client
        self._mapping = mapping

    def switch(self, *, on: bool) -> bool:
        """Switch it on or off; return whether that changed it."""
        try:
            with busy_is_busy():
                state = self._client.get_event_source_mapping(UUID=self._mapping)["State"]
                if state not in {_ON, _OFF}:
                    # In transition (Enabling, Disabling …): retry later.
                    raise Busy(state)
                if state == (_ON if on else _OFF):
                    return False
                self._client.update_event_source_mapping(UUID=self._mapping, Enabled=on)
        except ClientError as error:
            if code_of(error) in _CONTENDED:
                raise Busy(code_of(error)) from None
            raise
        return True
