"""Whether a person is protected on a day, and how far their cover is: the answer at the counter.

BPJS covers a person from payment. So a programme with `cover_from = "remittance"` protects nobody
before BPJS has confirmed the premium (the state `active`). With `cover_from = "enrollment"` the
agreement itself protects who is enrolled, while nothing has ended that.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from chalicelib.domain.agreements.programme import Programme
from chalicelib.domain.money.standing import BEGINNING, Cover, Standing
from chalicelib.domain.record import Record

from .enrollment import Enrollment


class Phase(StrEnum):
    """How far a person's cover is on a day."""

    NOT_ENROLLED = "not_enrolled"
    ENROLLED = "enrolled"
    DEFERRED = "deferred"
    NOT_DEDUCTED = "not_deducted"
    DEDUCTED = "deducted"
    REMITTED = "remitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    NOT_BEGUN = "not_begun"
    ACTIVE = "active"
    GRACE = "grace"
    ENDED = "ended"


class Protection(Record, frozen=True):
    """How far a person's cover is on a day, and whether that protects them."""

    phase: Phase
    protected: bool


_ENDED_BY: Final = frozenset({Cover.NOT_DEDUCTED, Cover.RETURNED, Cover.WITHDRAWN})
"""The states in which no premium is paid for the person."""


def protection(
    enrollment: Enrollment, programme: Programme, on: date, standing: Standing | None = None
) -> Protection:
    """Return how far a person's cover is on a local day, and whether they are protected.

    `standing` is what was known at some time; the default is what is known today.
    """
    standing = standing or enrollment.standing
    if standing.cover in _ENDED_BY:
        return Protection(Phase(standing.cover.value), protected=False)
    covered = standing.cover is Cover.ACTIVE or programme.cover_from == "enrollment"
    if on < enrollment.starts:
        waiting = Phase.NOT_BEGUN if covered else _waiting(standing)
        return Protection(waiting, protected=False)
    if on <= enrollment.ends:
        return Protection(
            Phase.ACTIVE if standing.cover is Cover.ACTIVE else _waiting(standing),
            protected=covered,
        )
    if not covered:
        # The days that were planned have passed. Without payment there was no cover to end.
        return Protection(_waiting(standing), protected=False)
    if on <= programme.grace_ends(enrollment.ends):
        return Protection(Phase.GRACE, protected=programme.grace_protected)
    return Protection(Phase.ENDED, protected=False)


def known_on(enrollment: Enrollment, programme: Programme, on: date) -> Standing | None:
    """Return what was known at the end of a local day; None before the enrollment."""
    if programme.local_day(enrollment.enrolled_at) > on:
        return None
    known = BEGINNING
    for line in enrollment.history:
        if programme.local_day(line.at) <= on:
            known = line.after
    return known


def _waiting(standing: Standing) -> Phase:
    """Return the phase of a person whose premium has not reached BPJS."""
    if standing.leaf is not None and standing.leaf.value == Phase.DEFERRED.value:
        return Phase.DEFERRED
    return Phase(standing.cover.value)
