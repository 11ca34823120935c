"""The carrier of a simulation: takes messages, and makes receipts of them."""

import base64
import gzip
import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from chalicelib.errors import PublishAmbiguous, PublishPostponed, PublishRefused

if TYPE_CHECKING:
    from datetime import datetime

    from tests.stateful.simulation import Simulation

PRICE = 45_000
"""What a message costs, in micro-USD."""
UNREACHABLE = "unreachable"
"""The reasons why accepted messages fail."""
_REFERENCE = re.compile(r"Ref (\S+)$")


class Carrier:
    """Takes each message, unless a test sets another result for its phone number.

    `published` counts the messages to each person, by the reference in their text; `taken` says
    when each message was taken, and `receipts` whether its receipts say that it was delivered.
    """

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self.published: Counter[str] = Counter()
        self.taken: dict[str, datetime] = {}
        self.receipts: defaultdict[str, set[bool]] = defaultdict(set)
        self.ways: dict[str, str] = {}

    def publish(self, phone: str, text: str) -> str:
        way = self.ways.get(phone, "taken")
        if way == "postponed":
            del self.ways[phone]
            raise PublishPostponed("throttled")
        if way == "refused":
            raise PublishRefused("opted_out")
        if way == "lost":
            raise PublishAmbiguous("ReadTimeoutError")
        self.published[_REFERENCE.search(text)[1]] += 1
        message_id = f"message-{self.published.total()}"
        self.taken[message_id] = self._simulation.now
        if way == "taken without answer":
            raise PublishAmbiguous("ReadTimeoutError")
        return message_id

    def is_opted_out(self, phone: str) -> bool:
        return self.ways.get(phone) == "refused"

    def receipt(self, message_id: str, *, delivered: bool) -> str:
        """Return CloudWatch's event with the receipt of a message."""
        self.receipts[message_id].add(delivered)
        line = {
            "notification": {
                "messageId": message_id,
                "timestamp": f"{self.taken[message_id]:%Y-%m-%d %H:%M:%S}.000",
            },
            "delivery": {
                "priceInUSD": PRICE / 1_000_000,
                "numberOfMessageParts": 1,
                "providerResponse": "Message has been accepted by phone carrier"
                if delivered
                else "Phone is currently unreachable/unavailable",
            },
            "status": "SUCCESS" if delivered else "FAILURE",
        }
        event = {"messageType": "DATA_MESSAGE", "logEvents": [{"message": json.dumps(line)}]}
        data = base64.b64encode(gzip.compress(json.dumps(event).encode())).decode()
        return json.dumps({"awslogs": {"data": data}})
