"""Under what a person is counted, for the totals that staff see."""

from dataclasses import dataclass, field
from datetime import date

from .batch import SmsTally
from .outcome import Tally

ELSEWHERE = "0000"
"""Stands for every regency that a programme does not know by its code."""
SHARDS = 32
"""A day's count of one bank and scheme stands in so many places, chosen by the chunk: workers on
neighbouring chunks would otherwise wait for each other with every transaction."""


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the books: a programme, a bank, a scheme, and the local day a file came."""

    programme: str
    bank: str
    scheme: str
    day: date


@dataclass(frozen=True, slots=True)
class People:
    """Accepted people of one regency: how many, their premiums (rupiah), and their messages."""

    accepted: int = 0
    premium_total: int = 0
    not_possible: int = 0
    sms: SmsTally = field(default_factory=SmsTally)


@dataclass(frozen=True, slots=True)
class Totals:
    """What is counted under one account: rows by what became of them, messages, and regencies.

    `regencies` has the accepted people by the code under which they are counted. `erased` counts
    those of the accepted whose data were deleted since.
    """

    account: Account
    tally: Tally
    sms: SmsTally
    regencies: dict[str, People]
    erased: int = 0
