"""Functions that run side by side, one call to the outside at a time, in an order that is chosen.

A worker is a thread that stops before each call to a protocol and goes on when it is told to, so
that every interleaving of several deliveries can be had, and had again. Where it stops it may also
die, or be answered `Busy`, before the call took effect or after.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from chalicelib.errors import Busy


class Died(BaseException):
    """The process ended here; no code of payung's may catch it."""


class Answer(Enum):
    """How the next call of a worker is answered."""

    WELL = "well"
    BUSY = "busy, and nothing was done"
    LOST = "busy, but it was done"


class Worker:
    """One run of a function, in a thread that has the floor only while it is told to go on."""

    def __init__(self, name: str, do: Callable[["Worker"], None]) -> None:
        self.name = name
        self.error: Exception | None = None
        self.died = self.ended = False
        self.next_answer = Answer.WELL
        self._left, self._until = 0, ""
        self._floor, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, args=(do,), daemon=True)
        self._thread.start()

    def go_on(self, calls: int, until: str = "") -> None:
        """Let it make so many calls, or fewer: up to its end, or to a call of that name.

        The call before which it stands is made, whatever its name.
        """
        self._left, self._until = calls, until
        self._floor.release()
        self._back.acquire()
        if self.ended:
            self._thread.join()

    def kill(self) -> None:
        """Let its process end where it stands."""
        self.died = True
        self.go_on(0)

    def call(self, name: str, do: Callable[[], Any]) -> Any:
        """Make a call to the outside: once the worker has the floor for it."""
        self._wait(name)
        answer, self.next_answer = self.next_answer, Answer.WELL
        if answer is Answer.BUSY:
            raise Busy("simulated")
        result = do()
        if answer is Answer.LOST:
            raise Busy("simulated")
        return result

    def _wait(self, name: str) -> None:
        if self.died:
            raise Died
        if self._until == name:
            self._left = 0
        while self._left <= 0:
            self._back.release()
            self._floor.acquire()
            if self.died:
                raise Died
        self._left -= 1

    def _run(self, do: Callable[["Worker"], None]) -> None:
        self._floor.acquire()
        try:
            if not self.died:
                do(self)
        except Died:
            pass
        except Exception as error:  # noqa: BLE001  # told to whoever looks after the message
            self.error = error
        finally:
            self.ended = True
            self._back.release()


class Through:
    """Anything of the outside, each of its calls made by a worker."""

    def __init__(self, worker: Worker, outside: Any) -> None:
        self._worker = worker
        self._outside = outside

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._outside, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._worker.call(name, lambda: _whole(method(*args, **kwargs)))

        return call

    @contextmanager
    def writer(self, key: str, *, content_type: str) -> Iterator[Any]:
        with self._outside.writer(key, content_type=content_type) as file:
            yield file
            self._worker.call("writer", lambda: None)  # what is written appears with this call


def _whole(result: Any) -> Any:
    """Return a result as it is now, even if it would be worked out only while it is read."""
    return iter(list(result)) if isinstance(result, Iterator) else result
