"""The counted states of a chunk's messages, and the writes that move them with the counts.

The letters of a chunk are in items of their own beside it (`domain.messages.counted` has the rule).
Letters, chunk and account move in one transaction. Each changed item of letters must still have the
version that was read, so a repeated transaction changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.adapters.dynamodb.file_items import chunk_key, count_name
from chalicelib.adapters.dynamodb.gates import billed_key
from chalicelib.adapters.dynamodb.items import (
    A_YEAR,
    Item,
    check_version,
    expiry,
    int_of,
    number,
    text,
    text_of,
)
from chalicelib.adapters.dynamodb.writes import Write, update
from chalicelib.domain.file.totals import SHARDS, Account
from chalicelib.domain.messages.counted import Counted, CountMove, Slot
from chalicelib.domain.messages.spending import SPEND_SHARDS
from chalicelib.domain.person.enrollment import MessageKind, Sms

from .totals_items import message_totals_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CHANGES = "changes"
_LETTERS = "letters"


def letters_prefix(kind: MessageKind, chunk: int) -> str:
    """Return the start of the `part` of all items with the counted states of a chunk."""
    return f"counted#{kind}#{chunk:05d}#"


def letters_key(kind: MessageKind, batch: str, chunk: int, place: int) -> Item:
    """Return the key of an item with counted states, of a file's chunk, at a place from 0."""
    return {"batch": {"S": batch}, "part": {"S": f"{letters_prefix(kind, chunk)}{place:05d}"}}


def read_counted(
    client: "DynamoDBClient", table: str, kind: MessageKind, batch: str, chunk: int
) -> Counted:
    """Return the counted states of a chunk's messages of one kind."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="#batch = :batch AND begins_with(part, :letters)",
        ExpressionAttributeNames={"#batch": "batch"},
        ExpressionAttributeValues={
            ":batch": text(batch),
            ":letters": text(letters_prefix(kind, chunk)),
        },
        ConsistentRead=True,
    )
    with busy_is_busy():
        items = [item for page in pages for item in page["Items"]]
    return Counted(kind, batch, chunk, dict(map(_slot_of, items)))


def _slot_of(item: Mapping[str, Any]) -> tuple[int, Slot]:
    check_version(item)
    place = int(item["part"]["S"].rpartition("#")[2])
    return place, Slot(int_of(item, _CHANGES), text_of(item, _LETTERS) or "")


def letters(table: str, move: CountMove, since: datetime, *, keep_days: int) -> list[Write]:
    """Return the updates of the changed letters.

    `since` is when one of the people was enrolled. The letters are kept as long as the chunk:
    `keep_days` and a year (0: for ever).
    """
    counted = move.counted
    expires = expiry(keep_days and keep_days + A_YEAR, since)
    writes = []
    for place, slot in move.slots.items():
        before = slot.version - 1
        write = (
            update(table, letters_key(counted.kind, counted.batch, counted.chunk, place))
            .set(_CHANGES, number(slot.version))
            .set(_LETTERS, text(slot.letters))
            .set_all(expires)
            .set_version()
            # Move the counts once: only from the letters that were compared with the people.
            .only_if(_CHANGES, number(before) if before else None)
            .absent_or_not_newer()
        )
        writes.append(write)
    return writes


def sums(table: str, move: CountMove, account: Account) -> list[Write]:
    """Return the updates of the counts that follow the letters: chunk, account, bills."""
    changed = of_chunk(move)
    key = chunk_key(move.counted.batch, move.counted.chunk)
    # An update of an absent item would create an incomplete chunk: the condition prevents that.
    chunk = [update(table, key).add_counts(changed).not_newer()] if any(changed.values()) else []
    return [*chunk, *of_accounts(table, [(move, account)])]


def of_chunk(move: CountMove) -> dict[str, int]:
    """Return the differences of a chunk's counts, by their names."""
    return _named(move.counted.kind, move.by_state.items())


def of_accounts(table: str, moves: Iterable[tuple[CountMove, Account]]) -> list[Write]:
    """Return the updates of the totals of messages, and of what the carriers billed.

    Chunks share items of totals and of bills, and a transaction takes one write an item: so the
    differences of all moves are added up first.
    """
    totals: dict[tuple[Account, int, MessageKind], Counter[str]] = defaultdict(Counter)
    billed: dict[tuple[str, int], int] = defaultdict(int)
    for move, account in moves:
        kind, chunk = move.counted.kind, move.counted.chunk
        for (regency, state), by in move.counts.items():
            for name, each in _named(kind, [(state, by)]).items():
                totals[account, chunk % SHARDS, kind][f"r{regency}_{name}"] += each
        for month, price in move.billed.items():
            billed[month, chunk % SPEND_SHARDS] += price
    counts = [
        update(table, message_totals_key(account, shard, kind))
        .add_counts(changed)
        .set_version()
        # The first messages of an account create its item.
        .absent_or_not_newer()
        for (account, shard, kind), changed in totals.items()
        if any(changed.values())
    ]
    bills = [
        update(table, billed_key(month, shard))
        .add("billed", number(price))
        .set_version()
        # The first bill of a month creates its item.
        .absent_or_not_newer()
        for (month, shard), price in billed.items()
    ]
    return [*counts, *bills]


def _named(kind: MessageKind, counts: Iterable[tuple[Sms, int]]) -> dict[str, int]:
    """Return differences by the names of their counts; a confirmation to be sent has none."""
    return {name: by for state, by in counts if by and (name := count_name(kind, state))}
