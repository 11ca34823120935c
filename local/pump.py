"""Takes messages from the queues to the functions, as Lambda's event source mappings do.

A function is called as Lambda calls it: with the event that SQS and Lambda make together, and a
context that knows how much time is left. What it answers decides, message by message: those done
are deleted; those failed stay hidden until their visibility time-out is over, come again with a
higher receive count, and end in the dead-letter queue, where SQS itself puts them. A queue whose
event source mapping is switched off is left alone.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from chalice.utils import to_cfn_resource_name

from . import moto_mappings, moto_queues
from .cloud import ACCOUNT, REGION, Cloud, EventSource
from .template import TemplateError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

log = logging.getLogger(__name__)

CONFIG = Path(__file__).parents[1] / ".chalice" / "config.json"
_MESSAGES_A_RECEIVE = 10  # SQS's own limit


@dataclass(frozen=True)
class Limits:
    """How long a function may run (seconds), and its memory (MB)."""

    timeout: int = 60
    memory: int = 128


class Context:
    """What Lambda tells a function about this one invocation."""

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
        """Return how long the function may still run."""
        return max(0, int((self._end - time.monotonic()) * 1000))


@dataclass(frozen=True, slots=True)
class _Feed:
    """A queue together with the function that it feeds."""

    source: EventSource
    name: str
    handler: Callable[[Any, Any], Any]
    batch_size: int
    limits: Limits


class Pump:
    """Feeds an app's functions from a cloud's queues.

    `retry_after` (seconds) shortens the wait before a failed message comes again; None leaves
    the queue's own visibility time-out, as Lambda does.
    """

    def __init__(
        self,
        app: Any,
        cloud: Cloud,
        session: boto3.Session,
        *,
        retry_after: int | None = None,
        limits: Mapping[str, Limits] | None = None,
    ) -> None:
        """Join each queue to its function.

        Raises:
            TemplateError: the template and the app do not speak of the same functions.
        """
        self._sqs = session.client("sqs")
        self._retry_after = retry_after
        self._feeds = _feeds(app, cloud, read_limits() if limits is None else limits)

    def drive(
        self,
        wind_on: Callable[[], float | None],
        *,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Work until nothing is left in any queue, the dead letters apart.

        `wind_on` is asked, when nothing is to be had now, to let the time pass that messages wait
        for; it returns None where none waits.
        """
        while True:
            while sum(self._serve(feed) for feed in self._feeds):
                progress()
            progress()
            # A message may have come into sight since it was asked for: then none is waited for.
            if wind_on() is None and not sum(self._serve(feed) for feed in self._feeds):
                return

    def run(self, stop: threading.Event, *, workers: int = 1, pause: float = 0.5) -> None:
        """Work until told to stop; look again after `pause` seconds where nothing was waiting.

        Only this thread receives: moto would hand one message to two that ask at once.
        """
        free = threading.Semaphore(workers)

        def deliver(feed: _Feed, messages: "Sequence[MessageTypeDef]") -> None:
            try:
                self._deliver(feed, messages)
            except Exception:
                # The messages come again once their time-out is over.
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

    def _serve(self, feed: _Feed) -> bool:
        """Let a function work off one delivery; say whether there was any."""
        messages = self._receive(feed)
        if messages:
            self._deliver(feed, messages)
        return bool(messages)

    def _receive(self, feed: _Feed) -> "list[MessageTypeDef]":
        source = feed.source
        if not moto_mappings.is_on(ACCOUNT, REGION, source.mapping):
            return []  # the messages wait, and spend no receives
        if moto_queues.is_empty(ACCOUNT, REGION, source.queue_arn):
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
        failed = _call(feed, messages)
        done = [each for each in messages if each["MessageId"] not in failed]
        again = [each for each in messages if each["MessageId"] in failed]
        url = feed.source.queue_url
        if done:
            self._sqs.delete_message_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": each["ReceiptHandle"]}
                    for place, each in enumerate(done)
                ],
            )
        if again and self._retry_after is not None:
            self._sqs.change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {
                        "Id": str(place),
                        "ReceiptHandle": each["ReceiptHandle"],
                        "VisibilityTimeout": self._retry_after,
                    }
                    for place, each in enumerate(again)
                ],
            )


def read_limits(path: Path = CONFIG, stage: str = "dev") -> dict[str, Limits]:
    """Read each function's limits, by its name in the app, from Chalice's configuration."""
    if not path.exists():
        return {}
    functions = json.loads(path.read_text())["stages"][stage].get("lambda_functions", {})
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
    """Return a received message in the form in which Lambda hands it to a function."""
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
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def failures(answer: Any, ids: set[str]) -> set[str]:
    """Return which of a delivery's messages failed, as Lambda reads a function's answer.

    Nothing named: none. An answer that is not of the form, or that names a message which is not
    of this delivery, or nameless ones: all of them.
    """
    if not answer:
        return set()
    try:
        named = {item["itemIdentifier"] for item in answer["batchItemFailures"] or ()}
    except (TypeError, KeyError):
        return ids
    strangers = named - ids
    return ids if strangers else named


def _call(feed: _Feed, messages: "Sequence[MessageTypeDef]") -> set[str]:
    ids = {each["MessageId"] for each in messages}
    event = {"Records": [record_of(each, feed.source.queue_arn) for each in messages]}
    try:
        # Both ways through JSON, as between Lambda and a function.
        answer = feed.handler(json.loads(json.dumps(event)), Context(feed.name, feed.limits))
        answer = json.loads(json.dumps(answer))
    except Exception as error:  # whatever it is, Lambda gives the messages back
        log.error("%s failed: %s", feed.name, type(error).__name__)  # noqa: TRY400  # its text may name people
        log.debug("the fault of %s", feed.name, exc_info=True)
        return ids
    return failures(answer, ids) if feed.source.reports_failures else set()


def _feeds(app: Any, cloud: Cloud, limits: Mapping[str, Limits]) -> list[_Feed]:
    names = {to_cfn_resource_name(name): name for name in app.handler_map}
    registered = {each.name: each for each in app.event_sources}
    if strangers := set(cloud.functions) - set(names) - {"APIHandler"}:
        raise TemplateError(f"the app has no function for {', '.join(sorted(strangers))}")
    fed = {names[source.function] for source in cloud.sources}
    if hungry := {name for name, each in registered.items() if hasattr(each, "queue")} - fed:
        raise TemplateError(f"the template feeds no queue to {', '.join(sorted(hungry))}")
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
