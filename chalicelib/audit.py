"""The trail: who asked for whose data, why, and what they were shown.

A line is written before its answer is given; where it cannot be written, nothing is answered. Of a
NIK only a keyed hash stands in it, by which everything that was asked about one person is found
(`Audit.hash_of`), and nobody is found without the key.
"""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from chalicelib.adapters.protocols import Clock, Trail
from chalicelib.permissions import Action, Caller

_HASH_BYTES = 16


class Shown(StrEnum):
    """How much of a person's data an answer showed."""

    NOTHING = "nothing"
    MASKED = "masked"
    FULL = "full"


@dataclass(slots=True)
class Subject:
    """What a question is about, filled in as it becomes known while it is answered.

    `niks` never leave this process but as hashes; `reason` is what whoever asked gave as theirs.
    """

    niks: tuple[str, ...] = ()
    batch: str | None = None
    reference: str | None = None
    bank: str | None = None
    file: str | None = None
    reason: str | None = None
    shown: Shown = Shown.NOTHING
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """Writes one deployment's trail; `key` is what NIKs are hashed with."""

    trail: Trail
    key: bytes
    clock: Clock

    def hash_of(self, nik: str) -> str:
        """Return what stands for a NIK in the trail, always the same."""
        return hmac.digest(self.key, nik.encode(), hashlib.sha256)[:_HASH_BYTES].hex()

    def write(
        self, caller: Caller, action: Action, subject: Subject, outcome: str, request_id: str | None
    ) -> None:
        """Write that somebody did, or tried, something; `outcome` is `ok`, or why not.

        Raises:
            Busy: it could not be kept now; then nothing may be answered.
        """
        about = asdict(subject)
        niks = [self.hash_of(nik) for nik in about.pop("niks")]
        line = {
            "at": self.clock().isoformat(timespec="milliseconds"),
            "who": caller.username,
            "groups": list(caller.groups),
            "action": action.value,
            "outcome": outcome,
            **({"nik_hash": niks} if niks else {}),
            **{name: value for name, value in about.items() if value is not None},
            "request_id": request_id,
        }
        self.trail.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
