"""How fast messages go out: so many parts a second over all workers, none in a burst.

Each worker keeps an equal share of the rate by itself; the queue bounds how many workers there are.
A pace outlives an invocation, as its worker does, so that a new delivery waits for the last one's
turn.
"""

import time
from collections.abc import Callable


class Pace:
    """Lets `parts_per_second` through, evenly; 0 is no limit."""

    def __init__(
        self,
        parts_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin with a free turn."""
        self._interval = 1 / parts_per_second if parts_per_second > 0 else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self, parts: int = 1) -> None:
        """Wait for the turn of a message of so many parts (the carrier's limit counts parts)."""
        now = self._clock()
        if self._next > now:
            self._sleep(self._next - now)
        # Time that went by unused is not made up for: a rate is not a quota.
        self._next = max(self._next, now) + parts * self._interval
