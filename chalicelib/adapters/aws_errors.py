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

from chalicelib.errors import Busy, Contended

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
_CONFLICTS = frozenset({"TransactionConflictException", "TransactionConflict"})
_FAULT = 500
# No connection, a broken connection, a timeout, an incomplete answer, a damaged answer.
_NO_ANSWER = (ConnectionError, HTTPClientError, IncompleteReadError, FlexibleChecksumError)


@contextmanager
def busy_is_busy() -> Iterator[None]:
    """Turn throttling, contention and AWS's own faults into `Busy`; let other errors through.

    Only for calls that are safe to repeat: a call that timed out may have taken effect.
    """
    try:
        yield
    except _NO_ANSWER as error:
        raise Busy(type(error).__name__) from None
    except ClientError as error:
        if _is_busy(error):
            reasons = {reason.get("Code") for reason in cancellation_reasons(error)}
            contended = _CONFLICTS & {code_of(error), *reasons}
            raise (Contended if contended else Busy)(code_of(error)) from None
        raise


def _is_busy(error: ClientError) -> bool:
    # Any 5xx status: each service has its own codes for its own faults.
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _FAULT:
        return True
    reasons = {reason.get("Code") for reason in cancellation_reasons(error)}
    return code_of(error) in _BUSY or bool(_BUSY_REASONS & reasons)


def code_of(error: ClientError) -> str:
    """Return AWS's code of an error."""
    return error.response.get("Error", {}).get("Code", "")


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """Return why a transaction was cancelled: one reason for each of its items, in their order.

    The `Code` of an item that did not cancel it is the word `None`. The list is empty if the error
    is no cancellation.
    """
    found: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return found
