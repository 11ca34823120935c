"""`python -m local dead-letters`: shows the messages that failed, and redrives them.

It works on the embedded cloud and on AWS, because it reads the queues' own redrive policies.

The list has file, chunk and kind of job, but never a person.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.adapters.dynamodb import failures
from chalicelib.domain.jobs import SET_ASIDE, SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_TABLE = "BatchesTable"
"""What the name of the files' table has in it: CloudFormation adds something random."""
_NO_REASON = "no reason is kept: the function was ended from outside (its time or its memory)"
_HIDDEN_SECONDS = 120
"""The time for which a received message is hidden from other receivers."""
_WAIT_SECONDS = 1
"""The time to wait for messages. Without a wait, SQS may ask only servers that have none."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A queue and its dead-letter queue (URLs)."""

    queue: str
    dead_letters: str

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.queue.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that failed: when it was sent (UTC), and the file and job that it is about.

    `why` is the reason of its last failure. There is none if the function was ended from outside
    (its time or its memory).
    """

    queue: str
    id: str
    sent: datetime
    about: str
    why: str


class Reasons:
    """Why messages failed, from the files' tables of the stages whose names begin with a prefix."""

    def __init__(self, session: boto3.Session, prefix: str) -> None:
        """Find the tables."""
        self._tables = session.client("dynamodb")
        pages = self._tables.get_paginator("list_tables").paginate()
        names = [name for page in pages for name in page["TableNames"]]
        self._names = [each for each in names if each.startswith(prefix) and _TABLE in each]

    def of(self, message: str) -> str:
        """Return why a message failed, in one line without personal data."""
        key = {"batch": {"S": f"{failures.PREFIX}{message}"}, "part": {"S": failures.PART}}
        for name in self._names:
            if item := self._tables.get_item(TableName=name, Key=key).get("Item"):
                said = f": {item['said']['S']}" if item["said"]["S"] else ""
                return (
                    f"{item['error']['S']}{said} (try {item['tries']['N']}, {item['at']['S']}, "
                    f"request {item['request']['S'] or '?'}, at {item['place']['S']})"
                )
        return _NO_REASON


def pairs(sqs: "SQSClient", prefix: str) -> list[Pair]:
    """Return the queues whose names begin with `prefix`, each with its dead-letter queue."""
    policies, arns = {}, {}
    for url in _urls(sqs, prefix):
        attributes = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["QueueArn", "RedrivePolicy"]
        )["Attributes"]
        arns[attributes["QueueArn"]] = url
        if "RedrivePolicy" in attributes:
            policies[url] = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
    return [Pair(url, arns[arn]) for url, arn in sorted(policies.items()) if arn in arns]


def list_all(session: boto3.Session, prefix: str) -> list[DeadLetter]:
    """Return the dead letters. They stay in their queues."""
    sqs = session.client("sqs")
    reasons = Reasons(session, prefix)
    found = []
    for url, name in [(pair.dead_letters, pair.name) for pair in pairs(sqs, prefix)]:
        messages = list(receive_all(sqs, url))
        found += [_dead_letter(name, message, reasons) for message in messages]
        for message in messages:
            sqs.change_message_visibility(
                QueueUrl=url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=0,
            )
    return found


def redrive(session: boto3.Session, prefix: str) -> int:
    """Put every dead letter back into its own queue; return their number.

    This is safe at any time: a job whose work is already done changes nothing. A message is sent
    before it is deleted, so none can be lost.
    """
    sqs = session.client("sqs")
    moved = 0
    for pair in pairs(sqs, prefix):
        for message in receive_all(sqs, pair.dead_letters):
            sqs.send_message(QueueUrl=pair.queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=pair.dead_letters, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def _urls(sqs: "SQSClient", prefix: str) -> list[str]:
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix)
    return [url for page in pages for url in page.get("QueueUrls", [])]


def receive_all(sqs: "SQSClient", url: str) -> "Iterator[MessageTypeDef]":
    """Receive until no new message comes. Received messages stay hidden for some time.

    With many messages the first are visible again before the last is received. The loop ends there.
    """
    seen: set[str] = set()
    while True:
        answer = sqs.receive_message(
            QueueUrl=url,
            AttributeNames=["SentTimestamp"],
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
        )
        new = [each for each in answer.get("Messages", []) if each["MessageId"] not in seen]
        if not new:
            return
        seen.update(each["MessageId"] for each in new)
        yield from new


def _dead_letter(queue: str, message: "MessageTypeDef", reasons: "Reasons") -> DeadLetter:
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    id_ = message["MessageId"]
    return DeadLetter(queue, id_, sent, describe(message["Body"]), reasons.of(id_))


def describe(body: str) -> str:
    """Describe a message without personal data."""
    if body.startswith(SET_ASIDE):
        return f"set aside: {describe(SetAside.model_validate_json(body).job)}"
    try:
        job: Any = json.loads(body)
    except ValueError:
        return "not JSON"
    if not isinstance(job, dict):
        return "not a job"
    if isinstance(job.get("Records"), list):
        return f"{len(job['Records'])} upload events"
    if "awslogs" in job or "requestPayload" in job:
        return "receipts of messages"
    known = {name: job[name] for name in ("v", "batch", "chunk") if name in job}
    if "niks" in job:
        known["people"] = len(job["niks"]) if isinstance(job["niks"], list) else "?"
    return ", ".join(f"{name} {str(value)[:16]}" for name, value in known.items()) or "not a job"
