"""One reading of a file, from its first row to its last, into chunk objects."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import BinaryIO

from chalicelib.adapters.protocols import Batches, Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, SmsEstimate
from chalicelib.domain.codes import Code, Finding
from chalicelib.domain.columns import Column
from chalicelib.domain.control import SectionedSums, disagreement
from chalicelib.domain.judgement import Judge, Terms
from chalicelib.domain.money import TOTAL_DIGITS, format_rupiah, parse_rupiah
from chalicelib.domain.programme import Agreements, Programme
from chalicelib.domain.repeats import FirstRows
from chalicelib.domain.rounding import Endings
from chalicelib.domain.sending import Sending
from chalicelib.domain.settlement import JudgedRow
from chalicelib.domain.summary import Sums
from chalicelib.errors import NotYet
from chalicelib.files import work
from chalicelib.files.fingerprint import Fingerprint
from chalicelib.files.limits import Limits
from chalicelib.files.read import Table, open_table
from chalicelib.files.refusal import FileRefused

_CALLING_CODE = 4  # characters: a plus sign and the longest of them


class StillBeingRead(NotYet):
    """Whether the rows are a repetition is known once another file of the same rows was read."""


@dataclass
class Split:
    """What is gathered while a file is read; `run` reads it."""

    batch: Batch
    agreements: Agreements
    objects: Objects
    deadline: Deadline
    limits: Limits
    sending: Sending
    rows: int = 0
    chunks: int = 0
    surplus: bool = False
    digest: str = ""
    sums: SectionedSums = field(default_factory=SectionedSums)
    endings: Endings = field(default_factory=Endings)
    first: FirstRows = field(default_factory=FirstRows)
    messages: int = 0
    messages_cost: int = 0

    def run(self, batches: Batches) -> Batch:
        """Return the batch as it stands after the reading: `enrolling`, or `refused` and why.

        Its messages are reckoned, not yet what the budget has left for them. Nothing of it is
        stored in the table but the claim on its fingerprint.
        """
        try:
            programme, terms = self._terms()
            with tempfile.TemporaryFile() as file:
                warnings = self._read(file, terms)
            taken = replace(
                self.batch,
                status=BatchStatus.ENROLLING,
                programme=programme.code,
                rows=self.rows,
                chunks=self.chunks,
                warnings=warnings,
                fingerprint=self._fingerprint(programme),
                estimate=SmsEstimate(self.messages, self.messages_cost),
            )
            self._refuse_repeated(taken, programme, batches)
        except FileRefused as refusal:
            return replace(self.batch, status=BatchStatus.REFUSED, errors=refusal.findings)
        return taken

    def _terms(self) -> tuple[Programme, Terms]:
        bank = self.agreements.bank(self.batch.bank)
        if bank is None:
            raise FileRefused(Finding.of(Code.BANK_UNKNOWN, bank=self.batch.bank))
        scheme = self.agreements.scheme(self.batch.scheme)
        if scheme is None:
            raise FileRefused(_named(Code.SCHEME_UNKNOWN, scheme=self.batch.scheme))
        at = self.batch.received_at
        programme = self.agreements.programme_at(scheme, bank.code, at)
        if programme is None:
            raise FileRefused(Finding.of(Code.PROGRAMME_CLOSED, scheme=scheme))
        return programme, Terms.of(programme, scheme, programme.local_day(at))

    def _read(self, file: BinaryIO, terms: Terms) -> tuple[Finding, ...]:
        upload = self.batch.upload
        if upload.size > self.limits.upload_bytes:
            raise FileRefused(Finding.of(Code.FILE_TOO_LARGE))
        version = upload.version if upload.versioned else None
        metadata = self.objects.fetch(upload.key, version, file)
        with open_table(file, bank=self.batch.bank, limits=self.limits) as table:
            portion: list[JudgedRow] = []
            for row in self._judged(table, terms):
                portion.append(row)
                if len(portion) == self.batch.chunk_rows:
                    self._write(portion)
                    portion.clear()
            if portion:
                self._write(portion)
            if not self.rows:
                raise FileRefused(Finding.of(Code.FILE_EMPTY))
            self._check_niks()
            warnings = (*table.warnings, *self._check_totals(metadata, table))
            self.objects.write(
                work.header_key(self.batch.id),
                work.encode_header(table.header, surplus=self.surplus),
                content_type="application/json",
            )
            return warnings

    def _judged(self, table: Table, terms: Terms) -> Iterator[JudgedRow]:
        amount = table.columns[Column.AMOUNT]
        width = len(table.header)
        judge = Judge(table.columns, terms, width=width, countries=self.sending.countries)
        fingerprint = Fingerprint(table.columns, width)
        price_of = cache(self.sending.prices.of)
        subtotal = None
        for row, source in enumerate(table.rows()):
            self.rows = row + 1
            fingerprint.update(source)
            if table.subtotal is not subtotal:
                subtotal = table.subtotal
                self.sums.begin()
            self.surplus |= len(source.cells) > width
            judgement = judge(source)
            if judgement.nik:
                self.endings.add(judgement.nik)
            who, premium = judgement.recipient, judgement.premium
            if who is None or premium is None:
                self.sums.add(parse_rupiah(source.cells[amount]), fit=False)
                yield JudgedRow(source, judgement.findings)
            else:
                self.sums.add(who.aid, fit=True)
                first = self.first.first(who.nik, row)
                if who.phone and first == row:
                    self.messages += 1
                    self.messages_cost += price_of(who.phone[:_CALLING_CODE])
                yield JudgedRow(
                    source=source,
                    findings=judgement.findings,
                    recipient=who,
                    premium=premium.total,
                    rule=premium.rule,
                    income=premium.income,
                    first=None if first == row else first,
                )
        self.digest = fingerprint.hexdigest()

    def _write(self, portion: list[JudgedRow]) -> None:
        self.deadline.check()
        self.chunks += 1
        key = work.rows_key(self.batch.id, self.chunks)
        self.objects.write(key, work.encode_rows(portion), content_type=work.CONTENT_TYPE)

    def _check_niks(self) -> None:
        """Make sure that the NIKs are people's own.

        Raises:
            FileRefused: a spreadsheet has rounded them all.
        """
        if self.endings.are_rounded:
            zeros, niks = self.endings.zeros, self.endings.niks
            raise FileRefused(Finding.of(Code.FILE_NIKS_ROUNDED, zeros=zeros, niks=niks))

    def _check_totals(self, metadata: Mapping[str, str], table: Table) -> tuple[Finding, ...]:
        """Compare the bank's control figures, in the object's metadata and in a closing total.

        In a file that has totals in between, the closing one may be that of its page. One that has
        rows below it still closes what is above, if none of those rows could be a person's.

        Raises:
            FileRefused: they say something else than the rows, or the metadata cannot be read.
        """
        sums = self.sums
        total, compared = table.total, [sums.file, sums.section]
        if total is None and sums.above:
            total, compared = table.subtotal, list(sums.above)
        finding = sums.file.disagreement(
            rows=_figure(metadata, "rows"), amount=_figure(metadata, "total-amount")
        )
        if total and not finding:
            finding = disagreement(compared, rows=total.rows, amount=total.amount)
        if finding:
            raise FileRefused(finding)
        if total is None or not total.unreadable:
            return ()
        counted = format_rupiah(sums.file.amount)
        return (Finding.of(Code.TOTAL_UNREADABLE, line=total.line, counted=counted),)

    def _fingerprint(self, programme: Programme) -> str:
        """Return what only a file of the same rows, bank, scheme and programme has as well."""
        return f"{self.batch.bank}-{self.batch.scheme}-{programme.code}-{self.digest}"

    def _refuse_repeated(self, taken: Batch, programme: Programme, batches: Batches) -> None:
        owner = self.deadline.patiently(lambda: batches.claim_fingerprint(taken))
        if owner == taken.id:
            return
        first = self.deadline.patiently(lambda: batches.get(owner))
        if first is None or self._came_to_nothing(first, batches):
            if not self.deadline.patiently(lambda: batches.take_over_fingerprint(taken, owner)):
                raise StillBeingRead("another file of the same rows has just come")
            return
        when = first.received_at.astimezone(programme.timezone) if first else None
        raise FileRefused(
            Finding.of(
                Code.FILE_REPEATED,
                batch=owner,
                **({"file": first.file} if first else {}),
                **({"date": when.strftime("%d-%m-%Y")} if when else {}),
            )
        )

    def _came_to_nothing(self, first: Batch, batches: Batches) -> bool:
        """Whether an earlier file of the same rows was given up, or did nobody any good.

        Its rows may come again: whoever it did enroll is found to be enrolled.
        """
        if first.stuck or first.status is BatchStatus.REFUSED:
            return True
        if first.status in {BatchStatus.RECEIVED, BatchStatus.SPLITTING}:
            raise StillBeingRead("another file of the same rows is still being read")
        if first.status is not BatchStatus.COMPLETED:
            return False
        chunks = self.deadline.patiently(lambda: batches.chunks(first.id))
        return Sums.of(chunks).tally.rejected == first.rows


def _named(code: Code, **names: str) -> Finding:
    """Return a finding that leaves out the names that are empty."""
    return Finding.of(code, **{name: value for name, value in names.items() if value})


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
