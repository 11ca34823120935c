"""Counts and amounts in answers."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.operations.model import View
from chalicelib.domain.file.batch import SmsTally
from chalicelib.domain.person.enrollment import MessageKind, Sms

Rupiah = Annotated[int, Field(ge=0, description="whole rupiah")]
Usd = Annotated[
    str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description="US dollars", examples=["13.50"])
]


OtherMessages = Annotated[
    dict[MessageKind, dict[Sms, int]],
    Field(description="messages after the confirmation: for each kind, how many in each state"),
]


class Message(View):
    """A code with its sentence in Indonesian."""

    code: str
    message: str


class SmsCounts(View):
    """How many accepted people have a message in each state; the sum is all accepted people."""

    pending: int
    sent: int
    delivered: int
    failed: int
    unconfirmed: int
    held: int
    unknown: int
    not_possible: int


def sms_counts(*, accepted: int, not_possible: int, sms: SmsTally) -> SmsCounts:
    """Return how many of these accepted people have a message in each state."""
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
