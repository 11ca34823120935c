"""Reads carriers' delivery receipts, which SNS writes into CloudWatch Logs.

Each line has the recipient's full phone number in it. This module never reads the number, and no
error here shows the content of a line.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .sending import USD

OTHER_REASON = "carrier_failed"
"""The reason if the carrier's text is not known."""

MOST_LINES = 100
"""The receipts of one message in the queue: each is a transaction, and a function has a minute."""

MOST_BYTES = 200_000
"""The size of one message's data. SQS took 256 KiB for many years, and takes 1 MiB since 2025."""

REASONS_BY_RESPONSE: Mapping[str, str] = {
    # The Amazon SNS Developer Guide, "SMS delivery failure reasons".
    "Blocked as spam by phone carrier": "blocked_as_spam",
    "Destination is on a blocked list": "blocked",
    "Invalid phone number": "invalid_number",
    "Message body is invalid": OTHER_REASON,
    "Phone carrier has blocked this message": "blocked",
    "Phone carrier is currently unreachable/unavailable": OTHER_REASON,
    "Phone has blocked SMS": "blocked",
    "Phone is on a blocked list": "blocked",
    "Phone is currently unreachable/unavailable": "unreachable",
    "Phone number is opted out": "opted_out",
    "This delivery would exceed max price": "over_max_price",
    "Unknown error attempting to reach phone": OTHER_REASON,
    # Not in the guide, but in logs that people have published: the account's monthly spend limit
    # was reached; or a number sent more messages a second than it may.
    "No quota left for account": "spend_limit",
    "Rate exceeded.": OTHER_REASON,
}
"""Our reason for every known `providerResponse` of a message that did not arrive."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of one message.

    `at` is the time when SNS accepted the message (UTC), not the time of arrival. `reason` is one
    of `sms_reasons`, or None if the message was delivered. `price` is micro-USD for all `parts`.
    """

    message_id: str
    at: datetime
    delivered: bool
    reason: str | None = None
    price: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class ReceiptEvent:
    """The receipts of one log subscription event. `malformed` counts the unreadable lines."""

    receipts: tuple[Receipt, ...] = ()
    malformed: int = 0


def read_receipts(event: Mapping[str, Any]) -> ReceiptEvent:
    """Return the receipts of an event with which CloudWatch Logs calls a function.

    The event is `{"awslogs": {"data": …}}`; the data are base64 of gzip of JSON. A control message
    has no receipts: CloudWatch sends it to check that the function can be called.

    Raises:
        ValueError: the event has another shape.
    """
    log_events = _decode(event)
    if log_events.messageType == "CONTROL_MESSAGE":
        return ReceiptEvent()
    receipts = []
    for each in log_events.logEvents:
        try:
            receipts.append(_Line.model_validate_json(each.message).receipt)
        except ValidationError:
            continue
    return ReceiptEvent(tuple(receipts), malformed=len(log_events.logEvents) - len(receipts))


def divided(
    event: Mapping[str, Any], *, most_lines: int = MOST_LINES, most_bytes: int = MOST_BYTES
) -> Iterator[Mapping[str, Any]]:
    """Iterate over events of the same form and lines, each small enough for one message of SQS.

    A control message has no lines, and no event. A single line is never divided.

    Raises:
        ValueError: the event has another shape.
    """
    if _decode(event).messageType == "CONTROL_MESSAGE":
        return
    content = json.loads(_unpacked(event))
    lines = content["logEvents"]
    for start in range(0, len(lines), most_lines):
        yield from _fitting(content, lines[start : start + most_lines], most_bytes)


def _fitting(
    content: Mapping[str, Any], lines: Sequence[Any], most_bytes: int
) -> Iterator[Mapping[str, Any]]:
    # Without the time that gzip writes, equal lines give equal bytes.
    packed = gzip.compress(json.dumps({**content, "logEvents": lines}).encode(), mtime=0)
    data = base64.b64encode(packed).decode()
    if len(data) <= most_bytes or len(lines) == 1:
        yield {"awslogs": {"data": data}}
        return
    half = len(lines) // 2
    yield from _fitting(content, lines[:half], most_bytes)
    yield from _fitting(content, lines[half:], most_bytes)


def reason_of(response: str | None) -> str:
    """Return our reason for a carrier's response about a message that did not arrive."""
    return _REASONS.get(_normal(response or ""), OTHER_REASON)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _normal(response: str) -> str:
    return response.strip().rstrip(".").casefold()


_REASONS = {_normal(text): reason for text, reason in REASONS_BY_RESPONSE.items()}


class _Foreign(BaseModel):
    """A part of AWS's document. Fields that payung does not need may have any value."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _LogEvent(_Foreign):
    message: str = Field(repr=False)


class _LogEvents(_Foreign):
    messageType: Literal["DATA_MESSAGE", "CONTROL_MESSAGE"]  # noqa: N815  # CloudWatch's name
    logEvents: tuple[_LogEvent, ...] = ()  # noqa: N815  # as above


class _Notification(_Foreign):
    messageId: str = Field(min_length=1, max_length=128)  # noqa: N815  # SNS's name
    timestamp: Annotated[datetime, AfterValidator(_utc)]


class _Delivery(_Foreign):
    """The delivery of the message. SNS omits price and parts if it never sent the message."""

    priceInUSD: Decimal = Field(Decimal(0), ge=0, le=1000)  # noqa: N815  # SNS's names
    numberOfMessageParts: int = Field(1, ge=0)  # noqa: N815  # as above
    providerResponse: str | None = Field(None, repr=False)  # noqa: N815  # as above


class _Line(_Foreign):
    notification: _Notification
    delivery: _Delivery
    status: Literal["SUCCESS", "FAILURE"]

    @property
    def receipt(self) -> Receipt:
        delivered = self.status == "SUCCESS"
        return Receipt(
            message_id=self.notification.messageId,
            at=self.notification.timestamp,
            delivered=delivered,
            reason=None if delivered else reason_of(self.delivery.providerResponse),
            price=int((self.delivery.priceInUSD * USD).to_integral_value()),
            parts=self.delivery.numberOfMessageParts,
        )


def _unpacked(event: Mapping[str, Any]) -> bytes:
    return gzip.decompress(base64.b64decode(event["awslogs"]["data"], validate=True))


def _decode(event: Mapping[str, Any]) -> _LogEvents:
    try:
        return _LogEvents.model_validate_json(_unpacked(event))
    except (KeyError, TypeError, ValueError, OSError, EOFError, zlib.error):
        raise ValueError("no event of a log subscription") from None
