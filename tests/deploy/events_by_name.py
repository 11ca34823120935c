"""The events with which AWS or an administrator calls a function by its name.

Add the events of a new function of this kind here.
"""

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.faults.harness import Stage
from tests.support.builders import a_nik


def _erase(stage: Stage) -> list[dict[str, Any]]:
    erased = {"nik": a_nik(1), "by": "a test", "reason": "of what is called", "also_in": []}
    unknown = {**erased, "nik": a_nik(4999)}
    return [erased, erased, unknown]


def _receipts(stage: Stage) -> list[dict[str, Any]]:
    """Return receipts for the sent messages: some delivered, some failed, one repeated."""
    people = stage.picture().people.values()
    messages = [each["sms_id"] for each in people if each.get("sms_id")]
    lines = [_receipt(message, number) for number, message in enumerate(messages)]
    return [_logged(lines), _logged(lines[:1])]


def _receipt(message: str, number: int) -> dict[str, Any]:
    delivered = number % 2 == 0
    return {
        "notification": {"messageId": message, "timestamp": "2026-11-02 05:10:11.123"},
        "delivery": {
            "destination": "+6281200000000",
            "priceInUSD": 0.045,
            "smsType": "Transactional",
            "numberOfMessageParts": 1,
            "providerResponse": "Message has been accepted by phone"
            if delivered
            else "Phone is currently unreachable/unavailable",
            "dwellTimeMs": 500,
            "dwellTimeMsUntilDeviceAck": 900,
        },
        "status": "SUCCESS" if delivered else "FAILURE",
    }


def _logged(lines: list[dict[str, Any]]) -> dict[str, Any]:
    delivery = {
        "messageType": "DATA_MESSAGE",
        "logGroup": "sns/ap-southeast-3/123456789012/DirectPublishToPhoneNumber",
        "logEvents": [
            {"id": str(place), "timestamp": 0, "message": json.dumps(line)}
            for place, line in enumerate(lines)
        ],
    }
    return {
        "awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(delivery).encode())).decode()}
    }


BY_NAME: Mapping[str, Callable[[Stage], list[dict[str, Any]]]] = {
    "erase": _erase,
    "forward": _receipts,
}
"""What makes the events, by the function's name."""
