"""Whether messages may go out now: the gate and the month's budget, for one delivery."""

import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters.ports import Clock, Gates
from chalicelib.deadline import Deadline
from chalicelib.domain.jobs import PEOPLE_A_JOB
from chalicelib.domain.messages.sending import Closed, Gate, Sending, month_of
from chalicelib.domain.messages.spending import SPEND_SHARDS
from chalicelib.errors import Retry
from chalicelib.fault_log import log_fault

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=5)
"""How long a delivery trusts what it has read of the gate."""
LEAST_WAIT = timedelta(minutes=1)
MOST_WAIT = timedelta(minutes=15)
"""The longest delay of an SQS message."""


def wait_for(closed: Closed, now: datetime) -> timedelta:
    """Return how long a job waits after it found the gate closed."""
    if closed.until is None:
        return MOST_WAIT
    return min(MOST_WAIT, max(LEAST_WAIT, closed.until - now))


@dataclass(slots=True)
class Allowance:
    """What one delivery has reserved of a month's budget: micro-USD by shard.

    It is enough for `people`. The part that is not `used` is released in the end.
    """

    month: str
    people: int = 0
    amounts: dict[int, int] = field(default_factory=dict)
    used: int = 0


class SendPermit:
    """The permit of one delivery (`claim`) to send messages of one file."""

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
        """Read the gate."""
        self._gates = gates
        self._sending = sending
        self._clock = clock
        self._deadline = deadline
        self._batch = batch
        self._claim = claim
        self._gate, self._read_at = self._look()

    def closed(self) -> Closed | None:
        """Return why no message may be started now; None where it may."""
        return self._sending.closed(self._gate, self._clock(), batch=self._batch)

    def halted(self) -> Closed | None:
        """Return why the next message may not go out; a gate read long ago is read again."""
        if self._clock() - self._read_at > FRESH:
            self._gate, self._read_at = self._look()
        return self.halted_meanwhile()

    def halted_meanwhile(self) -> Closed | None:
        """Return why it may not, by the gate as last read: no call, so no failure."""
        return self._sending.halted(self._gate, self._clock(), batch=self._batch)

    def wait_for(self, closed: Closed) -> timedelta:
        """Return how long the messages wait that may not go out."""
        log.info("messages wait: %s", closed.why, extra={"batch": self._batch})
        return wait_for(closed, self._clock())

    @contextmanager
    def allowance(self, people: int) -> Iterator[Allowance]:
        """Reserve the cost of messages to so many people, or to as many as the budget allows."""
        allowance = self._reserve(people)
        try:
            yield allowance
        finally:
            self._release(allowance)

    def _look(self) -> tuple[Gate, datetime]:
        now = self._clock()
        return self._gates.read(month_of(now)), now

    def _reserve(self, people: int) -> Allowance:
        """Reserve in the claim's own shard; where that has too little left, in others too."""
        price = self._sending.price
        allowance = Allowance(month_of(self._clock()))
        home = zlib.crc32(self._claim.encode()) % SPEND_SHARDS
        if not price:
            allowance.people = people
            return allowance
        for shard in [*range(home, SPEND_SHARDS), *range(home)]:
            while allowance.people < people:
                self._deadline.check()
                wanted = min(people - allowance.people, self._affordable(shard))
                if not wanted:
                    break
                if self._set_aside(allowance, shard, wanted * price):
                    allowance.people += wanted
                    break
                # Other deliveries have reserved something since the gate was read.
                self._gate, self._read_at = self._look()
        return allowance

    def _affordable(self, shard: int) -> int:
        """Return how many messages the share of a shard can still pay."""
        shares = self._sending.shares(self._gate)
        if shares is None:
            return PEOPLE_A_JOB
        return max(0, shares[shard] - self._gate.shards[shard]) // self._sending.price

    def _set_aside(self, allowance: Allowance, shard: int, amount: int) -> bool:
        shares = self._sending.shares(self._gate)
        share = None if shares is None else shares[shard]
        done = self._gates.reserve(allowance.month, self._claim, amount, shard=shard, share=share)
        if done:
            allowance.amounts[shard] = amount
        return done

    def _release(self, allowance: Allowance) -> None:
        """Release what was not used.

        A fault here is only logged. It must not hide another fault, and a repeated job has a claim
        of its own and could not release this one. That part of the budget then counts as spent.
        """
        unused = max(0, sum(allowance.amounts.values()) - allowance.used)
        for shard, amount in allowance.amounts.items():
            back = min(unused, amount)
            unused -= back
            about = {"batch": self._batch, "unused_micro_usd": back}
            try:
                self._gates.release(allowance.month, self._claim, back, shard=shard)
            except Retry as busy:
                log.warning("the reserved budget cannot be released: %s", busy, extra=about)
            except Exception as fault:  # noqa: BLE001  # logged; see above
                log_fault(fault, about)
