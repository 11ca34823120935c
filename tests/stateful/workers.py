"""Functions that run concurrently, one outside call at a time, in a chosen order.

A worker is a thread that stops before each call to a protocol and continues on request, so
that every interleaving of several deliveries can be produced, and repeated. At a stop it can also
die, or get `Busy`, before the call takes effect or after.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from chalicelib.errors import Busy, Contended
from tests.stateful.holds import Holds


class Died(BaseException):
    """The process ended here; no code of payung may catch this."""


class Answer(Enum):
    """The answer to the next call of a worker."""

    WELL = "well"
    BUSY = "busy, and nothing was done"
    CONFLICT = "cancelled, another transaction holds an item"
    LOST = "busy, but it was done"


class Worker:
    """One run of a function, in a thread that runs only on request."""

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
        """Let it make so many calls, or fewer: until its end, or until a call of that name.

        The call before which it has stopped is made, whatever its name.
        """
        self._left, self._until = calls, until
        self._floor.release()
        self._back.acquire()
        if self.ended:
            self._thread.join()

    def kill(self) -> None:
        """Let its process die at its stop."""
        self.died = True
        self.go_on(0)

    def call(self, name: str, do: Callable[[], Any]) -> Any:
        """Make an outside call, as soon as the worker may run."""
        self._wait(name)
        answer, self.next_answer = self.next_answer, Answer.WELL
        if answer is Answer.BUSY:
            raise Busy("simulated")
        if answer is Answer.CONFLICT:
            raise Contended("simulated")
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
        except Exception as error:  # noqa: BLE001  # the simulation handles it like a failed message
            self.error = error
        finally:
            self.ended = True
            self._back.release()


class Through:
    """Any port; a worker makes each of its calls. Writes meet what other workers hold."""

    def __init__(self, worker: Worker, outside: Any, holds: Holds) -> None:
        self._worker = worker
        self._outside = outside
        self._holds = holds

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._outside, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._worker.call(name, lambda: do(*args, **kwargs))

        def do(*args: Any, **kwargs: Any) -> Any:
            self._holds.release(self._worker)  # its transaction before is over
            self._holds.check(self._worker, name, *args, **kwargs)
            return method(*args, **kwargs)

        return call

    @contextmanager
    def writer(self, key: str, *, content_type: str) -> Iterator[Any]:
        with self._outside.writer(key, content_type=content_type) as file:
            yield file
            self._worker.call("writer", lambda: None)  # what is written appears with this call
