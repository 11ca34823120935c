"""SNS's delivery logs in CloudWatch's format, about numbers that do not exist."""

import base64
import gzip
import json
from datetime import datetime
from typing import Any

from tests.support.builders import NOW

PHONE = "+6281200000001"


def a_line(
    message_id: str = "message-1", at: datetime = NOW, status: str = "SUCCESS", **delivery: object
) -> str:
    """Return a line of a delivery log; `delivery` changes the fields under that name."""
    values = {
        "phoneCarrier": "Seluler Contoh",
        "mnc": 10,
        "numberOfMessageParts": 1,
        "destination": PHONE,
        "priceInUSD": 0.045,
        "smsType": "Transactional",
        "mcc": 510,
        "providerResponse": "Message has been accepted by phone carrier"
        if status == "SUCCESS"
        else "Unknown error attempting to reach phone",
        "dwellTimeMs": 599,
        "dwellTimeMsUntilDeviceAck": 1344,
    }
    given = {name: value for name, value in (values | delivery).items() if value is not None}
    notification = {"messageId": message_id, "timestamp": f"{at:%Y-%m-%d %H:%M:%S}.559"}
    return json.dumps({"notification": notification, "delivery": given, "status": status})


def a_failure(message_id: str = "message-1", response: str | None = None, **more: Any) -> str:
    """Return the line of a message that did not arrive."""
    words: dict[str, Any] = {} if response is None else {"providerResponse": response}
    return a_line(message_id, status="FAILURE", **words, **more)


def an_event(*lines: str, kind: str = "DATA_MESSAGE") -> dict[str, dict[str, str]]:
    """Return the event with these lines."""
    return packed(
        {
            "messageType": kind,
            "owner": "123456789012",
            "logGroup": "sns/ap-southeast-3/123456789012/DirectPublishToPhoneNumber",
            "logStream": "a stream",
            "subscriptionFilters": ["a filter"],
            "logEvents": [
                {"id": str(place), "timestamp": 0, "message": line}
                for place, line in enumerate(lines)
            ],
        }
    )


def packed(value: object) -> dict[str, dict[str, str]]:
    """Return any value in CloudWatch's format."""
    data = gzip.compress(json.dumps(value).encode())
    return {"awslogs": {"data": base64.b64encode(data).decode()}}
