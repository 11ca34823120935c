"""Who may do what, by the groups that the user pool has put somebody into.

Only claims that API Gateway has verified are asked, never anything that a request says of itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chalicelib.refusals import NotAllowed, NotSignedIn

_BANK = re.compile(r"bank-([0-9]{3})")


class Role(StrEnum):
    """What somebody is: of the province's department, of BPJS, or of a bank."""

    DINAS = "dinas"
    BPJS = "bpjs"
    BANK = "bank"


class Action(StrEnum):
    """Everything that can be done over HTTP."""

    LOOK_UP = "look_up"
    UNMASK = "unmask"
    RESEND = "resend"
    LIST_BATCHES = "list_batches"
    SHOW_BATCH = "show_batch"
    LIST_ROWS = "list_rows"
    DOWNLOAD_RESULTS = "download_results"
    RESEND_BATCH = "resend_batch"
    SHOW_TOTALS = "show_totals"
    UPLOAD = "upload"
    SHOW_GATE = "show_gate"
    SWITCH_GATE = "switch_gate"
    ORDER_OUTREACH = "order_outreach"
    DOWNLOAD_OUTREACH = "download_outreach"
    SHOW_ME = "show_me"
    SHOW_HEALTH = "show_health"
    SHOW_API = "show_api"


_EVERYBODY = frozenset(Role)
_STAFF = frozenset({Role.DINAS, Role.BPJS})
_DINAS = frozenset({Role.DINAS})
_BANKS = frozenset({Role.BANK})

PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    Action.LOOK_UP: _EVERYBODY,
    Action.UNMASK: _STAFF,
    Action.RESEND: _DINAS,
    Action.LIST_BATCHES: _EVERYBODY,
    Action.SHOW_BATCH: _EVERYBODY,
    Action.LIST_ROWS: _EVERYBODY,
    Action.DOWNLOAD_RESULTS: _EVERYBODY,
    Action.RESEND_BATCH: _DINAS,
    Action.SHOW_TOTALS: _EVERYBODY,
    Action.UPLOAD: _BANKS,
    Action.SHOW_GATE: _STAFF,
    Action.SWITCH_GATE: _DINAS,
    Action.ORDER_OUTREACH: _DINAS,
    Action.DOWNLOAD_OUTREACH: _DINAS,
    Action.SHOW_ME: _EVERYBODY,
    Action.SHOW_HEALTH: _EVERYBODY,
    Action.SHOW_API: _EVERYBODY,
}
"""The one table. What does not stand here is allowed to nobody."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the user's name, role and groups; `bank` is the code of a bank's own people."""

    username: str
    role: Role
    bank: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def may(self) -> tuple[Action, ...]:
        """What this caller may do."""
        return tuple(action for action in Action if self.is_allowed(action))

    def is_allowed(self, action: Action) -> bool:
        """Whether this caller's role may do that at all; whose file it is, is asked later."""
        return self.role in PERMISSIONS.get(action, frozenset())

    def demand(self, action: Action) -> None:
        """Let only those pass who may do that.

        Raises:
            NotAllowed: this caller may not.
        """
        if not self.is_allowed(action):
            raise NotAllowed("not_allowed", "Akun Anda tidak berhak melakukan ini.")

    def sees(self, bank: str) -> bool:
        """Whether this caller may know of that bank's files and people."""
        return self.bank is None or self.bank == bank

    def own(self, bank: str | None) -> str | None:
        """Return the bank to which a question is narrowed down; None for all of them.

        Raises:
            NotAllowed: another bank was asked for than the caller's own.
        """
        if bank is not None and not self.sees(bank):
            raise NotAllowed("other_bank", "Anda hanya dapat melihat berkas bank Anda sendiri.")
        return bank or self.bank


def caller_of(claims: Mapping[str, Any] | None) -> Caller:
    """Return who the verified claims of an ID token speak of.

    The stronger role counts of somebody who has several.

    Raises:
        NotSignedIn: there are no claims.
        NotAllowed: the user is in none of our groups, or in those of two banks.
    """
    username = (claims or {}).get("cognito:username")
    if claims is None or not isinstance(username, str) or not username:
        raise NotSignedIn("not_signed_in", "Sesi Anda sudah berakhir. Silakan masuk lagi.")
    groups = groups_of(claims)
    for role in (Role.DINAS, Role.BPJS):
        if role.value in groups:
            return Caller(username, role, None, groups)
    banks = {found[1] for found in map(_BANK.fullmatch, groups) if found}
    if len(banks) != 1:
        raise NotAllowed(
            "no_role", "Akun Anda belum diberi peran. Hubungi administrator sistem ini."
        )
    return Caller(username, Role.BANK, banks.pop(), groups)


def groups_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the groups: API Gateway hands a token's list on as one text, joined by commas."""
    told = claims.get("cognito:groups") or ()
    names = told.split(",") if isinstance(told, str) else told
    return tuple(each.strip() for each in map(str, names) if each.strip())
