"""`python -m local dead-letters`: what could not be done, and driving it again.

Works on the embedded cloud and on a deployed one alike: it goes by the queues'
own redrive policies. What Lambda set aside of functions that no queue feeds (`receipts`) is
shown, too, and driven again by calling the function; on the embedded cloud, whose functions are not
Lambda's, that stays where it is.
What is shown names file, chunk and kind of job, never a person.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_A_WHILE = 120
"""Seconds for which a message that is looked at is hidden from others."""
_ASIDE = "ReceiptDeadLetters"
"""What is in the name of the queue in which Lambda sets events aside, as the template calls it."""
_PATIENCE = 1
"""Seconds to wait for messages: an answer at once may come from a part of SQS that has none."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A queue and where its dead letters go."""

    queue: str
    letters: str

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.queue.rpartition("/")[2]


def asides(sqs: "SQSClient", prefix: str) -> list[str]:
    """Return the queues, of those whose names begin so, in which Lambda sets events aside."""
    return [url for url in _urls(sqs, prefix) if _ASIDE in url.rpartition("/")[2]]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that could not be done: since when it is there (UTC), and what it is about."""

    queue: str
    id: str
    sent: datetime
    about: str


def pairs(sqs: "SQSClient", prefix: str) -> list[Pair]:
    """Return the queues whose names begin so, each with its dead-letter queue."""
    policies, arns = {}, {}
    for url in _urls(sqs, prefix):
        attributes = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["QueueArn", "RedrivePolicy"]
        )["Attributes"]
        arns[attributes["QueueArn"]] = url
        if "RedrivePolicy" in attributes:
            policies[url] = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
    return [Pair(url, arns[arn]) for url, arn in sorted(policies.items()) if arn in arns]


def shown(session: boto3.Session, prefix: str) -> list[Letter]:
    """Return the dead letters; they stay where they are."""
    sqs = session.client("sqs")
    found = []
    places = [(pair.letters, pair.name) for pair in pairs(sqs, prefix)]
    for url, name in (*places, *((url, url.rpartition("/")[2]) for url in asides(sqs, prefix))):
        messages = list(_received(sqs, url))
        found += [_letter(name, message) for message in messages]
        for message in messages:
            sqs.change_message_visibility(
                QueueUrl=url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=0,
            )
    return found


def redrive(session: boto3.Session, prefix: str) -> int:
    """Put every dead letter back into the queue it came from; return how many.

    Safe at any time: a job that was done meanwhile finds its work done. A message is sent before
    it is taken away, so that none is lost in between.
    """
    sqs = session.client("sqs")
    moved = 0
    for pair in pairs(sqs, prefix):
        for message in _received(sqs, pair.letters):
            sqs.send_message(QueueUrl=pair.queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=pair.letters, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    calls = session.client("lambda")
    for url in asides(sqs, prefix):
        for message in _received(sqs, url):
            if _called_again(calls, message["Body"]):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
    return moved


def _called_again(calls: "LambdaClient", body: str) -> bool:
    """Call a function again with what Lambda set aside; False where it is not there (any more)."""
    record = json.loads(body)
    try:
        calls.invoke(
            FunctionName=record["requestContext"]["functionArn"],
            InvocationType="Event",
            Payload=json.dumps(record["requestPayload"]).encode(),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return False
    return True


def _urls(sqs: "SQSClient", prefix: str) -> list[str]:
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix)
    return [url for page in pages for url in page.get("QueueUrls", [])]


def _received(sqs: "SQSClient", url: str) -> "Iterator[MessageTypeDef]":
    """Receive until nothing new comes; what was received stays hidden for a while.

    With many letters the first come into sight again before the last was seen: there it ends.
    """
    seen: set[str] = set()
    while True:
        answer = sqs.receive_message(
            QueueUrl=url,
            AttributeNames=["SentTimestamp"],
            MaxNumberOfMessages=10,
            VisibilityTimeout=_A_WHILE,
            WaitTimeSeconds=_PATIENCE,
        )
        new = [each for each in answer.get("Messages", []) if each["MessageId"] not in seen]
        if not new:
            return
        seen.update(each["MessageId"] for each in new)
        yield from new


def _letter(queue: str, message: "MessageTypeDef") -> Letter:
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    return Letter(queue, message["MessageId"], sent, _about(message["Body"]))


def _about(body: str) -> str:
    """Say what a message is about, naming nobody."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        return "not JSON"
    if not isinstance(told, dict):
        return "not a job"
    if isinstance(told.get("Records"), list):
        return f"{len(told['Records'])} upload events"
    if "requestPayload" in told:
        return "receipts of messages"
    known = {name: told[name] for name in ("v", "batch", "chunk") if name in told}
    if "niks" in told:
        known["people"] = len(told["niks"]) if isinstance(told["niks"], list) else "?"
    return ", ".join(f"{name} {str(value)[:16]}" for name, value in known.items()) or "not a job"
