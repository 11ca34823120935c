"""Names of people as forms and cards write them, and whether two of them mean one person."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from difflib import SequenceMatcher

from .blank import LONGEST_BLANK, is_blank
from .codes import Code, Finding

SHORTEST, LONGEST = 2, 100


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PLAIN = re.compile(r"[A-Za-z][A-Za-z ]{0,98}[A-Za-z]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_LETTER = re.compile(r"[^\W\d_]")
# Digits stand in few names ("Budi 2", to tell two of a village apart), never four in a row: that
# is a NIK, a phone or an account number, and the columns have shifted.
_NOT_IN_NAMES = re.compile(r"[^\w\s.,'’‘`´ʼ\"()/&\-–]|_|[0-9]{4}|^[-–/.,&)]*$")
_WORDS = re.compile(r"[^\W\d_]+")

_TITLES_BEFORE = _set(
    "h hj haji hajah drs dra dr drg drh ir prof pdt pdm pnt pastor rd kh ust ustad ustadz ustadzah"
    " bpk bapak ibu bp sdr sdri tn ny nn alm almh"
)
_TITLES_AFTER = _set(
    "se sh st sp ss ssos spd spdi spdk sdk sth skom sag sip skm ssi stp spt spi sik mm msi mpd mpdi"
    " mh mhum mkes mkom map ma mt msc mth mpsi phd mba bsc ba amd amdkeb amk ak ca sst sked skep"
    " sfarm apt ners ns skg ssn alm almh"
)
_FULL_NAMES = {
    "muhammad": "muh moh mohd mhd muhd mohamad mohammad mohamed mochamad mochammad muhamad muchamad"
    " muchammad mukhamad",
    "abdul": "abd abdoel",
    "siti": "sitti st",
    "ahmad": "achmad akhmad ahmat",
    "nur": "noer",
}
_FULL_NAME = {short: full for full, shorts in _FULL_NAMES.items() for short in _set(shorts)}
_SPELLINGS = (
    ("oe", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("chr", "kr"),
    ("ch", "h"),
    ("kh", "h"),
    ("ph", "f"),
    ("th", "t"),
    ("z", "s"),
    ("v", "f"),
    ("y", "i"),
    ("ks", "x"),
)
_DOUBLED = re.compile(r"(.)\1+")

_LIKE = 0.85
_LIKE_JOINED = 0.9
_SHORTEST_TYPO = 4
_SHORTEST_CUT = 3


def parse_name(text: str) -> str | Finding:
    """Return the name that stands in a cell, or what is wrong with it.

    It is kept as it is written, but with composed letters, single spaces and nothing invisible. It
    has 2 to 100 characters, and letters among them, of any script.
    """
    if _PLAIN.fullmatch(text) and "  " not in text and len(text) > LONGEST_BLANK:
        return text
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = " ".join(text.split()).lstrip("'`’ ")
    if is_blank(text):
        return Finding(Code.NAME_MISSING)
    fits = SHORTEST <= len(text) <= LONGEST and _LETTER.search(text)
    return text if fits and _is_of_names(text) else Finding(Code.NAME_INVALID)


def same_person(name_a: str, birth_a: date | None, name_b: str, birth_b: date | None) -> bool:
    """Whether two rows of one NIK mean one person; False only where they are clearly two.

    Two stated birth dates that differ are two people. Names are one person's in spite of case,
    punctuation, titles (`H.`, `Drs.`, `S.E.`), the order of words, initials and cut-off words
    (`M.`, `Moh.`, `Chris`), words left out, the usual variants of spelling (`Djoko`, `Achmad`)
    and one slip of the keyboard in a word, if another word agrees.
    """
    if birth_a and birth_b and birth_a != birth_b:
        return False
    if name_a == name_b:
        return True
    words_a, words_b = _words(name_a), _words(name_b)
    if not words_a or not words_b or sorted(words_a) == sorted(words_b):
        return True  # of a name without letters nothing can be said
    return _words_agree(words_a, words_b) or _differ_in_spaces_only(words_a, words_b)


def _is_of_names(text: str) -> bool:
    if not _NOT_IN_NAMES.search(text):
        return True
    # Many scripts write vowels as marks on the letters, which are no letters by themselves.
    bare = "".join(each for each in text if not unicodedata.category(each).startswith("M"))
    return len(bare) < len(text) and not _NOT_IN_NAMES.search(bare)


def _words(name: str) -> list[str]:
    """Return the words of a name, brought to one spelling, without titles."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    plain = re.sub(r"['’‘`´ʼ]", "", plain)
    first, *others = plain.split(",")
    kept = [first, *(each for each in others if _letters(each) not in _TITLES_AFTER)]
    words = _without_titles([word for part in kept for word in _split(part)])
    return [_spelling(_FULL_NAME.get(word, word)) for word in words]


def _split(part: str) -> Iterable[str]:
    for chunk in part.split():
        joined = _letters(chunk)
        if "." in chunk and joined in _TITLES_AFTER:  # S.E., S.Pd., but not the initials M.A.
            yield joined
        else:
            yield from _WORDS.findall(chunk)


def _letters(text: str) -> str:
    return "".join(_WORDS.findall(text))


def _without_titles(words: list[str]) -> list[str]:
    first, last = 0, len(words)
    while first < last - 1 and words[first] in _TITLES_BEFORE:
        first += 1
    while last > first + 1 and words[last - 1] in _TITLES_AFTER:
        last -= 1
    return words[first:last]


def _spelling(word: str) -> str:
    for old, new in _SPELLINGS:
        word = word.replace(old, new)
    return _DOUBLED.sub(r"\1", word)


def _words_agree(words_a: list[str], words_b: list[str]) -> bool:
    """Whether each word of the shorter name has its own in the longer, one of them for sure."""
    shorter, longer = sorted((words_a, words_b), key=len)
    left = list(longer)
    certain = 0
    for word in sorted(shorter, key=len, reverse=True):
        best = max(left, key=lambda other: _agreement(word, other), default="")
        agreement = _agreement(word, best) if best else 0
        if not agreement:
            return False
        certain += agreement >= _LIKE
        left.remove(best)
    return certain > 0


def _agreement(word: str, other: str) -> float:
    """Return 1 for the same word, 0 for another; in between for one that it may stand for."""
    if word == other:
        return 1
    short, long = sorted((word, other), key=len)
    if long.startswith(short) and (len(short) == 1 or len(short) >= _SHORTEST_CUT):
        return 0.5
    if len(short) < _SHORTEST_TYPO:
        return 0
    ratio = SequenceMatcher(None, short, long, autojunk=False).ratio()
    if ratio >= _LIKE:
        return ratio
    return 0.4 if _is_one_slip(short, long) else 0


def _is_one_slip(short: str, long: str) -> bool:
    """Whether one letter was missed, added or mistaken, or two exchanged."""
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    rest_short, rest_long = short[start:], long[start:]
    return (
        rest_short == rest_long[1:]
        or rest_short[1:] == rest_long[1:]
        or (rest_short[:2] == rest_long[1::-1] and rest_short[2:] == rest_long[2:])
    )


def _differ_in_spaces_only(words_a: list[str], words_b: list[str]) -> bool:
    if len(words_a) == len(words_b):
        return False
    joined_a, joined_b = "".join(words_a), "".join(words_b)
    return SequenceMatcher(None, joined_a, joined_b, autojunk=False).ratio() >= _LIKE_JOINED
