"""Gives S3's object versions in a fixed order, only for runs whose ids must be the same each time.

A file's id comes from its bucket, key and version. AWS gives random versions.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from .patch import Kind, Patch

TOPIC = "versions"


def version(key: str, number: int) -> str:
    """Return the version of the object that is stored under a key for the nth time (from 1)."""
    return hashlib.sha256(f"{key}#{number}".encode()).hexdigest()[:32]


def _init(original: Callable[..., None]) -> Callable[..., None]:
    stored: Counter[str] = Counter()

    def init(key: Any, name: str, *args: Any, **values: Any) -> None:
        if values.get("version_id") not in {None, "null"}:
            stored[name] += 1
            values["version_id"] = version(name, stored[name])
        original(key, name, *args, **values)

    return init


PATCHES = (
    Patch(
        TOPIC,
        "moto.s3.models.FakeKey.__init__",
        "A run that is repeated gives the same ids and references; random versions do not.",
        Kind.CORRECTNESS,
        "none: random versions are AWS's own way",
        _init,
    ),
)
