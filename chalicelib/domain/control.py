"""Control totals: what a file says of itself, against what stands in it."""

from dataclasses import dataclass

from .codes import Code, Finding
from .money import format_rupiah


@dataclass(slots=True)
class ControlSums:
    """What was counted while a file was read: rows, and rupiah over the amounts that read."""

    rows: int = 0
    amount: int = 0
    unreadable: int = 0

    def add(self, amount: int | None) -> None:
        """Count a row with its amount in whole rupiah, None where that cannot be read."""
        self.rows += 1
        if amount is None:
            self.unreadable += 1
        else:
            self.amount += amount

    def disagreement(self, *, rows: int | None, amount: int | None) -> Finding | None:
        """Return what is wrong if the stated rows or amount (rupiah) differ from the counted.

        Where some amounts cannot be read, a stated total may be any that leaves room for them:
        those rows are rejected by themselves, and a bad row never stops the others.
        """
        if rows is not None and rows != self.rows:
            return Finding.of(
                Code.CONTROL_TOTAL_MISMATCH,
                stated=f"{format_rupiah(rows)} baris",
                counted=f"{format_rupiah(self.rows)} baris",
            )
        if amount is None or amount == self.amount or (self.unreadable and amount > self.amount):
            return None
        return Finding.of(
            Code.CONTROL_TOTAL_MISMATCH,
            stated=f"Rp{format_rupiah(amount)}",
            counted=f"Rp{format_rupiah(self.amount)}",
        )
