"""How a message names its person: only by what can be nothing but a name.

A bank writes the names, and the message goes out in the name of the programme. A name that reads as
an address, a number or an instruction would make the message say what somebody else wants.
"""

import re
import unicodedata

from anyascii import anyascii

from .disguised_words import says_more_than_a_name

NAMELESS = "Anda"
"""Replaces a name that a message does not repeat: "you"."""

_GRAMMAR = re.compile(r"[A-Za-z](?:[A-Za-z .'\-,]*[A-Za-z.])?")
_JOINED = re.compile(r"[A-Za-z]{2,}\.[A-Za-z]|[A-Za-z]\.[A-Za-z]{2,}")
"""A dot between letters, as in a domain. Single letters are initials: no domain ends in one."""
_APOSTROPHES = str.maketrans(dict.fromkeys("`´’‘ʼ", "'"))
_LEAST_LETTERS = 2
_SENTENCE = re.compile(r"[A-Za-z]{5,}\.[ '\-,]*[A-Za-z]")
"""A full stop behind a whole word, and more: a title has four letters at most (`Prof.`)."""
_MOST_WORDS = 7


def message_name(name: str) -> str | None:
    """Return the name as a message may repeat it, in plain letters; None if it must not.

    Only letters, spaces and `.'-,` are repeated. No dot is between letters, except initials
    (`A.B. Contoh`). Titles behind a comma are left out if they are what is not allowed. Letters are
    of one script, and none is a look-alike of a plain one (full width, mathematical). No word is
    part of an address, of a spelt-out number, an instruction or a denial, however it is disguised.
    There is one sentence, of seven words at most.
    """
    for candidate in (name, name.partition(",")[0]):
        found = _in_plain_letters(candidate)
        if found is not None and _is_only_a_name(found):
            return found
    return None


def _in_plain_letters(name: str) -> str | None:
    """Return a name in the letters A to Z; None if its own letters try to look like others."""
    if name.isascii():  # most names: nothing in them looks like something else
        return " ".join(name.translate(_APOSTROPHES).split())
    text = unicodedata.normalize("NFC", name).translate(_APOSTROPHES)
    if text != unicodedata.normalize("NFKC", text):
        return None
    letters = [each for each in text if unicodedata.category(each).startswith("L")]
    # One script: its name begins the name of each of its letters.
    if len({unicodedata.name(each, "?").partition(" ")[0] for each in letters}) > 1:
        return None
    strange = [each for each in text if not each.isascii() and each not in letters]
    if any(not unicodedata.category(each).startswith("M") for each in strange):
        return None  # signs and digits of other scripts
    return " ".join(anyascii(text).split())


def _is_only_a_name(text: str) -> bool:
    if not _GRAMMAR.fullmatch(text) or _JOINED.search(text) or _SENTENCE.search(text):
        return False
    words = re.findall(r"[a-z]+", text.casefold().replace("'", "").replace(".", ""))
    if len(words) > _MOST_WORDS or sum(map(len, words)) < _LEAST_LETTERS:
        return False
    return not says_more_than_a_name(words)
