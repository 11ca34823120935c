"""The port `UseCounts` on DynamoDB: how often a user or a bank asked, in the files' table."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .dynamodb.items import expiry, number, text
from .dynamodb.writes import update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT_DAYS = 2
"""DynamoDB deletes a count by itself, some time after it has expired."""


class DynamoUseCounts:
    """`UseCounts` on DynamoDB: one item for each window, one write for each request."""

    def __init__(self, client: "DynamoDBClient", *, table: str) -> None:
        """Take the client and the table's name."""
        self._client = client
        self._table = table

    def count(self, who: str, use: str, begins: datetime, *, most: int) -> bool:
        """Count one use in the window that begins then; False, and not counted, beyond `most`."""
        hour = begins.isoformat(timespec="minutes")
        key = {"batch": text(f"use#{who}"), "part": text(f"{use}#{hour}")}
        write = (
            update(self._table, key)
            .add("count", number(1))
            .set_version()
            .set_all(expiry(_KEPT_DAYS, begins + timedelta(hours=1)))
            # Requests run at the same time: together never more than the limit.
            .only_if_at_most("count", most - 1, absent=most > 0)
            .absent_or_not_newer()
        )
        return write.send(self._client).written
