"""The states of a person, the leaves of a premium, and which of them go together.

A premium is fixed when its person is enrolled, and is in exactly one leaf from then on. It belongs
to the enrollment's reference, not to the NIK: who withdraws and enrolls again has a second premium.
"""

from enum import StrEnum
from typing import Final

from chalicelib.domain.record import Record


class Cover(StrEnum):
    """The stored state of a person. Dates decide whether a person is in grace or has ended."""

    ENROLLED = "enrolled"
    DEDUCTED = "deducted"
    NOT_DEDUCTED = "not_deducted"
    RETURNED = "returned"
    REMITTED = "remitted"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Leaf(StrEnum):
    """Where a premium is. The leaves of a file add up to what was expected from it."""

    OPEN = "open"
    DEFERRED = "deferred"
    FAILED = "failed"
    RETURNED = "returned"
    TO_REMIT = "to_remit"
    AWAITING = "awaiting"
    COVERED = "covered"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"
    CREDIT = "credit"


class Standing(Record, frozen=True):
    """A person's state and the leaf of their premium.

    `leaf` is None for a person whose whole file was cancelled: nothing is expected from them.
    """

    cover: Cover
    leaf: Leaf | None


BEGINNING: Final = Standing(Cover.ENROLLED, Leaf.OPEN)
"""How every enrollment begins: its item is the first line of its ledger."""
DEFERRED: Final = Standing(Cover.ENROLLED, Leaf.DEFERRED)
FAILED: Final = Standing(Cover.NOT_DEDUCTED, Leaf.FAILED)
DEDUCTED: Final = Standing(Cover.DEDUCTED, Leaf.TO_REMIT)
RETURNED: Final = Standing(Cover.RETURNED, Leaf.RETURNED)
REMITTED: Final = Standing(Cover.REMITTED, Leaf.AWAITING)
ACTIVE: Final = Standing(Cover.ACTIVE, Leaf.COVERED)

_PAID_BACK = (Leaf.RETURNED, Leaf.AWAITING, Leaf.REFUND_DUE, Leaf.REFUNDED, Leaf.CREDIT)
STANDINGS: Final = frozenset(
    {BEGINNING, DEFERRED, FAILED, DEDUCTED, REMITTED, ACTIVE}
    | {Standing(Cover.RETURNED, leaf) for leaf in _PAID_BACK}
    | {Standing(Cover.WITHDRAWN, leaf) for leaf in (*_PAID_BACK, None)}
)
"""Every state with the leaves that it can have. No write makes another pair."""
