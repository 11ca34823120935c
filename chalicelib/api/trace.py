"""The lines that one request leaves in the audit trail (`audit`)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.api.audit import Audit, Subject
from chalicelib.api.operations.model import Reason
from chalicelib.api.permissions import Action, User
from chalicelib.api.refusals import BadRequest, NotAllowed, NotFound, Refused, TooMany
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.money.remittance import is_remittance_id
from chalicelib.domain.person.reference import ReferenceInvalid, is_batch_id, parse_reference

BEGUN = "begun"
"""The outcome in the audit line that is written before a change."""
_TELLING = (NotAllowed, NotFound, TooMany)
"""Refusals that leave a line on every route: somebody tried what they may not do or see."""
_MOST_READ = 8192
_REASON: TypeAdapter[str] = TypeAdapter(Reason)

Given = Mapping[str, object]


class Trace:
    """Writes the lines of one request; operations fill in its `subject`."""

    def __init__(
        self, audit: Audit, user: User, action: Action, request_id: str | None, *, always: bool
    ) -> None:
        """Take the user and the action; `always` is whether each answer leaves a line."""
        self._audit = audit
        self.user = user
        self._action = action
        self._request_id = request_id
        self._always = always
        self.subject = Subject()
        self.has_begun = False

    def begin(self) -> None:
        """Write the line before a change; call it once the subject is known."""
        self.has_begun = True
        self._write(BEGUN)

    def show(self, people: Iterable[Sequence[str]]) -> None:
        """Write lines with the people (NIKs, in groups) whom a large answer shows, before it."""
        self.subject.rows = self._audit.write_people(
            self.user, self._action, self.subject, people, self._request_id
        )

    def done(self) -> None:
        """Write the line of an answer."""
        if self._always:
            self._write("ok")

    def failed(self) -> None:
        """Write the line of a fault."""
        if self._always:
            self._write("internal")

    def refused(self, refused: Refused, given: Given, agreements: Callable[[], Agreements]) -> None:
        """Write the line of a refusal; `given` is what the caller sent, unchecked."""
        if self._always or isinstance(refused, _TELLING):
            self._note_tried(given, agreements)
            self._write(refused.code)

    def _write(self, outcome: str) -> None:
        self._audit.write(self.user, self._action, self.subject, outcome, self._request_id)

    def _note_tried(self, given: Given, agreements: Callable[[], Agreements]) -> None:
        """Note in the subject what the caller tried, without personal data."""
        subject = self.subject
        tried: dict[str, str | bool] = {}
        for name, value in given.items():
            if name == "nik" and isinstance(value, str):
                if not subject.niks and isinstance(nik := parse_nik(value), Nik):
                    subject.niks = (nik.value,)
                elif not subject.niks:
                    tried[name] = self._hashed(value)
            elif name == "reason" and isinstance(value, str):
                subject.reason = subject.reason or _clean_reason(value)
            elif name == "unmask" and isinstance(value, bool):
                tried[name] = value
            elif name in _SHAPES and isinstance(value, str):
                is_plain = _SHAPES[name](value, agreements)
                tried[name] = value if is_plain else self._hashed(value)
        subject.tried = tried

    def _hashed(self, text: str) -> str:
        return f"hash:{self._audit.hash_of(text)}"


def sent(path: Mapping[str, str], query: Mapping[str, Sequence[str]], body: bytes) -> Given:
    """Return what a caller sent, by name, as far as it can be read at all."""
    given: dict[str, object] = {name: values[0] for name, values in query.items() if values}
    return {**_fields(body), **given, **path}


def _fields(body: bytes) -> dict[str, Any]:
    if not body or len(body) > _MOST_READ:
        return {}
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _clean_reason(text: str) -> str | None:
    """Return a reason that may be kept; None for any other."""
    try:
        return _REASON.validate_python(text)
    except (ValidationError, BadRequest):
        return None


def _is_batch(text: str, _: Callable[[], Agreements]) -> bool:
    return is_batch_id(text.upper())


def _is_reference(text: str, _: Callable[[], Agreements]) -> bool:
    try:
        parse_reference(text)
    except ReferenceInvalid:
        return False
    return True


_SHAPES: Mapping[str, Callable[[str, Callable[[], Agreements]], bool]] = {
    "batch": _is_batch,
    "reference": _is_reference,
    "remittance": lambda text, _: is_remittance_id(text),
    "bank": lambda text, agreements: agreements().bank(text) is not None,
    "scheme": lambda text, agreements: agreements().scheme(text) is not None,
    "programme": lambda text, agreements: text in agreements().programmes,
}
"""Whether a text has the shape of such an id, so that it cannot be a name or a NIK."""
