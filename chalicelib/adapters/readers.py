"""The port `Readers` on DynamoDB: which files are being read, in the files' table."""

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.file_items import batch_key
from chalicelib.adapters.dynamodb.items import Item, text
from chalicelib.adapters.dynamodb.writes import update
from chalicelib.adapters.ports import Lease
from chalicelib.domain.file.batch import BatchStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READINGS = "readings"
"""The attribute of a file with the leases of its readings that have not ended in good order."""


class DynamoReaders:
    """`Readers` on DynamoDB. A lease is a text that begins with its end, so that texts compare."""

    def __init__(self, client: "DynamoDBClient", *, table: str) -> None:
        """Take the client and the table's name."""
        self._client = client
        self._table = table

    def take(self, bank: str, lease: Lease, *, now: datetime, share: int) -> bool:
        """Take one of a bank's readers; False if all of them are taken."""
        for number in range(share):
            write = (
                update(self._table, _readers_key(bank))
                .set(_slot(number), text(_text(lease)))
                # A reader is free if nobody has it, or the function that had it has ended. The same
                # lease may take it twice: an answer may be lost.
                .only_if_before(_slot(number), [text(_end(now)), text(_text(lease))])
                .absent_or_not_newer()
                .set_version()
            )
            if write.send(self._client).written:
                return True
        return False

    def free(self, bank: str, lease: Lease, *, share: int) -> None:
        """Give a bank's reader back; nothing if the lease has none."""
        for number in range(share):
            write = (
                update(self._table, _readers_key(bank))
                .remove(_slot(number))
                # Another function may have taken it after the end of this lease.
                .only_if(_slot(number), text(_text(lease)))
                .not_newer()
            )
            if write.send(self._client).written:
                return

    def begin(self, batch: str, lease: Lease, *, now: datetime) -> int:
        """Note that a reading begins; return how many earlier ones were cut off."""
        write = (
            update(self._table, batch_key(batch))
            .add(_READINGS, {"SS": [_text(lease)]})
            # A file that was read meanwhile needs no note.
            .only_if("status", text(BatchStatus.SPLITTING))
            .not_newer()
            .new_when_written()
        )
        leases = write.send(self._client).item.get(_READINGS, {}).get("SS", ())
        return sum(each < _end(now) for each in leases)

    def end(self, batch: str, lease: Lease) -> None:
        """Note that a reading ended in good order, or through no fault of the file."""
        (
            update(self._table, batch_key(batch))
            .discard(_READINGS, {"SS": [_text(lease)]})
            .not_newer()
            .send(self._client)
        )


def _readers_key(bank: str) -> Item:
    return {"batch": text(f"readers#{bank}"), "part": text("readers")}


def _slot(number: int) -> str:
    return f"reader_{number}"


def _end(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _text(lease: Lease) -> str:
    return f"{_end(lease.until)} {lease.claim}"
