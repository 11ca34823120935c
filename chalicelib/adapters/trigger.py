"""What feeds the sending function: Lambda's event source mapping of the SMS queue."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.errors import Busy

from .faults import busy_is_busy, code_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_ON, _OFF = "Enabled", "Disabled"
_CONTENDED = frozenset({"ResourceInUseException", "ResourceConflictException"})


class LambdaTrigger:
    """`Trigger` on Lambda. While it is off, messages stay in the queue and spend no tries."""

    def __init__(self, client: "LambdaClient", *, mapping: str) -> None:
        """Take the client and the event source mapping's UUID."""
        self._client = client
        self._mapping = mapping

    def switch(self, *, on: bool) -> bool:
        """Switch it on or off; return whether it was otherwise before."""
        try:
            with busy_is_busy():
                stands = self._client.get_event_source_mapping(UUID=self._mapping)["State"]
                if stands not in {_ON, _OFF}:
                    # Under way to one of them, after which it can be told where to go.
                    raise Busy(stands)
                if stands == (_ON if on else _OFF):
                    return False
                self._client.update_event_source_mapping(UUID=self._mapping, Enabled=on)
        except ClientError as error:
            if code_of(error) in _CONTENDED:
                raise Busy(code_of(error)) from None
            raise
        return True
