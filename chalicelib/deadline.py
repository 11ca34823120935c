"""The time that a step has left, and retries while AWS is busy."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from chalicelib.errors import Busy, Contended, OutOfTime

Result = TypeVar("Result")
Port = TypeVar("Port")


_FIRST_WAIT = 0.05
"""Seconds: the longest wait before the second try. It doubles with each further try."""
_LONGEST_WAIT = 5.0
_LONGEST_AFTER_CONFLICT = 0.2
"""A transaction holds its items for some tens of milliseconds: a longer wait gains nothing."""
_MOST_DOUBLINGS = 10


def wait_after(
    busy: Busy, tries: int, *, uniform: Callable[[float, float], float] = random.uniform
) -> float:
    """Return the seconds until the next try: random, or functions that wait meet again."""
    longest = _LONGEST_AFTER_CONFLICT if isinstance(busy, Contended) else _LONGEST_WAIT
    doubled = _FIRST_WAIT * 2 ** min(tries - 1, _MOST_DOUBLINGS)
    return uniform(0, min(longest, doubled))


class Deadline:
    """The time that a function has left.

    `remaining` returns it in milliseconds, from the Lambda context. `reserve` (seconds) is kept
    back: the function needs it to return the message to its queue before Lambda's time-out.
    """

    def __init__(
        self,
        remaining: Callable[[], int],
        *,
        reserve: float = 15.0,
        sleep: Callable[[float], None] = time.sleep,
        on_conflict: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the context's clock, a sleep function, and what to call for each conflict."""
        self._on_conflict = on_conflict
        self._remaining = remaining
        self._reserve = reserve
        self._sleep = sleep

    @property
    def seconds(self) -> float:
        """The seconds that the step may still use."""
        return self._remaining() / 1000 - self._reserve

    def check(self, *, needs: float = 0.0) -> None:
        """Check that the time is enough for work that takes at most `needs` seconds.

        Raises:
            OutOfTime: the time left is only enough to return the message to its queue.
        """
        if self.seconds <= needs:
            raise OutOfTime("the function's time is nearly over")

    def patiently(self, call: Callable[[], Result]) -> Result:
        """Return the result of `call`. Retry with jitter while it raises `Busy`.

        Raises:
            Busy: AWS was still busy at the end of the time.
        """
        tries = 0
        while True:
            try:
                return call()
            except Busy as busy:
                tries += 1
                if isinstance(busy, Contended):
                    self._on_conflict()
                wait = wait_after(busy, tries)
                if wait >= self.seconds:
                    raise
            self._sleep(wait)


def patient(port: Port, deadline: Deadline) -> Port:
    """Return a port that retries each call while AWS is busy and time is left.

    Use it only for a port whose methods may all be called twice. Every try of a call has the same
    arguments, also the same times.
    """
    return cast("Port", _Patient(port, deadline))


class _Patient:
    """Wraps a port: each method call goes through `Deadline.patiently`."""

    def __init__(self, port: object, deadline: Deadline) -> None:
        self._port = port
        self._deadline = deadline

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*args: object, **kwargs: object) -> object:
            return self._deadline.patiently(lambda: method(*args, **kwargs))

        return call
