"""DynamoDB's transactions, at a price that does not grow with the table; and writes one at a time.

moto copies every table that a transaction touches, whole, once for each item of it, to be able to
put it back: seconds a call from a thousand items on. Here only the touched items are remembered,
and put back where the transaction does not stand. And moto looks at a condition and writes in two
steps, so that two threads may both win: here one write follows another.
"""

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

_WRITES = ("put_item", "update_item", "delete_item", "transact_write_items")
_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Before:
    """What stood at one key before the transaction: None where nothing did."""

    table: Table
    hash_key: DynamoType
    range_key: DynamoType | None
    hash_known: bool
    item: Item | None

    def put_back(self) -> None:
        """Let the table hold at this key what it held before."""
        items: Any = self.table.items
        if self.range_key is None:
            _set(items, self.hash_key, self.item)
            return
        _set(items[self.hash_key], self.range_key, self.item)
        if not self.hash_known and not items[self.hash_key]:
            del items[self.hash_key]


@contextmanager
def mended() -> Iterator[None]:
    """Let moto's tables be written as described above."""
    originals = {name: getattr(DynamoDBBackend, name) for name in _WRITES}
    for name, original in originals.items():
        setattr(DynamoDBBackend, name, _one_at_a_time(original))
    DynamoDBBackend.transact_write_items = _one_at_a_time(  # type: ignore[method-assign]
        _remembering(originals["transact_write_items"])
    )
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(DynamoDBBackend, name, original)


def _one_at_a_time(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def locked(*args: Any, **kwargs: Any) -> Any:
        with _lock:
            return method(*args, **kwargs)

    return locked


def _remembering(transact: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(transact)
    def remembering(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        before = list(_before(backend, transact_items))
        streams = {id(each.table): (each.table, _stream_length(each.table)) for each in before}
        try:
            with _tables_not_copied():
                transact(backend, transact_items)
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
    """Remember what the transaction is about to touch; what is malformed, moto refuses itself."""
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
            # An update changes the item in its place; the others put another there.
            yield _Before(
                table,
                hash_key,
                range_key,
                known,
                copy.deepcopy(item) if kind == "Update" else item,
            )


@contextmanager
def _tables_not_copied() -> Iterator[None]:
    """Let moto's own copying of a table give the very table: it is put back another way."""
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
