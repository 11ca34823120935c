"""`python -m local dead-letters`: what could not be done, and driving it again.

Works on the embedded cloud and on a deployed one alike: it goes by the queues'
own redrive policies.
What is shown names file, chunk and kind of job, never a person.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_A_WHILE = 120
"""Seconds for which a message that is looked at is hidden from others."""
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


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that could not be done: since when it is there (UTC), and what it is about."""

    queue: str
    id: str
    sent: datetime
    about: str


def pairs(sqs: "SQSClient", prefix: str) -> list[Pair]:
    """Return the queues whose names begin so, each with its dead-letter queue."""
    urls: list[str] = []
    for page in sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix):
        urls += page.get("QueueUrls", [])
    policies, arns = {}, {}
    for url in urls:
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
    for pair in pairs(sqs, prefix):
        messages = list(_received(sqs, pair.letters))
        found += [_letter(pair, message) for message in messages]
        for message in messages:
            sqs.change_message_visibility(
                QueueUrl=pair.letters,
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
    return moved


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


def _letter(pair: Pair, message: "MessageTypeDef") -> Letter:
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    return Letter(pair.name, message["MessageId"], sent, _about(message["Body"]))


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
    known = {name: told[name] for name in ("v", "batch", "chunk") if name in told}
    if "niks" in told:
        known["people"] = len(told["niks"]) if isinstance(told["niks"], list) else "?"
    return ", ".join(f"{name} {str(value)[:16]}" for name, value in known.items()) or "not a job"
