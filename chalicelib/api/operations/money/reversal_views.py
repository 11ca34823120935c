"""How a reversal of a file of confirmations is shown, and what a caller may do with it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.api.operations.counts import Rupiah
from chalicelib.api.operations.model import View
from chalicelib.api.permissions import Caller, Role
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.money.reversal import Kept, Reversal, ReversalState

_EXPLAINED = {
    ReversalState.PROPOSED: (
        "Pembatalan berkas ini diusulkan. Belum ada yang berubah. Pengguna lain perlu"
        " menyetujuinya; paling sedikit satu dari keduanya petugas dinas."
    ),
    ReversalState.DROPPED: "Usul pembatalan berkas ini ditolak. Tidak ada yang berubah.",
    ReversalState.CHECKING: "Pembatalan disetujui; sistem memeriksa apakah ada iuran yang disetor.",
    ReversalState.REVERSING: "Pembatalan disetujui dan sedang berjalan.",
    ReversalState.REFUSED: (
        "Berkas ini tidak dapat dibatalkan: sebagian iurannya sudah masuk daftar setoran ke BPJS."
        " Tidak ada yang berubah."
    ),
}
_KEPT = {
    Kept.REMITTED: "iurannya sudah masuk daftar setoran ke BPJS",
    Kept.MOVED_ON: "sudah diubah berkas lain",
    Kept.GONE: "pendaftaran atau catatan uangnya sudah tidak ada",
}


class KeptRows(View):
    """Rows of a reversed file that stay as they are, and why."""

    code: Kept
    rows: int
    message: str = Field(description="in Indonesian")


class ReversalView(View):
    """The reversal of a file of confirmations."""

    state: ReversalState
    explanation: str = Field(description="in Indonesian")
    proposed_at: datetime
    proposed_by: str | None = Field(
        description="null for a bank, if it is a user of the department"
    )
    of_department: bool = Field(description="whether a user of the department proposed it")
    reason: str
    decided_at: datetime | None
    decided_by: str | None = Field(description="only staff see who decided")
    why: str | None = Field(description="the reason of the user who decided")
    people: int = Field(description="people whose premium went back; 0 before the end")
    rupiah: Rupiah
    not_due_people: int = Field(description="people to whom money is no longer owed")
    not_due: Rupiah
    kept: list[KeptRows]
    may: list[Literal["approve", "drop"]] = Field(description="what the caller may decide now")


def reversal_view(batch: Batch, caller: Caller) -> ReversalView | None:
    """Return the reversal of a file for this caller; None if nobody has proposed one."""
    found = batch.reversal
    if found is None:
        return None
    is_staff = caller.role is not Role.BANK
    return ReversalView(
        state=found.state,
        explanation=_EXPLAINED.get(found.state) or _done(found),
        proposed_at=found.at,
        proposed_by=None if found.of_department and not is_staff else found.by,
        of_department=found.of_department,
        reason=found.reason,
        decided_at=found.decided_at,
        decided_by=(found.decided_by or None) if is_staff else None,
        why=found.why or None,
        people=found.people,
        rupiah=found.rupiah,
        not_due_people=found.not_due_people,
        not_due=found.not_due,
        kept=[
            KeptRows(code=why, rows=rows, message=_KEPT[why])
            for why, rows in sorted(found.kept.items())
        ],
        may=decisions(found, caller),
    )


def decisions(reversal: Reversal, caller: Caller) -> list[Literal["approve", "drop"]]:
    """Return what a caller, who sees the file, may decide about its reversal."""
    if reversal.state is not ReversalState.PROPOSED or caller.role is Role.BPJS:
        return []
    is_dinas = caller.role is Role.DINAS
    may: list[Literal["approve", "drop"]] = []
    if reversal.needs_other(caller.username, of_department=is_dinas) is None:
        may.append("approve")
    if is_dinas or not reversal.of_department:
        may.append("drop")
    return may


def _done(reversal: Reversal) -> str:
    text = (
        f"Berkas ini sudah dibatalkan: {reversal.people} orang kembali seperti sebelum berkas ini,"
        f" iuran Rp{format_rupiah(reversal.rupiah)}."
    )
    if reversal.not_due_people:
        money = format_rupiah(reversal.not_due)
        text += f" Uang Rp{money} tidak lagi tercatat harus dikembalikan."
    return f"{text} Unggah konfirmasi yang benar."
