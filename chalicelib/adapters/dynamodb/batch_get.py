"""Reads many items of a DynamoDB table in few calls."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.errors import Busy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_PER_READ = 100
"""DynamoDB returns 100 items for one call. Payung's items are small: together under its 16 MB."""


def batch_get(
    client: "DynamoDBClient", table: str, keys: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Iterate over the items that have these keys, in no order; an absent item is left out.

    Raises:
        Busy: DynamoDB left keys unread.
    """
    for start in range(0, len(keys), KEYS_PER_READ):
        wanted: Any = keys[start : start + KEYS_PER_READ]
        with busy_is_busy():
            answer = client.batch_get_item(
                RequestItems={table: {"Keys": wanted, "ConsistentRead": True}}
            )
        if answer["UnprocessedKeys"]:
            raise Busy("keys were left unread")
        yield from answer["Responses"].get(table, [])
