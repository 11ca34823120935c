"""Reads the words of a status and of a reason. The words are data, in `words.toml`.

A cell is compared as a whole, never searched for a good word: BELUM DIDEBET and MENOLAK DIPOTONG
contain the word of a success. Only words that forbid are searched for, and death. A reason may have
several parts; known parts must agree.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from chalicelib.domain.cells.blank import unwrapped
from chalicelib.domain.cells.unvalued import unvalued
from chalicelib.domain.money.confirm import Stated

WORDS_FILE = Path(__file__).with_name("words.toml")
BLANK = "blank"
DEAD = "meninggal"
OTHER = "lain"
REASONS = (
    "rekening_tutup", "rekening_pasif", "rekening_blokir", "rekening_salah", "saldo_kurang",
    "data_tidak_sesuai", "dana_kembali", "tidak_diambil", "kur_batal", "menolak", "meninggal",
    "lain",
)  # fmt: skip
_NOT_IN_A_STATUS = {"dana_kembali", "kur_batal", "menolak", OTHER}
"""In the place of a status these do not say what became of the deduction."""
_PARTS = re.compile(r"[/,;:()]| - |\s\+\s|&")
_BARE_CODE = re.compile(r"[0-9]{1,4}")
_FULL_STOP = re.compile(r"(?<=\w)\.(?=\s|$)")
_WORD = re.compile(r"[^\W\d_]+")
_STATES = {BLANK, *Stated}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""Characters without width, which copying from a page leaves behind."""

Table = dict[str, tuple[str, ...]]


class _Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one bank that contradict those of all."""

    status: Table = {}
    reasons: Table = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `words.toml`."""

    harmless: tuple[str, ...]
    joined: tuple[str, ...]
    status: Table
    taken: Table
    snap: Table
    failed_with: Table
    reasons: Table
    doubt: Table
    death: Table
    spellings: dict[str, str]
    banks: dict[str, _Own] = {}


class WordsInvalid(ValueError):
    """The words are malformed, or one word has two meanings; the text says which."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words for the files of one bank.

    `status`, `taken` and `snap` lead to a statement or `BLANK`, `reasons` to a reason.
    `failed_with` are states that mean a failure only with one of the named reasons. `harmless` are
    whole remarks that say nothing. `doubt` and `death` have sets of words that a remark may have,
    `spellings` the usual spelling of a word. Behind a lone DI the verbs `joined` are one word.
    """

    status: Mapping[str, str]
    taken: Mapping[str, str]
    snap: Mapping[str, str]
    failed_with: Mapping[str, frozenset[str]]
    reasons: Mapping[str, str]
    harmless: frozenset[str]
    doubt: Mapping[str, frozenset[str]]
    death: Mapping[str, frozenset[str]]
    joined: re.Pattern[str]
    spellings: Mapping[str, str]

    def text(self, cell: str) -> str:
        """Return a cell as it is compared: upper case, usual spellings, one space between words."""
        folded = unicodedata.normalize("NFKC", unwrapped(cell)).translate(_INVISIBLE)
        words = " ".join(folded.lstrip("'").upper().split())
        usual = _WORD.sub(lambda word: self.spellings.get(word[0], word[0]), words)
        return _FULL_STOP.sub("", self.joined.sub("DI", usual))

    def reason(self, cell: str) -> str:
        """Return the reason that a cell gives; `lain` for unknown words, empty for none.

        A bare code is no reason: its meaning differs between banks.
        """
        text = self.text(cell)
        if self._says_nothing(text) or _BARE_CODE.fullmatch(text):
            return ""
        if whole := self._reason_of(text):
            return whole
        if self._says_dead(text):
            return DEAD
        parts = {self._reason_of(part) for part in _parts(text)}
        return agreed(part for part in parts if part) or OTHER

    def failing(self, cell: str) -> str:
        """Return the reason if a status says nothing else than why a deduction failed.

        That is one known reason, or a word of failure with its reasons behind it.
        """
        text = self.text(cell)
        if whole := self._reason_of(text):
            return "" if whole in _NOT_IN_A_STATUS else whole
        parts = set(_parts(text))
        failed = {part for part in parts if self.status.get(part) == Stated.FAILED}
        reasons = [self._reason_of(part) for part in parts - failed]
        return agreed(filter(None, reasons)) if failed and reasons and all(reasons) else ""

    def reason_of_code(self, cell: str) -> str:
        """Return the reason that a code gives: of the long codes that have one meaning."""
        return self.reasons.get(self.text(cell), "")

    def contradicts_success(self, cell: str) -> bool:
        """Whether a remark says that a deduction did not succeed, or not in full."""
        text = self.text(cell)
        if self._says_nothing(text) or self.says_success(cell):
            return False
        return is_known(self.reason(cell)) or self._has(text, "words")

    def says_success(self, cell: str) -> bool:
        """Whether a remark says, with the whole cell, that a deduction succeeded."""
        return self.status.get(self.text(cell)) == Stated.DEDUCTED

    def is_unfinished(self, cell: str) -> bool:
        """Whether a remark says that money may have moved, or may still move.

        A known reason as a whole says no more than why nothing was taken.
        """
        text = self.text(cell)
        if self._says_nothing(text) or self._reason_of(text):
            return False
        return self._has(text, "unfinished") or self._says(text, "moved", negated=False)

    def says_moved(self, cell: str) -> bool:
        """Whether a remark says that money was taken."""
        text = self.text(cell)
        return self.says_success(cell) or (
            not self._reason_of(text) and self._says(text, "moved", negated=False)
        )

    def says_not_given_back(self, cell: str) -> bool:
        """Whether a remark says that money did not come back."""
        text = self.text(cell)
        return not self._reason_of(text) and self._says(text, "given_back", negated=True)

    def is_credit(self, cell: str) -> bool:
        """Whether a cell says that the amount beside it came in, and was not taken."""
        return self.text(cell) in self.doubt["credit"]

    def _says_nothing(self, text: str) -> bool:
        return text in self.harmless or bool(unvalued(text))

    def _says_dead(self, text: str) -> bool:
        """Whether a remark says that the person has died, and not somebody else."""
        words = set(_WORD.findall(text))
        is_other = words & (self.death["others"] | self.doubt["negations"])
        return bool(words & self.death["words"]) and not is_other

    def _has(self, text: str, which: str) -> bool:
        return not self.doubt[which].isdisjoint(_WORD.findall(text))

    def _says(self, text: str, which: str, *, negated: bool) -> bool:
        """Whether a text has one of these words with a negation before it, or without one."""
        is_negated = False
        for word in _WORD.findall(text):
            if word in self.doubt[which] and is_negated == negated:
                return True
            # TIDAK BERHASIL DIDEBET: the negation reaches over the word between.
            between = is_negated and word in self.doubt["between"]
            is_negated = between or word in self.doubt["negations"]
        return False

    def _reason_of(self, text: str) -> str | None:
        """Return the reason of a whole text: in known words, or by its own name."""
        if found := self.reasons.get(text):
            return found
        name = text.lower().replace(" ", "_")
        return name if name in REASONS else None


def is_known(reason: str) -> bool:
    """Whether a reason is more than the bank's own words for something."""
    return reason not in {"", OTHER}


def agreed(reasons: Iterable[str]) -> str:
    """Return the reason on which several agree: death before all; `lain` if known ones differ."""
    given = set(reasons)
    known = {each for each in given if is_known(each)}
    if DEAD in known:
        return DEAD
    if len(known) == 1:
        return known.pop()
    return OTHER if given - {""} else ""


@cache
def words_of(bank: str | None = None, path: Path = WORDS_FILE) -> Words:
    """Return the words for the files of a bank (code such as `002`).

    Raises:
        WordsInvalid: `words.toml` is malformed.
    """
    try:
        stored = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WordsInvalid(str(error)) from None
    own = stored.banks.get(bank or "", _Own())
    spelt = stored.spellings
    status = _meanings(stored.status, _STATES, spelt)
    reasons = _meanings(stored.reasons, frozenset(REASONS), spelt)
    return Words(
        status=status | _meanings(own.status, _STATES, spelt),
        taken=status | _meanings(stored.taken, _STATES, spelt),
        snap=_meanings(stored.snap, _STATES, spelt),
        failed_with={word: frozenset(them) for word, them in stored.failed_with.items()},
        reasons=reasons | _meanings(own.reasons, frozenset(REASONS), spelt),
        harmless=frozenset(stored.harmless),
        doubt={name: frozenset(words) for name, words in stored.doubt.items()},
        death={name: frozenset(words) for name, words in stored.death.items()},
        joined=re.compile(rf"\bDI[ -]+(?=(?:{'|'.join(stored.joined)})\b)"),
        spellings=spelt,
    )


def _meanings(
    table: Table, known: frozenset[str] | set[str], spelt: Mapping[str, str]
) -> dict[str, str]:
    """Return the meaning of each word.

    Raises:
        WordsInvalid: a meaning is unknown, or a word is not as cells are compared, or has two.
    """
    meanings: dict[str, str] = {}
    for meaning, words in table.items():
        if meaning not in known:
            raise WordsInvalid(f"{meaning} is no meaning")
        for word in words:
            usual = " ".join(spelt.get(each, each) for each in word.upper().split())
            if usual != word or meanings.setdefault(word, meaning) != meaning:
                raise WordsInvalid(f"{word}: two meanings, or not in its usual spelling")
    return meanings


def _parts(text: str) -> list[str]:
    return [part for part in map(str.strip, _PARTS.split(text)) if part]
