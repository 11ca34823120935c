"""What a bank's statement about its deduction does to a person."""

from datetime import date
from enum import Enum, StrEnum, auto

from .listing import RETURNED_ON_ITS_WAY
from .standing import (
    ACTIVE,
    BEGINNING,
    DEDUCTED,
    DEFERRED,
    FAILED,
    REMITTED,
    RETURNED,
    Cover,
    Leaf,
    Standing,
)


class Stated(StrEnum):
    """What a bank states about one deduction."""

    DEDUCTED = "deducted"
    FAILED = "failed"
    RETURNED = "returned"
    DEFERRED = "deferred"


class Effect(Enum):
    """Why a statement moves nobody."""

    SAME = auto()  # payung knows it already
    FINAL = auto()  # it contradicts what cannot change any more
    NOT_DUE = auto()  # money was taken that was not due


_AFTER = {
    BEGINNING: {
        Stated.DEDUCTED: DEDUCTED,
        Stated.FAILED: FAILED,
        Stated.RETURNED: RETURNED,
        Stated.DEFERRED: DEFERRED,
    },
    DEFERRED: {
        Stated.DEDUCTED: DEDUCTED,
        Stated.FAILED: FAILED,
        Stated.RETURNED: RETURNED,
    },
    # A later attempt may succeed, or the aid goes back for good.
    FAILED: {Stated.DEDUCTED: DEDUCTED, Stated.RETURNED: RETURNED},
    DEDUCTED: {Stated.RETURNED: RETURNED},
    # The premium is on its way to BPJS: the receipt decides whether it is refunded.
    REMITTED: {Stated.RETURNED: RETURNED_ON_ITS_WAY},
}
_SAYS = {
    DEFERRED: Stated.DEFERRED,
    FAILED: Stated.FAILED,
    DEDUCTED: Stated.DEDUCTED,
    REMITTED: Stated.DEDUCTED,
    ACTIVE: Stated.DEDUCTED,
}


def effect(now: Standing, stated: Stated, *, today: date, starts: date) -> Standing | Effect:
    """Return where a statement moves a person, or why it moves nobody.

    `starts` is the first day of cover: from that day on a returned deduction no longer ends the
    cover of an active person.
    """
    if after := _AFTER.get(now, {}).get(stated):
        return after
    if now == ACTIVE and stated is Stated.RETURNED and today < starts:
        return Standing(Cover.RETURNED, Leaf.REFUND_DUE)
    if now.cover is Cover.WITHDRAWN and stated is Stated.DEDUCTED:
        return Effect.NOT_DUE
    said = Stated.RETURNED if now.cover is Cover.RETURNED else _SAYS.get(now)
    return Effect.SAME if said is stated else Effect.FINAL
