"""The API over memory: somebody of each role asks, without AWS, network, clock or framework."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fakes import MemoryLinks, MemoryQueue, MemoryTrail
from world import World

from chalicelib.api import Answer, Endpoint, Request, answered
from chalicelib.audit import Audit
from chalicelib.cursor import Cursors
from chalicelib.endpoints import ENDPOINTS
from chalicelib.settings import Settings

DINAS, BPJS, BRI, BSG = "dinas", "bpjs", "bank-002", "bank-127"
REASON = "Ditanyakan di loket"


@dataclass
class Office(World):
    """A world that answers questions; `trail` is what was written of them."""

    trail: MemoryTrail = field(default_factory=MemoryTrail)
    links: MemoryLinks = field(default_factory=MemoryLinks)
    resend_queue: MemoryQueue = field(default_factory=MemoryQueue)
    settings: Settings = field(default_factory=lambda: Settings(stage="test"))
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
        query: Mapping[str, str | Sequence[str]] | None = None,
    ) -> "Told":
        """Ask, as `POST /uploads` or `GET /batches/7K3M9QX2`; the groups are comma-joined."""
        method, _, path = call.partition(" ")
        endpoint, places = _found(method, path)
        given = {name: [v] if isinstance(v, str) else list(v) for name, v in (query or {}).items()}
        request = Request(
            path=places,
            query=given,
            body=body if isinstance(body, bytes) else b"" if body is None else _json(body),
            claims=None if who is None else {"cognito:username": "ani", "cognito:groups": who},
            id="r-1",
        )
        return Told(answered(endpoint, request, lambda: self, self.deadline))

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What stands in the trail."""
        return [json.loads(line) for line in self.trail.lines]


@dataclass(frozen=True)
class Told:
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
        return self.body.get("error", {}).get("code")


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
