"""A patch: the replaced function of moto or botocore, the reason, and the replacement."""

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

from local.errors import PatchError

FINGERPRINTS = Path(__file__).with_name("fingerprints.json")
RENEW = "python -m local.moto_patches --renew"
COMPARISON = "tests/local/test_local_moto.py"


class Kind(Enum):
    """The purpose of a patch."""

    CORRECTNESS = "correctness"
    """moto differs from AWS in a way that payung notices."""
    SPEED = "speed"
    """moto is correct but slow; its answers stay the same."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One replaced function.

    `target` is the dotted path of the function, `upstream` the module that needs the permanent fix.
    `replace` makes the replacement from the original. `copies` are other functions or classes that
    the replacement re-implements: their sources are guarded, too.
    """

    topic: str
    target: str
    why: str
    kind: Kind
    upstream: str
    replace: Callable[[Any], Any]
    copies: tuple[str, ...] = ()

    @property
    def guarded(self) -> tuple[str, ...]:
        """Everything whose source must be as it was when the patch was written."""
        return (self.target, *self.copies)

    @property
    def fingerprint(self) -> str | None:
        """The recorded fingerprint of the function's source; None if not recorded."""
        return _recorded(FINGERPRINTS)["sources"].get(self.target)

    def check(self) -> None:
        """Compare the sources with the recorded fingerprints.

        Raises:
            PatchError: a source has changed, or no longer exists.
        """
        recorded = _recorded(FINGERPRINTS)["sources"]
        for path in self.guarded:
            try:
                found = fingerprint(path)
            except (AttributeError, ImportError) as error:
                raise PatchError(self._advice(path, "is gone")) from error
            if found != recorded.get(path):
                raise PatchError(self._advice(path, "has changed"))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Replace the function in a context."""
        owner, name = _place(self.target)
        replacement = self.replace(inspect.getattr_static(owner, name))
        with patch.object(owner, name, replacement):
            yield

    def _advice(self, path: str, how: str) -> str:
        package = path.partition(".")[0]
        known = _recorded(FINGERPRINTS)["versions"].get(package)
        return (
            f"{path} {how}: {package} is {version(package)}, and the patch"
            f' "{self.topic}" (local/moto_patches/{self.topic}.py) was written for {known}.'
            f" Compare the function with the one in {package} {known}, adapt or delete the patch,"
            f" run {COMPARISON}, then renew the fingerprint with `{RENEW}`."
        )


@cache
def fingerprint(target: str) -> str:
    """Return the SHA-256 of the source of a function or class in its package.

    The first call for a target must come before any patch is applied.
    """
    owner, name = _place(target)
    found = inspect.getattr_static(owner, name)
    if isinstance(found, property):
        found = found.fget
    elif isinstance(found, classmethod | staticmethod):
        found = found.__func__
    return hashlib.sha256(inspect.getsource(found).encode()).hexdigest()


def _place(target: str) -> tuple[Any, str]:
    owner, _, name = target.rpartition(".")
    return resolve_name(owner), name


@cache
def _recorded(path: Path) -> dict[str, dict[str, str]]:
    recorded: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return recorded
