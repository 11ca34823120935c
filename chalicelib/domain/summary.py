"""A file in figures, as the bank and staff read it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from .batch import Batch, BatchStatus, ChunkProgress, SmsEstimate, SmsTally
from .codes import Finding
from .outcome import Tally
from .sending import usd


@dataclass
class Sums:
    """The sums over a file's chunks."""

    tally: Tally = field(default_factory=Tally)
    sms: SmsTally = field(default_factory=SmsTally)

    @classmethod
    def of(cls, chunks: Iterable[ChunkProgress]) -> "Sums":
        """Add the chunks up."""
        sums = cls()
        for chunk in chunks:
            sums.tally.add(chunk.tally)
            for each in fields(SmsTally):
                total = getattr(sums.sms, each.name) + getattr(chunk.sms, each.name)
                setattr(sums.sms, each.name, total)
        return sums

    @property
    def sms_counts(self) -> dict[str, int]:
        """How many accepted people's messages stand where; they add up to `accepted`."""
        counts = {each.name: getattr(self.sms, each.name) for each in fields(SmsTally)}
        counts["not_possible"] = self.tally.not_possible
        counts["pending"] = self.tally.accepted - self.tally.not_possible - self.sms.settled
        return counts

    @property
    def receipts_mark(self) -> str:
        """A text that changes with every receipt that is counted."""
        counts = self.sms_counts
        return "receipts/" + "/".join(f"{name}={counts[name]}" for name in sorted(counts))


def messages_to_come(batch: Batch, sums: Sums) -> int:
    """Return how many people of a file are still to be told, or are expected to be.

    While it is being enrolled, that is what was reckoned at its reading, at the most.
    """
    pending: int = sums.sms_counts["pending"]
    if batch.status is BatchStatus.ENROLLING and batch.estimate:
        return max(pending, batch.estimate.parts - sums.sms.settled)
    return pending


def summary(batch: Batch, sums: Sums) -> dict[str, Any]:
    """Return what `ringkasan.json` holds; money is whole rupiah, that for messages US dollars.

    `rows` is what was read, and always the sum of the four dispositions once the file is
    completed. `erased` says how many of the accepted were deleted since on their request; they stay
    counted. `codes` says how often each code came up.
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
        "warnings": tally.warnings,
        "erased": batch.erased,
        "premium_total": tally.premium_total,
        "aid_total": tally.aid_total,
        "net_aid_total": tally.aid_total - tally.premium_total,
        "sms": sums.sms_counts,
        "sms_estimate": _estimate(batch.estimate),
        "errors": [told(finding) for finding in batch.errors],
        "file_warnings": [told(finding) for finding in batch.warnings],
        "codes": dict(sorted(tally.codes.items())),
    }


def told(finding: Finding) -> dict[str, str]:
    """Return a finding as code and sentence."""
    return {"code": finding.code.value, "message": finding.message}


def _estimate(estimate: SmsEstimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {
        "parts": estimate.parts,
        "cost_usd": usd(estimate.cost),
        "left_usd": None if estimate.left is None else usd(estimate.left),
    }
