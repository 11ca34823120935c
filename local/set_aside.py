"""`python -m local dead-letters --set-aside ID`: ends one dead letter for good, with a reason.

The message goes back to its own queue, marked. Its function then ends what the message is about in
a true state: an upload is refused, a file that is being applied is given up and reports what it
settled, people's messages are held. Nothing is lost: if that fails too, the message becomes a dead
letter again. A line in the audit trail comes first, so nothing is set aside without it.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.adapters.audit_sink import CloudWatchAuditSink
from chalicelib.domain.jobs import SET_ASIDE, Decision, SetAside

from .dead_letters import Pair, describe, pairs, receive_all
from .errors import LocalError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_TRAIL = re.compile(r"/payung/([a-z]+)/audit")
_SHORTEST, _LONGEST = 5, 200
_NUMBERS = re.compile(r"[0-9](?:[ ._-]?[0-9]){9}")
"""Ten digits or more may be a NIK or a phone number."""


class NotSetAside(LocalError):
    """The dead letter stays; the text says why."""


def set_aside(
    session: boto3.Session, prefix: str, id_: str, reason: str, now: Callable[[], datetime]
) -> str:
    """Set one dead letter aside; return what it is about.

    `prefix` begins the names of the stage's queues. The administrator is the caller whom AWS knows.

    Raises:
        NotSetAside: there is no such dead letter, the reason does not do, or the stage is unclear.
    """
    if not _SHORTEST <= len(reason.strip()) <= _LONGEST:
        raise NotSetAside(f"give a reason of {_SHORTEST} to {_LONGEST} characters (--reason)")
    if _NUMBERS.search(reason):
        raise NotSetAside("a reason is kept for years: leave NIKs and phone numbers out of it")
    pair, message = _found(session, prefix, id_)
    body = message["Body"]
    job = SetAside.model_validate_json(body).job if body.startswith(SET_ASIDE) else body
    about = describe(job)
    by = session.client("sts").get_caller_identity()["Arn"].rpartition(":")[2]
    decision = Decision(by=by, reason=reason.strip(), at=now())
    _record(session, prefix, pair, id_, job, decision)
    sqs = session.client("sqs")
    marked = SetAside(set_aside=decision, job=job).model_dump_json()
    # Sent before it is deleted, so it cannot be lost. Set aside twice is set aside.
    sqs.send_message(QueueUrl=pair.queue, MessageBody=marked)
    sqs.delete_message(QueueUrl=pair.dead_letters, ReceiptHandle=message["ReceiptHandle"])
    return about


def _found(session: boto3.Session, prefix: str, id_: str) -> "tuple[Pair, MessageTypeDef]":
    sqs = session.client("sqs")
    for pair in pairs(sqs, prefix):
        wanted = None
        for message in list(receive_all(sqs, pair.dead_letters)):
            if message["MessageId"] == id_ and wanted is None:
                wanted = message
            else:
                sqs.change_message_visibility(
                    QueueUrl=pair.dead_letters,
                    ReceiptHandle=message["ReceiptHandle"],
                    VisibilityTimeout=0,
                )
        if wanted is not None:
            return pair, wanted
    raise NotSetAside(f"there is no dead letter {id_[:64]}; `dead-letters` lists them")


def _record(
    session: boto3.Session, prefix: str, pair: Pair, id_: str, job: str, decision: Decision
) -> None:
    line: dict[str, Any] = {
        "at": decision.at.isoformat(timespec="milliseconds"),
        "who": decision.by,
        "groups": [],
        "action": "set_aside",
        "outcome": "begun",
        "shown": "nothing",
        **_file_of(job),
        "reason": decision.reason,
        "queue": pair.name,
        "request_id": id_,
    }
    logs = session.client("logs")
    sink = CloudWatchAuditSink(logs, group=_trail(logs, prefix), now=lambda: decision.at)
    sink.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def _trail(logs: Any, prefix: str) -> str:
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/payung/")
    names = [each["logGroupName"] for page in pages for each in page["logGroups"]]
    trails = {found[1]: name for name in names if (found := _TRAIL.fullmatch(name))}
    if len(trails) > 1:
        trails = {stage: name for stage, name in trails.items() if prefix == f"payung-{stage}-"}
    if len(trails) != 1:
        raise NotSetAside("name the stage: --prefix payung-prod-")
    (trail,) = trails.values()
    return str(trail)


def _file_of(job: str) -> dict[str, str]:
    """Return the file that a job names, if it has the shape of an id."""
    try:
        parsed = json.loads(job)
    except ValueError:
        return {}
    batch = parsed.get("batch") if isinstance(parsed, dict) else None
    is_id = isinstance(batch, str) and re.fullmatch(r"[0-9A-Z]{8,16}", batch)
    return {"batch": batch} if is_id and isinstance(batch, str) else {}
