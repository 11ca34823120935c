"""The signs for a missing value, and what surrounds a value in a cell."""

import re

_BLANKS = frozenset(
    {"", "-", "--", "---", ".", "0", "n/a", "#n/a", "na", "null", "none", "nihil", "kosong"}
)
LONGEST_BLANK = max(map(len, _BLANKS))
"""A longer text is never blank, unless it has white space or `'` around it."""


def is_blank(text: str) -> bool:
    """Whether a cell has no value: it is empty or has a usual sign for that (`-`, `n/a`, `0`)."""
    return not text or text.strip(" \t\r\n\u00a0'").casefold() in _BLANKS


_NO = ("tidak", "tdk", "tak", "belum", "blm", "tanpa")
_NOTHING = (
    *("ada", "adahp", "punya", "punyahp", "memiliki", "memilikihp"),
    *("diketahui", "tahu", "diisi", "hp"),
)
_NONE = frozenset({f"{no}{what}" for no in _NO for what in _NOTHING} | {"xx", "xxx", "xxxx"})
_NO_LETTER = re.compile(r"[\W\d_]+")
_LONGEST_NONE = 30


def says_none(text: str) -> bool:
    """Whether words say that there is no value: `tidak ada`, `belum punya HP`, `???`, `xxx`.

    It is for optional cells: in others, such words are reported as what they are.
    """
    if len(text) > _LONGEST_NONE:
        return False
    letters = _NO_LETTER.sub("", text).casefold()
    return letters in _NONE if letters else not text.strip("?-./ ")


_WRAPPED = re.compile(r"""=?\s*(["'])(.*)\1""", re.DOTALL)
_OPENING = "=\"'"
_EDGES = " \t\r\n\u00a0\x1a"


def unwrapped(text: str) -> str:
    """Return a cell without what programs put around a value: quotes, `="…"`, Ctrl-Z, spaces."""
    text = text.strip(_EDGES)
    if not text or text[0] not in _OPENING:
        return text  # fast path: nearly every cell
    match = _WRAPPED.fullmatch(text)
    return match[2].strip(_EDGES) if match else text
