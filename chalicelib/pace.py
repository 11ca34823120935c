"""Limits the rate of SMS: an even number of parts a second over all workers, without bursts.

Each worker keeps its own equal share of its queue's part of the rate (`Sending.files_rate`,
`single_rate`). The queue limits the number of workers.
A `Pace` lives as long as its worker, longer than one invocation. So a new delivery also waits for
the turn after the last message of the delivery before.
"""

import time
from collections.abc import Callable


class Pace:
    """Lets `parts_per_second` pass at even intervals. 0 means no limit."""

    def __init__(
        self,
        parts_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin without a wait for the first message."""
        self._interval = 1 / parts_per_second if parts_per_second > 0 else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self, parts: int = 1) -> None:
        """Wait for the turn of a message of `parts` parts (the carrier's limit counts parts)."""
        now = self._clock()
        if self._next > now:
            self._sleep(self._next - now)
        # Unused time gives no credit: this is a rate, not a quota.
        self._next = max(self._next, now) + parts * self._interval
