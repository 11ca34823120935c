"""One reading of a file, from its first row to its last, into chunk objects."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import accumulate, islice
from typing import BinaryIO

from chalicelib.adapters.ports import Batches, Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.cells.money import TOTAL_DIGITS, format_rupiah, parse_rupiah
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.control import SectionedSums, disagreement, trailer_disagreement
from chalicelib.domain.file.excel_rounding import NikEndings
from chalicelib.domain.file.guard import origin
from chalicelib.domain.file.nobody import Nobody, Reason
from chalicelib.domain.file.outcome import Outcome
from chalicelib.domain.file.row import JudgedRow
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.messages.sending import Sending
from chalicelib.domain.money.reversal import ReversalState
from chalicelib.errors import NotYet
from chalicelib.files.columns import columns_of
from chalicelib.files.fingerprint import Fingerprint
from chalicelib.files.limits import Budget, Limits
from chalicelib.files.read import Table, open_table
from chalicelib.files.refusal import FileRefused
from chalicelib.files.work import encode_lines
from chalicelib.kinds.chunk_store import ChunkStore
from chalicelib.kinds.kind import FileToRead, Kind, Reading

_AT_A_TIME = 16
"""Rows that are encoded together: much faster than each alone. The longest are 1 MB each."""
_STATED_BEFORE = "confirm_same"
"""The code of rows that repeat a statement: no kind of file is imported here."""


class StillBeingRead(NotYet):
    """Another file of the same rows is still being read: only then is it known which is first."""

    after = timedelta(minutes=1)


@dataclass(kw_only=True)
class Split:
    """One reading of a file, and what it gathers."""

    batch: Batch
    kind: Kind
    agreements: Agreements
    batches: Batches
    objects: Objects
    sending: Sending
    deadline: Deadline
    limits: Limits
    rows: int = 0
    chunks: int = 0
    sizes: list[int] = field(default_factory=list)
    surplus: bool = False
    digest: str = ""
    nobody: Nobody | None = None
    sums: SectionedSums = field(default_factory=SectionedSums)
    endings: NikEndings = field(default_factory=NikEndings)
    origins: Counter[str] = field(default_factory=Counter)

    def run(self) -> Batch:
        """Return the batch after the reading: `enrolling`, or `refused` with the reasons.

        It has the estimate of its messages, but not yet what is left of the budget. The reading
        stores nothing in the table except the claim on the fingerprint.
        """
        try:
            reading = self._begun()
            with tempfile.TemporaryFile() as file:
                reading, warnings = self._read(file, reading)
            taken = replace(
                self.batch,
                status=BatchStatus.ENROLLING,
                programme=reading.programme,
                rows=self.rows,
                chunks=self.chunks,
                starts=self._starts(),
                warnings=warnings,
                nobody=self.nobody,
                fingerprint=self._fingerprint(reading),
                estimate=reading.estimate(),
                corrects=self._corrected(reading),
            )
            self._refuse_repeated(taken, reading)
        except FileRefused as refusal:
            return replace(self.batch, status=BatchStatus.REFUSED, errors=refusal.findings)
        return taken

    def _begun(self) -> Reading:
        bank = self.agreements.bank(self.batch.bank)
        if bank is None:
            raise FileRefused(Finding.of(Code.BANK_UNKNOWN, bank=self.batch.bank))
        file = FileToRead(
            batch=self.batch,
            bank=bank,
            agreements=self.agreements,
            sending=self.sending,
            batches=self.batches,
            objects=self.objects,
        )
        return self.kind.reading()(file)

    def _begun_again(self) -> Reading:
        self._begin_again()
        return self._begun()

    def _begin_again(self) -> None:
        self.rows = self.chunks = 0
        self.sizes = []
        self.surplus = False
        self.sums, self.endings, self.origins = SectionedSums(), NikEndings(), Counter()

    def _read(self, file: BinaryIO, reading: Reading) -> tuple[Reading, tuple[Finding, ...]]:
        """Read the rows; return the reading that has judged them, and the file's warnings."""
        upload = self.batch.upload
        if upload.size > self.limits.upload_bytes:
            raise FileRefused(Finding.of(Code.FILE_TOO_LARGE, parts="berkas"))
        version = upload.version if upload.versioned else None
        metadata = self.objects.fetch(upload.key, version, file)
        columns = columns_of(self.kind.columns, self.batch.bank)
        budget = Budget(self.limits, self.deadline.check)
        with open_table(file, columns, budget=budget) as table:
            self._write_all(self._judged(table, reading))
            if not self.rows:
                raise FileRefused(Finding.of(Code.FILE_EMPTY))
            self._check_niks()
            if self.endings.are_few:
                # Only now is it known. To judge them again is simpler than to judge one twice.
                reading = self._begun_again()
                self._write_all(self._judged(table, reading, doubtful=True))
            if again := reading.again():
                self._begin_again()
                reading = again
                self._write_all(self._judged(table, reading))
            self.nobody = table.nobody.listed()
            totals = self._check_totals(metadata, table)
            warnings = (*table.warnings, *reading.warnings(), *totals)
            self._store.write_header(self.batch.id, table.header, surplus=self.surplus)
            return reading, warnings

    def _judged(
        self, table: Table, reading: Reading, *, doubtful: bool = False
    ) -> Iterator[JudgedRow]:
        width = len(table.header)
        judge = reading.judge(table.columns, width=width, doubtful=doubtful)
        fingerprint = Fingerprint(table.columns, width, order=table.known.ranked)
        self.sums = SectionedSums(reading.bounds)
        self.rows, subtotal = 0, None
        update, has_said, endings = fingerprint.update, table.has_said, self.endings
        for source in table.rows():
            update(source)
            if table.subtotal is not subtotal:
                subtotal = table.subtotal
                self.sums.begin()
            said = table.said(source) if has_said else None
            judged = judge(source, self.rows, said)
            nameless = not judged.fit and table.lacks_key(source)
            if nameless and judged.amount and self.sums.is_subtotal(judged.amount):
                table.nobody.add(source.line, Reason.TOTAL)
                self.sums.begin()
                continue
            self.rows += 1
            if len(source.cells) > width:
                self.surplus = True
            if said and (batch := origin(said)):
                self.origins[batch] += 1
            if judged.nik:
                endings.add(judged.nik, judged.beside)
            elif judged.rounded:
                endings.rounded += 1
            self.sums.add(judged.amount, fit=judged.fit, nameless=nameless, good=judged.good)
            yield judged.row
        self.digest = fingerprint.hexdigest()

    def _write_all(self, rows: Iterator[JudgedRow]) -> None:
        """Write the rows in chunks: each closes at its number of rows, or before its most bytes."""
        most = self.batch.chunk_rows
        lines: list[bytes] = []
        count = size = 0
        while some := list(islice(rows, min(_AT_A_TIME, most - count))):
            self.deadline.check()
            for block, many in self._encoded(some, room=self.limits.chunk_bytes - size):
                if lines and size + len(block) > self.limits.chunk_bytes:
                    self._write(lines, count)
                    count = size = 0
                lines.append(block)
                count += many
                size += len(block)
            if count == most:
                self._write(lines, count)
                count = size = 0
        if lines:
            self._write(lines, count)

    def _encoded(self, rows: list[JudgedRow], *, room: int) -> list[tuple[bytes, int]]:
        """Return the lines of rows with their number: together if they fit, otherwise each."""
        block = encode_lines(rows)
        if len(block) <= room:
            return [(block, len(rows))]
        return [(encode_lines([row]), 1) for row in rows]

    def _write(self, lines: list[bytes], rows: int) -> None:
        """Write a chunk, and clear its lines."""
        self.deadline.check()
        self.chunks += 1
        self._store.write_lines(self.batch.id, self.chunks, lines)
        self.sizes.append(rows)
        lines.clear()

    def _starts(self) -> tuple[int, ...]:
        """Return the index of each chunk's first row; nothing if all but the last are full."""
        if all(size == self.batch.chunk_rows for size in self.sizes[:-1]):
            return ()
        return tuple(accumulate(self.sizes[:-1], initial=0))

    @property
    def _store(self) -> ChunkStore[JudgedRow, Outcome]:
        return self.kind.store(self.objects)

    def _check_niks(self) -> None:
        """Check that no spreadsheet has rounded the NIKs.

        Raises:
            FileRefused: it has rounded all of them.
        """
        if self.endings.are_rounded:
            rounded = self.endings.rounded
            zeros, niks = self.endings.zeros + rounded, self.endings.niks + rounded
            raise FileRefused(Finding.of(Code.FILE_NIKS_ROUNDED, zeros=zeros, niks=niks))

    def _check_totals(self, metadata: Mapping[str, str], table: Table) -> tuple[Finding, ...]:
        """Compare the rows with the bank's control figures: in metadata, and in a closing total.

        In a file with subtotals, the last total may be that of its page. A total with rows below it
        still counts for the rows above, if no row below could be a person.

        Raises:
            FileRefused: a figure differs from the rows, or the metadata cannot be read.
        """
        sums = self.sums
        total, compared = table.total, sums.possible()
        if table.nobody.amount:
            compared.append(sums.file_with(table.nobody.amount))
        if total is None and sums.above:
            total, compared = table.subtotal, list(sums.above)
        finding = sums.file.disagreement(
            rows=_figure(metadata, "rows"), amount=_figure(metadata, "total-amount")
        )
        if total and not finding:
            finding = (
                trailer_disagreement(compared, total)
                if total.figures
                else disagreement(compared, rows=total.rows, amount=total.amount)
            )
        if finding:
            raise FileRefused(finding)
        if total is None or not total.unreadable:
            return ()
        counted = format_rupiah(sums.file.amount)
        return (Finding.of(Code.TOTAL_UNREADABLE, line=total.line, counted=counted),)

    def _corrected(self, reading: Reading) -> str | None:
        """Return the file whose result this is; None if it is nobody's, or another bank's."""
        for batch, _ in self.origins.most_common(1):
            found = self.batches.get(batch)
            # A confirmation has references of recipients, and corrects none of their rows.
            is_same_kind = found and bool(found.programme) == bool(reading.programme)
            if found and is_same_kind and found.bank == self.batch.bank and batch != self.batch.id:
                return batch
        return None

    def _fingerprint(self, reading: Reading) -> str:
        """Return what only a file of the same rows, bank, folder and programme has as well."""
        return f"{self.batch.bank}-{self.batch.scheme}-{reading.programme or ''}-{self.digest}"

    def _refuse_repeated(self, taken: Batch, reading: Reading) -> None:
        owner = self.batches.claim_fingerprint(taken)
        if owner == taken.id:
            return
        first = self.batches.get(owner)
        if first is None or self._came_to_nothing(first):
            if not self.batches.take_over_fingerprint(taken, owner):
                raise StillBeingRead("another file of the same rows has just come")
            return
        when = first.received_at.astimezone(reading.timezone) if first else None
        raise FileRefused(
            Finding.of(
                Code.FILE_REPEATED,
                batch=owner,
                **({"file": first.file} if first else {}),
                **({"date": when.strftime("%d-%m-%Y")} if when else {}),
            )
        )

    def _came_to_nothing(self, first: Batch) -> bool:
        """Whether an earlier file of the same rows was given up, reversed, or entirely rejected.

        Its rows may come again: people whom it did enroll are found in the table. So may a
        confirmation that repeated another file, because that file may be reversed since.
        """
        if first.is_being_reversed:
            raise StillBeingRead("another file of the same rows is being reversed")
        if first.reversal and first.reversal.state is ReversalState.DONE:
            return True
        if first.stuck or first.given_up or first.status is BatchStatus.REFUSED:
            return True
        if first.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            raise StillBeingRead("another file of the same rows is still being read")
        if first.status is not BatchStatus.COMPLETED:
            return False
        tally = Sums.of(self.batches.chunks(first.id)).tally
        return tally.rejected == first.rows or bool(tally.codes.get(_STATED_BEFORE))


def _figure(metadata: Mapping[str, str], name: str) -> int | None:
    """Return a control figure of the metadata.

    Raises:
        FileRefused: it is there and is no whole number.
    """
    text = metadata.get(name)
    if text is None:
        return None
    figure = 0 if text.strip() == "0" else parse_rupiah(text, most_digits=TOTAL_DIGITS)
    if figure is None:
        shown = text.strip()[:40] or "kosong"
        raise FileRefused(Finding.of(Code.CONTROL_TOTAL_MISMATCH, name=name, figure=shown))
    return figure
