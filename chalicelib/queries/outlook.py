"""Until when a file's people are told: the files before it in the queue are counted once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from chalicelib.adapters.protocols import Batches, Clock, Gates
from chalicelib.domain.batch import Batch
from chalicelib.domain.sending import Gate, Sending, month_of
from chalicelib.domain.summary import Sums, messages_to_come


@dataclass(kw_only=True)
class Outlook:
    """How sending stands while one question is answered; asks for what it needs, and once."""

    gates: Gates
    batches: Batches
    sending: Sending
    clock: Clock

    @cached_property
    def now(self) -> datetime:
        """The time of the question, UTC."""
        return self.clock()

    @cached_property
    def gate(self) -> Gate:
        """The stored state of sending."""
        return self.gates.read(month_of(self.now))

    def is_paused(self, batch: Batch) -> bool:
        """Whether staff have stopped this file's messages."""
        return batch.id in self.gate.batches

    def done_by(self, batch: Batch, sums: Sums) -> datetime | None:
        """Return when the last of a file's people is told; None where none waits, or none knows."""
        own = messages_to_come(batch, sums)
        if not own or self.is_paused(batch):
            return None
        before = sum(
            people
            for other, people in self._others
            if other.received_at < batch.received_at and not self.is_paused(other)
        )
        return self.sending.done_by(own + before, self.gate, self.now)

    @cached_property
    def _others(self) -> list[tuple[Batch, int]]:
        """The unfinished files with how many of their people are still to be told."""
        found = []
        for each in self.batches.unfinished():
            batch = self.batches.get(each)
            if batch is not None:
                sums = Sums.of(self.batches.chunks(each))
                found.append((batch, messages_to_come(batch, sums)))
        return found
