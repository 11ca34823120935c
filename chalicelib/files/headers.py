"""Which column of a file is which: headers matched by aliases (`columns.toml`), never guessed."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.codes import Code, Finding
from chalicelib.domain.columns import REQUIRED, Column

from .refusal import FileRefused

OURS = "payung_"
"""What the columns begin with that payung adds to result files; a re-upload ignores them."""

_REMARK = re.compile(r"\(.*?\)|\[.*?\]", re.DOTALL)
_NEAR = 0.6  # difflib's own threshold for "close"
_SHOWN = 40  # characters of a header that a message repeats
_DIGIT = re.compile(r"\d")


_LEFTMOST = frozenset(Column) - {*REQUIRED, Column.BIRTH_DATE, Column.SEX, Column.INCOME}
"""Of these columns the leftmost counts where several match ("No. HP" and "No. WA"): they decide
neither on cover nor on money, and are no reason to send a whole file back."""


@dataclass(frozen=True, slots=True)
class Aliases:
    """The names under which each column is looked for, best first, in plain form.

    `ranked` has one list of sets a column: a later set counts only where no header matches an
    earlier one. `labels` are the columns' Indonesian names, for messages.
    """

    ranked: Mapping[Column, tuple[frozenset[str], ...]]
    labels: Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class _Match:
    """What a row would mean, were it the header."""

    columns: Mapping[Column, int]
    repeated: tuple[Column, ...]

    @property
    def missing(self) -> tuple[Column, ...]:
        found = {*self.columns, *self.repeated}
        return tuple(column for column in REQUIRED if column not in found)


def plain(header: str) -> str:
    """Return a header as it is compared: letters and digits only, in lower case."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return "".join(filter(str.isalnum, folded))


def is_ours(header: str) -> bool:
    """Whether the column was added by payung."""
    return header.strip().casefold().startswith(OURS)


@cache
def aliases_of(bank: str | None = None) -> Aliases:
    """Return the aliases of `columns.toml`, a bank's own (by its code, `002`) before the rest."""
    data = tomllib.loads(Path(__file__).with_name("columns.toml").read_text("utf-8"))
    return aliases_from(data, bank)


def aliases_from(data: Mapping[str, Any], bank: str | None = None) -> Aliases:
    """Return the aliases of a mapping of the shape of `columns.toml`."""
    own = data.get("banks", {}).get(bank, {})
    ranked = {}
    for column in Column:
        entry = data["columns"][column.value]
        lists = (own.get(column.value, ()), entry["aliases"], entry.get("otherwise", ()))
        ranked[column] = tuple(frozenset(map(plain, names)) for names in lists if names)
    labels = {column: data["columns"][column.value]["label"] for column in Column}
    return Aliases(ranked, labels)


def resolve(header: Sequence[str], aliases: Aliases) -> Mapping[Column, int]:
    """Return the index of each known column that a header has.

    Raises:
        FileRefused: `header_missing`, once for each required column that no header matches, or
            `header_repeated`, once for each column that two headers match equally well, if it
            decides on cover or money.
    """
    match = _match(header, aliases)
    findings = [_missing(column, header, aliases) for column in match.missing]
    findings += [
        Finding.of(Code.HEADER_REPEATED, wanted=aliases.labels[column]) for column in match.repeated
    ]
    if findings:
        raise FileRefused(*findings)
    return match.columns


def completeness(row: Sequence[str], aliases: Aliases) -> tuple[bool, int]:
    """Return how much a row looks like the header: all of the required columns? how many known?"""
    match = _match(row, aliases)
    return not match.missing, len(match.columns) + len(match.repeated)


def _match(header: Sequence[str], aliases: Aliases) -> _Match:
    places: dict[str, list[int]] = {}
    for index, text in enumerate(header):
        if not text or is_ours(text):
            continue
        for form in dict.fromkeys((plain(text), plain(_REMARK.sub("", text)))):
            places.setdefault(form, []).append(index)
    columns, repeated = {}, []
    for column, ranks in aliases.ranked.items():
        for names in ranks:
            found = {index for name in names for index in places.get(name, ())}
            if len(found) == 1 or (found and column in _LEFTMOST):
                columns[column] = min(found)
            elif found:
                repeated.append(column)
            if found:
                break
    return _Match(columns, tuple(repeated))


def _missing(column: Column, header: Sequence[str], aliases: Aliases) -> Finding:
    nearest = _nearest(column, header, aliases)
    label = aliases.labels[column]
    if nearest is None:
        return Finding.of(Code.HEADER_MISSING, wanted=label)
    return Finding.of(Code.HEADER_MISSING, wanted=label, nearest=nearest)


def _nearest(column: Column, header: Sequence[str], aliases: Aliases) -> str | None:
    """Return the header that is most like the column's aliases, None where nothing is like it."""
    match = _match(header, aliases)
    if not match.columns and any(_DIGIT.search(text) for text in header):
        return None  # no header but somebody's data, which no message may repeat
    taken = set(match.columns.values())
    names = frozenset().union(*aliases.ranked[column])
    best, shown = _NEAR, None
    for index, text in enumerate(header):
        if index in taken or not plain(text) or len(text) > _SHOWN:
            continue
        for name in names:
            ratio = SequenceMatcher(None, plain(text), name).ratio()
            if ratio >= best:
                best, shown = ratio, text.strip()
    return shown
