"""What lets the messages of one delivery through: the gate as it stands, and the month's budget."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.adapters.protocols import Clock, Gates
from chalicelib.deadline import Deadline
from chalicelib.domain.sending import Closed, Gate, Sending, month_of
from chalicelib.errors import Retry
from chalicelib.faults import log_fault

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=5)
"""How long a delivery goes by what it has read of the gate."""
LEAST_WAIT = timedelta(minutes=1)
MOST_WAIT = timedelta(minutes=15)
"""The longest that a queue holds a message back."""


def wait_for(closed: Closed, now: datetime) -> timedelta:
    """Return how long a job is held back that met the gate closed."""
    if closed.until is None:
        return MOST_WAIT
    return min(MOST_WAIT, max(LEAST_WAIT, closed.until - now))


@dataclass(slots=True)
class Allowance:
    """What is set aside of a month's budget for one delivery, in micro-USD.

    It is enough for `people`. What is not `used` in the end is given back.
    """

    month: str
    people: int
    amount: int = 0
    used: int = 0


class Admission:
    """What one delivery (`claim`) knows of the gate, for the messages of one file."""

    def __init__(
        self,
        *,
        gates: Gates,
        sending: Sending,
        clock: Clock,
        deadline: Deadline,
        batch: str,
        claim: str,
    ) -> None:
        """Look at the gate."""
        self._gates = gates
        self._sending = sending
        self._clock = clock
        self._deadline = deadline
        self._batch = batch
        self._claim = claim
        self._gate, self._read_at = self._look()

    def closed(self) -> Closed | None:
        """Return why nothing may be begun now; None where it may."""
        return self._sending.closed(self._gate, self._clock(), batch=self._batch)

    def halted(self) -> Closed | None:
        """Return why the next message may not go out; the gate is looked at again now and then."""
        if self._clock() - self._read_at > FRESH:
            self._gate, self._read_at = self._look()
        return self.halted_meanwhile()

    def halted_meanwhile(self) -> Closed | None:
        """Return why it may not, by what is known: nothing is asked, so nothing can fail."""
        return self._sending.halted(self._gate, self._clock(), batch=self._batch)

    @contextmanager
    def allowance(self, people: int) -> Iterator[Allowance]:
        """Set aside what so many people's messages cost, or as many as there is money for."""
        allowance = self._reserve(people)
        try:
            yield allowance
        finally:
            self._release(allowance)

    def _look(self) -> tuple[Gate, datetime]:
        now = self._clock()
        return self._deadline.patiently(lambda: self._gates.read(month_of(now))), now

    def _reserve(self, people: int) -> Allowance:
        price, budget = self._sending.price, self._sending.budget
        month = month_of(self._clock())
        while True:
            self._deadline.check()
            affordable = self._sending.affordable(self._gate)
            allowed = people if affordable is None else min(people, affordable)
            amount = allowed * price
            if not amount or self._deadline.patiently(
                lambda amount=amount: self._gates.reserve(  # type: ignore[misc]
                    month, self._claim, amount, budget=budget
                )
            ):
                return Allowance(month, allowed, amount)
            # Others have set something aside since.
            self._gate, self._read_at = self._look()

    def _release(self, allowance: Allowance) -> None:
        """Give back what was not used.

        A fault here is logged and no more: it must not hide another, and a repeated job, which has
        a claim of its own, could not give it back either. The budget is then reckoned to be spent.
        """
        if not allowance.amount:
            return
        unused = max(0, allowance.amount - allowance.used)
        try:
            self._deadline.patiently(
                lambda: self._gates.release(allowance.month, self._claim, unused)
            )
        except Retry as busy:
            about = {"batch": self._batch, "unused_micro_usd": unused}
            log.warning("what was set aside cannot be given back: %s", busy, extra=about)
        except Exception as fault:  # noqa: BLE001  # logged; see above
            log_fault(fault, {"batch": self._batch, "unused_micro_usd": unused})
