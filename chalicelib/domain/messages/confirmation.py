"""The text of an SMS to a person: always one part of the GSM 7-bit alphabet.

A part holds 160 characters of the GSM 03.38 alphabet, or 70 if any other character is in it. The
ten characters of the extension table count twice. The carrier bills each part.
"""

import re

from anyascii import anyascii

from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.person.enrollment import Enrollment

from .naming import NAMELESS, message_name

PART = 160
"""Septets in one part."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_COSTLY = re.compile(f"[^{re.escape(''.join(BASIC - {chr(10), chr(13)}))}]")
"""Characters that are not in the alphabet, take two septets, or break the line."""


def plain(text: str) -> str:
    """Return the text with one septet for each character. Other characters are transliterated."""
    if not text.isascii():
        text = anyascii(text)
    # People also type ` as an apostrophe (Ma`ruf). It is not in the alphabet.
    text = text.replace("`", "'")
    return " ".join(_COSTLY.sub(" ", text).split())


def confirmation(enrollment: Enrollment, wording: str, scheme_name: str, months: int) -> str:
    """Return the SMS to a person about their cover.

    `wording` has the placeholders `{name}`, `{scheme}`, `{months}`, `{until}`, `{premium}`, `{aid}`
    and `{reference}`. `months` is the number of paid months. A name that is too long is shortened
    after a word, or cut if it is one word. A name that could be read as something else is not
    repeated: see `naming`.
    """
    who = enrollment.recipient
    values = {
        "scheme": plain(scheme_name),
        "months": months,
        "until": enrollment.ends.strftime("%d-%m-%Y"),
        "premium": format_rupiah(enrollment.premium),
        "aid": format_rupiah(who.aid),
        "reference": enrollment.reference,
    }
    room = PART - len(wording.format(name="", **values))
    name = message_name(who.name) or NAMELESS
    return wording.format(name=shorten(name, room), **values)


def shorten(name: str, room: int) -> str:
    """Return the name in at most `room` characters: as many whole words as fit."""
    if len(name) <= room:
        return name
    cut = name[: room + 1].rpartition(" ")[0]
    return cut.rstrip(" ,.-") or name[:room]
