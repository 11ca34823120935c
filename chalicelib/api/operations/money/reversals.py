"""Reverses a wrong file of confirmations: one user proposes it, another one approves or drops it.

The bank whose file it is and the department may do both. At least one of the two users who reverse
a file is of the department.
"""

import logging
from collections.abc import Callable

from msgspec.structs import replace
from pydantic import Field

from chalicelib.adapters.ports import Batches, Clock, Outbox, Reversals
from chalicelib.api.audit import Subject
from chalicelib.api.operations.files import of_caller
from chalicelib.api.operations.model import Reason, RequestModel
from chalicelib.api.operations.money.reversal_views import ReversalView, decisions, reversal_view
from chalicelib.api.permissions import Caller, Role
from chalicelib.api.refusals import Conflict, NotAllowed
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.money.reversal import Reversal, ReversalState
from chalicelib.errors import Retry
from chalicelib.kinds.registry import KINDS

log = logging.getLogger(__name__)

_NOT_DUE = "deducted_not_due"
_BLANK = "blank"
_MAY_NOT = {
    "same_user": "Anda sendiri yang mengusulkan. Pengguna lain harus menyetujuinya.",
    "no_department": "Usul ini dari bank, jadi petugas dinas yang harus menyetujuinya.",
}
_CHANGED = (
    "reversal_changed",
    "Keadaan pembatalan sudah berubah. Muat ulang, lalu periksa kembali.",
)


class ProposeReversalRequest(RequestModel):
    """Why the file is wrong."""

    reason: Reason


class DecideReversalRequest(RequestModel):
    """Approve the reversal, or drop it; and why."""

    approve: bool = Field(description="true: reverse the file; false: drop the proposal")
    reason: Reason


def propose(
    batch: str,
    request: ProposeReversalRequest,
    *,
    caller: Caller,
    subject: Subject,
    begin: Callable[[], None],
    batches: Batches,
    reversals: Reversals,
    clock: Clock,
) -> ReversalView:
    """Propose to reverse a file; nothing changes until another user approves it.

    Raises:
        NotFound: no file has this id, or it is another bank's.
        Conflict: there is nothing to reverse, or another proposal or reversal of this file.
    """
    subject.reason = request.reason
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    _check_reversible(found, batches)
    order = Reversal(
        ReversalState.PROPOSED,
        caller.username,
        clock(),
        request.reason,
        of_department=caller.role is Role.DINAS,
    )
    begin()
    return _store(found, order, caller, reversals, batches)


def decide(
    batch: str,
    request: DecideReversalRequest,
    *,
    caller: Caller,
    subject: Subject,
    begin: Callable[[], None],
    batches: Batches,
    reversals: Reversals,
    outbox: Outbox,
    clock: Clock,
) -> ReversalView:
    """Approve a proposed reversal, or drop it.

    An approved reversal holds when this returns, even where its jobs could not be queued: the sweep
    queues them then.

    Raises:
        NotFound: no file has this id, or it is another bank's.
        Conflict: no reversal of this file is proposed, or somebody else decided at the same time.
        NotAllowed: the user proposed it, or it needs a user of the department.
    """
    subject.reason = request.reason
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    order = found.reversal
    if order is None or order.state is not ReversalState.PROPOSED:
        raise Conflict("no_proposal", "Tidak ada usul pembatalan untuk berkas ini.")
    wanted = "approve" if request.approve else "drop"
    if wanted not in decisions(order, caller):
        why = order.needs_other(caller.username, of_department=caller.role is Role.DINAS)
        code = why if request.approve and why else "not_yours"
        message = _MAY_NOT.get(code, "Usul ini dari petugas dinas, jadi hanya dinas yang menolak.")
        raise NotAllowed(code, message)
    state = ReversalState.CHECKING if request.approve else ReversalState.DROPPED
    decided = replace(
        order, state=state, decided_by=caller.username, decided_at=clock(), why=request.reason
    )
    begin()
    view = _store(found, decided, caller, reversals, batches)
    if request.approve:
        try:
            outbox.reverse(found.id, range(1, found.chunks + 1))
        except Retry as error:
            log.warning("a reversal is left to the sweep: %s", error, extra={"batch": found.id})
    return view


def _store(
    found: Batch, order: Reversal, caller: Caller, reversals: Reversals, batches: Batches
) -> ReversalView:
    if not reversals.order(found, order):
        raise Conflict(*_CHANGED)
    now = batches.get(found.id)
    view = reversal_view(now, caller) if now else None
    if view is None:
        raise Conflict(*_CHANGED)
    return view


def _check_reversible(batch: Batch, batches: Batches) -> None:
    if not KINDS.of(batch.scheme).matched:
        raise Conflict("not_a_confirmation", "Hanya berkas konfirmasi yang dapat dibatalkan.")
    if batch.status is not BatchStatus.COMPLETED:
        raise Conflict(
            "not_completed", "Berkas ini belum selesai, atau ditolak seluruhnya: tunggu hasilnya."
        )
    if batch.reversal and not batch.reversal.may_follow:
        raise Conflict(
            "reversal_exists", "Pembatalan berkas ini sudah diusulkan, atau sudah dijalankan."
        )
    tally = Sums.of(batches.chunks(batch.id)).tally
    stated = sum(rows for name, rows in tally.matched.items() if name != _BLANK)
    if not stated and not tally.codes.get(_NOT_DUE):
        raise Conflict(
            "nothing_to_reverse", "Berkas ini tidak mengubah iuran siapa pun: tidak ada yang batal."
        )
