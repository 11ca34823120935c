"""Estimates when a file's last message goes out; the earlier files are counted once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from chalicelib.adapters.ports import Batches, Clock, Gates
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.summary import Sums, messages_to_come
from chalicelib.domain.messages.sending import Gate, Sending, month_of
from chalicelib.steps.gate import unfinished_sums


@dataclass(kw_only=True)
class Outlook:
    """The state of sending during one request; each value is read at most once, when needed."""

    gates: Gates
    batches: Batches
    sending: Sending
    clock: Clock

    @cached_property
    def now(self) -> datetime:
        """The time of the request, UTC."""
        return self.clock()

    @cached_property
    def gate(self) -> Gate:
        """The stored state of sending."""
        return self.gates.read(month_of(self.now))

    def is_paused(self, batch: Batch) -> bool:
        """Whether staff have paused this file's messages."""
        return batch.id in self.gate.batches

    def done_by(self, batch: Batch, sums: Sums) -> datetime | None:
        """Return when a file's last message goes out.

        None if no message waits, if the file is paused, or if the time is unknown.
        """
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
        """The unfinished files, each with the number of its messages that wait."""
        return [
            (batch, messages_to_come(batch, sums)) for batch, sums in unfinished_sums(self.batches)
        ]
