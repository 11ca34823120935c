"""The rows of a file, one by one, with the outcome of each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import Field

from chalicelib.adapters.ports import Batches, Enrollments, Objects
from chalicelib.api.audit import Shown, Subject
from chalicelib.api.cursor import Cursors
from chalicelib.api.operations.counts import Message
from chalicelib.api.operations.files import of_caller
from chalicelib.api.operations.listing import Cursor
from chalicelib.api.operations.model import PageSize, RequestModel, View
from chalicelib.api.permissions import Caller, Role
from chalicelib.domain.cells.nik import Nik, mask_nik, parse_nik
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress
from chalicelib.domain.file.outcome import Disposition, Outcome
from chalicelib.domain.file.row import JudgedRow
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.domain.messages.sms_reasons import explained
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms
from chalicelib.errors import ObjectMissing
from chalicelib.files.columns import columns_of
from chalicelib.files.headers import resolve
from chalicelib.files.refusal import FileRefused
from chalicelib.kinds.chunk_store import ChunkStore
from chalicelib.kinds.confirmations.rows import ConfirmOutcome
from chalicelib.kinds.recipients.columns import Column
from chalicelib.kinds.recipients.explanations import FOR_THE_DEPARTMENT
from chalicelib.kinds.recipients.rows import RecipientOutcome, RecipientRow
from chalicelib.kinds.registry import KINDS

DEPARTMENT = Catalogue(FOR_THE_DEPARTMENT)
_MOST_CHUNKS = 8
"""Chunks that one request reads. If few of their rows match, the page is short."""
_NUMBER = re.compile(r"[0-9]{6}")
_LONGEST_NAME = 100


class RowsQuery(RequestModel):
    """Filters for the rows of a file."""

    disposition: Disposition | None = None
    code: str | None = Field(
        None, pattern=r"^[a-z0-9_]{1,64}$", description="only rows with this code"
    )
    sms: Literal["failed"] | None = Field(
        None, description="only rows whose person's last confirmation failed"
    )
    sms_reason: str | None = Field(
        None, pattern=r"^[a-z_]{1,64}$", description="of these, only those with this reason"
    )
    limit: PageSize = 20
    cursor: Cursor | None = None


class RowView(View):
    """A row with its outcome."""

    row: int = Field(description="line of a CSV, or row of a sheet, in the bank's file")
    disposition: Disposition
    findings: list[Message]
    for_department: list[Message] = Field(
        description="how the row disagrees with another bank's enrollment; empty unless the caller"
        " is of the department"
    )
    nik: str | None = Field(description="masked; null if it is not valid or was erased")
    name: str | None
    premium: int = Field(
        ge=0, description="whole rupiah to deduct; 0 if the bank must deduct nothing"
    )
    starts: date | None
    ends: date | None
    reference: str | None
    sms: Sms | None = Field(
        description="the state of the person's confirmation; null if this row enrolled nobody"
    )
    sms_reason: str | None = Field(description="the code of the reason; a filter takes it")
    sms_explanation: str | None = Field(description="the reason in Indonesian")


class RowsResponse(View):
    """A page of rows in the order of the file; `next` is the cursor of the next page."""

    rows: list[RowView]
    next: str | None


def list_rows(
    batch: str,
    query: RowsQuery,
    *,
    caller: Caller,
    subject: Subject,
    batches: Batches,
    enrollments: Enrollments,
    objects: Objects,
    cursors: Cursors,
) -> RowsResponse:
    """Return a page of a file's rows, up to the first chunk that is not done.

    Raises:
        NotFound: no file has this id, or it is another bank's.
        BadRequest: the cursor is not valid.
    """
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    question = {
        "of": "rows",
        "batch": found.id,
        "disposition": query.disposition,
        "code": query.code,
        "sms": query.sms,
        "sms_reason": query.sms_reason,
        "caller": caller.bank,
    }
    place = cursors.opened(query.cursor, question) if query.cursor else [1, 0]
    wants_failed = query.sms is not None or query.sms_reason is not None
    pages = _Pages(
        found,
        objects,
        query.disposition,
        query.code,
        caller.role is Role.DINAS,
        failed=_Failed(found, enrollments, query.sms_reason) if wants_failed else None,
    )
    rows: list[_Shown] = []
    last, more = (int(place[0]), int(place[1])), False
    # Outcomes from before people moved to another file are derived again with the results.
    is_open = found.moved and found.status is BatchStatus.ENROLLING
    for at, row in pages.rows([] if is_open else batches.chunks(found.id), last):
        if len(rows) == query.limit:
            more = True
            break
        last = at
        if row is not None:
            rows.append(row)
    else:
        more = pages.is_cut_short
    subject.shown, subject.rows = Shown.MASKED if rows else Shown.NOTHING, len(rows)
    subject.niks = tuple(dict.fromkeys(each.nik for each in rows if each.nik))
    accepted = [each.nik for each in rows if each.nik and each.view.reference]
    people = enrollments.owners(found.programme or "", accepted) if accepted else {}
    return RowsResponse(
        rows=[each.with_message(people, found.id) for each in rows],
        next=cursors.sealed(list(last), question) if more else None,
    )


class _Shown(NamedTuple):
    """A row as it is shown, and the full NIK of the person in it, if it can be read."""

    view: RowView
    nik: str | None

    def with_message(self, people: Mapping[str, Enrollment], batch: str) -> RowView:
        """Return the row with the state of the message to the person whom it enrolled."""
        person = people.get(self.nik or "")
        if person is None or not person.is_row(batch, self.view.row):
            return self.view
        why = person.sms_reason
        message = {"sms": person.sms, "sms_reason": why, "sms_explanation": explained(why)}
        return self.view.model_copy(update=message)


@dataclass(frozen=True)
class _Failed:
    """The rows whose person's confirmation failed; `reason` is the code of the failures wanted.

    The counted letters of a chunk say which rows they are, so only those people are read.
    """

    batch: Batch
    enrollments: Enrollments
    reason: str | None

    def among(
        self, chunk: int, pairs: Sequence[tuple[JudgedRow, Outcome]]
    ) -> list[tuple[JudgedRow, Outcome]]:
        """Return those of a chunk's rows, in their order."""
        counted = self.enrollments.counted(MessageKind.ENROLLED, self.batch.id, chunk)
        rows = {
            row.recipient.nik: (row, outcome)
            for row, outcome in pairs
            if isinstance(row, RecipientRow)
            and row.recipient
            and outcome.disposition is Disposition.ACCEPTED
            and counted.state(outcome.line) is Sms.FAILED
        }
        people = self.enrollments.owners(self.batch.programme or "", list(rows)) if rows else {}
        return [
            pair
            for nik, pair in rows.items()
            if (person := people.get(nik)) is not None and self._is_wanted(person, pair[1].line)
        ]

    def _is_wanted(self, person: Enrollment, line: int) -> bool:
        return (
            person.is_row(self.batch.id, line)
            and person.sms is Sms.FAILED
            and self.reason in {None, person.sms_reason}
        )


@dataclass
class _Pages:
    """The rows of a file's finished chunks, read chunk by chunk."""

    batch: Batch
    objects: Objects
    disposition: Disposition | None
    code: str | None
    is_of_department: bool
    failed: _Failed | None = None
    is_cut_short: bool = False

    def rows(
        self, progress: list[ChunkProgress], behind: tuple[int, int]
    ) -> Iterator[tuple[tuple[int, int], _Shown | None]]:
        """Iterate over the rows after a place, as (place, row).

        The row is None at the end of a chunk: only the place moves on.
        """
        done = {each.chunk: each for each in progress if each.done}
        lost = {each.chunk for each in progress if each.lost}
        read = 0
        for number in range(behind[0], self.batch.chunks + 1):
            if number not in done:
                return  # later chunks follow once this one is done
            if number in lost or not self._may_be_in(done[number]):
                continue
            if read == _MOST_CHUNKS:
                self.is_cut_short = True
                return
            read += 1
            try:
                pairs = self._pairs(number)
            except ObjectMissing:
                return  # the objects have expired
            for row, outcome in self.failed.among(number, pairs) if self.failed else pairs:
                at = (number, outcome.line)
                if at > behind and self._is_wanted(outcome):
                    yield at, self._view(row, outcome)
            if pairs:
                yield (number, pairs[-1][1].line), None

    def _is_wanted(self, outcome: Outcome) -> bool:
        codes = {str(each.code) for each in outcome.findings}
        return self.disposition in {None, outcome.disposition} and (
            self.code is None or self.code in codes
        )

    def _may_be_in(self, chunk: ChunkProgress) -> bool:
        # What a reversal has added to the rows is not in the counts of the chunk.
        if self.code and not self.batch.reversal and not chunk.tally.codes.get(self.code):
            return False
        if self.failed and not chunk.sms.failed:
            return False
        return self.disposition is None or getattr(chunk.tally, self.disposition.value) > 0

    def _pairs(self, chunk: int) -> list[tuple[JudgedRow, Outcome]]:
        return self._store.settled(self.batch.id, chunk)

    @property
    def _store(self) -> ChunkStore[JudgedRow, Outcome]:
        return KINDS.of(self.batch.scheme).store(self.objects)

    def _view(self, row: JudgedRow, outcome: Outcome) -> _Shown:
        nik, name = self._person(row)
        cover = outcome if isinstance(outcome, RecipientOutcome) else None
        stated = outcome if isinstance(outcome, ConfirmOutcome) else None
        of = cover or stated
        texts = KINDS.catalogue_of(self.batch.scheme)
        view = RowView(
            row=outcome.line,
            disposition=outcome.disposition,
            findings=[Message(**texts.shown(each)) for each in outcome.findings],
            for_department=[
                Message(**DEPARTMENT.shown(each))
                for each in (cover.noted if cover and self.is_of_department else ())
            ],
            nik=mask_nik(nik) if nik else None,
            name=name,
            premium=of.premium if of else 0,
            starts=cover.starts if cover else None,
            ends=cover.ends if cover else None,
            reference=(of.reference if of else "") or None,
            sms=None,
            sms_reason=None,
            sms_explanation=None,
        )
        return _Shown(view, nik)

    def _person(self, row: JudgedRow) -> tuple[str | None, str | None]:
        """Return NIK and name; for a rejected row, only what is certain from its cells."""
        if isinstance(row, RecipientRow) and row.recipient:
            return row.recipient.nik, row.recipient.name
        nik = parse_nik(self._cell(row, Column.NIK))
        name = self._cell(row, Column.NAME).strip()[:_LONGEST_NAME]
        # If the cells of a row are shifted, the name's cell may hold a NIK or a phone number.
        shown = name if name and not _NUMBER.search(name) else None
        return nik.value if isinstance(nik, Nik) else None, shown

    def _cell(self, row: JudgedRow, column: Column) -> str:
        place = self._columns.get(column)
        cells = row.source.cells
        return cells[place] if place is not None and place < len(cells) else ""

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        try:
            header, _ = self._store.header(self.batch.id)
            columns = KINDS.of(self.batch.scheme).columns
            return resolve(header, columns_of(columns, self.batch.bank))
        except (ObjectMissing, FileRefused):
            return {}
