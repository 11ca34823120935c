"""The lists of premiums that banks pay to BPJS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.money.remittance import Cursor, Remittance
from chalicelib.domain.person.enrollment import Enrollment

from .money import Overtaken, Step
from .people import Committed, Superseded

LISTED_AT_ONCE = 97
"""People in one transaction that lists them, beside the list, their file and their account."""
CUT_AT_ONCE = 25
"""People in one cut: they may be of as many files and accounts."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Nothing was written: the list is no longer as it was read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Nothing was written: another list has a code or reference of this step."""

    by: str


StoreResult = Committed | Changed | Taken


class Remittances(Protocol):
    """Lists of premiums. Each change has the condition that the list is as it was read."""

    def create(self, remittance: Remittance) -> bool:
        """Store a new list; False if another one has its id. Safe to repeat."""

    def get(self, remittance: str) -> Remittance | None:
        """Return a list; None if there is none with that id."""

    def of_bank(self, bank: str) -> list[Remittance]:
        """Return a bank's lists, the latest first."""

    def with_code(self, code: str) -> str | None:
        """Return the id of the list that has or had this payment code; None if none had."""

    def unfinished(self) -> list[str]:
        """Return the ids of the lists that are still being made, the earliest first."""

    def store(self, before: Remittance, after: Remittance) -> StoreResult:
        """Store the next state of a list. Its new codes and references must be no other list's."""

    def put_on(
        self, remittance: Remittance, people: Sequence[Enrollment], cursor: Cursor
    ) -> Committed | Superseded | Overtaken:
        """Put people on a list that is being made, and move it to `cursor`; or write nothing.

        All must be deducted, as they were read, and on no other list. At most `LISTED_AT_ONCE`, of
        one file and account.
        """

    def cut(
        self, before: Remittance, after: Remittance, steps: Sequence[Step]
    ) -> Committed | Changed | Overtaken:
        """Take people off a paid list, and store its next state; or write nothing.

        Each step leads back to where its person is without the list. At most `CUT_AT_ONCE`.
        """
