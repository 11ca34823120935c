"""The outcome of each row, and the sums over outcomes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum

from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.record import StoredRecord


class Disposition(StrEnum):
    """The four results of a row; a premium is deducted only from `accepted` rows."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Outcome(StoredRecord, frozen=True):
    """The outcome of one row. A kind adds the fields that its result files show.

    Those come after these, each with a default.
    """

    line: int
    disposition: Disposition
    findings: tuple[Finding, ...] = ()

    def add_to(self, tally: "Tally") -> None:
        """Add this row to the sums of a tally: no money, and no person who gets a message."""
        tally.not_possible += self.disposition is Disposition.ACCEPTED


@dataclass(slots=True)
class Tally:
    """Counts and sums of rows. The tally of a file is the sum of its chunks' tallies.

    `premium_total` and `aid_total` are whole rupiah over the accepted rows. `warnings` counts
    accepted rows with at least one warning. `codes` counts how often each code occurs.
    `not_possible` counts accepted rows whose person no message can reach. `matched` counts what the
    rows state, in a kind of file that states something about people.
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
    matched: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The number of all rows, whatever their disposition."""
        return self.accepted + self.duplicate + self.conflict + self.rejected

    def times(self, code: StrEnum) -> int:
        """How often a code occurs."""
        return self.codes.get(code.value, 0)

    def count(self, outcome: Outcome) -> None:
        """Add one row."""
        for finding in outcome.findings:
            code = str(finding.code)
            self.codes[code] = self.codes.get(code, 0) + 1
        outcome.add_to(self)
        if outcome.disposition is Disposition.ACCEPTED:
            self.accepted += 1
            self.warnings += bool(outcome.findings)
        else:
            name = outcome.disposition.value
            setattr(self, name, getattr(self, name) + 1)

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        for each in fields(self):
            if each.name not in {"codes", "matched"}:
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        for counts, more in ((self.codes, other.codes), (self.matched, other.matched)):
            for name, times in more.items():
                counts[name] = counts.get(name, 0) + times

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Tally":
        """Return the tally of these rows."""
        tally = cls()
        for outcome in outcomes:
            tally.count(outcome)
        return tally
