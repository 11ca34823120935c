"""The names of uploaded files, as people and addresses see them."""

import re
import unicodedata

_LONGEST = 100
# Ten or more digits may be a NIK, a phone or an account number. Addresses and lists show the name.
_NUMBER = re.compile(r"[0-9](?:[._-]*[0-9]){9,}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_TICKET = re.compile(r"20[0-9]{6}T[0-9]{6}Z-[0-9a-f]{8}-")
"""The prefix that a ticket gives a file: its time (UTC) and a random part."""


def plain_name(name: str) -> str:
    """Return a file name that is safe in an address: plain, short, without long numbers.

    A name that is plain already stays as it is.
    """
    last = re.split(r"[/\\]", name)[-1]
    ticket = _TICKET.match(last)
    given = ticket[0] if ticket else ""
    return given + _plain(last.removeprefix(given))


def _plain(name: str) -> str:
    # Full-width digits become plain ones first, so that they count as digits.
    folded = unicodedata.normalize("NFKC", name)
    plain = _NUMBER.sub("x", _UNSAFE.sub("-", folded))
    stem, dot, suffix = plain.strip("-._").rpartition(".")
    if not dot:
        return suffix[:_LONGEST] or "berkas"
    return f"{stem[: _LONGEST - len(suffix) - 1].rstrip('-') or 'berkas'}.{suffix[:_LONGEST]}"
