"""How long a step may go on, and how it waits when AWS is busy."""

import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from chalicelib.errors import Busy, OutOfTime

Result = TypeVar("Result")


class Deadline:
    """The time that is left to a function.

    `remaining` gives it in milliseconds (the Lambda context's own clock); `reserve` is what is
    kept back, in seconds, to give the message back to its queue before the function is cut off.
    """

    def __init__(
        self,
        remaining: Callable[[], int],
        *,
        reserve: float = 15.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin with what the context says, and a way to sleep."""
        self._remaining = remaining
        self._reserve = reserve
        self._sleep = sleep

    @property
    def seconds(self) -> float:
        """What may still be used."""
        return self._remaining() / 1000 - self._reserve

    def check(self, *, needs: float = 0.0) -> None:
        """Go on with what needs so many seconds at the worst, or stop in good order.

        Raises:
            OutOfTime: what is left is needed to give the message back.
        """
        if self.seconds <= needs:
            raise OutOfTime("the function's time is nearly over")

    def patiently(self, call: Callable[[], Result]) -> Result:
        """Return what `call` returns, trying again with jitter while it raises `Busy`.

        Raises:
            Busy: it still was when the time was up.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(Busy),
            wait=wait_random_exponential(multiplier=0.05, max=5),
            stop=self._would_end_late,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(call)

    def _would_end_late(self, state: RetryCallState) -> bool:
        return state.upcoming_sleep >= self.seconds
