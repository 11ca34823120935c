"""The port `Batches` on DynamoDB: the files' table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.file.totals import Totals
from chalicelib.domain.money.balance import Moved

from .batch_get import batch_get
from .counting.totals_items import totals_of, totals_partition
from .file_items import (
    batch_item,
    batch_key,
    batch_of,
    chunk_key,
    chunk_of,
    fingerprint_key,
    watch_text,
)
from .items import A_YEAR, VERSION, Item, expiry, moment, number, text
from .messages import UNFINISHED
from .money.ledger_items import MONEY_PREFIX, moved_of_items
from .money.listings import moved_by_lists, totals_by_lists
from .writes import put, transact, update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_WAITS_FOR_RECEIPTS = "receipts"
"""Value in the index `unfinished`: the file needs no more work of ours."""


class DynamoBatches:
    """`Batches` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, table: str, keep_days: int = 0) -> None:
        """Take the client, the table's name, and how long to keep items (0: for ever).

        A file is kept for that many days and a year more after it came: longer than the people of
        the file, so that their erasure can be noted beside it.
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
        """Return a batch; None if there is none with that id."""
        item = self._get(batch_key(batch))
        return batch_of(item) if item else None

    def advance(self, batch: Batch, expected: BatchStatus) -> bool:
        """Store the batch's new state, only if its status is `expected`; else False."""
        changed = batch_item(batch)
        # `chunks_done` is updated concurrently: do not overwrite it. The key cannot be set.
        for name in ("batch", "part", "chunks_done"):
            del changed[name]
        write = (
            update(self._table, batch_key(batch.id))
            .set_all(changed)
            .set("given_up", text(batch.given_up) if batch.given_up else None)
            # A status only moves forward: a late or repeated delivery must not move it back.
            .only_if("status", text(expected))
            .not_newer()
        )
        return write.send(self._client).written

    def claim_fingerprint(self, batch: Batch) -> str:
        """Claim the rows' fingerprint for this batch; return the id of the batch that has it."""
        if batch.fingerprint is None:
            raise ValueError("the batch has no fingerprint yet")
        key = fingerprint_key(batch.fingerprint)
        item = {**key, "v": number(VERSION), "owner": text(batch.id)}
        found = self._put_if_absent(item | expiry(self._keep_days, batch.received_at))
        return found["owner"]["S"] if found else batch.id

    def take_over_fingerprint(self, batch: Batch, owner: str) -> bool:
        """Give the fingerprint to this batch, only if `owner` still has it; else False."""
        write = (
            update(self._table, fingerprint_key(batch.fingerprint or ""))
            .set("owner", text(batch.id))
            # Of several files with the same rows only one may take over. It may repeat that.
            .only_if_any("owner", [text(owner), text(batch.id)])
            .not_newer()
        )
        return write.send(self._client).written

    def chunk(self, batch: str, number: int) -> ChunkProgress:
        """Return how far a chunk is; a chunk that was not begun is at its first row."""
        item = self._get(chunk_key(batch, number))
        return chunk_of(item) if item else ChunkProgress(chunk=number)

    def chunks(self, batch: str) -> list[ChunkProgress]:
        """Return the chunks that were begun, in their order."""
        return [chunk_of(item) for item in self._parts(batch, "chunk#")]

    def unfinished_files(self) -> list[Batch]:
        """Return the files that still need work of ours, the earliest received first."""
        keys = [batch_key(each) for each in self.unfinished()]
        files = map(batch_of, batch_get(self._client, self._table, keys))
        return sorted(files, key=lambda each: (each.received_at, each.id))

    def progress(self, files: Sequence[Batch]) -> dict[str, list[ChunkProgress]]:
        """Return the begun chunks of each of these files, in their order."""
        keys = [
            chunk_key(each.id, number) for each in files for number in range(1, each.chunks + 1)
        ]
        found: dict[str, list[ChunkProgress]] = {each.id: [] for each in files}
        for item in batch_get(self._client, self._table, keys):
            found[item["batch"]["S"]].append(chunk_of(item))
        return {id_: sorted(each, key=lambda one: one.chunk) for id_, each in found.items()}

    def close_chunk(self, batch: str, number: int, *, rows: int) -> bool:
        """Mark a chunk done that is at its last row; False if it is done already."""
        close = (
            update(self._table, chunk_key(batch, number))
            .set("done", {"BOOL": True})
            # Count each closed chunk once, and close it only after its last row.
            .only_if("next", {"N": str(rows)})
            .only_if("done", None)
            .not_newer()
        )
        count = (
            update(self._table, batch_key(batch))
            .add("chunks_done", {"N": "1"})
            # An update creates an absent item: never create half a file.
            .only_if_there("part")
        )
        items = [close.transaction_item, count.transaction_item]
        return not transact(self._client, items, may_refuse=1)

    def give_up(self, batch: str, reason: str) -> bool:
        """Give up a file that is being applied, for good; False if it is not at that state."""
        write = (
            update(self._table, batch_key(batch))
            .set("given_up", text(reason))
            # The sweep watches from here on that its last rows are closed.
            .remove("stuck", "watch")
            # A file that has its results is complete.
            .only_if("status", text(BatchStatus.ENROLLING))
            .not_newer()
        )
        return write.send(self._client).written

    def lose_chunk(self, batch: Batch, progress: ChunkProgress) -> bool:
        """End a chunk whose rows cannot be read any more."""
        lose = (
            update(self._table, chunk_key(batch.id, progress.chunk))
            .set("lost", {"BOOL": True})
            .set_version()
            .set_all(expiry(self._keep_days, batch.received_at))
            # A run that still has the rows may apply some of them at the same time.
            .only_if("next", number(progress.next) if progress.next else None)
            .only_if("lost", None)
        )
        items = [lose]
        if progress.done:
            lose.only_if_there("done")
        else:
            lose.only_if("done", None).set("done", {"BOOL": True})
            lose.set("given_up", number(progress.next))
            # An update creates an absent item: never create half a file.
            count = update(self._table, batch_key(batch.id)).add("chunks_done", number(1))
            items.append(count.only_if_there("part"))
        writes = [each.absent_or_not_newer().transaction_item for each in items]
        return not transact(self._client, writes, may_refuse=1)

    def seal(self, batch: str) -> Batch | None:
        """End takeovers from a file before its results are written; return the file as it is."""
        write = (
            update(self._table, batch_key(batch))
            .set("sealed", {"BOOL": True})
            .only_if("status", text(BatchStatus.ENROLLING))
            .not_newer()
            .new_when_written()
        )
        result = write.send(self._client)
        return batch_of(result.item) if result.written else self.get(batch)

    def unfinished(self) -> list[str]:
        """Return the ids of files that still need work of ours, the earliest received first."""
        return self._in_index(UNFINISHED)

    def awaiting_receipts(self) -> list[str]:
        """Return the ids of files that only wait for carriers' receipts."""
        return self._in_index(_WAITS_FOR_RECEIPTS)

    def _in_index(self, value: str) -> list[str]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="unfinished",
            KeyConditionExpression="unfinished = :value",
            ExpressionAttributeValues={":value": text(value)},
        )
        with busy_is_busy():
            return [item["batch"]["S"] for page in pages for item in page["Items"]]

    def watch(self, batch: str, watch: Watch, *, stuck: str | None) -> None:
        """Store what the sweep saw of an unfinished file; nothing if it is finished by now."""
        (
            update(self._table, batch_key(batch))
            .set("watch", text(watch_text(watch)))
            .set("stuck", text(stuck) if stuck else None)
            # No sweep looks at a finished file again, so nothing would remove its `stuck`.
            .only_if_there("unfinished")
            .not_newer()
            .send(self._client)
        )

    def finish(self, batch: Batch, *, receipts_due: datetime | None = None) -> None:
        """Take a file that needs no more work out of the unfinished ones."""
        write = update(self._table, batch_key(batch.id)).remove("watch", "stuck")
        if receipts_due:
            write.set("unfinished", text(_WAITS_FOR_RECEIPTS))
            write.set_if_absent("receipts_due", moment(receipts_due))
        else:
            write.remove("unfinished", "receipts_due")
        # Do not finish if a resend was ordered since `batch` was read (`reopened` changed).
        write.only_if("reopened", number(batch.reopened) if batch.reopened else None)
        write.not_newer().send(self._client)

    def note_correction(self, batch: str, *, by: str) -> None:
        """Note at a file that another one has corrected rows of it; safe to repeat."""
        (
            update(self._table, batch_key(batch))
            .add("corrected_by", {"SS": [by]})
            .not_newer()
            .send(self._client)
        )

    def await_receipts(self, batch: str, until: datetime) -> None:
        """Set when an unfinished file is next checked for overdue receipts."""
        (
            update(self._table, batch_key(batch))
            .set("receipts_due", moment(until))
            # A finished file waits for no receipt.
            .only_if_there("unfinished")
            .not_newer()
            .send(self._client)
        )

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

    def moved(self, batch: str) -> Moved:
        """Return how far the premiums of a file of recipients have moved since enrolling."""
        moved = moved_of_items(self._parts(batch, MONEY_PREFIX))
        return moved_by_lists(self._client, self._table, moved)

    def totals(self, programme: str) -> list[Totals]:
        """Return the totals of a programme, one for each account."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#batch = :programme",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={":programme": totals_partition(programme)},
        )
        with busy_is_busy():
            found = totals_of(programme, (item for page in pages for item in page["Items"]))
        return totals_by_lists(self._client, self._table, found)

    def _parts(self, batch: str, prefix: str) -> list[Mapping[str, Any]]:
        """Return the items of a file whose `part` begins with a prefix, in their order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#batch = :batch AND begins_with(part, :prefix)",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={":batch": text(batch), ":prefix": text(prefix)},
            ConsistentRead=True,
        )
        with busy_is_busy():
            return [item for page in pages for item in page["Items"]]

    def _get(self, key: Item) -> Mapping[str, Any] | None:
        with busy_is_busy():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _put_if_absent(self, item: Item) -> Mapping[str, Any] | None:
        """Put an item; return the item that was there before, None if ours is stored now."""
        # The first item stays: S3 and SQS may deliver the same upload many times.
        write = put(self._table, item).only_if("part", None).old_when_refused()
        result = write.send(self._client)
        return None if result.written else result.item
