"""Which sheets of a workbook, or tables of a document, have the list, and where its header is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.files.columns import Columns, plain
from chalicelib.files.headers import Header, header_in, too_low
from chalicelib.files.refusal import FileRefused, refused

from .source import SCANNED_ROWS

_EXAMPLE = re.compile(
    r"contoh|petunjuk|panduan|pedoman|instruksi|referensi|example|sample|readme|baca dulu"
    r"|cara (?:isi|mengisi|pengisian)",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"templat|format|master", re.IGNORECASE)
_WITHDRAWN = re.compile(
    r"\b(?:batal|dibatalkan|pembatalan|di\s?tolak|tolakan|penolakan|gagal|retur|gugur|meninggal"
    r"|tidak (?:layak|lolos|valid|memenuhi|cair)|drop ?out|blacklist)\b",
    re.IGNORECASE,
)
_NIK_LIKE = re.compile(r"(?<!\d)\d{16}(?!\d)")
_NAMED = 5


class Top(msgspec.Struct, array_like=True, gc=False):
    """A sheet or table: its name, whether it is shown, and its first rows."""

    name: str
    shown: bool
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sheets to be read: the index, name and last row of the header (from 1) of each."""

    sheets: Sequence[tuple[int, str, int]]
    header: list[str]
    warnings: tuple[Finding, ...]
    delimiter: str = ","  # of rows that are in one cell each
    above: Sequence[str] = ()  # the rows above the headers, each as one text


@dataclass(frozen=True, slots=True)
class _Sheet:
    index: int
    top: Top
    header: Header | None

    @property
    def has_list(self) -> bool:
        """Whether it has the whole header, and something below it."""
        if self.header is None or not self.header.is_complete:
            return False
        return any(map(_says, self.top.rows[self.header.last :]))

    @property
    def is_example(self) -> bool:
        return bool(_EXAMPLE.search(self.top.name))

    @property
    def titles(self) -> list[str]:
        titles = [plain(cell) for cell in self.header.cells] if self.header else []
        while titles and not titles[-1]:
            titles.pop()
        return titles


def choose(tops: Sequence[Top], known: Columns, *, is_markup: bool) -> Chosen:
    """Choose the sheets with the list: all that are shown, and have the same header and rows.

    A hidden sheet, or one that is named as an example, is never read; one that is named as a
    template, or after people who get nothing (`Batal`, `Ditolak`), only if there is no other.

    Raises:
        FileRefused: there is none, or there are several whose headers differ.
    """
    sheets = [
        _Sheet(index, top, header_in(top.rows[:SCANNED_ROWS], known))
        for index, top in enumerate(tops)
    ]
    lists = [each for each in sheets if each.has_list]
    read = [each for each in lists if each.top.shown and not each.is_example]
    if len(read) > 1:
        read = [each for each in read if not _TEMPLATE.search(each.top.name)] or read
        read = [each for each in read if not _WITHDRAWN.search(each.top.name)] or read
    if not read:
        if lists:
            raise _not_read(lists)
        return _without_list(sheets, known)
    if any(each.titles != read[0].titles for each in read):
        raise refused(Code.SHEETS_SEVERAL, names=_names(read))
    header = read[0].header
    return Chosen(
        sheets=[(each.index, each.top.name, each.header.last) for each in read if each.header],
        header=header.cells if header else [],
        warnings=_ignored(sheets, read, is_markup=is_markup),
        delimiter=header.delimiter if header else ",",
        above=[
            " ".join(filter(None, cells))
            for each in read
            if each.header
            for cells in each.top.rows[: each.header.last - 1]
        ],
    )


def _without_list(sheets: Sequence[_Sheet], known: Columns) -> Chosen:
    """Return the sheet whose header is the best, so that a refusal can say what it lacks."""
    shown = [each for each in sheets if each.top.shown] or sheets
    best: tuple[tuple[bool, int], _Sheet] | None = None
    for each in shown:
        if each.header and (best is None or each.header.rank > best[0]):
            best = each.header.rank, each
    if best is None:
        raise refused(Code.FILE_EMPTY)
    rank, found = best
    if not rank[0]:
        for each in shown:
            below = header_in(each.top.rows[SCANNED_ROWS:], known)
            if below and below.is_complete:
                raise too_low(known, SCANNED_ROWS + below.last, SCANNED_ROWS)
    header = found.header
    last, cells = (header.last, header.cells) if header else (1, [])
    delimiter = header.delimiter if header else ","
    return Chosen([(found.index, found.top.name, last)], cells, (), delimiter)


def _not_read(lists: Sequence[_Sheet]) -> FileRefused:
    hidden = [each for each in lists if not each.top.shown]
    example = [each for each in lists if each.top.shown]
    params = {
        name: _names(these) for name, these in (("hidden", hidden), ("example", example)) if these
    }
    return refused(Code.SHEET_NOT_READ, **params)


def _ignored(
    sheets: Sequence[_Sheet], read: Sequence[_Sheet], *, is_markup: bool
) -> tuple[Finding, ...]:
    """Return the warning that names the sheets with anything in them that are not read.

    The tables of a document are mostly its layout: only those are named that may have people.
    """
    others = [
        each
        for each in sheets
        if each not in read
        and any(map(_says, each.top.rows))
        and (not is_markup or any(_NIK_LIKE.search(cell) for row in each.top.rows for cell in row))
    ]
    if not others:
        return ()
    params = {"sheet": _names(read), "ignored": _names(others)}
    return (Finding.of(Code.SHEETS_IGNORED, **params),)


def _names(sheets: Sequence[_Sheet]) -> str:
    named = [each.top.name for each in sheets[:_NAMED]]
    return ", ".join([*named, *(["…"] if len(sheets) > _NAMED else [])])


def _says(cells: list[str]) -> bool:
    return any(map(str.strip, cells))
