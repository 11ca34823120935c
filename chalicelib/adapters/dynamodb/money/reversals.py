"""The port `Reversals` on DynamoDB."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.adapters.dynamodb.file_items import batch_key
from chalicelib.adapters.dynamodb.items import A_YEAR, VERSION, expiry, number, text, text_of
from chalicelib.adapters.dynamodb.messages import UNFINISHED
from chalicelib.adapters.dynamodb.writes import Write, put, transact, update
from chalicelib.adapters.ports import Committed, Owed, SettleResult, Step, Superseded, TakenBack
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.money.reversal import (
    UNDER_WAY,
    Reversal,
    ReversalProgress,
    ReversalState,
)

from .ledger_writes import back_write, count_writes, disown_write, overtaken
from .listings import with_current_listings
from .reversal_items import (
    KEPT_PREFIX,
    progress_key,
    progress_of,
    progress_prefix,
    reversal_text,
    undone_key,
    undone_prefix,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PROPOSED = "reversal"
"""Value in the index `unfinished`: the file waits for the other user of a reversal."""


class DynamoReversals:
    """`Reversals` on DynamoDB: both tables, since a transaction spans them."""

    def __init__(
        self, client: "DynamoDBClient", *, table: str, batches_table: str, keep_days: int = 0
    ) -> None:
        """Take the client, the tables' names, and how long to keep people (0: for ever).

        Progress is kept as long as the files: a year more.
        """
        self._client = client
        self._table = table
        self._batches_table = batches_table
        self._keep_days = keep_days and keep_days + A_YEAR

    def order(self, batch: Batch, reversal: Reversal) -> bool:
        """Store a new state of a file's reversal; False if it is no longer as it was read."""
        before, after = batch.reversal, reversal_text(reversal)
        write = (
            update(self._batches_table, batch_key(batch.id))
            .set("reversal", text(after))
            # A report that has begun before does not take the file out of the unfinished ones.
            .add("reopened", number(1))
            # Of two users who decide at once, one is first.
            .only_if("reversal", text(reversal_text(before)) if before else None)
            .only_if("status", text(BatchStatus.COMPLETED))
            .not_newer()
            .old_when_refused()
        )
        if reversal.state is ReversalState.PROPOSED:
            write.set("unfinished", text(_PROPOSED))
        elif reversal.state is ReversalState.DROPPED:
            write.remove("unfinished")
        else:
            write.set("unfinished", text(UNFINISHED))
        if reversal.state in UNDER_WAY:
            write.remove("watch", "stuck")
        result = write.send(self._client)
        # A call whose answer was lost has stored it.
        return result.written or text_of(result.item, "reversal") == after

    def proposed(self) -> list[str]:
        """Return the ids of the files whose reversal waits for the other user."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._batches_table,
            IndexName="unfinished",
            KeyConditionExpression="unfinished = :value",
            ExpressionAttributeValues={":value": text(_PROPOSED)},
        )
        with busy_is_busy():
            return [item["batch"]["S"] for page in pages for item in page["Items"]]

    def progress(self, batch: Batch) -> list[ReversalProgress]:
        """Return the chunks that the reversal of a file has begun, in their order."""
        if batch.reversal is None:
            return []
        return [progress_of(item) for item in self._parts(batch, progress_prefix(batch.reversal))]

    def check(self, batch: Batch, chunk: int) -> None:
        """Note that nothing of a chunk is remitted; safe to repeat."""
        self._progress(batch, chunk).set("checked", {"BOOL": True}).send(self._client)

    def close(self, batch: Batch, chunk: int, *, rows: int) -> None:
        """Note that the reversal of a chunk is done; nothing if it is not at its last row."""
        (
            self._progress(batch, chunk)
            .set("done", {"BOOL": True})
            # Another run may still take rows back.
            .only_if("next", number(rows) if rows else None)
            .send(self._client)
        )

    def take_back(
        self, batch: Batch, steps: Sequence[Step], owed: Sequence[Owed], step: TakenBack
    ) -> SettleResult:
        """Take these steps, remove owed money, and move the chunk; or write nothing."""
        chunk = len(steps) + len(owed)
        kept = {KEPT_PREFIX + why.value: rows for why, rows in step.kept.items()}
        sums = {
            "people": len(steps),
            "rupiah": sum(each.line.amount for each in steps),
            "not_due_people": len(owed),
            "not_due": sum(each.amount for each in owed),
        }
        progress = (
            self._progress(batch, step.chunk)
            .set("next", number(step.end))
            .add_counts(sums | kept)
            # Count each row once: move the chunk only from the row where it is.
            .only_if("next", number(step.start) if step.start else None)
        )
        item = {
            **undone_key(batch.id, _of(batch), step.chunk, step.start),
            "v": number(VERSION),
            "rows": text(step.decided),
            **expiry(self._keep_days, batch.received_at),
        }
        items = [
            *(back_write(self._table, each) for each in steps),
            *(disown_write(self._batches_table, each) for each in owed),
            progress,
            # No condition: the chunk's own condition lets each group be written once.
            put(self._batches_table, item),
            *count_writes(self._batches_table, steps, owed, step.chunk, sign=-1),
        ]
        refusals = transact(
            self._client, [each.transaction_item for each in items], may_refuse=chunk + 1
        )
        if not refusals:
            return Committed()
        if chunk in refusals:
            return Superseded()
        found = overtaken(refusals, steps, owed)
        return with_current_listings(self._client, self._batches_table, found)

    def decided(self, batch: Batch, chunk: int) -> list[str]:
        """Return what became of the rows of a chunk, in their order."""
        return [item["rows"]["S"] for item in self._parts(batch, undone_prefix(_of(batch), chunk))]

    def _progress(self, batch: Batch, chunk: int) -> Write:
        key = progress_key(batch.id, _of(batch), chunk)
        expires = expiry(self._keep_days, batch.received_at)
        return update(self._batches_table, key).set_version().set_all(expires).absent_or_not_newer()

    def _parts(self, batch: Batch, prefix: str) -> Iterator[Mapping[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._batches_table,
            KeyConditionExpression="#batch = :batch AND begins_with(part, :prefix)",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={":batch": text(batch.id), ":prefix": text(prefix)},
            ConsistentRead=True,
        )
        with busy_is_busy():
            yield from [item for page in pages for item in page["Items"]]


def _of(batch: Batch) -> Reversal:
    """Return the reversal of a file.

    Raises:
        ValueError: nobody has proposed one.
    """
    if batch.reversal is None:
        raise ValueError("the file has no reversal")
    return batch.reversal
