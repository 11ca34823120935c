"""What became of each row, and the sums that follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum

from .codes import Code, Finding
from .record import StoredRecord


class Disposition(StrEnum):
    """The four ends of a row; only `accepted` is deducted from."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Outcome(StoredRecord, frozen=True):
    """What the bank is told of one row.

    Money (whole rupiah), dates and reference are there for accepted rows only. `rule` is the
    contribution rule that was applied.
    """

    line: int
    disposition: Disposition
    findings: tuple[Finding, ...] = ()
    premium: int = 0
    aid: int = 0
    starts: date | None = None
    ends: date | None = None
    reference: str = ""
    rule: str = ""
    sms_possible: bool = False


@dataclass(slots=True)
class Tally:
    """Counts and sums of rows; tallies add up, and a file's is the sum of its chunks'.

    `premium_total` and `aid_total` are whole rupiah over the accepted rows; `warnings` counts
    accepted rows that carry at least one warning; `codes` counts how often each code came up;
    `not_possible` counts accepted rows without a usable phone.
    """

    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    warnings: int = 0
    not_possible: int = 0
    premium_total: int = 0
    aid_total: int = 0
    codes: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Every row counted here, whatever became of it."""
        return self.accepted + self.duplicate + self.conflict + self.rejected

    def times(self, code: Code) -> int:
        """How often a code came up."""
        return self.codes.get(code.value, 0)

    def count(self, outcome: Outcome) -> None:
        """Take one row in."""
        for finding in outcome.findings:
            self.codes[finding.code.value] = self.codes.get(finding.code.value, 0) + 1
        if outcome.disposition is Disposition.ACCEPTED:
            self.accepted += 1
            self.premium_total += outcome.premium
            self.aid_total += outcome.aid
            self.warnings += bool(outcome.findings)
            self.not_possible += not outcome.sms_possible
        else:
            name = outcome.disposition.value
            setattr(self, name, getattr(self, name) + 1)

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        for each in fields(self):
            if each.name != "codes":
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        for code, times in other.codes.items():
            self.codes[code] = self.codes.get(code, 0) + times

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Tally":
        """Return the tally of these rows."""
        tally = cls()
        for outcome in outcomes:
            tally.count(outcome)
        return tally
