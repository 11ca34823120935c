"""The reference: a short code that leads from an SMS back to the row of a file.

A batch id has eight characters from an alphabet of 31. The alphabet has no I, L, O, S or U, because
people misread them. A reference is the batch id, the row and a check character: `7K3M9QX2-151`. The
check character is a weighted sum modulo 31. As 31 is a prime and the weights are distinct, the
check detects every single wrong character and every swap of two characters.
"""

import hashlib
import re

from .query import characters

ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_BASE = len(ALPHABET)
# A primitive root modulo 31: its powers differ for 30 positions. None of the first fifteen powers
# is 30 (that is, -1). Otherwise a swap of that position with the check character would not be seen.
_ROOT = 3
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "S": "5", "U": "V"})
_ID_LENGTH = 8
_ID = re.compile(rf"[{ALPHABET}]{{{_ID_LENGTH}}}")
_SHAPE = re.compile(rf"([{ALPHABET}]{{{_ID_LENGTH}}})-?([0-9]{{1,7}})([{ALPHABET}])")


class ReferenceInvalid(ValueError):
    """The text is not a valid reference: mistyped, cut off, or something else. Ask again."""


def batch_id(bucket: str, key: str, version: str, *, attempt: int = 0) -> str:
    """Return the batch id of this version of this object. It is always the same.

    Another upload may already have this id (a chance of about one in a million over a thousand
    files). Then the next `attempt` gives another id.
    """
    identity = "\n".join((bucket, key, version, str(attempt)))
    number = int.from_bytes(hashlib.sha256(identity.encode()).digest())
    digits = []
    for _ in range(_ID_LENGTH):
        number, digit = divmod(number, _BASE)
        digits.append(ALPHABET[digit])
    return "".join(digits)


def is_batch_id(text: str) -> bool:
    """Whether a text has the shape of a batch's id."""
    return _ID.fullmatch(text) is not None


def reference(batch: str, row: int) -> str:
    """Return the reference of a row (its `payung_baris`)."""
    return f"{batch}-{row}{_check(f'{batch}{row}')}"


def batch_of(reference: str) -> str:
    """Return the batch's id in a reference that this code has written."""
    return reference.partition("-")[0]


def parse_reference(text: str) -> tuple[str, int]:
    """Return batch id and row of a reference that a person typed or read aloud.

    Case, spaces, dashes, brackets and a label ("Ref") do not matter. Letters that are easily
    misread are corrected.

    Raises:
        ReferenceInvalid: the shape or the check character is wrong.
    """
    plain = characters(text).translate(_MISREAD)
    match = _SHAPE.fullmatch(plain)
    if not match or _check(match[1] + match[2]) != match[3]:
        raise ReferenceInvalid("not a valid reference")
    return match[1], int(match[2])


def _check(text: str) -> str:
    total, weight = 0, 1
    for character in text:
        total += weight * _VALUE[character]
        weight = weight * _ROOT % _BASE
    return ALPHABET[total % _BASE]
