"""The ports `SmsSender`, `OptOuts` and `Announcer` on SNS: SMS to a number, mail by a topic."""

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

from .aws_errors import busy_is_busy, code_of

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_POSTPONED = frozenset({"Throttled", "Throttling", "ThrottledException", "ThrottlingException"})
_INVALID = frozenset({"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid"})
_FAULT = 500


class SnsSmsSender:
    """`SmsSender` on SNS. The client must not retry: a retry may send a second message."""

    def __init__(self, client: "SNSClient", *, sender_id: str, max_price: str) -> None:
        """Take the client, the registered sender ID and the highest price a message (USD)."""
        self._client = client
        self._attributes: Any = {
            name: {"DataType": kind, "StringValue": value}
            for name, kind, value in (
                ("AWS.SNS.SMS.SenderID", "String", sender_id),
                ("AWS.SNS.SMS.SMSType", "String", "Transactional"),
                ("AWS.SNS.SMS.MaxPrice", "Number", max_price),
            )
        }

    def publish(self, phone: str, text: str) -> str:
        """Send one message, once; return the carrier's message id."""
        try:
            answer = self._client.publish(
                PhoneNumber=phone, Message=text, MessageAttributes=self._attributes
            )
        except ClientError as error:
            raise _publish_error(error) from None
        except (ConnectTimeoutError, EndpointConnectionError):
            # No connection was made, so SNS got nothing.
            raise PublishPostponed("no connection") from None
        except BotoCoreError as error:
            raise PublishAmbiguous(type(error).__name__) from None
        return answer["MessageId"]


class SnsOptOuts:
    """`OptOuts` on SNS. It only reads, so the client may retry."""

    def __init__(self, client: "SNSClient") -> None:
        """Take the client."""
        self._client = client

    def is_opted_out(self, phone: str) -> bool:
        """Return whether the owner of a number has opted out of messages."""
        try:
            with busy_is_busy():
                answer = self._client.check_if_phone_number_is_opted_out(phoneNumber=phone)
        except ClientError as error:
            raise _publish_error(error) from None
        return answer["isOptedOut"]


class SnsAnnouncer:
    """`Announcer` on a topic of SNS. Subscriptions filter by the attribute `bank`."""

    def __init__(self, client: "SNSClient", *, topic: str) -> None:
        """Take the client and the topic's ARN."""
        self._client = client
        self._topic = topic

    def tell(self, bank: str, subject: str, text: str) -> None:
        """Send a mail to those who subscribed for a bank."""
        with busy_is_busy():
            self._client.publish(
                TopicArn=self._topic,
                Subject=subject,
                Message=text,
                MessageAttributes={"bank": {"DataType": "String", "StringValue": bank}},
            )


def _publish_error(error: ClientError) -> PublishError:
    """Return our error for an error of SNS, without its text: that may hold the phone number."""
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _POSTPONED:
        return PublishPostponed("throttled")
    if status >= _FAULT:
        return PublishAmbiguous(code)
    message = error.response.get("Error", {}).get("Message", "").lower().replace(" ", "")
    # SNS uses the same codes for a wrong sender ID, price or text: those faults are ours.
    if code in _INVALID and "phonenumber" in message:
        return PublishRefused("opted_out" if "optedout" in message else "invalid_number")
    # Not permitted, a malformed call …: a fault of ours, not of the number.
    return PublishRejected(code)
