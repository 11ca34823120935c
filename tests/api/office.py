"""The API over memory: a user of each role calls it without AWS, network, clock or framework."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.api.audit import Audit
from chalicelib.api.cursor import Cursors
from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.permissions import TokenRules
from chalicelib.api.requests import Answer, Endpoint, Request, answered
from tests.support import tokens
from tests.support.fakes import (
    MemoryLinks,
    MemorySecondFactors,
    MemoryTrail,
    MemoryUseCounts,
)
from tests.support.world import World

TOKENS = TokenRules(
    issuer=tokens.VARIABLES["PAYUNG_TOKEN_ISSUER"],
    client=tokens.VARIABLES["PAYUNG_USER_POOL_CLIENT"],
)
DINAS, BPJS, BRI, BSG = "dinas", "bpjs", "bank-002", "bank-127"
REASON = "Ditanyakan di loket"


@dataclass
class Office(World):
    """A world that answers API calls; `trail` has their audit lines."""

    trail: MemoryTrail = field(default_factory=MemoryTrail)
    uses: MemoryUseCounts = field(default_factory=MemoryUseCounts)
    links: MemoryLinks = field(default_factory=MemoryLinks)
    second_factors: MemorySecondFactors = field(default_factory=MemorySecondFactors)
    second_factor_roles: frozenset[str] = frozenset()
    stage: str = "test"
    tokens: TokenRules = TOKENS
    cursors: Cursors = field(default_factory=lambda: Cursors(b"a key"))

    @property
    def audit(self) -> Audit:
        return Audit(self.trail, b"another key", self.clock)

    def ask(
        self,
        call: str,
        body: Any = None,
        *,
        who: str | None = DINAS,
        user: str = "ani",
        query: Mapping[str, str | Sequence[str]] | None = None,
    ) -> "ApiAnswer":
        """Call, such as `POST /uploads` or `GET /batches/7K3M9QX2`; the groups are comma-joined."""
        method, _, path = call.partition(" ")
        endpoint, places = _found(method, path)
        given = {name: [v] if isinstance(v, str) else list(v) for name, v in (query or {}).items()}
        request = Request(
            path=places,
            query=given,
            body=body if isinstance(body, bytes) else b"" if body is None else _json(body),
            claims=None if who is None else claims_of(who, **{"cognito:username": user}),
            id="r-1",
        )
        return ApiAnswer(answered(endpoint, request, lambda: self.ports))

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the audit trail."""
        return [json.loads(line) for line in self.trail.lines]


@dataclass(frozen=True)
class ApiAnswer:
    """An answer."""

    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def body(self) -> Any:
        return json.loads(self.answer.body)

    @property
    def code(self) -> str | None:
        """The code of a refusal."""
        code: str | None = self.body.get("error", {}).get("code")
        return code


def claims_of(groups: object, **changes: object) -> dict[str, Any]:
    """Return the claims of a valid ID token of a user in these groups."""
    return {**tokens.claims_of(groups, tokens.VARIABLES), **changes}


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def _found(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    parts = path.split("/")
    for endpoint in ENDPOINTS:
        wanted = endpoint.path.split("/")
        if endpoint.method != method or len(wanted) != len(parts):
            continue
        pairs = list(zip(wanted, parts, strict=True))
        if all(want == part or want.startswith("{") for want, part in pairs):
            return endpoint, {w.strip("{}"): p for w, p in pairs if w.startswith("{")}
    raise LookupError(f"{method} {path}")
