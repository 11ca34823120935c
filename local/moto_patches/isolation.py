"""moto answers one call at a time.

moto keeps its tables, queues and objects in plain dictionaries and lists, and answers each call in
the thread that made it. Without a lock, a thread can iterate over a table while another inserts
into it ("dictionary changed size during iteration"), read a half-updated item, or check a condition
that is no longer true when it writes. Here every call holds one lock from its first access to the
data until its answer is complete. Python runs one thread at a time anyway, so this costs little.

moto has two entry points, and both take the lock: botocore's, for clients in this process, and the
server's. Code of payung that reads moto's data directly takes the lock with `alone`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.sqs.models import Queue

from .patch import Kind, Patch

TOPIC = "isolation"
_turn = threading.Condition(threading.RLock())


@contextmanager
def alone() -> Iterator[None]:
    """Block all calls in a context."""
    with _turn:
        yield


def _process_request(original: Callable[..., Any]) -> Callable[..., Any]:
    def process_request(stubber: Any, request: Any) -> Any:
        with _turn:
            answer = original(stubber, request)
            _turn.notify_all()  # a receiver may wait for what this call sent
            return answer

    return process_request


def _serve_request(original: Callable[..., Any]) -> Callable[..., Any]:
    def serve_request(view: Any, *args: Any, **kwargs: Any) -> Any:
        from flask import request  # noqa: PLC0415  # only a server has it

        # The body is read before the lock is taken: a slow upload must not block other calls.
        # moto reads a compressed body in its own way.
        if request.content_encoding != "gzip":
            _ = request.data
        with _turn:
            answer = original(view, *args, **kwargs)
            _turn.notify_all()
            return answer

    return serve_request


def _wait_for_messages(_original: Callable[..., Any]) -> Callable[..., None]:
    def wait_for_messages(queue: Queue, timeout: float) -> None:
        with _turn:
            _turn.wait_for(lambda: queue.messages, timeout)

    return wait_for_messages


PATCHES = (
    Patch(
        TOPIC,
        "moto.sqs.models.Queue.wait_for_messages",
        "A receiver that waits for a message must release the lock for the call that sends it.",
        Kind.CORRECTNESS,
        "moto/sqs/models.py",
        _wait_for_messages,
        copies=("moto.sqs.models.SQSBackend.receive_message",),
    ),
    Patch(
        TOPIC,
        "moto.core.botocore_stubber.BotocoreStubber.process_request",
        "Calls of this process must not see half of another call's change.",
        Kind.CORRECTNESS,
        "moto/core/botocore_stubber.py",
        _process_request,
    ),
    Patch(
        TOPIC,
        "moto.core.utils.convert_to_flask_response.__call__",
        "Calls to the server must not see half of another call's change.",
        Kind.CORRECTNESS,
        "moto/core/utils.py",
        _serve_request,
    ),
)
