"""A simulated time for the functions and their waits; it moves only on request."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta


class Died(BaseException):
    """The process ended here. No code of payung may catch this, as none can catch a power cut."""


class VirtualTime:
    """The machine's clock, the monotonic one and sleeping, all three on one time.

    While a function runs, it has a deadline, at which the platform stops it.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._passed = 0.0
        self._end: float | None = None

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def wind_on(self, seconds: float) -> None:
        """Let time pass outside of any function."""
        self._passed += seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass inside a function.

        Raises:
            Died: the function has run past its time limit.
        """
        self._passed += seconds
        if self._end is not None and self._passed > self._end:
            raise Died

    @contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        """Let a function run for so many seconds at most."""
        self._end = self._passed + seconds
        try:
            yield
        finally:
            self._end = None

    @contextmanager
    def instead_of_the_machines(self) -> Iterator[None]:
        """Make every sleep and every remaining time use this time.

        Tenacity and botocore look `time.sleep` up when they wait; `Deadline` bound it before.
        """
        before = time.sleep, time.monotonic
        time.sleep, time.monotonic = self.sleep, self.monotonic
        try:
            yield
        finally:
            time.sleep, time.monotonic = before
