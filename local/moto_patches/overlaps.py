"""DynamoDB cancels transactions that overlap: here, where a test asks for it.

moto runs one call at a time, so no transaction ever meets another. AWS cancels a transaction that
touches an item which another transaction holds at that moment. With `overlapping`, each transaction
holds its items for a time of the given clock, and one that comes meanwhile is cancelled, with the
reason `TransactionConflict` at that item. The seed decides how long each one holds.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moto.dynamodb.exceptions import TransactionCanceledException

_KEY_OF = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key"}
KeyNames = Callable[[str], Sequence[str]]
"""Returns the names of the key attributes of a table."""


@dataclass
class Overlaps:
    """Knows until when each item is held. `cancelled` counts the cancelled transactions."""

    clock: Callable[[], datetime]
    held: timedelta
    chance: random.Random
    cancelled: int = 0
    _until: dict[str, datetime] = field(default_factory=dict)

    def check(self, items: Sequence[Mapping[str, Any]], key_names: KeyNames) -> None:
        """Hold the items of a transaction.

        Raises:
            TransactionCanceledException: another transaction holds one of them.
        """
        now = self.clock()
        keys = [_key(each, key_names) for each in items]
        busy = [now < self._until.get(key, now) for key in keys]
        if any(busy):
            self.cancelled += 1
            raise TransactionCanceledException(
                [
                    ("TransactionConflict", "held", None) if each else (None, "", None)
                    for each in busy
                ]
            )
        until = now + self.held * self.chance.random()
        self._until = {key: at for key, at in self._until.items() if at > now}
        self._until |= dict.fromkeys(keys, until)


_overlaps: Overlaps | None = None


def check(items: Sequence[Mapping[str, Any]], key_names: KeyNames) -> None:
    """Cancel a transaction that overlaps another one, where that is switched on."""
    if _overlaps is not None:
        _overlaps.check(items, key_names)


@contextmanager
def overlapping(seed: int, *, held: timedelta, clock: Callable[[], datetime]) -> Iterator[Overlaps]:
    """Let each transaction hold its items for up to `held`, drawn with this seed."""
    global _overlaps  # noqa: PLW0603  # moto is one for the process, and so are its patches
    before, made = _overlaps, Overlaps(clock, held, random.Random(seed))  # noqa: S311  # repeatable
    _overlaps = made
    try:
        yield made
    finally:
        _overlaps = before


def _key(item: Mapping[str, Any], key_names: KeyNames) -> str:
    ((kind, write),) = item.items()
    attributes = write[_KEY_OF[kind]]
    table = write["TableName"]
    return json.dumps([table, *(attributes[name] for name in key_names(table))])
