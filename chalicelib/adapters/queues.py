"""The queues between the functions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.errors import Busy

from .faults import busy_is_busy

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_DEPTHS: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_MESSAGES_A_CALL = 10  # SendMessageBatch's own limit


class SqsQueue:
    """`Queue` on SQS."""

    def __init__(self, client: "SQSClient", *, url: str) -> None:
        """Take the client and the queue's address."""
        self._client = client
        self._url = url

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta()) -> None:
        """Queue these messages; returning means that every one was taken."""
        for start in range(0, len(bodies), _MESSAGES_A_CALL):
            with busy_is_busy():
                answer = self._client.send_message_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {
                            "Id": str(place),
                            "MessageBody": body,
                            "DelaySeconds": int(delay.total_seconds()),
                        }
                        for place, body in enumerate(bodies[start : start + _MESSAGES_A_CALL])
                    ],
                )
            # A batch call answers 200 with some of its messages refused. Sending all of them
            # again is harmless: every job may be done twice.
            if answer.get("Failed"):
                raise Busy("messages were not taken")

    def waiting(self) -> int:
        """Return about how many messages there are, those being worked on included."""
        with busy_is_busy():
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=list(_DEPTHS)
            )
        return sum(int(answer["Attributes"][name]) for name in _DEPTHS)
