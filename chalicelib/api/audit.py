"""The audit trail: who asked for whose data, why, and what they saw.

The line is written before the answer is sent. If the line cannot be written, there is no answer. A
line holds a keyed hash instead of the NIK (`Audit.hash_of`). With the key, an auditor finds every
request about one person; without the key, nobody can find a person.

Each line is one JSON object: `at` (UTC), `who`, `groups`, `action`, `outcome`, `shown`,
`request_id`, and, as far as they are known, `nik_hash` (a list), `reason`, `batch`, `bank`,
`reference`, `file`, `rows`, `order` (of a file about this trail), `about` (its period and user) and
`tried`. All lines of one request have its `request_id`. `outcome` is

- `ok`: the answer was given; `begun`: a change is about to be made;
- `shown`: a part of the people that a large answer shows; the line of the answer follows;
- any other word: the code of the refusal. `tried` then has the ids as the caller gave them. An id
  without the shape of an id may be personal data: only its keyed hash is kept.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from chalicelib.adapters.ports import AuditSink, Clock
from chalicelib.api.permissions import Action, User

_HASH_BYTES = 16
_MOST_HASHES = 2_000
"""The hashes in one line: CloudWatch takes 256 KB, and a hash with its quotes has 35 bytes."""
SHOWN = "shown"
"""The outcome in a line that names people of an answer."""


class Shown(StrEnum):
    """How much of a person's data an answer showed."""

    NOTHING = "nothing"
    MASKED = "masked"
    FULL = "full"


@dataclass(slots=True)
class Subject:
    """What a request is about. Operations fill it in while they answer the request.

    `niks` leave this process only as hashes; `reason` is the reason that the caller gave.
    """

    niks: tuple[str, ...] = ()
    batch: str | None = None
    reference: str | None = None
    bank: str | None = None
    file: str | None = None
    reason: str | None = None
    shown: Shown = Shown.NOTHING
    rows: int | None = None
    order: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    tried: Mapping[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audit:
    """Writes one deployment's trail; `key` is the key of the NIK hashes."""

    trail: AuditSink
    key: bytes
    clock: Clock

    def hash_of(self, nik: str) -> str:
        """Return the hash that replaces a NIK in the trail; the same NIK gives the same hash.

        The text may be anything that a caller tried, also half a surrogate pair.
        """
        tried = nik.encode("utf-8", "surrogatepass")
        return hmac.digest(self.key, tried, hashlib.sha256)[:_HASH_BYTES].hex()

    def write(
        self, user: User, action: Action, subject: Subject, outcome: str, request_id: str | None
    ) -> None:
        """Record that a user did or tried an action.

        `outcome` is `ok`, `begun` before a change, or why it failed.

        Raises:
            Busy: the line cannot be stored now; the caller must get no answer.
        """
        self.trail.write(self._line(user, action, subject, outcome, request_id, subject.niks))

    def write_people(
        self,
        user: User,
        action: Action,
        subject: Subject,
        people: Iterable[Sequence[str]],
        request_id: str | None,
    ) -> int:
        """Record the people of a large answer, in lines of their own; return how many they are.

        `people` are their NIKs, in groups of any size.

        Raises:
            Busy: the lines cannot be stored now; the caller must get no answer.
        """
        lines, count = [], 0
        for group in people:
            for start in range(0, len(group), _MOST_HASHES):
                part = group[start : start + _MOST_HASHES]
                lines.append(self._line(user, action, subject, SHOWN, request_id, part))
            count += len(group)
        self.trail.write(*lines)
        return count

    def _line(
        self,
        user: User,
        action: Action,
        subject: Subject,
        outcome: str,
        request_id: str | None,
        niks: Sequence[str],
    ) -> str:
        about = asdict(subject)
        del about["niks"]
        hashes = [self.hash_of(nik) for nik in niks]
        line = {
            "at": self.clock().isoformat(timespec="milliseconds"),
            "who": user.username,
            "groups": list(user.groups),
            "action": action.value,
            "outcome": outcome,
            **({"nik_hash": hashes} if hashes else {}),
            **{name: value for name, value in about.items() if value not in (None, {})},
            "request_id": request_id,
        }
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
