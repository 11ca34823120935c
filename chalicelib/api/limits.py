"""How often a user, and all users of a bank together, may ask in an hour.

One user must not be able to read out every person, or to fill the queues of all banks. Each request
with a limit is counted in DynamoDB before it is answered, so the limit holds over all processes.
The limits are far above what people do by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.adapters.ports import Clock, UseCounts
from chalicelib.api.permissions import Action, Caller
from chalicelib.api.refusals import TooMany

_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most requests of one use in an hour; `name` is the use in Indonesian."""

    use: str
    name: str
    user: int
    bank: int


_LOOK_UPS = Limit("look_up", "pencarian", user=300, bank=1_500)
_ROWS = Limit("rows", "halaman baris", user=300, bank=1_500)
_FILES = Limit("files", "unduhan", user=60, bank=300)
_UPLOADS = Limit("uploads", "unggahan", user=60, bank=200)
LIMITS: Mapping[Action, Limit] = {
    Action.LOOK_UP: _LOOK_UPS,
    Action.RESEND: _LOOK_UPS,  # it shows the person, too
    Action.LIST_ROWS: _ROWS,
    Action.DOWNLOAD_RESULTS: _FILES,
    Action.DOWNLOAD_OUTREACH: _FILES,
    Action.ORDER_OUTREACH: _FILES,
    Action.ORDER_ACCESS: _FILES,
    Action.DOWNLOAD_ACCESS: _FILES,
    Action.RESEND_BATCH: _FILES,
    Action.PROPOSE_REVERSAL: _FILES,
    Action.DECIDE_REVERSAL: _FILES,
    Action.MAKE_REMITTANCE: _FILES,
    Action.CUT_REMITTANCE: _LOOK_UPS,
    Action.UPLOAD: _UPLOADS,
}
"""The actions with a limit: all that show people, or give other functions work."""


def demand(action: Action, caller: Caller, *, uses: UseCounts, clock: Clock) -> None:
    """Count a request of this caller.

    Raises:
        TooMany: the user, or the user's bank, has reached the limit of this hour.
    """
    limit = LIMITS.get(action)
    if limit is None:
        return
    now = clock()
    begins = now.replace(minute=0, second=0, microsecond=0)
    counted = [(f"user#{caller.username}", limit.user, "satu pengguna")]
    if caller.bank is not None:
        counted.append((f"bank#{caller.bank}", limit.bank, "satu bank"))
    for who, most, whose in counted:
        if not uses.count(who, limit.use, begins, most=most):
            raise _too_many(limit, most, whose, begins + _WINDOW - now)


def _too_many(limit: Limit, most: int, whose: str, wait: timedelta) -> TooMany:
    seconds = max(1, int(wait.total_seconds()))
    minutes = -(-seconds // 60)
    return TooMany(
        "limit_reached",
        f"Batas {limit.name} tercapai: paling banyak {most} dalam satu jam untuk {whose}. Coba lagi"
        f" {minutes} menit lagi. Bila pekerjaan Anda perlu lebih banyak, hubungi Dinas Koperasi.",
        seconds=seconds,
    )
