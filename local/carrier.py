"""Simulates the phone companies: the result of each SMS that SNS accepted, and its receipt.

The last two digits of a phone number determine the result of its messages. To try a case, give a
person such a number. Messages to all other numbers arrive.

    99   refused at once: the owner has opted out (see `moto_patches.opt_outs`)
    98   the first message fails: the phone is unreachable; a resend arrives
    97   fails: no such number
    96   fails: the phone blocks messages
    95   fails: blocked as spam
    94   arrives, and the carrier sends the receipt twice
    93   no receipt ever arrives

So about one of a hundred people with made-up numbers has each of these results. A receipt arrives
2 to 60 seconds after its message. The delay depends only on the number. The way of a receipt is the
same as on AWS: SNS writes a line into a log group, and CloudWatch calls the function `forward`
with the new lines, which puts them into the queue of `receipts`. If the call fails, Lambda calls
again after one minute and then after two. At the end it puts the event into that queue itself.
"""

import base64
import gzip
import heapq
import itertools
import json
import logging
import math
import random
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto.sns.models import sns_backends

from chalicelib.adapters.ports import Clock

from .cloud import ACCOUNT, REGION, Cloud
from .moto_patches.isolation import alone
from .pump import Context, Limits, read_limits

log = logging.getLogger(__name__)

FUNCTION = "forward"
PRICE = 0.045
"""USD for one part."""
DELIVERED = "Message has been accepted by phone carrier"
FAILURES: Mapping[str, str] = {
    "98": "Phone is currently unreachable/unavailable",
    "97": "Invalid phone number",
    "96": "Phone has blocked SMS",
    "95": "Blocked as spam by phone carrier",
}
"""The carrier's response about messages to numbers with these last digits."""
ONCE_ONLY, TWICE, NEVER = "98", "94", "93"

_GROUP = f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber"
_LINES = 100  # at most, in one event
_SOONEST, _LATEST = 2.0, 60.0  # seconds
_GATHERED = 5.0  # seconds for which CloudWatch gathers lines into one event
_RETRIES = (timedelta(minutes=1), timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class _Event:
    """A call of the function by CloudWatch, with the number of failed attempts so far."""

    payload: Mapping[str, Any]
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that SNS will write into a log group."""

    group: str
    text: str


class Carrier:
    """Delivers the receipts of a cloud's messages to the app's function, by the given clock.

    The delay of a receipt starts when this class first sees the message.
    """

    def __init__(self, app: Any, cloud: Cloud, session: boto3.Session, clock: Clock) -> None:
        """Connect the cloud's messages with the app's function."""
        self._handler: Callable[[Any, Any], Any] = app.handler_map[FUNCTION]
        self._limits = read_limits().get(FUNCTION, Limits())
        self._sqs = session.client("sqs")
        self._failure_queue = cloud.failures[FUNCTION.title()]
        self._clock = clock
        self._seen = 0
        self._sent: Counter[str] = Counter()
        self._due: list[tuple[datetime, int, _Line | _Event]] = []
        self._order = itertools.count()

    def work(self) -> None:
        """Read the new messages, and deliver every receipt that is due by now."""
        self._read_new_messages()
        now = self._clock()
        lines: defaultdict[str, list[str]] = defaultdict(list)
        while self._due and self._due[0][0] <= now:
            _, _, due = heapq.heappop(self._due)
            if isinstance(due, _Event):
                self._call(due)
            else:
                lines[due.group].append(due.text)
        for group, texts in lines.items():
            for start in range(0, len(texts), _LINES):
                self._call(_Event(event_of(group, texts[start : start + _LINES], now)))

    def until_next(self) -> float | None:
        """Return the seconds until the next receipt is due. None if there is none."""
        self._read_new_messages()
        if not self._due:
            return None
        return max(0.0, (self._due[0][0] - self._clock()).total_seconds())

    def run(self, stop: threading.Event, *, pause: float = 0.5) -> None:
        """Work until `stop` is set."""
        while not stop.wait(pause):
            try:
                self.work()
            except Exception:
                log.exception("the carrier could not deliver its receipts")

    def _read_new_messages(self) -> None:
        """Determine the receipts of the messages since the last call."""
        with alone():
            messages = sns_backends[ACCOUNT][REGION].sms_messages
            if len(messages) == self._seen:
                return
            new = list(itertools.islice(messages.items(), self._seen, None))
        now = self._clock()
        for message_id, (phone, _) in new:
            self._seen += 1
            self._sent[phone] += 1
            for after, line in _receipt_lines(message_id, phone, self._sent[phone], now):
                self._put(_gathered(now + after), line)

    def _put(self, at: datetime, due: _Line | _Event) -> None:
        heapq.heappush(self._due, (at, next(self._order), due))

    def _call(self, event: _Event) -> None:
        """Call the function as Lambda does for an asynchronous invocation."""
        try:
            # Convert through JSON, as between Lambda and a function.
            payload = json.loads(json.dumps(event.payload))
            self._handler(payload, Context(FUNCTION, self._limits))
        except Exception as error:  # noqa: BLE001  # after any error Lambda calls again
            log.warning("%s failed: %s", FUNCTION, type(error).__name__)
            tried = event.attempts
            if tried < len(_RETRIES):
                self._put(self._clock() + _RETRIES[tried], _Event(event.payload, tried + 1))
            else:
                record = json.dumps(failure_of(event.payload, error, self._clock()))
                self._sqs.send_message(QueueUrl=self._failure_queue, MessageBody=record)


def _gathered(at: datetime) -> datetime:
    """Return when CloudWatch passes on a line of that moment: with the others of those seconds."""
    seconds = math.ceil(at.timestamp() / _GATHERED) * _GATHERED
    return datetime.fromtimestamp(seconds, UTC)


def event_of(group: str, lines: Iterable[str], at: datetime) -> dict[str, Any]:
    """Return the event with which CloudWatch delivers lines of a log group."""
    content = {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": group,
        "logStream": str(uuid.uuid4()),
        "subscriptionFilters": ["payung-local"],
        "logEvents": [
            {"id": f"{index:056d}", "timestamp": int(at.timestamp() * 1000), "message": line}
            for index, line in enumerate(lines)
        ],
    }
    packed = gzip.compress(json.dumps(content).encode())
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def line_of(
    message_id: str, phone: str, at: datetime, *, failure: str | None, dwell: timedelta
) -> str:
    """Return the line that SNS writes about a message that it accepted at `at` (UTC)."""
    milliseconds = int(dwell.total_seconds() * 1000)
    return json.dumps(
        {
            "notification": {
                "messageId": message_id,
                "timestamp": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
            },
            "delivery": {
                "phoneCarrier": "Seluler Contoh",
                "mnc": 10,
                "numberOfMessageParts": 1,
                "destination": phone,
                "priceInUSD": PRICE,
                "smsType": "Transactional",
                "mcc": 510,
                "providerResponse": failure or DELIVERED,
                "dwellTimeMs": milliseconds,
                "dwellTimeMsUntilDeviceAck": milliseconds,
            },
            "status": "FAILURE" if failure else "SUCCESS",
        }
    )


def failure_of(payload: Mapping[str, Any], error: Exception, at: datetime) -> dict[str, Any]:
    """Return the record that Lambda stores about an invocation after its last failure."""
    return {
        "version": "1.0",
        "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{FUNCTION}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": len(_RETRIES) + 1,
        },
        "requestPayload": payload,
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": {"errorType": type(error).__name__},
    }


def _receipt_lines(
    message_id: str, phone: str, time: int, at: datetime
) -> Iterable[tuple[timedelta, _Line]]:
    """Return the receipts of the `time`th message to a number, with their delays."""
    ending = phone[-2:]
    if ending == NEVER:
        return
    failure = FAILURES.get(ending)
    if ending == ONCE_ONLY and time > 1:
        failure = None
    rng = random.Random(f"{phone} {time}")  # noqa: S311  # not secret: equal in each run
    after = timedelta(seconds=rng.uniform(_SOONEST, _LATEST))
    group = f"{_GROUP}/Failure" if failure else _GROUP
    line = _Line(group, line_of(message_id, phone, at, failure=failure, dwell=after))
    yield after, line
    if ending == TWICE:
        yield after + timedelta(seconds=rng.uniform(_SOONEST, _LATEST)), line
