"""What a carrier says became of a message, as SNS writes it into CloudWatch Logs.

The lines have the recipient's full phone number in them: it is never read, and no error here
shows what a line held.
"""

import base64
import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .sending import USD

OTHERWISE = "carrier_failed"
"""The reason where the carrier's own words are not known."""

REASONS_BY_RESPONSE: Mapping[str, str] = {
    # The Amazon SNS Developer Guide, "SMS delivery failure reasons".
    "Blocked as spam by phone carrier": "blocked_as_spam",
    "Destination is on a blocked list": "blocked",
    "Invalid phone number": "invalid_number",
    "Message body is invalid": OTHERWISE,
    "Phone carrier has blocked this message": "blocked",
    "Phone carrier is currently unreachable/unavailable": OTHERWISE,
    "Phone has blocked SMS": "blocked",
    "Phone is on a blocked list": "blocked",
    "Phone is currently unreachable/unavailable": "unreachable",
    "Phone number is opted out": "opted_out",
    "This delivery would exceed max price": "over_max_price",
    "Unknown error attempting to reach phone": OTHERWISE,
    # Not in the guide, but in the logs that people show: the month's spend limit of the account,
    # and more messages a second than a number may send.
    "No quota left for account": "spend_limit",
    "Rate exceeded.": OTHERWISE,
}
"""Every `providerResponse` that is known of a message that did not arrive, and what we call it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message.

    `at` is when SNS took it (UTC), not when it arrived; `reason` is one of `sms_reasons`, None
    where it was delivered; `price` is micro-USD for all of its `parts`.
    """

    message_id: str
    at: datetime
    delivered: bool
    reason: str | None = None
    price: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class ReceiptEvent:
    """The receipts that one event of a log subscription brought; `malformed` lines were none."""

    receipts: tuple[Receipt, ...] = ()
    malformed: int = 0


def read_receipts(event: Mapping[str, Any]) -> ReceiptEvent:
    """Return the receipts of an event with which CloudWatch Logs calls a function.

    The event is `{"awslogs": {"data": …}}`, base64 of gzip of JSON; a control message, with which
    CloudWatch tries whether anybody is there, brings none.

    Raises:
        ValueError: it is no such event.
    """
    found = _opened(event)
    if found.messageType == "CONTROL_MESSAGE":
        return ReceiptEvent()
    receipts = []
    for each in found.logEvents:
        try:
            receipts.append(_Line.model_validate_json(each.message).receipt)
        except ValidationError:
            continue
    return ReceiptEvent(tuple(receipts), malformed=len(found.logEvents) - len(receipts))


def reason_of(response: str | None) -> str:
    """Return our reason for what a carrier said of a message that did not arrive."""
    return _REASONS.get(_normal(response or ""), OTHERWISE)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _normal(response: str) -> str:
    return response.strip().rstrip(".").casefold()


_REASONS = {_normal(text): reason for text, reason in REASONS_BY_RESPONSE.items()}


class _Foreign(BaseModel):
    """A part of somebody else's document: what we do not need of it may be anything."""

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
    """How the message went; SNS leaves out the price and the parts of one that it never sent."""

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


def _opened(event: Mapping[str, Any]) -> _LogEvents:
    try:
        packed = base64.b64decode(event["awslogs"]["data"], validate=True)
        return _LogEvents.model_validate_json(gzip.decompress(packed))
    except (KeyError, TypeError, ValueError, OSError, EOFError, zlib.error):
        raise ValueError("no event of a log subscription") from None
