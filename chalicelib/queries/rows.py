"""The rows of a file, one by one, with what became of each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pydantic import Field

from chalicelib.adapters.protocols import Batches, Objects
from chalicelib.audit import Shown, Subject
from chalicelib.cursor import Cursors
from chalicelib.domain.batch import Batch, ChunkProgress
from chalicelib.domain.columns import Column
from chalicelib.domain.nik import Nik, mask_nik, parse_nik
from chalicelib.domain.outcome import Disposition, Outcome
from chalicelib.domain.settlement import JudgedRow
from chalicelib.domain.summary import told
from chalicelib.errors import ObjectMissing
from chalicelib.files import work
from chalicelib.files.headers import aliases_of, resolve
from chalicelib.files.refusal import FileRefused
from chalicelib.permissions import Caller
from chalicelib.queries.counts import Message
from chalicelib.queries.files import of_caller
from chalicelib.queries.listing import Cursor
from chalicelib.queries.model import Asked, View

_MOST_CHUNKS = 8
"""Chunks that one question reads; where few of their rows fit, its page is short."""
_NUMBER = re.compile(r"[0-9]{6}")
_LONGEST_NAME = 100


class RowsQuery(Asked):
    """Which rows of a file."""

    disposition: Disposition | None = None
    limit: int = Field(20, ge=1, le=50)
    cursor: Cursor | None = None


class RowView(View):
    """A row and what became of it."""

    row: int = Field(description="line of a CSV, or row of a sheet, in the bank's file")
    disposition: Disposition
    findings: list[Message]
    nik: str | None = Field(description="masked; null where it cannot be read or was erased")
    name: str | None
    premium: int = Field(ge=0, description="whole rupiah to deduct; 0 where nothing may be")
    starts: date | None
    ends: date | None
    reference: str | None


class RowsResponse(View):
    """A page of rows in the order of the file; `next` is the cursor of the next one."""

    rows: list[RowView]
    next: str | None


def list_rows(
    batch: str,
    query: RowsQuery,
    *,
    caller: Caller,
    subject: Subject,
    batches: Batches,
    objects: Objects,
    cursors: Cursors,
) -> RowsResponse:
    """Return a page of a file's rows, as far as they are settled without a gap.

    Raises:
        NotFound: there is no such file, or it is another bank's.
        BadRequest: the cursor is not ours.
    """
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    question = {
        "of": "rows",
        "batch": found.id,
        "disposition": query.disposition,
        "caller": caller.bank,
    }
    place = cursors.opened(query.cursor, question) if query.cursor else [1, 0]
    pages = _Pages(found, objects, query.disposition)
    rows: list[RowView] = []
    last, more = (int(place[0]), int(place[1])), False
    for at, row in pages.rows(batches.chunks(found.id), last):
        if len(rows) == query.limit:
            more = True
            break
        last = at
        if row is not None:
            rows.append(row)
    else:
        more = pages.is_cut_short
    subject.shown, subject.rows = Shown.MASKED if rows else Shown.NOTHING, len(rows)
    return RowsResponse(rows=rows, next=cursors.sealed(list(last), question) if more else None)


@dataclass
class _Pages:
    """The settled rows of a file, a chunk at a time."""

    batch: Batch
    objects: Objects
    disposition: Disposition | None
    is_cut_short: bool = False

    def rows(
        self, progress: list[ChunkProgress], behind: tuple[int, int]
    ) -> Iterator[tuple[tuple[int, int], RowView | None]]:
        """Iterate over the rows behind a place, with their own; None where only the place moves."""
        done = {each.chunk: each for each in progress if each.done}
        read = 0
        for number in range(behind[0], self.batch.chunks + 1):
            if number not in done:
                return  # what is settled further on comes in its turn
            if not self._may_be_in(done[number]):
                continue
            if read == _MOST_CHUNKS:
                self.is_cut_short = True
                return
            read += 1
            try:
                pairs = self._pairs(number)
            except ObjectMissing:
                return  # kept no longer
            for row, outcome in pairs:
                at = (number, outcome.line)
                if at > behind and self.disposition in {None, outcome.disposition}:
                    yield at, self._view(row, outcome)
            if pairs:
                yield (number, pairs[-1][1].line), None

    def _may_be_in(self, chunk: ChunkProgress) -> bool:
        return self.disposition is None or getattr(chunk.tally, self.disposition.value) > 0

    def _pairs(self, chunk: int) -> list[tuple[JudgedRow, Outcome]]:
        rows = work.decode_rows(self.objects.read(work.rows_key(self.batch.id, chunk)))
        outcomes = work.decode_outcomes(self.objects.read(work.outcomes_key(self.batch.id, chunk)))
        return list(zip(rows, outcomes, strict=True))

    def _view(self, row: JudgedRow, outcome: Outcome) -> RowView:
        nik, name = self._person(row)
        return RowView(
            row=outcome.line,
            disposition=outcome.disposition,
            findings=[Message(**told(each)) for each in outcome.findings],
            nik=nik,
            name=name,
            premium=outcome.premium,
            starts=outcome.starts,
            ends=outcome.ends,
            reference=outcome.reference or None,
        )

    def _person(self, row: JudgedRow) -> tuple[str | None, str | None]:
        """Return masked NIK and name; of a rejected row, what its cells surely say."""
        if row.recipient:
            return mask_nik(row.recipient.nik), row.recipient.name
        nik = parse_nik(self._cell(row, Column.NIK))
        name = self._cell(row, Column.NAME).strip()[:_LONGEST_NAME]
        # In a row whose cells have slipped, a name's may hold a number that tells of somebody.
        shown = name if name and not _NUMBER.search(name) else None
        return mask_nik(nik.value) if isinstance(nik, Nik) else None, shown

    def _cell(self, row: JudgedRow, column: Column) -> str:
        place = self._columns.get(column)
        cells = row.source.cells
        return cells[place] if place is not None and place < len(cells) else ""

    @cached_property
    def _columns(self) -> Mapping[Column, int]:
        try:
            header, _ = work.decode_header(self.objects.read(work.header_key(self.batch.id)))
            return resolve(header, aliases_of(self.batch.bank))
        except (ObjectMissing, FileRefused):
            return {}
