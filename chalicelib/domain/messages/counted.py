"""The state in which the counts have each person's message, and how the counts follow the people.

A person's message changes in a write of its own. The counts of its chunk and account follow once a
job, in one transaction. To make that exact after any crash, each chunk keeps the *counted* state of
each person, one letter a row. The counts always equal these letters. A step compares the letters
with the people's states, and moves letters and counts together.

The rule for a step: read the letters, then read or write the people, then count. `Counted` has a
version, and the counts only move from that version. If another step has counted meanwhile, read all
again. So a state that was read before a later change never replaces that change.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.person.enrollment import Billed, Enrollment, Message, MessageKind, Sms

SLOT_ROWS = 512
"""The rows whose letters are in one item: it costs one write unit, like a smaller one."""
_NOT_COUNTED = "."
_LETTERS: Mapping[Sms, str] = {
    Sms.PENDING: "p",
    Sms.SENT: "s",
    Sms.DELIVERED: "d",
    Sms.FAILED: "f",
    Sms.UNCONFIRMED: "u",
    Sms.NOT_POSSIBLE: "n",
    Sms.HELD: "h",
    Sms.UNKNOWN: "x",
}
_STATES = {letter: state for state, letter in _LETTERS.items()}
_WITH_RECEIPT = frozenset({Sms.DELIVERED, Sms.FAILED})


def counted_state(state: Sms) -> Sms:
    """Return the state in which a message counts: one that is being sent is still to be sent."""
    return Sms.PENDING if state is Sms.SENDING else state


@dataclass(frozen=True, slots=True)
class Slot:
    """The letters of `SLOT_ROWS` rows of a chunk, and how often they have changed."""

    version: int = 0
    letters: str = ""

    def letter(self, place: int) -> str:
        """Return the letter at a place (from 0)."""
        return self.letters[place : place + 1] or _NOT_COUNTED

    def with_letters(self, letters: Mapping[int, str]) -> "Slot":
        """Return the slot after a change of these letters, by their places."""
        changed = list(self.letters.ljust(max(letters) + 1, _NOT_COUNTED))
        for place, letter in letters.items():
            changed[place] = letter
        return Slot(self.version + 1, "".join(changed))


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted states of one kind of message of a chunk's people, at one moment."""

    kind: MessageKind
    batch: str
    chunk: int
    slots: Mapping[int, Slot] = field(default_factory=dict)

    def state(self, row: int) -> Sms | None:
        """Return the state in which a row's person counts; None before the first count."""
        slot, place = divmod(row, SLOT_ROWS)
        return _STATES.get(self.slots.get(slot, Slot()).letter(place))

    def is_of(self, person: Enrollment) -> bool:
        """Whether a person has a message of this kind, and counts in this chunk."""
        there = (person.batch, person.chunk) == (self.batch, self.chunk)
        return there and self.kind in person.messages

    def state_of(self, person: Enrollment) -> Sms | None:
        """Return the state in which a person's message counts, the first state included."""
        return self._state_before(person.row, person.messages[self.kind])

    def agrees(self, person: Enrollment) -> bool:
        """Whether a person's message counts in the state that it has."""
        return self.state_of(person) is counted_state(person.messages[self.kind].state)

    def _state_before(self, row: int, message: Message) -> Sms | None:
        """Return the state in which a message counts now.

        Enrolling counts the first state of a confirmation. Other kinds count from their first
        letter on.
        """
        state = self.state(row)
        if state is None and self.kind is MessageKind.ENROLLED:
            return message.first_state
        return state

    def move(
        self,
        people: Iterable[Enrollment],
        *,
        before: Mapping[str, Enrollment] | None = None,
        leaving: Iterable[Enrollment] = (),
        arriving: Iterable[Enrollment] = (),
    ) -> "CountMove":
        """Return how the counts move when these people count in the states that they have.

        - `before` has people (by NIK) as they were before an order of this same transaction: a
          receipt that was not counted yet is billed from there.
        - Those `leaving` no longer count here, those `arriving` come from another chunk. The chunk
          that they leave bills their receipts. A chunk that somebody leaves always gets new
          letters: a step that has seen them here does not count them after that.

        People of another chunk, and those without such a message, are left out.
        """
        move = CountMove(self)
        for person in filter(self.is_of, people):
            message = person.messages[self.kind]
            was = self._state_before(person.row, message)
            earlier = (before or {}).get(person.recipient.nik)
            if earlier is not None:
                was = self._state_before(person.row, earlier.messages[self.kind])
                move.bill(was, earlier.messages[self.kind])
            move.bill(was, message)
            move.to(person, was, counted_state(message.state))
        for person in filter(self.is_of, leaving):
            # What enrolling counted moves with the rows.
            was = self.state(person.row)
            move.bill(was, person.messages[self.kind])
            move.to(person, was, None)
        for person in filter(self.is_of, arriving):
            state = counted_state(person.messages[self.kind].state)
            move.to(person, self.state_of(person), state)
        return move


@dataclass(slots=True)
class CountMove:
    """How the letters and the counts of a chunk move together.

    `counts` are the differences by regency and state. `billed` is micro-USD by month.
    """

    counted: Counted
    counts: Counter[tuple[str, Sms]] = field(default_factory=Counter)
    billed: Counter[str] = field(default_factory=Counter)
    _letters: dict[int, dict[int, str]] = field(default_factory=dict)

    @property
    def slots(self) -> dict[int, Slot]:
        """The changed slots."""
        old = self.counted.slots
        return {
            slot: old.get(slot, Slot()).with_letters(letters)
            for slot, letters in self._letters.items()
        }

    @property
    def by_state(self) -> Counter[Sms]:
        """The differences by state, over all regencies."""
        sums = Counter[Sms]()
        for (_, state), by in self.counts.items():
            sums[state] += by
        return sums

    def to(self, person: Enrollment, was: Sms | None, state: Sms | None) -> None:
        """Count a person in another state; None: no longer."""
        if was is state is not None:
            return
        if was is not None:
            self.counts[person.counted_regency, was] -= 1
        if state is not None:
            self.counts[person.counted_regency, state] += 1
        slot, place = divmod(person.row, SLOT_ROWS)
        letter = _NOT_COUNTED if state is None else _LETTERS[state]
        self._letters.setdefault(slot, {})[place] = letter

    def bill(self, was: Sms | None, message: Message) -> None:
        """Add the price on a receipt, if the receipt does not count yet."""
        billed: Billed | None = message.billed
        if billed and message.state in _WITH_RECEIPT and was not in _WITH_RECEIPT:
            self.billed[billed.month] += billed.price
