"""Parses names in the forms that forms and identity cards use, and compares two names."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from difflib import SequenceMatcher

from chalicelib.domain.findings.finding import Code, Finding

from .blank import LONGEST_BLANK, is_blank, unwrapped
from .nobodys_name import FIRST_WORDS, is_firm, is_placeholder

LONGEST = 100
_LONGEST_AS_WRITTEN = 1_000
"""Characters before letters are composed: that takes time in the square of their marks."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PLAIN = re.compile(r"(?!(.)\1\1)[A-Za-z][A-Za-z ]{0,98}[A-Za-z]")
_LAST_OF_FIRM = frozenset({" pt", " cv", "tbk"})
# Characters that show nothing. Unicode classes the four fillers of Hangul as letters.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_LETTER = re.compile(r"[^\W\d_\u02b0-\u02ff]")  # no sign that only modifies a letter
# Few names have a digit ("Budi 2" distinguishes two people of one village), and no name has four
# in a row. Four digits are part of a NIK, phone or account number: the columns have shifted.
_NOT_IN_NAMES = re.compile(r"[^\w\s.,'’‘`´ʼ\"()/&\-–]|_|[0-9]{4}|^[-–/.,&)]*$")
_WORDS = re.compile(r"[^\W\d_]+")

_TITLES_BEFORE = _set(
    "h hj haji hajah drs dra dr drg drh ir prof pdt pdm pnt pastor rd kh ust ustad ustadz ustadzah"
    " bpk bapak ibu bp sdr sdri tn ny nn alm almh almarhum almarhumah"
)
_TITLES_AFTER = _set(
    "se sh st sp ss ssos spd spdi spdk sdk sth skom sag sip skm ssi stp spt spi sik mm msi mpd mpdi"
    " mh mhum mkes mkom map ma mt msc mth mpsi phd mba bsc ba amd amdkeb amk ak ca sst sked skep"
    " sfarm apt ners ns skg ssn alm almh almarhum almarhumah"
)
_DECEASED = _set("alm almh almarhum almarhumah mendiang wafat meninggal md")
_PASSED_AWAY = ("meninggal", "dunia")
_HEIR_OF = ("ahli", "waris")  # the heir of Budi: Budi has died
_DIED = re.compile(
    r"(?:(?:sudah|telah|ybs|yang|bersangkutan|penerima|debitur|nasabah|orang|orangnya|status)\W{1,3}){0,4}"
    r"(?:meninggal|wafat|almarhum(?:ah)?|almh?|m\.?d\.?(?=\W*$))(?!\w)"
    r"(?!\W{1,3}(?:suami|istri|isteri|ayah|bapak|ibu|orang|anak|kakak|adik|mertua))",
    re.IGNORECASE,
)
"""How a remark begins that says so of the person itself, and not of a relative."""

_CHILD_OF = _set("bin binti bt")
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
    """Return the name in a cell, or a finding if it is not valid.

    The spelling stays. Letters are composed (NFC), runs of spaces become one space, and invisible
    characters are removed. A valid name has at most 100 characters and at least one letter, of any
    script. A word in place of a name is none, and neither is the name of a firm or a group.
    """
    if (
        _PLAIN.fullmatch(text)
        and "  " not in text
        and len(text) > LONGEST_BLANK
        and text.partition(" ")[0].casefold() not in FIRST_WORDS
        and text[-3:].casefold() not in _LAST_OF_FIRM
    ):
        return text
    text = " ".join(unwrapped(_INVISIBLE.sub("", text)).split())
    if len(text) > _LONGEST_AS_WRITTEN:
        return Finding(Code.NAME_INVALID)
    text = unicodedata.normalize("NFC", text).lstrip("'`’ ")
    if is_blank(text):
        return Finding(Code.NAME_MISSING)
    # The pattern alone takes fractions and circled numbers, such as U+215F, for letters.
    fits = len(text) <= LONGEST and any(map(str.isalpha, _LETTER.findall(text)))
    if not fits or not _is_of_names(text):
        return Finding(Code.NAME_INVALID)
    if is_placeholder(text):
        return Finding(Code.NAME_PLACEHOLDER)
    return Finding(Code.NAME_OF_FIRM) if is_firm(text) else text


def is_deceased(name: str) -> bool:
    """Whether a name says that its bearer has died: `ALM. Budi`, `Budi (Almarhum)`.

    The father may have died, not the bearer: `Budi bin (Alm) Karto` says nothing of Budi. Of
    `Ahli waris Budi` Budi has died, and the heir is not named.
    """
    folded = name.casefold()
    # Fast path: nearly every name.
    if not (
        "alm" in folded
        or "wafat" in folded
        or "mening" in folded
        or "mendiang" in folded
        or "waris" in folded
        or "(md" in folded
    ):
        return False
    words = _WORDS.findall(folded)
    own = words[: next((at for at, word in enumerate(words) if word in _CHILD_OF), len(words))]
    if not own:
        return False
    ends = (own[0], own[-1])
    return (
        not _DECEASED.isdisjoint(ends)
        or tuple(own[-2:]) == _PASSED_AWAY
        or (tuple(own[:2]) == _HEIR_OF and len(own) > len(_HEIR_OF))
    )


def says_deceased(remark: str) -> bool:
    """Whether a remark says that the person has died: `MENINGGAL DUNIA`, `Ybs sudah meninggal`."""
    return bool(_DIED.match(remark[:LONGEST].strip(" \t\r\n\u00a0-.,:(*'")))


def same_person(name_a: str, birth_a: date | None, name_b: str, birth_b: date | None) -> bool:
    """Whether two rows with one NIK mean one person. False only if they are clearly two people.

    Two stated birth dates that differ mean two people. These differences in names are ignored:
    case, punctuation, titles (`H.`, `Drs.`, `S.E.`), the order of words, initials and shortened
    words (`M.`, `Moh.`, `Chris`), missing words, and the usual variants of spelling (`Djoko`,
    `Achmad`). One typing error in a word is ignored too, if another word agrees.
    """
    if birth_a and birth_b and birth_a != birth_b:
        return False
    if name_a == name_b:
        return True
    words_a, words_b = _words(name_a), _words(name_b)
    if not words_a or not words_b or sorted(words_a) == sorted(words_b):
        return True  # a name without letters gives no evidence of two people
    return _words_agree(words_a, words_b) or _differ_in_spaces_only(words_a, words_b)


def _is_of_names(text: str) -> bool:
    if not _NOT_IN_NAMES.search(text):
        return True
    # Many scripts write vowels as combining marks. Unicode does not class these as letters.
    bare = "".join(each for each in text if not unicodedata.category(each).startswith("M"))
    return len(bare) < len(text) and not _NOT_IN_NAMES.search(bare)


def _words(name: str) -> list[str]:
    """Return the words of a name in normalised spelling, without titles."""
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
    """Whether each word of the shorter name matches its own word of the longer name.

    At least one of the matches must be certain.
    """
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
    """Return 1 for equal words, 0 for different words, and less than 1 for a possible match."""
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
    """Whether the words differ by one missing, added or wrong letter, or by two swapped letters."""
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
