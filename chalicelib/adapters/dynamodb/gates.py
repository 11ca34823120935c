"""Pauses of sending and the spending of each month: one partition of the files' table."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.domain.messages.sending import Gate, Pause
from chalicelib.domain.messages.spending import SPEND_SHARDS
from chalicelib.errors import NewerVersion

from .items import VERSION, Item, check_version, expiry, int_of, moment, number, text
from .writes import Write, delete, put, update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_GATE = "gate"
_SPEND_PREFIX = "spend#"
_BILLED_PREFIX = "billed#"
_ALL = "gate"
_BATCH_PREFIX = "batch#"
_NUMBER_DAYS = 3
"""The local day ends within a day of the day in UTC; the table deletes expired items in days."""
_SHARDS = range(SPEND_SHARDS)
_READ = ("part", "v", "at", "by", "reason", "reserved", "billed")


def gate_key(part: str) -> Item:
    """Return the key of a part of the gate; all parts are read at once."""
    return {"batch": {"S": _GATE}, "part": {"S": part}}


def spend_key(month: str, shard: int) -> Item:
    """Return the key of a shard of what is reserved in a month (such as `2026-11`)."""
    return gate_key(f"{_SPEND_PREFIX}{month}#{shard:02d}")


def billed_key(month: str, chunk: int) -> Item:
    """Return the key of the item that adds up a chunk's receipts of a month."""
    return gate_key(f"{_BILLED_PREFIX}{month}#{chunk % SPEND_SHARDS:02d}")


def number_key(digest: str) -> Item:
    """Return the key of the item that counts the people of a number on one day."""
    return {"batch": {"S": f"number#{digest}"}, "part": {"S": "number"}}


class DynamoGates:
    """`Gates` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, table: str) -> None:
        """Take the client and the name of the files' table."""
        self._client = client
        self._table = table

    def read(self, month: str) -> Gate:
        """Return all pauses, and the spending of the month (such as `2026-11`)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#batch = :gate",
            # A month's item also has one attribute for each open reservation: leave those out.
            ProjectionExpression=", ".join(f"#{name}" for name in _READ),
            ExpressionAttributeNames={f"#{name}": name for name in ("batch", *_READ)},
            ExpressionAttributeValues={":gate": text(_GATE)},
            ConsistentRead=True,
        )
        with busy_is_busy():
            parts = {item["part"]["S"]: item for page in pages for item in page["Items"]}
        for item in parts.values():
            check_version(item)
        shards = [parts.get(spend_key(month, each)["part"]["S"], {}) for each in _SHARDS]
        bills = [parts.get(billed_key(month, each)["part"]["S"], {}) for each in _SHARDS]
        return Gate(
            pause=_pause_of(parts[_ALL]) if _ALL in parts else None,
            batches={
                part.removeprefix(_BATCH_PREFIX): _pause_of(item)
                for part, item in parts.items()
                if part.startswith(_BATCH_PREFIX)
            },
            shards=tuple(int_of(each, "reserved") for each in shards),
            billed=sum(int_of(each, "billed") for each in bills),
        )

    def pause(self, pause: Pause, *, batch: str | None = None) -> None:
        """Stop all messages, or one file's; an earlier pause is replaced."""
        item: Item = {
            **_key(batch),
            "v": number(VERSION),
            "at": moment(pause.at),
            "by": text(pause.by),
            "reason": text(pause.reason),
        }
        # Newer code may have stored more about a pause than this code can write.
        self._write_unless_newer(put(self._table, item).absent_or_not_newer())

    def resume(self, *, batch: str | None = None) -> None:
        """Let all messages go out again, or one file's; nothing if none was stopped."""
        # Only newer code knows when a pause that it wrote may end.
        self._write_unless_newer(delete(self._table, _key(batch)).absent_or_not_newer())

    def reserve(
        self, month: str, claim: str, amount: int, *, shard: int, share: int | None
    ) -> bool:
        """Set aside micro-USD in a shard of the month, up to its share (None: no budget)."""
        reservation = _reservation(claim)
        write = (
            update(self._table, spend_key(month, shard))
            .set(reservation, number(amount))
            .add("reserved", number(amount))
            .set_version()
            # One reservation for each claim: an earlier try may have taken effect and its answer
            # been lost.
            .only_if(reservation, None)
            .absent_or_not_newer()
            .old_when_refused()
        )
        if share is not None:
            # Others reserve at the same time: together never more than the share.
            write.only_if_at_most("reserved", share - amount, absent=amount <= share)
        result = write.send(self._client)
        return result.written or reservation in result.item

    def release(self, month: str, claim: str, unused: int, *, shard: int) -> None:
        """Give back the part of a claim's reservation that was not used. Safe to repeat."""
        reservation = _reservation(claim)
        (
            update(self._table, spend_key(month, shard))
            .add("reserved", number(-unused))
            .remove(reservation)
            # Give back once: the reservation is removed with it.
            .only_if_there(reservation)
            .not_newer()
            .old_when_refused()
            .send(self._client)
        )

    def admit(self, phone: str, nik: str, day: date, *, most: int) -> bool:
        """Count a person whose message goes to a number on a local day; False if it is too many."""
        person = _digest(day, nik)
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        return (
            update(self._table, number_key(_digest(day, phone)))
            .add("people", {"SS": [person]})
            .set_version()
            .set_all(expiry(_NUMBER_DAYS, midnight))
            # A set: the same person is counted once, however often this is repeated.
            .only_if_room("people", person, most)
            .send(self._client)
            .written
        )

    def _write_unless_newer(self, write: Write) -> None:
        if not write.send(self._client).written:
            raise NewerVersion("the gate was written by newer code")


def _digest(day: date, value: str) -> str:
    """Return a mark of a number or person for one day: neither is kept as it is."""
    return hashlib.sha256(f"{day.isoformat()} {value}".encode()).hexdigest()[:32]


def _key(batch: str | None) -> Item:
    return gate_key(_ALL if batch is None else _BATCH_PREFIX + batch)


def _reservation(claim: str) -> str:
    """Return the name of the attribute that holds a claim's reservation."""
    return f"r_{claim}"


def _pause_of(item: Mapping[str, Any]) -> Pause:
    return Pause(
        at=datetime.fromisoformat(item["at"]["S"]),
        by=item["by"]["S"],
        reason=item["reason"]["S"],
    )
