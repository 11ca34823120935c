"""Finds the columns of a file: it matches headers with a kind's aliases, and never guesses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from chalicelib.domain.cells import units
from chalicelib.domain.findings.finding import Code, Finding

from .columns import LONGEST_TITLE, Columns, plain
from .folded import readings
from .refusal import FileRefused

OURS = "payung_"
"""The prefix of the columns that payung adds to result files; a re-upload ignores them."""

_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NESTED = 3  # remarks inside each other
_NEAR = 0.6  # difflib's own threshold for "close"
_SHOWN = 40  # characters of a header that a message repeats
_MOST_SHOWN = 15  # titles
_DIGIT = re.compile(r"\d")
_PERSONAL = re.compile(r"\d{5}")  # no title has a number as long


@dataclass(frozen=True, slots=True)
class Header:
    """A header: its cells, its last row (from 1), and how much of what is known it has."""

    cells: list[str]
    last: int
    rank: tuple[bool, int]
    delimiter: str = ","  # of the cells, where they are in one cell

    @property
    def is_complete(self) -> bool:
        """Whether all of the required columns are there."""
        return self.rank[0]


@dataclass(frozen=True, slots=True)
class _Match:
    """What a row would mean, were it the header. Of `repeated` columns the leftmost is taken."""

    columns: Mapping[str, int]
    repeated: Mapping[str, tuple[int, ...]]
    missing: tuple[str, ...]


def is_ours(header: str) -> bool:
    """Whether the column was added by payung."""
    return header.strip().casefold().startswith(OURS)


def resolve(header: Sequence[str], known: Columns) -> Mapping[str, int]:
    """Return the index of each known column that a header has, the leftmost where two match.

    Raises:
        FileRefused: `header_missing`, once for each required column that no header matches, and
            `header_found` with the titles that are there; `amount_unit` for a title whose amounts
            are not whole rupiah.
    """
    match = _match(header, known)
    findings = [_missing(column, header, known) for column in match.missing]
    if any(each.code is Code.HEADER_MISSING for each in findings) and (
        titles := _titles(header, known)
    ):
        findings.append(Finding.of(Code.HEADER_FOUND, titles=titles))
    money = [header[index] for column, index in match.columns.items() if column in known.money]
    findings += filter(None, map(units.of_title, money))
    if findings:
        raise FileRefused(*findings)
    return match.columns


def repeated(header: Sequence[str], known: Columns) -> Mapping[str, tuple[int, ...]]:
    """Return the columns that several titles match equally well: which counts is not guessed.

    Those of which the leftmost counts are left out.
    """
    return _match(header, known).repeated


def repeated_refusal(
    column: str, places: Sequence[int], header: Sequence[str], known: Columns, line: int
) -> FileRefused:
    """Return the refusal of a file in which such columns differ in a row."""
    titles = [f"{_title(header[place])} (kolom {column_letters(place)})" for place in places]
    params = {"wanted": known.labels[column], "titles": ", ".join(titles)}
    return FileRefused(Finding.of(Code.HEADER_REPEATED, **params, line=line))


def too_low(known: Columns, line: int, limit: int) -> FileRefused:
    """Return the refusal of a file whose header is below the rows that are looked through."""
    wanted = ", ".join(known.labels[column] for column in known.required)
    return FileRefused(Finding.of(Code.HEADER_MISSING, wanted=wanted, line=line, limit=limit))


def column_letters(index: int) -> str:
    """Return how a spreadsheet names a column: A, B, …, Z, AA, …."""
    letters, rest = "", index + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def header_in(rows: Sequence[list[str]], known: Columns) -> Header | None:
    """Return the first header of rows that is complete, in one row or over two.

    Where none is, the row that has the most known columns; None where all rows are blank.
    """
    best: Header | None = None
    for last, cells in enumerate(rows, 1):
        if not any(map(str.strip, cells)):
            continue
        if last < len(rows) and (joined := joined_rows(cells, rows[last], known)):
            return Header(joined, last + 1, completeness(joined, known))
        for delimiter, titles in readings(cells):
            rank = completeness(titles, known)
            if best is None or rank > best.rank:
                best = Header(titles, last, rank, delimiter)
            # A complete row is no line in one cell, also if a title of it can be split.
            if best.is_complete:
                return best
    return best


def joined_rows(above: Sequence[str], below: Sequence[str], known: Columns) -> list[str] | None:
    """Return the complete header that two rows are together, None where they are none.

    A title that spans both rows is in the upper one, with nothing below it. One that spans several
    columns has theirs below it, where each counts alone, or behind the one above it ("Bantuan" and
    "Nilai"). Where none of them is known, the one above counts, for its first column.
    """
    if any(_PERSONAL.search(cell) for cell in (*above, *below)):
        return None
    width = max(len(above), len(below))
    upper, lower = ([*map(str.strip, row), *[""] * (width - len(row))] for row in (above, below))
    if _is_complete(lower, known):
        spanning = [
            not text and _is_known(title, known) for title, text in zip(upper, lower, strict=True)
        ]
        filled = [text or title for title, text in zip(upper, lower, strict=True)]
        return filled if any(spanning) else None
    joined: list[str] = []
    while len(joined) < width:
        first = len(joined)
        after = first + 1
        while after < width and lower[first] and lower[after] and not upper[after]:
            after += 1
        if upper[first] and lower[first] and after == first + 1:
            return None  # two titles of one column: no header, but two
        titles = [
            text if _is_known(text, known) else f"{upper[first]} {text}".strip()
            for text in lower[first:after]
        ]
        if _is_known(upper[first], known) and not any(_is_known(each, known) for each in titles):
            titles[0] = upper[first]
        joined += titles
    spans = any(lower) and any(upper)
    return joined if spans and _is_complete(joined, known) else None


def _is_known(title: str, known: Columns) -> bool:
    """Whether a title is that of a known column."""
    forms = set(_forms(title))
    return any(not forms.isdisjoint(names) for ranks in known.ranked.values() for names in ranks)


def _forms(title: str) -> tuple[str, ...]:
    """Return the forms of a title that may be a name: with its remarks, and without them."""
    if len(title) > LONGEST_TITLE:
        return ()
    bare = title
    for _ in range(_NESTED):
        bare = _REMARK.sub("", bare)
    return tuple(dict.fromkeys((plain(title), plain(bare))))


def _is_complete(row: Sequence[str], known: Columns) -> bool:
    return completeness(row, known)[0]


def completeness(row: Sequence[str], known: Columns) -> tuple[bool, int]:
    """Return whether a row has every required column, and how many known columns it has."""
    match = _match(row, known)
    return not match.missing, len(match.columns)


def header_again(row: Sequence[str], columns: Mapping[str, int], known: Columns) -> bool | None:
    """Return whether a row is the header again, False if it is that of another table, None if none.

    Another table begins, too, where a row has the title of the key, and one of a column where the
    header has another: below it, an account number may be in the place of the amount. There may be
    further columns in the header again.
    """
    match = _match(row, known)
    found = match.columns
    if not match.missing:
        return found.items() >= columns.items()
    if known.key not in found or len(found) == 1:
        return None
    places = {place: column for column, place in columns.items()}
    is_other = any(places.get(place, column) != column for column, place in found.items())
    return False if is_other else None


def _match(header: Sequence[str], known: Columns) -> _Match:
    places: dict[str, list[int]] = {}
    for index, text in enumerate(header):
        # A kind may read a column of ours: banks return it. All others are left out.
        if not text or (is_ours(text) and not known.names(text)):
            continue
        for form in _forms(text):
            places.setdefault(form, []).append(index)
    columns: dict[str, int] = {}
    several: dict[str, tuple[int, ...]] = {}
    for column, ranks in known.ranked.items():
        for names in ranks:
            # The few titles of a row are looked up among the many names, not the other way round.
            found = sorted({index for name in names.intersection(places) for index in places[name]})
            if found:
                columns[column] = found[0]
                if len(found) > 1 and column not in known.lenient:
                    several[column] = tuple(found)
                break
    return _Match(columns, several, known.missing(columns))


def _title(text: str) -> str:
    return f'"{" ".join(text.split())[:_SHOWN]}"'


def _titles(header: Sequence[str], known: Columns) -> str:
    """Return the titles of a header, nothing where they may be somebody's data."""
    if not _match(header, known).columns and any(_DIGIT.search(text) for text in header):
        return ""
    short = [text for text in header if len(text) <= LONGEST_TITLE]
    shown = [_title(text) for text in short if plain(text) and not _PERSONAL.search(text)]
    return ", ".join([*shown[:_MOST_SHOWN], *(["…"] if len(shown) > _MOST_SHOWN else [])])


def _missing(column: str, header: Sequence[str], known: Columns) -> Finding:
    label = known.labels[column]
    for title in header if column in known.money else ():
        is_named = any(plain(units.without_unit(title)) in names for names in known.ranked[column])
        if is_named and (unit := units.of_title(title)):
            return unit  # it is there, with a unit in its title
    nearest = _nearest(column, header, known)
    if nearest is None:
        return Finding.of(Code.HEADER_MISSING, wanted=label)
    return Finding.of(Code.HEADER_MISSING, wanted=label, nearest=nearest)


def _nearest(column: str, header: Sequence[str], known: Columns) -> str | None:
    """Return the header most similar to the column's aliases; None if no header is similar."""
    match = _match(header, known)
    if not match.columns and any(_DIGIT.search(text) for text in header):
        return None  # a row of personal data, which no message may repeat
    taken = set(match.columns.values())
    names = frozenset().union(*known.ranked[column])
    best, shown = _NEAR, None
    for index, text in enumerate(header):
        if index in taken or len(text) > _SHOWN or not plain(text):
            continue
        for name in names:
            ratio = SequenceMatcher(None, plain(text), name).ratio()
            if ratio >= best:
                best, shown = ratio, text.strip()
    return shown
