"""SQS queues that lose no message between threads and do not slow down with their depth.

moto deletes a message by building a new list of the others, and loses a message that another thread
sends at the same time. It also computes all attributes of a queue, and counts the messages three
times, whenever it needs one attribute: at each send, and for each message received.
"""

from collections.abc import Callable, Iterator
from typing import Any

from moto.core.utils import camelcase_to_underscores, unix_time_millis
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, sqs_backends

from .isolation import alone
from .patch import Kind, Patch

TOPIC = "queues"


def is_empty(account: str, region: str, arn: str) -> bool:
    """Whether a queue has no message, not even a hidden or delayed one."""
    with alone():
        queue = sqs_backends[account][region].queues.get(arn.rpartition(":")[2])
    return queue is not None and not queue._messages  # noqa: SLF001  # moto has no public list of them


def count(account: str, region: str, url: str) -> int:
    """Return how many messages a queue holds, the hidden and delayed ones included."""
    with alone():
        return len(_queue(account, region, url)._messages)  # noqa: SLF001  # as above


def lose(account: str, region: str, url: str) -> None:
    """Let every message of a queue be lost, as a purge does, but without its 60 seconds."""
    with alone():
        _queue(account, region, url)._messages.clear()  # noqa: SLF001  # as above


def _queue(account: str, region: str, url: str) -> Queue:
    return sqs_backends[account][region].queues[url.rpartition("/")[2]]


def until_next(account: str, region: str) -> float | None:
    """Return the seconds until the next hidden or delayed message; None if there is none."""
    waiting = _waiting(account, region)
    if not waiting:
        return None
    at = min(max(each.visible_at, each.delayed_until) for each in waiting)
    return max(at - unix_time_millis() + 1, 0.0) / 1000


def let_pass(account: str, region: str, seconds: float) -> None:
    """Shift the times of hidden and delayed messages, as if `seconds` had passed."""
    for message in _waiting(account, region):
        message.visible_at -= seconds * 1000
        message.delayed_until -= seconds * 1000


def wind_on(account: str, region: str) -> float | None:
    """Advance the time to the next hidden or delayed message, without waiting.

    Returns the seconds that were skipped; None if no message waits.
    """
    passed = until_next(account, region)
    if passed is not None:
        let_pass(account, region, passed)
    return passed


def _waiting(account: str, region: str) -> list[Message]:
    with alone():
        return [
            message
            for queue in sqs_backends[account][region].queues.values()
            for message in queue._messages  # noqa: SLF001  # moto has no public list of them
            if not message.visible or message.delayed
        ]


class _Attributes(dict[str, Any]):
    """A queue's attributes, each computed on access.

    moto uses `get`, `in` and `[]` for one attribute; all other methods compute all attributes.
    """

    def __init__(self, queue: Queue, compute: Callable[[Queue], dict[str, Any]]) -> None:
        super().__init__()
        self._queue = queue
        self._compute = compute

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            return default
        value = self[name]
        return str(value).lower() if isinstance(value, bool) else value

    def __contains__(self, name: object) -> bool:
        queue = self._queue
        if name in Queue.FIFO_ATTRIBUTES:
            return bool(queue.fifo_queue)
        if name in Queue.KMS_ATTRIBUTES or name in {"Policy", "RedrivePolicy"}:
            return name in self._all()
        return name in Queue.BASE_ATTRIBUTES

    def __getitem__(self, name: str) -> Any:
        if name in {"Policy", "RedrivePolicy"} or name in Queue.KMS_ATTRIBUTES:
            return self._all()[name]
        return getattr(self._queue, camelcase_to_underscores(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def keys(self) -> Any:
        return self._all().keys()

    def items(self) -> Any:
        return self._all().items()

    def values(self) -> Any:
        return self._all().values()

    def _all(self) -> dict[str, Any]:
        return self._compute(self._queue)


def _delete_message(_original: Callable[..., None]) -> Callable[..., None]:
    def delete_message(queue: Queue, receipt_handle: str) -> None:
        if receipt_handle in queue.deleted_messages:
            return
        with queue._messages_lock:  # noqa: SLF001  # moto's own lock, which its deletion does not take
            messages = queue._messages  # noqa: SLF001  # as above
            for place, message in enumerate(messages):
                if message.had_receipt_handle(receipt_handle):
                    queue.pending_messages.discard(message)
                    queue.deleted_messages.update(message.all_receipt_handles)  # type: ignore[arg-type]
                    del messages[place]
                    return
        raise ReceiptHandleIsInvalid

    return delete_message


def _attributes(original: property) -> property:
    compute: Any = original.fget
    return property(lambda queue: _Attributes(queue, compute))


PATCHES = (
    Patch(
        TOPIC,
        "moto.sqs.models.Queue.delete_message",
        "moto's deletion loses a message that another thread sends at the same time.",
        Kind.CORRECTNESS,
        "moto/sqs/models.py",
        _delete_message,
    ),
    Patch(
        TOPIC,
        "moto.sqs.models.Queue.attributes",
        "moto counts all messages of a queue for each message that it sends or receives.",
        Kind.SPEED,
        "moto/sqs/models.py",
        _attributes,
    ),
)
