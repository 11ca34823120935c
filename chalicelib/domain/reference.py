"""The short codes that lead from an SMS back to the row of a file.

A batch's id is eight characters drawn from 31 (no I, L, O, S or U, which are misread); a reference
is that id, the row, and a check character: `7K3M9QX2-151`. The check is a weighted sum modulo 31,
a prime, with distinct weights, so that one wrong character, or two exchanged, never pass.
"""

import hashlib
import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_BASE = len(ALPHABET)
# A primitive root modulo 31: its powers differ for 30 places. None of the first fifteen is 30 (that
# is, -1), or the character of that place and the check character could be exchanged unnoticed.
_ROOT = 3
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "S": "5", "U": "V"})
_ID_LENGTH = 8
_ID = re.compile(rf"[{ALPHABET}]{{{_ID_LENGTH}}}")
_SHAPE = re.compile(rf"([{ALPHABET}]{{{_ID_LENGTH}}})-?([0-9]{{1,7}})([{ALPHABET}])")


class ReferenceInvalid(ValueError):
    """The text is no reference of ours: mistyped, cut off, or something else. Ask again."""


def batch_id(bucket: str, key: str, version: str, *, attempt: int = 0) -> str:
    """Return the id that this version of this object always gets.

    `attempt` gives another id where the first is taken by another upload (about one chance in
    a million over a thousand files).
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


def parse_reference(text: str) -> tuple[str, int]:
    """Return batch id and row of a reference as somebody typed or read it out.

    Case, spaces and missing dashes do not matter; letters that are easily misread are forgiven.

    Raises:
        ReferenceInvalid: the check character does not fit, or the shape.
    """
    plain = re.sub(r"[\s.\-_/]", "", text).upper().translate(_MISREAD)
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
