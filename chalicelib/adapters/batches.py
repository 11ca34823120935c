"""The files' table."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.totals import Totals

from .expiry import A_YEAR, expiry
from .faults import busy_is_busy, code_of, reason_codes
from .file_items import (
    batch_item,
    batch_key,
    batch_of,
    chunk_key,
    chunk_of,
    fingerprint_key,
    totals_of,
    totals_partition,
    watch_text,
)
from .items import NOT_NEWER, NOT_NEWER_NAMES, NOT_NEWER_VALUES, moment, number, text
from .messages import UNFINISHED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_WAITS_FOR_RECEIPTS = "receipts"
"""In the index of unfinished files, those that need nothing more from us."""
_CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoBatches:
    """`Batches` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, table: str, keep_days: int = 0) -> None:
        """Take the client, the table's name, and how long to keep items (0: for ever).

        A file is kept for that many days and a year more after it came: longer than the people
        whom it enrolled, so that what becomes of them can be noted beside it.
        """
        self._client = client
        self._table = table
        self._keep_days = keep_days and keep_days + A_YEAR

    def claim(self, batch: Batch) -> Batch:
        """Store the batch if it is new; return it as it is stored."""
        found = self._put_if_absent(
            {
                **batch_item(batch),
                "unfinished": text(UNFINISHED),
                **expiry(self._keep_days, batch.received_at),
            }
        )
        return batch_of(found) if found else batch

    def get(self, batch: str) -> Batch | None:
        """Return a batch, None where there is none of that id."""
        item = self._get(batch_key(batch))
        return batch_of(item) if item else None

    def advance(self, batch: Batch, expected: BatchStatus) -> bool:
        """Store the batch's new state, only where its status is `expected`; else False."""
        changed = batch_item(batch)
        # Closing chunks move this one beside us.
        for name in ("batch", "part", "chunks_done"):
            del changed[name]
        try:
            with busy_is_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=batch_key(batch.id),
                    UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changed),
                    # A status is only ever left for the next one, so that a late or repeated
                    # delivery cannot take a file back.
                    ConditionExpression=f"#status = :expected AND {NOT_NEWER}",
                    ExpressionAttributeNames={
                        **NOT_NEWER_NAMES,
                        **{f"#{name}": name for name in changed},
                    },
                    ExpressionAttributeValues={
                        **NOT_NEWER_VALUES,
                        ":expected": text(expected),
                        **{f":{name}": value for name, value in changed.items()},
                    },
                )
        except ClientError as error:
            if code_of(error) != _CONDITION_FAILED:
                raise
            return False
        return True

    def claim_fingerprint(self, batch: Batch) -> str:
        """Claim the rows' fingerprint for this batch; return the id of the batch that has it."""
        if batch.fingerprint is None:
            raise ValueError("the batch has no fingerprint yet")
        key = fingerprint_key(batch.fingerprint)
        kept = expiry(self._keep_days, batch.received_at)
        found = self._put_if_absent({**key, "v": number(1), "owner": text(batch.id), **kept})
        return found["owner"]["S"] if found else batch.id

    def take_over_fingerprint(self, batch: Batch, owner: str) -> bool:
        """Give the fingerprint to this batch, only where `owner` still has it; else False."""
        try:
            with busy_is_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=fingerprint_key(batch.fingerprint or ""),
                    UpdateExpression="SET #owner = :batch",
                    # Of several files of the same rows only one may follow; its own retry, too.
                    ConditionExpression=f"#owner IN (:owner, :batch) AND {NOT_NEWER}",
                    ExpressionAttributeNames={"#owner": "owner", **NOT_NEWER_NAMES},
                    ExpressionAttributeValues={
                        **NOT_NEWER_VALUES,
                        ":batch": text(batch.id),
                        ":owner": text(owner),
                    },
                )
        except ClientError as error:
            if code_of(error) != _CONDITION_FAILED:
                raise
            return False
        return True

    def chunk(self, batch: str, number: int) -> ChunkProgress:
        """Return how far a chunk is (one that was never begun stands at its first row)."""
        item = self._get(chunk_key(batch, number))
        return chunk_of(item) if item else ChunkProgress(chunk=number)

    def chunks(self, batch: str) -> list[ChunkProgress]:
        """Return the chunks that were begun, in their order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#batch = :batch AND begins_with(part, :chunk)",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={":batch": text(batch), ":chunk": text("chunk#")},
            ConsistentRead=True,
        )
        with busy_is_busy():
            return [chunk_of(item) for page in pages for item in page["Items"]]

    def close_chunk(self, batch: str, number: int, *, rows: int) -> bool:
        """Mark a chunk done that stands at its last row; False where it was done before."""
        done: Any = {
            "Update": {
                "TableName": self._table,
                "Key": chunk_key(batch, number),
                "UpdateExpression": "SET #done = :true",
                # Counted once among the closed ones, and only with every row behind it.
                "ConditionExpression": "#next = :rows AND attribute_not_exists(#done)"
                f" AND {NOT_NEWER}",
                "ExpressionAttributeNames": {"#done": "done", "#next": "next", **NOT_NEWER_NAMES},
                "ExpressionAttributeValues": {
                    ":true": {"BOOL": True},
                    ":rows": {"N": str(rows)},
                    **NOT_NEWER_VALUES,
                },
            }
        }
        counted: Any = {
            "Update": {
                "TableName": self._table,
                "Key": batch_key(batch),
                "UpdateExpression": "ADD chunks_done :one",
                # An update makes an item that is not there: never half of a file.
                "ConditionExpression": "attribute_exists(part)",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        }
        try:
            with busy_is_busy():
                self._client.transact_write_items(TransactItems=[done, counted])
        except ClientError as error:
            if reason_codes(error)[:1] != ["ConditionalCheckFailed"]:
                raise
            return False
        return True

    def unfinished(self) -> Iterator[str]:
        """Iterate over the ids of files that still need something, the earliest received first."""
        return self._in_index(UNFINISHED)

    def awaiting_receipts(self) -> Iterator[str]:
        """Iterate over the ids of files that wait for carriers' receipts only."""
        return self._in_index(_WAITS_FOR_RECEIPTS)

    def _in_index(self, value: str) -> Iterator[str]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="unfinished",
            KeyConditionExpression="unfinished = :value",
            ExpressionAttributeValues={":value": text(value)},
        )
        with busy_is_busy():
            for page in pages:
                for item in page["Items"]:
                    yield item["batch"]["S"]

    def watch(self, batch: str, watch: Watch, *, stuck: str | None) -> None:
        """Keep what the sweep saw of an unfinished file; nothing where it is finished by now."""
        try:
            with busy_is_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=batch_key(batch),
                    UpdateExpression="SET #watch = :watch"
                    + (", stuck = :stuck" if stuck else " REMOVE stuck"),
                    # Nobody would ever look at it again, and take back that it is stuck.
                    ConditionExpression=f"attribute_exists(unfinished) AND {NOT_NEWER}",
                    ExpressionAttributeNames={"#watch": "watch", **NOT_NEWER_NAMES},
                    ExpressionAttributeValues={
                        **NOT_NEWER_VALUES,
                        ":watch": text(watch_text(watch)),
                        **({":stuck": text(stuck)} if stuck else {}),
                    },
                )
        except ClientError as error:
            if code_of(error) != _CONDITION_FAILED:
                raise

    def finish(self, batch: Batch, *, receipts_due: datetime | None = None) -> None:
        """Take a file that needs nothing more from among the unfinished ones."""
        if receipts_due:
            changes = (
                "SET unfinished = :waits, receipts_due = if_not_exists(receipts_due, :due)"
                " REMOVE #watch, stuck"
            )
            values = {":waits": text(_WAITS_FOR_RECEIPTS), ":due": moment(receipts_due)}
        else:
            changes, values = "REMOVE unfinished, receipts_due, #watch, stuck", {}
        if batch.reopened:
            values[":reopened"] = number(batch.reopened)
        # Whoever ordered messages to be sent again must not find the file put away unseen.
        as_read = "reopened = :reopened" if batch.reopened else "attribute_not_exists(reopened)"
        try:
            with busy_is_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=batch_key(batch.id),
                    UpdateExpression=changes,
                    ConditionExpression=f"{as_read} AND {NOT_NEWER}",
                    ExpressionAttributeNames={"#watch": "watch", **NOT_NEWER_NAMES},
                    ExpressionAttributeValues={**NOT_NEWER_VALUES, **values},
                )
        except ClientError as error:
            if code_of(error) != _CONDITION_FAILED:
                raise

    def await_receipts(self, batch: str, until: datetime) -> None:
        """Set when an unfinished file is next looked at for receipts that are overdue."""
        try:
            with busy_is_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=batch_key(batch),
                    UpdateExpression="SET receipts_due = :until",
                    # Of a finished file nobody waits for any receipt.
                    ConditionExpression=f"attribute_exists(unfinished) AND {NOT_NEWER}",
                    ExpressionAttributeNames=NOT_NEWER_NAMES,
                    ExpressionAttributeValues={**NOT_NEWER_VALUES, ":until": moment(until)},
                )
        except ClientError as error:
            if code_of(error) != _CONDITION_FAILED:
                raise

    def of_bank(self, bank: str, *, before: datetime | None = None, limit: int = 50) -> list[Batch]:
        """Return a bank's files, the latest first: those received at `before` or earlier."""
        with busy_is_busy():
            answer = self._client.query(
                TableName=self._table,
                IndexName="by_bank",
                KeyConditionExpression="bank = :bank"
                + (" AND received_at <= :before" if before else ""),
                ExpressionAttributeValues={
                    ":bank": text(bank),
                    **({":before": moment(before)} if before else {}),
                },
                ScanIndexForward=False,
                Limit=limit,
            )
        return [batch_of(item) for item in answer["Items"]]

    def totals(self, programme: str) -> list[Totals]:
        """Return what is counted under a programme, each account once."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#batch = :programme",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={":programme": totals_partition(programme)},
        )
        with busy_is_busy():
            return totals_of(programme, (item for page in pages for item in page["Items"]))

    def _get(self, key: dict[str, Any]) -> Mapping[str, Any] | None:
        with busy_is_busy():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _put_if_absent(self, item: dict[str, Any]) -> Mapping[str, Any] | None:
        """Put an item; return the one that was there before it, None where it is ours now."""
        try:
            with busy_is_busy():
                self._client.put_item(
                    TableName=self._table,
                    Item=item,
                    # The first one stays: S3 and SQS may deliver the same upload many times.
                    ConditionExpression="attribute_not_exists(part)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if code_of(error) != _CONDITION_FAILED:
                raise
            found: Mapping[str, Any] = error.response["Item"]  # type: ignore[typeddict-item]
            return found
        return None
