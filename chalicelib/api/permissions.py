"""Who may do what. The user's groups in the user pool decide.

Only claims that API Gateway has verified count. Nothing else in a request gives a permission.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from chalicelib.api.refusals import NotAllowed, NotSignedIn

_BANK = re.compile(r"bank-([0-9]{3})")
_BRACKETS = re.compile(r"\[(.*)\]")
_LONGEST_USERNAME = 128
"""Characters: Cognito allows no more."""


class Role(StrEnum):
    """The kind of user: staff of the province's department, of BPJS, or of a bank."""

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
    PROPOSE_REVERSAL = "propose_reversal"
    DECIDE_REVERSAL = "decide_reversal"
    SHOW_CONFIRMATIONS = "show_confirmations"
    MAKE_REMITTANCE = "make_remittance"
    LIST_REMITTANCES = "list_remittances"
    SHOW_REMITTANCE = "show_remittance"
    BILL_REMITTANCE = "bill_remittance"
    PAY_REMITTANCE = "pay_remittance"
    RECEIVE_REMITTANCE = "receive_remittance"
    CUT_REMITTANCE = "cut_remittance"
    CANCEL_REMITTANCE = "cancel_remittance"
    SHOW_TOTALS = "show_totals"
    EXPORT_TOTALS = "export_totals"
    UPLOAD = "upload"
    SHOW_GATE = "show_gate"
    SWITCH_GATE = "switch_gate"
    ORDER_OUTREACH = "order_outreach"
    DOWNLOAD_OUTREACH = "download_outreach"
    ORDER_ACCESS = "order_access"
    LIST_ACCESS = "list_access"
    DOWNLOAD_ACCESS = "download_access"
    SHOW_ME = "show_me"
    SHOW_HEALTH = "show_health"
    SHOW_API = "show_api"


class SecondFactor(StrEnum):
    """Whether a caller needs a second factor, and has one."""

    OPTIONAL = "optional"
    ACTIVE = "active"
    MISSING = "missing"


_EVERYBODY = frozenset(Role)
_STAFF = frozenset({Role.DINAS, Role.BPJS})
_DINAS = frozenset({Role.DINAS})
_BPJS = frozenset({Role.BPJS})
_BANKS = frozenset({Role.BANK})
_BANKS_AND_DINAS = _BANKS | _DINAS

PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    Action.LOOK_UP: _EVERYBODY,
    Action.UNMASK: _STAFF,
    Action.RESEND: _DINAS,
    Action.LIST_BATCHES: _EVERYBODY,
    Action.SHOW_BATCH: _EVERYBODY,
    Action.LIST_ROWS: _EVERYBODY,
    Action.DOWNLOAD_RESULTS: _EVERYBODY,
    Action.RESEND_BATCH: _DINAS,
    Action.PROPOSE_REVERSAL: _BANKS_AND_DINAS,
    Action.DECIDE_REVERSAL: _BANKS_AND_DINAS,
    Action.SHOW_CONFIRMATIONS: _EVERYBODY,
    Action.MAKE_REMITTANCE: _BANKS,
    Action.LIST_REMITTANCES: _EVERYBODY,
    Action.SHOW_REMITTANCE: _EVERYBODY,
    # Two organisations must agree before anybody is active: no role takes the steps of both.
    Action.BILL_REMITTANCE: _BPJS,
    Action.PAY_REMITTANCE: _BANKS,
    Action.RECEIVE_REMITTANCE: _BPJS,
    Action.CUT_REMITTANCE: _BANKS,
    Action.CANCEL_REMITTANCE: _BANKS,
    Action.SHOW_TOTALS: _EVERYBODY,
    Action.EXPORT_TOTALS: _EVERYBODY,
    Action.UPLOAD: _BANKS,
    Action.SHOW_GATE: _STAFF,
    Action.SWITCH_GATE: _DINAS,
    Action.ORDER_OUTREACH: _DINAS,
    Action.DOWNLOAD_OUTREACH: _DINAS,
    Action.ORDER_ACCESS: _DINAS,
    Action.LIST_ACCESS: _DINAS,
    Action.DOWNLOAD_ACCESS: _DINAS,
    Action.SHOW_ME: _EVERYBODY,
    Action.SHOW_HEALTH: _EVERYBODY,
    Action.SHOW_API: _EVERYBODY,
}
"""The only table of permissions. An action that is not in it is allowed to nobody."""


WITHOUT_SECOND_FACTOR = frozenset({Action.SHOW_ME, Action.SHOW_HEALTH})
"""What a caller may do who needs a second factor and has none. It shows nothing of anybody."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """The tokens that payung takes: ID tokens of one user pool for one client.

    API Gateway verifies the signature and the time. It accepts access tokens for routes without
    scopes, and checks the client only if the template says so. So these claims are checked here.
    """

    issuer: str
    client: str

    def hold(self, claims: Mapping[str, Any]) -> bool:
        """Whether verified claims are those of such a token."""
        wanted = {"iss": self.issuer, "aud": self.client, "token_use": "id"}
        return all(claims.get(name) == value for name, value in wanted.items())


@dataclass(frozen=True, slots=True)
class User:
    """A signed-in user, and the groups that the user is in."""

    username: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """The user who asks: name, role and groups; `bank` is the bank's code for its own staff."""

    username: str
    role: Role
    bank: str | None = None
    groups: tuple[str, ...] = ()
    second_factor: SecondFactor = SecondFactor.OPTIONAL

    @property
    def may(self) -> tuple[Action, ...]:
        """What this caller may do."""
        return tuple(action for action in Action if self.is_allowed(action))

    def is_allowed(self, action: Action) -> bool:
        """Whether this caller's role allows the action; the owner of a file is checked later."""
        if self._lacks_factor and action not in WITHOUT_SECOND_FACTOR:
            return False
        return self.role in PERMISSIONS.get(action, frozenset())

    @property
    def _lacks_factor(self) -> bool:
        return self.second_factor is SecondFactor.MISSING

    def demand(self, action: Action) -> None:
        """Refuse a caller whose role does not allow the action, or whose second factor is missing.

        Raises:
            NotAllowed: this caller may not do it.
        """
        if self._lacks_factor and action not in WITHOUT_SECOND_FACTOR:
            raise NotAllowed(
                "second_factor_missing",
                "Akun ini wajib memakai kode keamanan. Buka Akun saya, pasang kode keamanan, "
                "lalu lanjutkan.",
            )
        if not self.is_allowed(action):
            raise NotAllowed("not_allowed", "Akun Anda tidak berhak melakukan ini.")

    def sees(self, bank: str) -> bool:
        """Whether this caller may know of that bank's files and people."""
        return self.bank is None or self.bank == bank

    def own(self, bank: str | None) -> str | None:
        """Return the bank that a request is limited to; None for all banks.

        Raises:
            NotAllowed: the request names another bank than the caller's own.
        """
        if bank is not None and not self.sees(bank):
            raise NotAllowed("other_bank", "Anda hanya dapat melihat berkas bank Anda sendiri.")
        return bank or self.bank


def user_of(claims: Mapping[str, Any] | None, rules: TokenRules) -> User:
    """Return the user that the verified claims of an ID token describe.

    Raises:
        NotSignedIn: there are no claims, or the token is not an ID token for payung.
    """
    username = (claims or {}).get("cognito:username")
    if claims is None or not _is_username(username) or not rules.hold(claims):
        raise NotSignedIn("not_signed_in", "Sesi Anda sudah berakhir. Silakan masuk lagi.")
    return User(username, groups_of(claims))


def caller_of(user: User) -> Caller:
    """Return the caller that a user is, with the role that the groups give.

    If a user has several roles, the strongest one counts.

    Raises:
        NotAllowed: the user is in none of payung's groups, or in the groups of two banks.
    """
    for role in (Role.DINAS, Role.BPJS):
        if role.value in user.groups:
            return Caller(user.username, role, None, user.groups)
    banks = {found[1] for found in map(_BANK.fullmatch, user.groups) if found}
    if len(banks) != 1:
        raise NotAllowed(
            "no_role", "Akun Anda belum diberi peran. Hubungi pengelola sistem di Dinas Koperasi."
        )
    return Caller(user.username, Role.BANK, banks.pop(), user.groups)


def groups_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the groups, which API Gateway passes as one text: `a,b`, or `[a b]`.

    AWS documents neither form. REST APIs are reported with commas, HTTP APIs and emulators with
    brackets. Names of groups hold no spaces. So the group `x,dinas` counts as two where API Gateway
    has joined them, and one of them is `dinas`. It gives nobody more rights: only administrators
    make groups, and they may put users into `dinas`.
    """
    groups = claims.get("cognito:groups")
    if isinstance(groups, str):
        listed = _BRACKETS.fullmatch(groups)
        names: Sequence[Any] = listed[1].split() if listed else groups.split(",")
    else:
        names = groups if isinstance(groups, list | tuple) else ()
    return tuple(each.strip() for each in names if isinstance(each, str) and each.strip())


def _is_username(value: object) -> TypeGuard[str]:
    """Whether a claim is a name that Cognito gives to a user."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_USERNAME
        and value.isprintable()
        and value == value.strip()
    )
