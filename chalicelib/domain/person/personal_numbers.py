"""Finds NIKs and phone numbers in free text, in any spelling.

The audit trail keeps the reasons of staff for years, and lists show the names of files. Neither may
hold a NIK or a phone number. People group digits with dots, slashes or words, write O for 0, use
full-width digits, or spell digits out. So this counts the digits of a passage, not their form.
"""

import re
import unicodedata
from collections.abc import Iterator

from chalicelib.domain.person.reference import is_batch_id

_MOST_IN_A_ROW = 8
"""The digits that may follow each other: a day without separators has 8, the shortest phone 9."""
_MOST_IN_ALL = 15
"""The digits of a whole text, without days, times and amounts: a NIK has 16."""

_HARMLESS = re.compile(
    r"(?<![0-9])(?:"
    r"(?:0?[1-9]|[12][0-9]|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.](?:19|20)[0-9]{2}"  # 22-11-2026
    r"|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"  # 2026-11-22
    r"|(?:[01]?[0-9]|2[0-3])[.:][0-5][0-9](?:[.:][0-5][0-9])?"  # 09.30
    r"|(?!08|628)[0-9]{1,4}/[0-9]{1,4}/(?:19|20)[0-9]{2}"  # a letter: 800/123/2026
    r"|rp\.? ?[0-9]{1,3}(?:[.,][0-9]{3}){1,3}(?:,[0-9]{2})?"  # Rp1.200.000
    r")(?![0-9]|[-/.,:][0-9])"
)
"""Days, times, letters and amounts that no further digits follow."""
_WORDS = {
    word: digit
    for digit, words in {
        "0": "nol kosong zero",
        "1": "satu one",
        "2": "dua two",
        "3": "tiga three",
        "4": "empat four",
        "5": "lima five",
        "6": "enam six",
        "7": "tujuh seven",
        "8": "delapan eight",
        "9": "sembilan nine",
    }.items()
    for word in words.split()
}
"""Digits that are spelled out, in Indonesian and English."""
_TOGETHER = re.compile("(?:" + "|".join(_WORDS) + "){2,}")
_WHOLE_WORDS = {"belas": 1, "sepuluh": 2, "sebelas": 2, "seratus": 3}
"""Parts of whole numbers (two for a ten, three for a hundred), by the digits that they add."""
_SEPARATING_WORDS = frozenset(
    [
        "titik",
        "koma",
        "spasi",
        "strip",
        "garis",
        "miring",
        "dash",
        "dot",
        "dan",
        "lalu",
        "kali",
        "puluh",
        "ratus",
        "ribu",
        "juta",
    ]
)
"""Words that people write between digits, or between the digits of a whole number."""
_LOOKS_LIKE_DIGITS = re.compile(r"[0-9oqdilszb]*[0-9][0-9oqdilszb]*|o+")
"""Letters beside digits that look like digits: O, Q and D like 0, I and L like 1, S, Z and B."""
_REFERENCE = re.compile(r"(?<![^\W_])([0-9a-z]{8})(?:-[0-9]{1,7}[0-9a-z])?(?![^\W_])")
_WORD = " kata "
_TOKEN = re.compile(r"[^\W_]+")


def holds_personal_number(text: str) -> bool:
    """Return whether a text may hold a NIK or a phone number, however it is written.

    Days, times, amounts, letters and references (`22-11-2026`, `09.30`, `Rp1.200.000`,
    `800/123/2026`, `7K3M9QX2-151V`) do not count. A long list of other numbers does: it looks like
    a NIK in groups.
    """
    # A harmless number is replaced by a word, which ends a run of digits.
    plain = _HARMLESS.sub(_WORD, _REFERENCE.sub(_without_reference, _plain(text)))
    runs = list(_runs(plain))
    return max(runs, default=0) > _MOST_IN_A_ROW or sum(runs) > _MOST_IN_ALL


def _plain(text: str) -> str:
    """Return a text in lower case, with ASCII digits and without invisible characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        _digit(each) for each in folded if unicodedata.category(each) not in {"Cf", "Mn", "Me"}
    )


def _without_reference(found: re.Match[str]) -> str:
    """Return a word for the id of a file or a reference. An id of digits alone may be a number."""
    batch = found[1].upper()
    return _WORD if is_batch_id(batch) and not batch.isdigit() else found[0]


def _digit(character: str) -> str:
    """Return the digit that a character of any script means, or the character."""
    value = None if character.isascii() else unicodedata.numeric(character, None)
    return str(int(value)) if value is not None and value in range(10) else character


def _runs(text: str) -> Iterator[int]:
    """Iterate over the lengths of the runs of digits; only a word ends a run."""
    run = 0
    for token in _TOKEN.findall(text):
        digits = _digits_of(token)
        if digits is None:
            yield run
            run = 0
        else:
            run += digits
    yield run


def _digits_of(token: str) -> int | None:
    """Return how many digits a token has; None for a word, which ends a run."""
    if token in _WORDS:
        return 1
    if _TOGETHER.fullmatch(token):
        return sum(token.count(word) for word in _WORDS)
    if token in _WHOLE_WORDS:
        return _WHOLE_WORDS[token]
    if token in _SEPARATING_WORDS:
        return 0
    if _LOOKS_LIKE_DIGITS.fullmatch(token):
        return len(token)
    found = sum(each.isdigit() for each in token)
    # Letters between the digits of one token are separators, too: `7171x0101x0170x0002`.
    return found if found > 1 or len(token) == 1 else None
