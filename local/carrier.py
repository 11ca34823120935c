"""Plays the phone companies: what becomes of each SMS that SNS took, and how payung hears of it.

The last two digits of a number say what becomes of its messages, so that anything can be tried by
giving a person such a number; everybody else's arrive.

    99   refused at once: the owner has opted out (see `moto_opt_outs`)
    98   fails the first time: the phone cannot be reached; what is sent again arrives
    97   fails: no such number
    96   fails: the phone blocks messages
    95   fails: taken for spam
    94   arrives, and the carrier says so twice
    93   nobody ever hears of it again

So of a hundred people with made-up numbers about one has each of these fates. A receipt comes 2 to
60 seconds after its message; how many depends on the number alone. It comes as on AWS: SNS writes
a line into a log group, CloudWatch hands what was written to the function `receipts`, and where
that fails, Lambda calls it again after one minute and then after two, and sets the event aside in
the end.
"""

import base64
import gzip
import heapq
import itertools
import json
import logging
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

from chalicelib.adapters.protocols import Clock

from .cloud import ACCOUNT, REGION, Cloud
from .pump import Context, Limits, read_limits

log = logging.getLogger(__name__)

FUNCTION = "receipts"
PRICE = 0.045
"""USD for one part."""
DELIVERED = "Message has been accepted by phone carrier"
FAILURES: Mapping[str, str] = {
    "98": "Phone is currently unreachable/unavailable",
    "97": "Invalid phone number",
    "96": "Phone has blocked SMS",
    "95": "Blocked as spam by phone carrier",
}
"""What the carrier says of messages to numbers that end so."""
ONCE_ONLY, TWICE, NEVER = "98", "94", "93"

_GROUP = f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber"
_LINES = 100  # in one event, at the most
_SOONEST, _LATEST = 2.0, 60.0  # seconds
_RETRIES = (timedelta(minutes=1), timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class _Event:
    """What CloudWatch hands on, or has tried to hand on before."""

    payload: Mapping[str, Any]
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that SNS is going to write into a log group."""

    group: str
    text: str


class Carrier:
    """Gives an app's function the receipts of a cloud's messages, by the clock that is set.

    What is said of a message is reckoned from when it is first seen here.
    """

    def __init__(self, app: Any, cloud: Cloud, session: boto3.Session, clock: Clock) -> None:
        """Join the cloud's messages to the app's function."""
        self._handler: Callable[[Any, Any], Any] = app.handler_map[FUNCTION]
        self._limits = read_limits().get(FUNCTION, Limits())
        self._sqs = session.client("sqs")
        self._aside = cloud.failures[FUNCTION.title()]
        self._clock = clock
        self._seen = 0
        self._sent: Counter[str] = Counter()
        self._due: list[tuple[datetime, int, _Line | _Event]] = []
        self._order = itertools.count()

    def work(self) -> None:
        """Look at what was sent, and hand on whatever is due by now."""
        self._look()
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
        """Return in how many seconds something is due; None where nothing is to come."""
        self._look()
        if not self._due:
            return None
        return max(0.0, (self._due[0][0] - self._clock()).total_seconds())

    def run(self, stop: threading.Event, *, pause: float = 0.5) -> None:
        """Work until told to stop."""
        while not stop.wait(pause):
            try:
                self.work()
            except Exception:
                log.exception("the carrier could not hand on its receipts")

    def _look(self) -> None:
        """Decide about the messages that came since the last look."""
        messages = sns_backends[ACCOUNT][REGION].sms_messages
        if len(messages) == self._seen:
            return
        now = self._clock()
        for message_id, (phone, _) in list(itertools.islice(messages.items(), self._seen, None)):
            self._seen += 1
            self._sent[phone] += 1
            for after, line in _said(message_id, phone, self._sent[phone], now):
                self._put(now + after, line)

    def _put(self, at: datetime, due: _Line | _Event) -> None:
        heapq.heappush(self._due, (at, next(self._order), due))

    def _call(self, event: _Event) -> None:
        """Call the function as Lambda does for those who do not wait for an answer."""
        try:
            # Through JSON, as between Lambda and a function.
            payload = json.loads(json.dumps(event.payload))
            self._handler(payload, Context(FUNCTION, self._limits))
        except Exception as error:  # noqa: BLE001  # whatever it is, Lambda calls again
            log.warning("%s failed: %s", FUNCTION, type(error).__name__)
            tried = event.attempts
            if tried < len(_RETRIES):
                self._put(self._clock() + _RETRIES[tried], _Event(event.payload, tried + 1))
            else:
                record = json.dumps(failure_of(event.payload, error, self._clock()))
                self._sqs.send_message(QueueUrl=self._aside, MessageBody=record)


def event_of(group: str, lines: Iterable[str], at: datetime) -> dict[str, Any]:
    """Return the event with which CloudWatch hands on lines of a log group."""
    told = {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": group,
        "logStream": str(uuid.uuid4()),
        "subscriptionFilters": ["payung-local"],
        "logEvents": [
            {"id": f"{place:056d}", "timestamp": int(at.timestamp() * 1000), "message": line}
            for place, line in enumerate(lines)
        ],
    }
    packed = gzip.compress(json.dumps(told).encode())
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def line_of(
    message_id: str, phone: str, at: datetime, *, failure: str | None, dwell: timedelta
) -> str:
    """Return what SNS writes of a message that it took `at` that time (UTC)."""
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
    """Return the record that Lambda sets aside of an invocation which failed for good."""
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


def _said(
    message_id: str, phone: str, time: int, at: datetime
) -> Iterable[tuple[timedelta, _Line]]:
    """Return what is going to be said of the `time`th message to a number, and when."""
    ending = phone[-2:]
    if ending == NEVER:
        return
    failure = FAILURES.get(ending)
    if ending == ONCE_ONLY and time > 1:
        failure = None
    chance = random.Random(f"{phone} {time}")  # noqa: S311  # no secret: the same in each run
    after = timedelta(seconds=chance.uniform(_SOONEST, _LATEST))
    group = f"{_GROUP}/Failure" if failure else _GROUP
    line = _Line(group, line_of(message_id, phone, at, failure=failure, dwell=after))
    yield after, line
    if ending == TWICE:
        yield after + timedelta(seconds=chance.uniform(_SOONEST, _LATEST)), line
