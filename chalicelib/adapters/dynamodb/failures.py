"""The port `Failures` on DynamoDB: why messages failed, in the files' table."""

from typing import TYPE_CHECKING

from chalicelib.adapters.ports import Failure

from .items import expiry, moment, number, text
from .writes import update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PREFIX = "failed#"
"""How the key of such an item begins; the message's id follows."""
PART = "why"
KEPT_DAYS = 15
"""A dead letter stays for 14 days. DynamoDB deletes the reason some time after it has expired."""


class DynamoFailures:
    """`Failures` on DynamoDB: one item for each message that failed for good."""

    def __init__(self, client: "DynamoDBClient", *, table: str) -> None:
        """Take the client and the table's name."""
        self._client = client
        self._table = table

    def note(self, message: str, failure: Failure) -> None:
        """Keep why a message failed; a later reason replaces it."""
        write = (
            update(self._table, {"batch": text(f"{PREFIX}{message}"), "part": text(PART)})
            .set("error", text(failure.error))
            .set("said", text(failure.said))
            .set("place", text(failure.place))
            .set("tries", number(failure.tries))
            .set("request", text(failure.request))
            .set("at", moment(failure.at))
            .set_version()
            .set_all(expiry(KEPT_DAYS, failure.at))
            .absent_or_not_newer()
        )
        write.send(self._client)
