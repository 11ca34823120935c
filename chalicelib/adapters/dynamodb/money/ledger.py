"""The port `Ledger` on DynamoDB: each step of a premium, with its leaf and all counts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.adapters.dynamodb import counts
from chalicelib.adapters.dynamodb.items import A_YEAR, VERSION, expiry, number, text
from chalicelib.adapters.dynamodb.person_items import erased_of, erasure_key
from chalicelib.adapters.dynamodb.writes import put, transact
from chalicelib.adapters.ports import (
    Checkpoint,
    Committed,
    ErasedPremium,
    Owed,
    SettleResult,
    Step,
    Superseded,
)

from .ledger_items import decided_key, decided_prefix
from .ledger_writes import count_writes, overtaken, owe_write, step_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoLedger:
    """`Ledger` on DynamoDB: the people's table, and the files' table for counts and owed money."""

    def __init__(
        self, client: "DynamoDBClient", *, table: str, batches_table: str, keep_days: int = 0
    ) -> None:
        """Take the client, the names of the two tables, and how long to keep items (0: for ever).

        Counts are kept as long as the files.
        """
        self._client = client
        self._table = table
        self._batches_table = batches_table
        self._keep_days = keep_days
        self._files_days = keep_days and keep_days + A_YEAR

    def settle(
        self, steps: Sequence[Step], owed: Sequence[Owed], checkpoint: Checkpoint, decided: str
    ) -> SettleResult:
        """Take the steps, store owed money, and move the chunk of a file; or write nothing."""
        chunk = len(steps) + len(owed)
        key = decided_key(checkpoint.batch, checkpoint.chunk, checkpoint.start)
        expires = expiry(self._files_days, checkpoint.received_at) if checkpoint.received_at else {}
        item = {**key, "v": number(VERSION), "rows": text(decided), **expires}
        others = [
            *(owe_write(self._batches_table, each) for each in owed),
            counts.advance(self._batches_table, checkpoint, keep_days=self._keep_days),
            # No condition: the chunk's own condition lets each group be written once.
            put(self._batches_table, item),
            *count_writes(self._batches_table, steps, owed, checkpoint.chunk),
        ]
        items = [
            *(step_item(self._table, each) for each in steps),
            *(each.transaction_item for each in others),
        ]
        refusals = transact(self._client, items, may_refuse=chunk + 1)
        if not refusals:
            return Committed()
        return Superseded() if chunk in refusals else overtaken(refusals, steps, owed)

    def decided(self, batch: str, chunk: int) -> list[str]:
        """Return what was decided about the rows of a chunk, in their order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._batches_table,
            KeyConditionExpression="#batch = :batch AND begins_with(part, :prefix)",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={
                ":batch": text(batch),
                ":prefix": text(decided_prefix(chunk)),
            },
            ConsistentRead=True,
        )
        with busy_is_busy():
            return [item["rows"]["S"] for page in pages for item in page["Items"]]

    def erased(self, batch: str, row: int) -> ErasedPremium | None:
        """Return the premium of a row whose person was erased; None if nobody was erased there."""
        with busy_is_busy():
            answer = self._client.get_item(
                TableName=self._batches_table, Key=erasure_key(batch, row), ConsistentRead=True
            )
        return erased_of(answer["Item"]) if "Item" in answer else None
