"""Delivers messages from the queues to the functions, as Lambda's event source mappings do.

The pump calls a function as Lambda does, with an SQS event and a context that has the time left.
The function's answer names the messages that failed. The pump deletes the other messages. A failed
message stays hidden until its visibility time-out ends. Then it is received again, with a higher
receive count. After its last try SQS itself moves it to the dead-letter queue. The pump does not
read a queue whose event source mapping is switched off. A message that has come through its
function 16 times becomes a dead letter, unless the function may be in a recursive loop.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from chalice.utils import to_cfn_resource_name

from .cloud import ACCOUNT, REGION, Cloud, EventSource
from .lineage import ATTRIBUTE, MOST_CALLS, calling, lineage_of
from .moto_patches import mappings, queues
from .template import TemplateError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

log = logging.getLogger(__name__)

CONFIG = Path(__file__).parents[1] / ".chalice" / "config.json"
_MESSAGES_A_RECEIVE = 10  # SQS's own limit


@dataclass(frozen=True)
class Limits:
    """A function's time-out (seconds) and memory (MB)."""

    timeout: int = 60
    memory: int = 128


class Context:
    """The context object of one invocation, as Lambda passes it."""

    def __init__(self, function: str, limits: Limits) -> None:
        """Start the invocation's time."""
        self.function_name = f"payung-local-{function}"
        self.function_version = "$LATEST"
        self.invoked_function_arn = (
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"
        )
        self.memory_limit_in_mb = limits.memory
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = "local"
        self.identity = None
        self.client_context = None
        self._end = time.monotonic() + limits.timeout

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that the function has left."""
        return max(0, int((self._end - time.monotonic()) * 1000))


Handler = Callable[[Any, Any], Any]
"""What a function does with an event and a context."""


@dataclass(frozen=True, slots=True)
class _Feed:
    """A queue and the function that it feeds."""

    source: EventSource
    name: str
    handler: Handler
    batch_size: int
    limits: Limits


class Pump:
    """Feeds an app's functions from a cloud's queues.

    `retry_after` (seconds) shortens the wait before a failed message is received again. None keeps
    the queue's own visibility time-out, as Lambda does. `wrap` takes a function's name and its
    handler, and returns what is called instead.
    """

    def __init__(
        self,
        app: Any,
        cloud: Cloud,
        session: boto3.Session,
        *,
        retry_after: int | None = None,
        limits: Mapping[str, Limits] | None = None,
        wrap: Callable[[str, Handler], Handler] = lambda _name, handler: handler,
    ) -> None:
        """Connect each queue with its function.

        Raises:
            TemplateError: the template and the app do not have the same functions.
        """
        self._sqs = session.client("sqs")
        self._retry_after = retry_after
        self._feeds = [
            replace(feed, handler=wrap(feed.name, feed.handler))
            for feed in _feeds(app, cloud, read_limits() if limits is None else limits)
        ]

    def drive(
        self,
        advance: Callable[[], float | None],
        *,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Work until every queue is empty, except the dead-letter queues.

        If no message is visible, `advance` advances the time until the next message becomes
        visible. It returns None if no message waits.
        """
        while True:
            while sum(self._serve(feed) for feed in self._feeds):
                progress()
            progress()
            # A message may have become visible since the last receive. Then none waits any more.
            if advance() is None and not sum(self._serve(feed) for feed in self._feeds):
                return

    def run(self, stop: threading.Event, *, workers: int = 1, pause: float = 0.5) -> None:
        """Work until `stop` is set. If no message was visible, look again after `pause` seconds.

        Only this thread receives: moto would give one message to two threads that ask at once.
        """
        free = threading.Semaphore(workers)

        def deliver(feed: _Feed, messages: "Sequence[MessageTypeDef]") -> None:
            try:
                self._deliver(feed, messages)
            except Exception:
                # The messages are received again after their visibility time-out.
                log.exception("the pump could not finish a delivery to %s", feed.name)
            finally:
                free.release()

        with ThreadPoolExecutor(workers, thread_name_prefix="pump") as pool:
            while not stop.is_set():
                idle = True
                for feed in self._feeds:
                    free.acquire()
                    if messages := self._receive(feed):
                        idle = False
                        pool.submit(deliver, feed, messages)
                    else:
                        free.release()
                if idle:
                    stop.wait(pause)

    def serve(self, functions: Collection[str]) -> None:
        """Work until no message is visible in the queues of these functions."""
        feeds = [feed for feed in self._feeds if feed.name in functions]
        while sum(self._serve(feed) for feed in feeds):
            pass

    def _serve(self, feed: _Feed) -> bool:
        """Call a function with one delivery. Return whether there was one."""
        messages = self._receive(feed)
        if messages:
            self._deliver(feed, messages)
        return bool(messages)

    def _receive(self, feed: _Feed) -> "list[MessageTypeDef]":
        source = feed.source
        if not mappings.is_on(ACCOUNT, REGION, source.mapping):
            return []  # the messages wait, and their receive count stays
        if queues.is_empty(ACCOUNT, REGION, source.queue_arn):
            return []
        answer: dict[str, Any] = self._sqs.receive_message(
            QueueUrl=source.queue_url,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
            MaxNumberOfMessages=min(feed.batch_size, _MESSAGES_A_RECEIVE),
            WaitTimeSeconds=0,
        )
        messages: list[MessageTypeDef] = answer.get("Messages", [])
        return messages

    def _deliver(self, feed: _Feed, messages: "Sequence[MessageTypeDef]") -> None:
        looping = [] if feed.source.allows_loops else [m for m in messages if _loops(feed, m)]
        for message in looping:
            self._stop_loop(feed, message)
        messages = [each for each in messages if each not in looping]
        if not messages:
            return
        with calling(feed.name, messages):
            failed = _call(feed, messages)
        done = [each for each in messages if each["MessageId"] not in failed]
        again = [each for each in messages if each["MessageId"] in failed]
        url = feed.source.queue_url
        if done:
            self._sqs.delete_message_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": each["ReceiptHandle"]}
                    for index, each in enumerate(done)
                ],
            )
        if again and self._retry_after is not None:
            self._sqs.change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {
                        "Id": str(index),
                        "ReceiptHandle": each["ReceiptHandle"],
                        "VisibilityTimeout": self._retry_after,
                    }
                    for index, each in enumerate(again)
                ],
            )

    def _stop_loop(self, feed: _Feed, message: "MessageTypeDef") -> None:
        """Move a message to the dead letters instead of calling the function."""
        log.error("%s is in a recursive loop; its message is a dead letter", feed.name)
        url = feed.source.queue_url
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        target = json.loads(answer["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
        aside = self._sqs.get_queue_url(QueueName=target.rpartition(":")[2])["QueueUrl"]
        self._sqs.send_message(QueueUrl=aside, MessageBody=message["Body"])
        self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def read_limits(path: Path = CONFIG) -> dict[str, Limits]:
    """Read the limits of each function from Chalice's configuration, by its name in the app."""
    if not path.exists():
        return {}
    functions = json.loads(path.read_text()).get("lambda_functions", {})
    return {
        name: Limits(
            timeout=each.get("lambda_timeout", Limits.timeout),
            memory=each.get("lambda_memory_size", Limits.memory),
        )
        for name, each in functions.items()
    }


def scheduled_event() -> dict[str, Any]:
    """Return the event with which a schedule calls a function."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "source": "aws.events",
        "detail-type": "Scheduled Event",
        "detail": {},
        "account": ACCOUNT,
        "region": REGION,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "resources": [],
    }


def record_of(message: "MessageTypeDef", arn: str) -> dict[str, Any]:
    """Return a received message in the form of Lambda's SQS event."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message["Attributes"]),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "binaryValue": value.get("BinaryValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
            if name != ATTRIBUTE
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def failures(answer: Any, ids: set[str]) -> set[str]:
    """Return the failed messages of a delivery, as Lambda reads a function's answer.

    If the answer names no message, none failed. All failed if the answer has another form, or names
    a message that is not in the delivery, or has an entry without a name.
    """
    if not answer:
        return set()
    try:
        named = {item["itemIdentifier"] for item in answer["batchItemFailures"] or ()}
    except (TypeError, KeyError):
        return ids
    unknown = named - ids
    return ids if unknown else named


def _loops(feed: _Feed, message: "MessageTypeDef") -> bool:
    return lineage_of(message).get(feed.name, 0) >= MOST_CALLS


def _call(feed: _Feed, messages: "Sequence[MessageTypeDef]") -> set[str]:
    ids = {each["MessageId"] for each in messages}
    event = {"Records": [record_of(each, feed.source.queue_arn) for each in messages]}
    try:
        # Convert both ways through JSON, as between Lambda and a function.
        answer = feed.handler(json.loads(json.dumps(event)), Context(feed.name, feed.limits))
        answer = json.loads(json.dumps(answer))
    except Exception as error:  # after any error Lambda returns the messages to the queue
        log.error("%s failed: %s", feed.name, type(error).__name__)  # noqa: TRY400  # its text may hold personal data
        log.debug("the exception of %s", feed.name, exc_info=True)
        return ids
    return failures(answer, ids) if feed.source.reports_failures else set()


def _feeds(app: Any, cloud: Cloud, limits: Mapping[str, Limits]) -> list[_Feed]:
    names = {to_cfn_resource_name(name): name for name in app.handler_map}
    registered = {each.name: each for each in app.event_sources}
    if unknown := set(cloud.functions) - set(names) - {"APIHandler"}:
        raise TemplateError(f"the app has no function for {', '.join(sorted(unknown))}")
    fed = {names[source.function] for source in cloud.sources}
    if unfed := {name for name, each in registered.items() if hasattr(each, "queue")} - fed:
        raise TemplateError(f"the template has no queue for {', '.join(sorted(unfed))}")
    return [
        _Feed(
            source=source,
            name=names[source.function],
            handler=app.handler_map[names[source.function]],
            batch_size=source.batch_size or registered[names[source.function]].batch_size,
            limits=limits.get(names[source.function], Limits()),
        )
        for source in cloud.sources
    ]
