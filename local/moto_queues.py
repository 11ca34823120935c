"""SQS queues that lose nothing between threads, and that do not slow with their depth.

moto deletes a message by building the list of the others anew, and loses what another thread sent
meanwhile. And it works out every attribute of a queue, counting its messages three times over,
wherever it needs one of them: at each send, and for each message received.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.utils import camelcase_to_underscores, unix_time_millis
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, sqs_backends


@contextmanager
def mended() -> Iterator[None]:
    """Let moto's queues behave as described above."""
    delete, attributes = Queue.delete_message, Queue.attributes
    Queue.delete_message = _delete_message  # type: ignore[method-assign,assignment]
    Queue.attributes = property(lambda queue: _Attributes(queue, attributes.fget))  # type: ignore[assignment,method-assign,attr-defined]
    try:
        yield
    finally:
        Queue.delete_message = delete  # type: ignore[method-assign]
        Queue.attributes = attributes  # type: ignore[method-assign]


def is_empty(account: str, region: str, arn: str) -> bool:
    """Whether a queue holds nothing at all, not even what is hidden or delayed."""
    queue = sqs_backends[account][region].queues.get(arn.rpartition(":")[2])
    return queue is not None and not queue._messages  # noqa: SLF001  # moto offers no other way to see them


def until_next(account: str, region: str) -> float | None:
    """Return for how many seconds the next hidden or delayed message waits; None: none does."""
    waiting = _waiting(account, region)
    if not waiting:
        return None
    at = min(max(each.visible_at, each.delayed_until) for each in waiting)
    return max(at - unix_time_millis() + 1, 0.0) / 1000


def let_pass(account: str, region: str, seconds: float) -> None:
    """Let so much time pass, in no time, for the messages that wait."""
    for message in _waiting(account, region):
        message.visible_at -= seconds * 1000
        message.delayed_until -= seconds * 1000


def wind_on(account: str, region: str) -> float | None:
    """Let pass, in no time, as much time as the next hidden or delayed message waits for.

    Returns how many seconds passed; None where no message waits.
    """
    passed = until_next(account, region)
    if passed is not None:
        let_pass(account, region, passed)
    return passed


def _waiting(account: str, region: str) -> list[Message]:
    return [
        message
        for queue in sqs_backends[account][region].queues.values()
        for message in queue._messages  # noqa: SLF001  # moto offers no other way to see them
        if not message.visible or message.delayed
    ]


class _Attributes(dict[str, Any]):
    """A queue's attributes, each worked out when it is asked for.

    The methods are those that moto uses where it wants one of them; `_all` fills the dictionary
    for the rest.
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


def _delete_message(queue: Queue, receipt_handle: str) -> None:
    """Delete a message in its place, alone with the queue."""
    if receipt_handle in queue.deleted_messages:
        return
    with queue._messages_lock:  # noqa: SLF001  # moto's own lock, which its own deletion forgets
        messages = queue._messages  # noqa: SLF001  # as above
        for place, message in enumerate(messages):
            if message.had_receipt_handle(receipt_handle):
                queue.pending_messages.discard(message)
                queue.deleted_messages.update(message.all_receipt_handles)  # type: ignore[arg-type]
                del messages[place]
                return
    raise ReceiptHandleIsInvalid
