"""DynamoDB's transactions, with a cost that does not grow with the table.

moto copies the whole table once for each item of a transaction, to be able to restore it. From a
thousand items on, a call takes seconds. Here only the touched items are copied, and they are
restored if the transaction is cancelled.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from . import overlaps
from .isolation import alone
from .patch import Kind, Patch

TOPIC = "transactions"


@dataclass(frozen=True, slots=True)
class _Before:
    """The item at one key before the transaction; None if there was none."""

    table: Table
    hash_key: DynamoType
    range_key: DynamoType | None
    hash_known: bool
    item: Item | None

    def put_back(self) -> None:
        """Restore the table at this key."""
        items: Any = self.table.items
        if self.range_key is None:
            _set(items, self.hash_key, self.item)
            return
        _set(items[self.hash_key], self.range_key, self.item)
        if not self.hash_known and not items[self.hash_key]:
            del items[self.hash_key]


def _transact_write_items(original: Callable[..., None]) -> Callable[..., None]:
    @wraps(original)
    def remembering(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        with alone():
            overlaps.check(transact_items, lambda name: backend.tables[name].table_key_attrs)
            before = list(_before(backend, transact_items))
            streams = {id(each.table): (each.table, _stream_length(each.table)) for each in before}
            try:
                with _tables_not_copied():
                    original(backend, transact_items)
            except Exception:
                for each in before:
                    each.put_back()
                for table, length in streams.values():
                    if table.stream_shard is not None:
                        del table.stream_shard.items[length:]
                raise

    return remembering


def _before(
    backend: DynamoDBBackend, transact_items: Sequence[dict[str, Any]]
) -> Iterator[_Before]:
    """Copy the items that the transaction may change; moto itself refuses a malformed one."""
    for entry in transact_items:
        for kind, operation in entry.items():
            table = backend.tables.get(operation.get("TableName", ""))
            key = operation.get("Item" if kind == "Put" else "Key")
            if table is None or not key or not all(k in key for k in table.table_key_attrs):
                continue
            hash_key = DynamoType(key[table.hash_key_attr])
            range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
            items: Any = table.items
            known = hash_key in items
            held = items[hash_key] if known else None
            item = held.get(range_key) if held is not None and range_key is not None else held
            # moto updates an item in place; the other operations replace it.
            yield _Before(
                table,
                hash_key,
                range_key,
                known,
                copy.deepcopy(item) if kind == "Update" else item,
            )


@contextmanager
def _tables_not_copied() -> Iterator[None]:
    """Make moto's copy of a table return the table itself: `_Before` restores it instead."""
    Table.__deepcopy__ = lambda table, _memo: table  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del Table.__deepcopy__  # type: ignore[attr-defined]


def _set(items: Any, key: DynamoType, item: Item | None) -> None:
    if item is None:
        items.pop(key, None)
    else:
        items[key] = item


def _stream_length(table: Table) -> int:
    return len(table.stream_shard.items) if table.stream_shard is not None else 0


PATCHES = (
    Patch(
        TOPIC,
        "moto.dynamodb.models.DynamoDBBackend.transact_write_items",
        "moto copies the whole table once for each item of a transaction.",
        Kind.CORRECTNESS,
        "moto/dynamodb/models/__init__.py",
        _transact_write_items,
    ),
)
