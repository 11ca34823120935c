"""How a function treats the messages that SQS hands it, one by one.

What fails goes back to the queue and, after the queue's number of tries, to its dead letters; the
others of the same delivery are done and gone. Nothing is swallowed: whatever is caught here is
logged and named in `batchItemFailures`.

A queue hides a message for six times the function's time-out, so that no message is done twice at
once. A message that failed need not wait for so long: 90 minutes for an upload.

A message that fails in its last try becomes a dead letter. Why it failed is kept beside it, so that
nobody has to search the logs.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from pydantic import BaseModel, ValidationError

from chalicelib.adapters.ports import Failure, Failures, Visibility
from chalicelib.domain.jobs import SET_ASIDE, VERSION, Message, SetAside
from chalicelib.errors import MessageMalformed, NewerVersion, PayungError, Retry
from chalicelib.fault_log import log_fault, place_of
from chalicelib.lambdas import clients, telemetry, wiring

log = logging.getLogger(__name__)

WAITS = (60, 300, 900, 3600)
"""The seconds until a message is tried again, after each failure: together 81 minutes, longer than
most disturbances of AWS. After the last try it becomes a dead letter at once."""

AnyJob = TypeVar("AnyJob", bound=Message)
OtherJob = TypeVar("OtherJob", bound=Message)
ThirdJob = TypeVar("ThirdJob", bound=Message)
AnyModel = TypeVar("AnyModel", bound=BaseModel)


def each(
    event: Mapping[str, Any],
    do: Callable[[str], object],
    visibility: Visibility | None = None,
    failures: Failures | None = None,
    *,
    aside: Callable[[str], object],
) -> dict[str, list[dict[str, str]]]:
    """Do every message of an SQS event; return Lambda's partial batch response.

    `visibility` and `failures` are the process's own unless a test gives others. `aside` ends a
    message that an administrator has set aside.
    """
    failed = []
    for record in event["Records"]:
        try:
            if record["body"].startswith(SET_ASIDE):
                _end(record, aside)
            else:
                do(record["body"])
        except Exception as error:  # noqa: BLE001  # one message must not take the others along
            _log(error, record)
            _keep_reason(error, record, failures)
            _shorten_wait(record, visibility)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _end(record: Mapping[str, Any], aside: Callable[[str], object]) -> None:
    """End a message that was set aside.

    Raises:
        MessageMalformed: nobody has set it aside in this way.
    """
    try:
        found = SetAside.model_validate_json(record["body"])
    except ValidationError as error:
        raise MessageMalformed(_said(SetAside, error)) from None
    # The audit trail has who decided it, and why.
    log.warning("a dead letter is set aside", extra={"message_id": record["messageId"]})
    aside(found.job)


def _keep_reason(error: Exception, record: Mapping[str, Any], failures: Failures | None) -> None:
    """Keep why a message failed, if this was its last try."""
    tries = int(record.get("attributes", {}).get("ApproximateReceiveCount", 0))
    if tries <= len(WAITS):
        return
    failure = Failure(
        error=type(error).__name__,
        # Texts of other libraries' exceptions may hold personal data.
        said=str(error) if isinstance(error, PayungError) else "",
        place=place_of(error),
        tries=tries,
        request=telemetry.request_id(),
        at=clients.utc_now(),
    )
    at = wiring.world().failures if failures is None else failures
    try:
        at.note(record["messageId"], failure)
    except Exception as fault:  # noqa: BLE001  # the log has the reason, and the message is kept
        _log_beside(fault, record, "why a message failed is in the log alone")


def _shorten_wait(record: Mapping[str, Any], visibility: Visibility | None) -> None:
    """Let a failed message come back sooner than its queue would return it."""
    if "receiptHandle" not in record:
        return  # it came from no queue
    tries = int(record["attributes"]["ApproximateReceiveCount"])
    wait = WAITS[tries - 1] if tries <= len(WAITS) else 0
    at = wiring.world().visibility if visibility is None else visibility
    try:
        at.hide(record["eventSourceARN"], record["receiptHandle"], wait)
    except Exception as error:  # noqa: BLE001  # the queue's own time holds, and the message comes back
        _log_beside(error, record, "message waits for its queue's own time")


def _log_beside(error: Exception, record: Mapping[str, Any], consequence: str) -> None:
    """Log that something beside a message did not work: a warning if AWS was busy, else a fault."""
    about = {"message_id": record["messageId"], "error": type(error).__name__}
    if isinstance(error, Retry):
        log.warning("%s: %s", consequence, error, extra=about)
    else:
        log_fault(error, about)


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


@overload
def job_of(kinds: tuple[type[AnyJob], type[OtherJob]], body: str) -> AnyJob | OtherJob: ...
@overload
def job_of(
    kinds: tuple[type[AnyJob], type[OtherJob], type[ThirdJob]], body: str
) -> AnyJob | OtherJob | ThirdJob: ...
def job_of(kinds: tuple[type[Message], ...], body: str) -> Message:
    """Return the job that a message's body holds, on a queue that carries several kinds.

    A field that the first kind does not have decides which of the others it is.

    Raises:
        NewerVersion: newer code wrote it.
        MessageMalformed: it is none of them.
    """
    first, *others = kinds
    fields = _fields(body)
    found = (
        each for each in others if fields & each.model_fields.keys() - first.model_fields.keys()
    )
    return job(next(found, first), body)


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
