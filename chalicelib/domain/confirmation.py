"""The text of a confirmation: always one part of the GSM 7-bit alphabet.

A message of the GSM 03.38 alphabet has 160 characters, one with any other letter 70, and each
part is billed; the ten characters of its extension table count twice.
"""

import re

from anyascii import anyascii

from .enrollment import Enrollment
from .money import format_rupiah

PART = 160
"""Septets in one part."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
_COSTLY = re.compile(f"[^{re.escape(''.join(BASIC - {chr(10), chr(13)}))}]")
"""What is not in the alphabet, takes two septets, or breaks the line."""


def septets(text: str) -> int | None:
    """Return how many septets a text takes, None where a character is not in the alphabet."""
    total = 0
    for character in text:
        if character in BASIC:
            total += 1
        elif character in EXTENDED:
            total += 2
        else:
            return None
    return total


def plain(text: str) -> str:
    """Return a text with every character in one septet: others are transliterated."""
    if not text.isascii():
        text = anyascii(text)
    # A keyboard's other apostrophe, as in Ma`ruf, which is not in the alphabet.
    text = text.replace("`", "'")
    return " ".join(_COSTLY.sub(" ", text).split())


def confirmation(enrollment: Enrollment, wording: str, scheme_name: str) -> str:
    """Return the SMS that tells a person of their cover.

    `wording` has the placeholders `{name}`, `{scheme}`, `{until}`, `{premium}`, `{aid}` and
    `{reference}`. A name that does not fit is shortened at a word, or cut if it is one word.
    """
    who = enrollment.recipient
    values = {
        "scheme": plain(scheme_name),
        "until": enrollment.ends.strftime("%d-%m-%Y"),
        "premium": format_rupiah(enrollment.premium),
        "aid": format_rupiah(who.aid),
        "reference": enrollment.reference,
    }
    room = PART - len(wording.format(name="", **values))
    return wording.format(name=shorten(plain(who.name), room), **values)


def shorten(name: str, room: int) -> str:
    """Return the name in at most `room` characters: whole words, as many as fit."""
    if len(name) <= room:
        return name
    cut = name[: room + 1].rpartition(" ")[0]
    return cut.rstrip(" ,.-") or name[:room]
