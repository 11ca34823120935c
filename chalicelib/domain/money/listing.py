"""What being on a list means for a person: where they and their premium are."""

from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.record import Record

from .standing import ACTIVE, DEDUCTED, REMITTED, RETURNED, Cover, Leaf, Standing


class RemittanceState(StrEnum):
    """`listing` → `listed` → `billed` → `paid` → `received`; before `paid` also `cancelled`.

    A list from which everybody was cut after the payment is cancelled, too.
    """

    LISTING = "listing"
    LISTED = "listed"
    BILLED = "billed"
    PAID = "paid"
    RECEIVED = "received"
    CANCELLED = "cancelled"


UNPAID = frozenset({RemittanceState.LISTING, RemittanceState.LISTED, RemittanceState.BILLED})
"""The states of a list whose money is still with the bank."""
RETURNED_ON_ITS_WAY = Standing(Cover.RETURNED, Leaf.AWAITING)
"""The deduction went back after the bank stated the payment: the receipt decides."""
_REFUND_DUE = Standing(Cover.RETURNED, Leaf.REFUND_DUE)
_ON_PAID = {DEDUCTED: REMITTED}
_ON_RECEIVED = {DEDUCTED: ACTIVE, REMITTED: ACTIVE, RETURNED_ON_ITS_WAY: _REFUND_DUE}
_ON_CUT = {REMITTED: DEDUCTED, RETURNED_ON_ITS_WAY: RETURNED}


class Listing(Record, frozen=True):
    """A person's list, and how far it is. Times are UTC.

    `starts` and `ends` are the first and the last day of cover, as BPJS gives them.
    """

    remittance: str
    state: RemittanceState
    paid_at: datetime | None = None
    received_at: datetime | None = None
    starts: date | None = None
    ends: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether people on it are bound to it; a cancelled list holds nobody."""
        return self.state is not RemittanceState.CANCELLED

    def standing(self, stored: Standing) -> Standing:
        """Return where a person on this list is, whose item has the standing `stored`."""
        if self.state is RemittanceState.PAID:
            return _ON_PAID.get(stored, stored)
        if self.state is RemittanceState.RECEIVED:
            return _ON_RECEIVED.get(stored, stored)
        return stored

    def events(self) -> list[tuple[datetime, dict[Standing, Standing]]]:
        """Return when this list moved its people, and how, the earliest first."""
        if not self.is_open:
            return []
        found: list[tuple[datetime, dict[Standing, Standing]]] = []
        if self.paid_at:
            found.append((self.paid_at, _ON_PAID))
        if self.received_at:
            found.append((self.received_at, _ON_RECEIVED))
        return found


def after_cut(standing: Standing) -> Standing | None:
    """Return where a person is who is cut from a paid list; None for who cannot be cut."""
    return _ON_CUT.get(standing)
