"""Counts and amounts as answers have them."""

from typing import Annotated

from pydantic import Field

from chalicelib.domain.batch import SmsTally
from chalicelib.queries.model import View

Rupiah = Annotated[int, Field(ge=0, description="whole rupiah")]
Usd = Annotated[
    str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description="US dollars", examples=["13.50"])
]


class Message(View):
    """A code with its sentence in Indonesian."""

    code: str
    message: str


class SmsCounts(View):
    """How many accepted people's messages stand where; together they are the accepted people."""

    pending: int
    sent: int
    delivered: int
    failed: int
    unconfirmed: int
    held: int
    unknown: int
    not_possible: int


def sms_counts(*, accepted: int, not_possible: int, sms: SmsTally) -> SmsCounts:
    """Return how many of these accepted people's messages stand where."""
    return SmsCounts(
        pending=accepted - not_possible - sms.settled,
        sent=sms.sent,
        delivered=sms.delivered,
        failed=sms.failed,
        unconfirmed=sms.unconfirmed,
        held=sms.held,
        unknown=sms.unknown,
        not_possible=not_possible,
    )
