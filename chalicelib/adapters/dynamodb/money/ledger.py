"""The port `Ledger` on DynamoDB: each step of a premium, with its leaf and all counts."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.adapters.dynamodb.counting import counts
from chalicelib.adapters.dynamodb.items import A_YEAR, VERSION, expiry, number, text
from chalicelib.adapters.dynamodb.person_items import erased_of, erasure_key
from chalicelib.adapters.dynamodb.writes import put, transact
from chalicelib.adapters.ports import (
    Checkpoint,
    Committed,
    ErasedPremium,
    Overtaken,
    Owed,
    SettleResult,
    Step,
    Superseded,
)

from .ledger_items import decided_key, decided_prefix
from .ledger_writes import count_writes, list_writes, overtaken, owe_write, step_item
from .listings import with_current_listings

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
        lists = list_writes(self._batches_table, steps)
        others = [
            *(owe_write(self._batches_table, each) for each in owed),
            counts.advance(self._batches_table, checkpoint, keep_days=self._keep_days),
            *lists.values(),
            # No condition: the chunk's own condition lets each group be written once.
            put(self._batches_table, item),
            *count_writes(self._batches_table, steps, owed, checkpoint.chunk),
        ]
        items = [
            *(step_item(self._table, each) for each in steps),
            *(each.transaction_item for each in others),
        ]
        refusals = transact(self._client, items, may_refuse=chunk + 1 + len(lists))
        if not refusals:
            return Committed()
        if chunk in refusals:
            return Superseded()
        moved = [each for place, each in enumerate(lists) if chunk + 1 + place in refusals]
        found = overtaken(refusals, steps, owed)
        return self._with_lists(found, steps, moved)

    def _with_lists(
        self, found: Overtaken, steps: Sequence[Step], moved: Collection[str]
    ) -> Overtaken:
        """Return what refused, with the people of the lists that have moved on since."""
        again = {
            step.before.recipient.nik: replace(step.before, listing=None)
            for step in steps
            if step.before.remittance in moved
        }
        people = Overtaken({**again, **found.people}, found.owed)
        return with_current_listings(self._client, self._batches_table, people)

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
