"""Cursors: where the next page of a list begins, as a text that only payung can write.

A cursor holds the last item of a page, not a number of items: items that are added or changed in
between do not shift the next page. The question (the list with its filters) is part of the key that
signs a cursor, so a cursor is not valid for another question or for another bank's list.
"""

import hashlib
import json
from collections.abc import Mapping

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.api.refusals import BadRequest

Place = list[str | int]
"""The position of the last item that was shown."""
Question = Mapping[str, str | int | None]
"""The list with its filters and its caller's bank."""


class Cursors:
    """Signs and verifies cursors with one deployment's key."""

    def __init__(self, key: bytes) -> None:
        """Take the key. A holder of the key can write cursors."""
        self._key = key

    def sealed(self, place: Place, question: Question) -> str:
        """Return the cursor of a place in the answer to this question."""
        return self._signer(question).dumps(place)

    def opened(self, cursor: str, question: Question) -> Place:
        """Return the place in a cursor.

        Raises:
            BadRequest: the signature is wrong, or the cursor belongs to another question.
        """
        try:
            place: Place = self._signer(question).loads(cursor)
        except (BadData, UnicodeEncodeError):
            raise _invalid() from None
        # Base64 is read leniently. Only the one text that was given out is a cursor.
        if self.sealed(place, question) != cursor:
            raise _invalid()
        return place

    def _signer(self, question: Question) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._key,
            salt=json.dumps(question, sort_keys=True, separators=(",", ":")).encode(),
            # The library's defaults are SHA-1, and a key that is joined with the salt by hand.
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )


def _invalid() -> BadRequest:
    return BadRequest(
        "cursor_invalid", "Penanda halaman tidak berlaku. Mulailah lagi dari halaman pertama."
    )
