"""Writes that overlap in a simulation: the later one is cancelled, as DynamoDB does it.

A worker that has stopped behind a transaction still holds its items, until it goes on. Meanwhile
another write to one of them is cancelled, once: in truth a transaction holds its items for some
milliseconds, and the next try, after a wait, finds them free.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from chalicelib.adapters.ports import Checkpoint, SmsChange, Takeover, account_of
from chalicelib.domain.file.totals import SHARDS, Account
from chalicelib.domain.messages.counted import Counted
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.errors import Contended

Item = tuple[object, ...]


class Holds:
    """Which worker holds which items; `cancelled` counts the writes that met one."""

    def __init__(self) -> None:
        self.cancelled = 0
        self._by: dict[Item, object] = {}

    def release(self, worker: object) -> None:
        """Let go what a worker holds: its transaction is over."""
        self._by = {item: by for item, by in self._by.items() if by is not worker}

    def check(self, worker: object, name: str, *args: Any, **more: Any) -> None:
        """Look at the items of a call, and hold them if it is a transaction.

        Raises:
            Contended: another worker holds one of them.
        """
        if name not in _ITEMS:
            return
        items = set(_ITEMS[name](*args, **more))
        if busy := items & self._by.keys():
            for item in busy:
                del self._by[item]
            self.cancelled += 1
            raise Contended("simulated")
        if name not in _ALONE:
            self._by |= dict.fromkeys(items, worker)


def _person(one: Enrollment) -> Item:
    return "person", one.programme, one.recipient.nik


def _totals(account: Account | None, chunk: int) -> Item:
    return "totals", account, chunk % SHARDS


def _counts(one: Enrollment) -> Iterator[Item]:
    yield "chunk", one.batch, one.chunk
    yield _totals(account_of(one), one.chunk)


def _of_commit(
    group: Sequence[Enrollment], checkpoint: Checkpoint, takeovers: Sequence[Takeover] = ()
) -> Iterator[Item]:
    yield "chunk", checkpoint.batch, checkpoint.chunk
    yield _totals(checkpoint.account, checkpoint.chunk)
    yield from map(_person, group)
    for each in takeovers:
        yield _person(each.before)
        yield from _counts(each.before)
        yield "file", each.before.batch


def _of_steps(
    steps: Sequence[Any], _owed: object, checkpoint: Checkpoint, _: str
) -> Iterator[Item]:
    yield "chunk", checkpoint.batch, checkpoint.chunk
    for each in steps:
        yield _person(each.before)
        yield _totals(account_of(each.before), checkpoint.chunk)


def _of_taking_back(batch: Any, steps: Sequence[Any], _owed: object, step: Any) -> Iterator[Item]:
    yield "reversal", batch.id, step.chunk
    for each in steps:
        yield _person(each.before)
        yield _totals(account_of(each.before), step.chunk)


def _of_count(counted: Counted, people: Sequence[Enrollment]) -> Iterator[Item]:
    yield "chunk", counted.batch, counted.chunk
    for each in people:
        yield _totals(account_of(each), counted.chunk)


def _of_changes(changes: Sequence[SmsChange]) -> Iterator[Item]:
    for each in changes:
        yield _person(each.before)
        yield from _counts(each.before)
        yield "file", each.before.batch


def _of_erasure(one: Enrollment, _erasure: object) -> Iterator[Item]:
    yield from (_person(one), ("file", one.batch), *_counts(one))


def _of_file(batch: Any, *_: object, **__: object) -> Iterator[Item]:
    yield "file", getattr(batch, "id", batch)


_ITEMS: dict[str, Callable[..., Iterable[Item]]] = {
    "commit": _of_commit,
    "settle": _of_steps,
    "take_back": _of_taking_back,
    "order": _of_file,
    "check": lambda batch, chunk: [("reversal", batch.id, chunk)],
    "close": lambda batch, chunk, **_: [("reversal", batch.id, chunk)],
    "count": _of_count,
    "change_sms": _of_changes,
    "erase": _of_erasure,
    "close_chunk": lambda batch, number, **_: [("file", batch), ("chunk", batch, number)],
    "claim_sms": lambda programme, nik, **_: [("person", programme, nik)],
    "record_sms": lambda one, *_, **__: [_person(one)],
    "settle_sms": lambda change: [_person(change.before)],
    "seal": _of_file,
    "give_up": _of_file,
    "watch": _of_file,
    "advance": _of_file,
    "finish": _of_file,
}
"""The items that each write touches."""
_ALONE = {
    "claim_sms", "record_sms", "settle_sms", "seal", "give_up", "watch", "advance", "finish",
    "order", "check", "close",
}  # fmt: skip
"""Writes of one item: they meet transactions, and hold nothing."""
