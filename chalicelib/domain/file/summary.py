"""The figures of a file, for the bank and staff."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.domain.findings.code import FOR_DEPARTMENT, Severity
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.messages.sending import usd
from chalicelib.domain.money.balance import Balance, Moved
from chalicelib.domain.money.reversal import Reversal, ReversalState
from chalicelib.domain.person.enrollment import MessageKind, Sms

from .batch import Batch, BatchStatus, ChunkProgress, SmsEstimate, SmsTally
from .nobody import MESSAGES, Nobody
from .outcome import Tally


@dataclass
class Sums:
    """The sums over a file: `lost` has those of lost chunks, `tally` and `sms` the rest.

    `sms` are the confirmations, `others` the other kinds of messages by state.
    """

    tally: Tally = field(default_factory=Tally)
    sms: SmsTally = field(default_factory=SmsTally)
    lost: Tally = field(default_factory=Tally)
    moved: Moved = field(default_factory=Moved)
    others: dict[MessageKind, Counter[Sms]] = field(default_factory=dict)

    @classmethod
    def of(cls, chunks: Iterable[ChunkProgress], moved: Moved | None = None) -> "Sums":
        """Add the chunks up; `moved` is how far the file's premiums have moved since."""
        sums = cls(moved=moved or Moved())
        for chunk in chunks:
            if chunk.lost:
                sums.lost.add(chunk.tally)
                continue
            sums.tally.add(chunk.tally)
            for each in fields(SmsTally):
                total = getattr(sums.sms, each.name) + getattr(chunk.sms, each.name)
                setattr(sums.sms, each.name, total)
            for kind, states in chunk.others.items():
                sums.others.setdefault(kind, Counter()).update(states)
        return sums

    @property
    def balance(self) -> Balance:
        """The premiums of all people of the file, by leaf; also of those whose rows are lost."""
        people = self.tally.accepted + self.lost.accepted
        premiums = self.tally.premium_total + self.lost.premium_total
        return Balance.of(people, premiums, [self.moved])

    @property
    def sms_counts(self) -> dict[str, int]:
        """The number of accepted people in each message state; they add up to `accepted`."""
        counts = {each.name: getattr(self.sms, each.name) for each in fields(SmsTally)}
        counts["not_possible"] = self.tally.not_possible
        counts["pending"] = self.tally.accepted - self.tally.not_possible - self.sms.settled
        return counts

    def messages(self, *states: Sms) -> int:
        """Return how many messages of all kinds are in one of these states."""
        confirmations = sum(self.sms_counts.get(state.value, 0) for state in states)
        return confirmations + sum(
            counts[state] for counts in self.others.values() for state in states
        )

    @property
    def settled(self) -> int:
        """The messages of all kinds that need no more work."""
        others = sum(counts.total() - counts[Sms.PENDING] for counts in self.others.values())
        return self.sms.settled + others

    @property
    def other_messages(self) -> dict[str, dict[str, int]]:
        """The messages of other kinds than confirmations: for each kind, their number by state."""
        return {
            kind.value: {state.value: counts[state] for state in Sms if counts[state]}
            for kind, counts in sorted(self.others.items())
        }

    @property
    def receipts_mark(self) -> str:
        """A text that changes with every counted receipt."""
        counts = dict(self.sms_counts)
        for kind, states in self.other_messages.items():
            counts |= {f"{kind}_{state}": count for state, count in states.items()}
        return "receipts/" + "/".join(f"{name}={counts[name]}" for name in sorted(counts))


def messages_to_come(batch: Batch, sums: Sums) -> int:
    """Return how many messages of a file still go out, or are expected to.

    During enrolling it is the estimate from the reading of the file, which is an upper bound.
    """
    pending = sums.messages(Sms.PENDING)
    if batch.status is BatchStatus.ENROLLING and batch.estimate:
        return max(pending, batch.estimate.parts - sums.sms.settled)
    return pending


def summary(batch: Batch, sums: Sums, catalogue: Catalogue) -> dict[str, Any]:
    """Return the content of `ringkasan.json`, which a bank sees. Money is in whole rupiah.

    What messages cost is not in it: the department pays for them.

    `rows` is the number of rows that were read; in a completed file it is the sum of the four
    dispositions. `erased` is how many accepted people were deleted since, on their request; they
    stay counted. `nobody` has the count of the lines that are no rows, and the first hundred.
    `corrects` is the file whose corrected rows are in this one; `corrected_by` are the files that
    correct this one. `codes` is how often each code occurs; `catalogue` explains codes. `given_up`
    is whether the file was given up, and `lost` what its results cannot have: rows that cannot be
    read any more, and the people of them who are enrolled, with their premiums. `sms` are the
    confirmations, `other_messages` the other kinds of messages, by state.
    """
    tally = sums.tally
    return {
        "batch": batch.id,
        "file": batch.file,
        "bank": batch.bank,
        "scheme": batch.scheme,
        "programme": batch.programme,
        "status": batch.shown_status.value,
        "received_at": batch.received_at.isoformat(timespec="seconds"),
        "rows": batch.rows,
        "accepted": tally.accepted,
        "duplicate": tally.duplicate,
        "conflict": tally.conflict,
        "rejected": tally.rejected,
        "nobody": _nobody(batch.nobody),
        "warnings": tally.warnings,
        "erased": batch.erased,
        "corrects": batch.corrects,
        "corrected_by": list(batch.corrected_by),
        "premium_total": tally.premium_total,
        "aid_total": tally.aid_total,
        "net_aid_total": tally.aid_total - tally.premium_total,
        "sms": sums.sms_counts,
        "other_messages": sums.other_messages,
        "sms_estimate": _estimate(batch.estimate),
        "errors": [catalogue.shown(finding) for finding in batch.errors],
        "file_warnings": [catalogue.shown(finding) for finding in _warnings(batch, sums)],
        "codes": {
            code: rows
            for code, rows in sorted(tally.codes.items())
            if not code.startswith(FOR_DEPARTMENT)
        },
        "given_up": batch.given_up is not None,
        "lost": {
            "rows": _rows_lost(batch, sums),
            "accepted": sums.lost.accepted,
            "premium_total": sums.lost.premium_total,
        },
    }


def _rows_lost(batch: Batch, sums: Sums) -> int:
    is_final = batch.given_up and batch.status is BatchStatus.COMPLETED
    return batch.rows - sums.tally.rows if is_final else 0


def _warnings(batch: Batch, sums: Sums) -> list[Finding]:
    """Return the warnings about a file, with those that follow from its being given up."""
    warnings = list(batch.warnings)
    if batch.given_up and batch.status is BatchStatus.COMPLETED:
        late = sums.tally.times(Code.NOT_PROCESSED)
        warnings.append(Finding.of(Code.FILE_GIVEN_UP, **({"rows": late} if late else {})))
    if lost := _rows_lost(batch, sums):
        enrolled = sums.lost.accepted
        people = {"accepted": enrolled} if enrolled else {}
        warnings.append(Finding.of(Code.FILE_ROWS_LOST, rows=lost, **people))
    return warnings


def figures(
    batch: Batch, sums: Sums, catalogue: Catalogue, matched: Sequence[str]
) -> dict[str, Any]:
    """Return the figures of a file's kind, which follow the summary.

    A file of recipients has `money` (rupiah by leaf), `money_people` and `not_due` (rupiah that the
    bank took from rows that owe nothing). A file that states something about enrolled people has
    `matched`, the rows by what they state, and `breaks`, the rows by why they changed nobody; and
    `reversal`, if two users have reversed it.
    """
    if batch.programme:
        balance = sums.balance
        return {
            "money": balance.rupiah(),
            "money_people": {name: each.people for name, each in balance.amounts().items()},
            "not_due": balance.not_due.rupiah,
        }
    if not matched:
        return {}
    codes = sums.tally.codes
    breaks = {
        code: rows
        for code, rows in sorted(codes.items())
        if catalogue[code].severity is not Severity.WARNING
    }
    return {
        "matched": {each: sums.tally.matched.get(each, 0) for each in matched},
        "breaks": breaks,
        "reversal": _reversal(batch.reversal),
    }


def _reversal(reversal: Reversal | None) -> dict[str, Any] | None:
    """Return what a reversal did, without the names of users."""
    if reversal is None or reversal.state is not ReversalState.DONE:
        return None
    return {
        "at": reversal.decided_at and reversal.decided_at.isoformat(timespec="seconds"),
        "people": reversal.people,
        "rupiah": reversal.rupiah,
        "not_due_people": reversal.not_due_people,
        "not_due": reversal.not_due,
        "kept": {why.value: rows for why, rows in sorted(reversal.kept.items())},
    }


def _nobody(nobody: Nobody | None) -> dict[str, Any]:
    lines = nobody.lines if nobody else ()
    return {
        "count": nobody.count if nobody else 0,
        "lines": [
            {"line": line, "reason": reason.value, "message": MESSAGES[reason]}
            for line, reason in lines
        ],
    }


def _estimate(estimate: SmsEstimate | None) -> dict[str, Any] | None:
    return None if estimate is None else {"parts": estimate.parts}


def cost_of_messages(estimate: SmsEstimate) -> dict[str, str | None]:
    """Return what the messages of a file are estimated to cost, for staff; in US dollars."""
    return {
        "cost_usd": usd(estimate.cost),
        "left_usd": None if estimate.left is None else usd(estimate.left),
    }
