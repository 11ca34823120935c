"""Cursors: where a list goes on, as a text that only we can have written.

A cursor holds the last thing that was shown, not how many there were: what is added or changed in
between moves nothing. It is signed together with the question it belongs to, so that it cannot be
taken to another one, or to another bank's list.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

from chalicelib.refusals import BadRequest

Place = list[str | int]
Question = Mapping[str, str | int | None]

_SEAL_BYTES = 16


class Cursors:
    """Seals and opens cursors with one deployment's key."""

    def __init__(self, key: bytes) -> None:
        """Take the key; whoever has it can write cursors."""
        self._key = key

    def sealed(self, place: Place, question: Question) -> str:
        """Return the cursor of a place in the answer to that question."""
        body = json.dumps(place, separators=(",", ":")).encode()
        return _to_text(self._seal(body, question) + body)

    def opened(self, cursor: str, question: Question) -> Place:
        """Return the place that a cursor stands for.

        Raises:
            BadRequest: it is not ours, or belongs to another question.
        """
        told = _to_bytes(cursor)
        seal, body = told[:_SEAL_BYTES], told[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(body, question)):
            raise _invalid()
        place: Place = json.loads(body)
        return place

    def _seal(self, body: bytes, question: Question) -> bytes:
        asked = json.dumps(question, sort_keys=True, separators=(",", ":")).encode()
        # The question's length keeps the border between the two where it is.
        message = len(asked).to_bytes(4) + asked + body
        return hmac.digest(self._key, message, hashlib.sha256)[:_SEAL_BYTES]


def _to_text(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def _to_bytes(text: str) -> bytes:
    try:
        told = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise _invalid() from None
    if _to_text(told) != text:  # one place, one text: no bits beyond the last byte
        raise _invalid()
    return told


def _invalid() -> BadRequest:
    return BadRequest(
        "cursor_invalid", "Penanda halaman tidak berlaku. Mulailah lagi dari halaman pertama."
    )
