"""The reversal of a wrong confirmation: who may order it, how far it is, and what it did.

Two users order a reversal: one proposes it, another one approves it, and at least one of them is of
the department. A bank alone can therefore not hide that it has taken money.
"""

from datetime import datetime
from enum import StrEnum

from msgspec.structs import replace

from chalicelib.domain.record import Record

from .standing import Cover, Leaf, Standing


class ReversalState(StrEnum):
    """`proposed` → `dropped`, or `checking` → `refused`, or `reversing` → `done`."""

    PROPOSED = "proposed"
    DROPPED = "dropped"
    CHECKING = "checking"
    REVERSING = "reversing"
    REFUSED = "refused"
    DONE = "done"


UNDER_WAY = frozenset({ReversalState.CHECKING, ReversalState.REVERSING})
"""An approved reversal that has not ended."""
_MAY_FOLLOW = frozenset({ReversalState.DROPPED, ReversalState.REFUSED})


class Kept(StrEnum):
    """Why a row of a reversed file was not taken back."""

    REMITTED = "remitted"
    MOVED_ON = "moved_on"
    GONE = "gone"


class Reversal(Record, frozen=True, omit_defaults=True):
    """A reversal of a whole file of confirmations. Times are UTC.

    - `by`, `at` and `reason` are the proposal's; `of_department` says whether its user is staff of
      the department. `decided_by`, `decided_at` and `why` are those of the other user, who approved
      or dropped it.
    - `people` were taken back, with premiums of `rupiah`. `not_due` is the money (rupiah) that is
      no longer owed to `not_due_people`. `kept` counts the rows that stay, by reason. They are
      known at the end.
    """

    state: ReversalState
    by: str
    at: datetime
    reason: str
    of_department: bool = False
    decided_by: str = ""
    decided_at: datetime | None = None
    why: str = ""
    people: int = 0
    rupiah: int = 0
    not_due_people: int = 0
    not_due: int = 0
    kept: dict[Kept, int] = {}  # noqa: RUF012  # msgspec gives each struct its own

    @property
    def users(self) -> tuple[str, ...]:
        """The two users who ordered it."""
        return (self.by, self.decided_by)

    @property
    def may_follow(self) -> bool:
        """Whether another proposal may take its place."""
        return self.state in _MAY_FOLLOW

    def needs_other(self, user: str, *, of_department: bool) -> str | None:
        """Return why this user may not approve it: a code; None if the user may."""
        if user == self.by:
            return "same_user"
        return None if of_department or self.of_department else "no_department"

    def at_state(self, state: ReversalState) -> "Reversal":
        """Return the reversal in another state."""
        return replace(self, state=state)


class ReversalProgress(Record, frozen=True):
    """How far a chunk is: checked or not, the next row (index from 0), the sums before it."""

    chunk: int
    checked: bool = False
    next: int = 0
    done: bool = False
    people: int = 0
    rupiah: int = 0
    not_due_people: int = 0
    not_due: int = 0
    kept: dict[Kept, int] = {}  # noqa: RUF012  # msgspec gives each struct its own


def summed(reversal: Reversal, chunks: list[ReversalProgress]) -> Reversal:
    """Return a reversal with the sums of its chunks."""
    kept: dict[Kept, int] = {}  # msgspec gives each struct its own
    for chunk in chunks:
        for why, rows in chunk.kept.items():
            kept[why] = kept.get(why, 0) + rows
    return replace(
        reversal,
        people=sum(each.people for each in chunks),
        rupiah=sum(each.rupiah for each in chunks),
        not_due_people=sum(each.not_due_people for each in chunks),
        not_due=sum(each.not_due for each in chunks),
        kept=kept,
    )


_REMITTED_COVER = frozenset({Cover.REMITTED, Cover.ACTIVE})
_REMITTED_LEAF = frozenset(
    {Leaf.AWAITING, Leaf.COVERED, Leaf.REFUND_DUE, Leaf.REFUNDED, Leaf.CREDIT}
)


def is_remitted(standing: Standing) -> bool:
    """Whether the bank has stated that it paid this premium to BPJS: nothing takes it back."""
    return standing.cover in _REMITTED_COVER or standing.leaf in _REMITTED_LEAF
