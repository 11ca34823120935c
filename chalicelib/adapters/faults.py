"""What botocore's errors mean to the steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004  # botocore's own name for it
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)

from chalicelib.errors import Busy

CONDITION_FAILED = "ConditionalCheckFailed"
"""A transaction's reason: an item was not as it should have been."""

_BUSY = frozenset(
    {
        "ConditionalRequestConflict",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "SlowDown",
        "Throttling",
        "Throttled",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_BUSY_REASONS = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)
_FAULT = 500
# No connection, one that broke or timed out, and an answer that came in part or damaged.
_NO_ANSWER = (ConnectionError, HTTPClientError, IncompleteReadError, FlexibleChecksumError)


@contextmanager
def busy_is_busy() -> Iterator[None]:
    """Turn throttling, contention and AWS's own faults into `Busy`; let the rest through.

    For calls that may be made twice: what timed out may have taken effect.
    """
    try:
        yield
    except _NO_ANSWER as error:
        raise Busy(type(error).__name__) from None
    except ClientError as error:
        if _is_busy(error):
            raise Busy(code_of(error)) from None
        raise


def _is_busy(error: ClientError) -> bool:
    # Each service has names of its own for a fault of its own.
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _FAULT:
        return True
    return code_of(error) in _BUSY or bool(_BUSY_REASONS & set(reason_codes(error)))


def code_of(error: ClientError) -> str:
    """Return AWS's code of an error."""
    return error.response.get("Error", {}).get("Code", "")


def reasons(error: ClientError) -> list[dict[str, Any]]:
    """Return why a transaction was cancelled, a reason for each of its items."""
    found: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return found


def reason_codes(error: ClientError) -> list[str]:
    """Return the reasons' codes; `None` (the word) where an item was in no one's way."""
    return [reason.get("Code", "") for reason in reasons(error)]
