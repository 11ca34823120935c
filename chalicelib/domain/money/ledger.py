"""The ledger: one line for each step of a person's premium. Lines are added, never changed."""

from collections.abc import Iterable
from datetime import date, datetime

from chalicelib.domain.record import Record

from .standing import Standing


class Source(Record, frozen=True):
    """The row of a file that caused a step: the file's batch and the row's line."""

    batch: str
    row: int


class Line(Record, frozen=True):
    """One step of a person's premium.

    - `at` is when payung recorded the step (UTC); `day` is the day that the file states.
    - `source` is the row of a file that states the step. With `by`, two users have reversed what
      that row stated: the line leads back to where the premium was before it.
    - `amount` is the premium that moved, in whole rupiah.
    - `reason` is a reason of the kind of file; `words` are the bank's own words for it.
    - `evidence` is the bank's number of its booking.
    """

    at: datetime
    before: Standing
    after: Standing
    amount: int
    source: Source | None = None
    by: tuple[str, ...] = ()
    reason: str = ""
    words: str = ""
    day: date | None = None
    evidence: str = ""

    @property
    def reverses(self) -> bool:
        """Whether this step takes back the last step that was in force before it."""
        return bool(self.source and self.by)


def in_force(lines: Iterable[Line]) -> list[Line]:
    """Return the steps of a ledger that nobody has reversed, the earliest first."""
    found: list[Line] = []
    for line in lines:
        if line.reverses:
            found.pop()
        else:
            found.append(line)
    return found


def reversals(
    lines: Iterable[Line], batch: str, *, at: datetime, by: tuple[str, ...]
) -> list[Line]:
    """Return the steps that take back the last steps in force, as far as this file stated them.

    `by` are the users who ordered it. The latest step is taken back first.
    """
    back: list[Line] = []
    for line in reversed(in_force(lines)):
        if line.source is None or line.source.batch != batch:
            break
        back.append(
            Line(
                at=at,
                before=line.after,
                after=line.before,
                amount=line.amount,
                source=line.source,
                by=by,
            )
        )
    return back


def is_reversed(lines: Iterable[Line], source: Source) -> bool:
    """Whether the step that a row stated was taken back."""
    return any(line.reverses and line.source == source for line in lines)
