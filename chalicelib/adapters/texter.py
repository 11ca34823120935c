"""SMS through SNS, straight to a phone number."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
)

from chalicelib.errors import (
    PublishAmbiguous,
    PublishError,
    PublishPostponed,
    PublishRefused,
    PublishRejected,
)

from .faults import busy_is_busy, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sns import SNSClient

_POSTPONED = frozenset({"Throttled", "Throttling", "ThrottledException", "ThrottlingException"})
_INVALID = frozenset({"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid"})
_FAULT = 500


class SnsTexter:
    """`Texter` on SNS. The client must not retry by itself: a retry may be a second message."""

    def __init__(
        self,
        client: "SNSClient",
        *,
        sender_id: str,
        max_price: str,
        questions: "Callable[[], SNSClient] | None" = None,
    ) -> None:
        """Take the client, the registered sender ID and the highest price a message (USD).

        `questions` gives a client for what only asks, which may retry; without it the one client
        does both. Most functions never ask, so it is made when it is first needed.
        """
        self._client = client
        self._questions = questions or (lambda: client)
        self._attributes: Any = {
            name: {"DataType": kind, "StringValue": value}
            for name, kind, value in (
                ("AWS.SNS.SMS.SenderID", "String", sender_id),
                ("AWS.SNS.SMS.SMSType", "String", "Transactional"),
                ("AWS.SNS.SMS.MaxPrice", "Number", max_price),
            )
        }

    def publish(self, phone: str, text: str) -> str:
        """Hand over one message, once; return the carrier's message id."""
        try:
            answer = self._client.publish(
                PhoneNumber=phone, Message=text, MessageAttributes=self._attributes
            )
        except ClientError as error:
            raise _meaning(error) from None
        except (ConnectTimeoutError, EndpointConnectionError):
            # No connection was made, so nothing was handed over.
            raise PublishPostponed("no connection") from None
        except BotoCoreError as error:
            raise PublishAmbiguous(type(error).__name__) from None
        return answer["MessageId"]

    def is_opted_out(self, phone: str) -> bool:
        """Whether the number's owner has refused messages (SNS's own list)."""
        try:
            with busy_is_busy():
                answer = self._questions().check_if_phone_number_is_opted_out(phoneNumber=phone)
        except ClientError as error:
            raise _meaning(error) from None
        return answer["isOptedOut"]


def _meaning(error: ClientError) -> PublishError:
    """Return our error for one of SNS's; its text may hold the phone number and is left out."""
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _POSTPONED:
        return PublishPostponed("throttled")
    if status >= _FAULT:
        return PublishAmbiguous(code)
    message = error.response.get("Error", {}).get("Message", "").lower().replace(" ", "")
    # The same codes are of a sender ID, a price or a text that SNS does not take: those are ours.
    if code in _INVALID and "phonenumber" in message:
        return PublishRefused("opted_out" if "optedout" in message else "invalid_number")
    # Not permitted, a malformed call …: ours to mend, and no number's fault.
    return PublishRejected(code)
