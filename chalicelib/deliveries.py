"""How a function treats the messages that SQS hands it, one by one.

What fails goes back to the queue and, after the queue's number of tries, to its dead letters; the
others of the same delivery are done and gone. Nothing is swallowed: whatever is caught here is
logged and named in `batchItemFailures`.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.domain.jobs import VERSION, Message
from chalicelib.errors import MessageMalformed, NewerVersion, PayungError, Retry
from chalicelib.faults import log_fault

log = logging.getLogger(__name__)

AnyJob = TypeVar("AnyJob", bound=Message)
OtherJob = TypeVar("OtherJob", bound=Message)
AnyModel = TypeVar("AnyModel", bound=BaseModel)


def each(event: Mapping[str, Any], do: Callable[[str], object]) -> dict[str, list[dict[str, str]]]:
    """Do every message of an SQS event; return Lambda's partial batch response."""
    failures = []
    for record in event["Records"]:
        try:
            do(record["body"])
        except Exception as error:  # noqa: BLE001  # one message must not take the others along
            _log(error, record)
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def job(kind: type[AnyJob], body: str) -> AnyJob:
    """Return the job that a message's body holds.

    Raises:
        NewerVersion: newer code wrote it.
        MessageMalformed: it is no such job.
    """
    try:
        parsed = kind.model_validate_json(body)
    except ValidationError as error:
        newer = _version(body)
        if newer is not None and newer > VERSION:
            raise NewerVersion(f"message of version {newer}") from None
        raise MessageMalformed(_said(kind, error)) from None
    if parsed.v > VERSION:
        raise NewerVersion(f"message of version {parsed.v}")
    return parsed


def job_of(kinds: tuple[type[AnyJob], type[OtherJob]], body: str) -> AnyJob | OtherJob:
    """Return the job that a message's body holds, on a queue that carries two kinds.

    They are told apart by the fields that only one of them has.

    Raises:
        NewerVersion: newer code wrote it.
        MessageMalformed: it is neither.
    """
    one, other = kinds
    told = _fields(body)
    return job(other if told & other.model_fields.keys() - one.model_fields.keys() else one, body)


def valid(kind: type[AnyModel], event: Mapping[str, Any]) -> AnyModel:
    """Return the request that an invocation was given.

    Raises:
        MessageMalformed: it is no such request.
    """
    try:
        # As JSON, which is how it came: lists are tuples there.
        return kind.model_validate_json(json.dumps(event))
    except ValidationError as error:
        raise MessageMalformed(_said(kind, error)) from None


def _said(kind: type[BaseModel], error: ValidationError) -> str:
    """Return where the input went wrong; pydantic's own text shows the input."""
    return f"no {kind.__name__}: {', '.join(places(kind, error))}"


def places(kind: type[BaseModel], error: ValidationError) -> list[str]:
    """Return the fields in which an input is wrong: ours by name, all others as `?`.

    A name that somebody else chose for a field may be anything, a person's number included.
    """
    found = {str(each["loc"][0]) if each["loc"] else "" for each in error.errors()}
    return sorted({name if name in kind.model_fields else "?" for name in found if name})


class _Version(BaseModel):
    """The version of a message whose other fields are unknown."""

    v: int


def _fields(body: str) -> set[str]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return set()
    return set(parsed) if isinstance(parsed, dict) else set()


def _version(body: str) -> int | None:
    try:
        return _Version.model_validate_json(body).v
    except ValidationError:
        return None


def _log(error: Exception, record: Mapping[str, Any]) -> None:
    tries = record.get("attributes", {}).get("ApproximateReceiveCount", "?")
    about = {"message_id": record["messageId"], "tries": tries, "error": type(error).__name__}
    if isinstance(error, Retry):
        log.warning("message goes back to its queue: %s", error, extra=about)
    elif isinstance(error, PayungError):
        log.error("message cannot be done: %s", error, extra=about)
    else:
        log_fault(error, about)
