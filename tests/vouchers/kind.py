"""Vouchers: `incoming/<bank>/KUPON/`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from chalicelib.adapters.ports import Checkpoint, Committed, Objects
from chalicelib.domain.cells.money import parse_rupiah
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.control import ANY_AMOUNT, Bounds
from chalicelib.domain.file.guard import Said
from chalicelib.domain.file.outcome import Disposition, Outcome, Tally
from chalicelib.domain.file.row import JudgedRow, SourceRow
from chalicelib.domain.file.totals import Account
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.domain.findings.code import Code, Severity
from chalicelib.domain.findings.explanation import Explanation
from chalicelib.domain.findings.finding import Finding
from chalicelib.kinds.chunk_store import ChunkStore
from chalicelib.kinds.kind import (
    Applied,
    Applying,
    Chunk,
    Codes,
    FileToRead,
    GuideSection,
    Judged,
    Reading,
    Reporting,
    Result,
    RowJudge,
)
from chalicelib.kinds.results import result_cells

COLUMNS_FILE = Path(__file__).with_name("columns.toml")
ROWS_A_TRANSACTION = 2
SHAPE = re.compile(r"[A-Z]-[0-9]{4}")


class VoucherCode(StrEnum):
    MALFORMED = "voucher_malformed"
    TWICE = "voucher_twice"


EXPLANATIONS: Mapping[str, Explanation] = {
    VoucherCode.MALFORMED: Explanation(
        Severity.ERROR, "Kode atau nilai kupon {shown} salah.", "Salah ketik.", "Ketik ulang."
    ),
    VoucherCode.TWICE: Explanation(
        Severity.DISPOSITION, "Kupon sudah ada di baris {line}.", "Ganda.", "Hapus satu."
    ),
}


class VoucherRow(JudgedRow, frozen=True):
    value: int = 0
    first: int | None = None


class VoucherOutcome(Outcome, frozen=True):
    value: int = 0

    def add_to(self, tally: Tally) -> None:
        super().add_to(tally)
        tally.aid_total += self.value


def voucher_store(objects: Objects) -> ChunkStore[VoucherRow, VoucherOutcome]:
    return ChunkStore(objects, VoucherRow, VoucherOutcome)


@dataclass
class VoucherReading:
    file: FileToRead
    programme: str | None = None
    bounds: Bounds = ANY_AMOUNT
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Makassar"))

    def judge(self, columns: Mapping[str, int], *, width: int, doubtful: bool = False) -> RowJudge:
        code, value = columns["code"], columns["value"]
        first: dict[str, int] = {}

        def judged(source: SourceRow, _: int, __: Said | None) -> Judged[VoucherRow]:
            amount = parse_rupiah(source.cells[value])
            key = source.cells[code].strip()
            if amount is None or not SHAPE.fullmatch(key) or len(source.cells) > width:
                wrong = Finding.of(VoucherCode.MALFORMED, shown=key[:6])
                return Judged(VoucherRow(source, (wrong,)), amount, fit=False)
            line = first.setdefault(key, source.line)
            again = None if line == source.line else line
            return Judged(VoucherRow(source, (), amount, again), amount, fit=True)

        return judged

    def warnings(self) -> tuple[Finding, ...]:
        return ()

    def estimate(self) -> None:
        return None

    def again(self) -> None:
        return None


class VoucherApplying:
    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._rows = voucher_store(chunk.objects).rows(chunk.batch.id, chunk.number)
        self._given_up: int | None = None

    @property
    def rows(self) -> int:
        return len(self._rows)

    def apply(self, start: int) -> int | None:
        return self._commit(start, min(start + ROWS_A_TRANSACTION, self.rows))

    def give_up(self, start: int) -> int | None:
        self._given_up = start
        return self._commit(start, self.rows, gives_up=True)

    def _commit(self, start: int, end: int, *, gives_up: bool = False) -> int | None:
        batch = self._chunk.batch
        checkpoint = Checkpoint(
            batch=batch.id,
            chunk=self._chunk.number,
            start=start,
            end=end,
            settled=Tally.of(self._outcomes()[start:end]),
            account=Account("vouchers", batch.bank, batch.scheme, batch.received_at.date()),
            received_at=batch.received_at,
            gives_up=gives_up,
        )
        result = self._chunk.enrollments.commit([], checkpoint)
        return end if isinstance(result, Committed) else None

    def applied(self) -> Applied:
        return Applied(self._outcomes())

    def _outcomes(self) -> list[VoucherOutcome]:
        ends = self._given_up
        if ends is None:
            ends = self._chunk.batches.chunk(self._chunk.batch.id, self._chunk.number).given_up
        if ends is None:
            return list(map(_outcome, self._rows))
        late = Finding.of(Code.NOT_PROCESSED)
        return [
            _outcome(row)
            if index < ends or row.findings
            else VoucherOutcome(row.source.line, Disposition.REJECTED, (late,))
            for index, row in enumerate(self._rows)
        ]


def _outcome(row: VoucherRow) -> VoucherOutcome:
    if row.findings:
        return VoucherOutcome(row.source.line, Disposition.REJECTED, row.findings)
    if row.first is not None:
        twice = Finding.of(VoucherCode.TWICE, line=row.first)
        return VoucherOutcome(row.source.line, Disposition.DUPLICATE, (twice,))
    return VoucherOutcome(row.source.line, Disposition.ACCEPTED, value=row.value)


@dataclass
class VoucherReporting:
    objects: Objects
    catalogue: Catalogue

    def results(self, batch: Batch, chunk: int) -> Iterator[Result]:
        for row, outcome in voucher_store(self.objects).settled(batch.id, chunk):
            cells = result_cells(outcome, self.catalogue, (str(outcome.value),))
            yield Result(row.source, outcome.disposition, cells)


@dataclass(frozen=True)
class Vouchers:
    name: str = "vouchers"
    columns: Path = COLUMNS_FILE
    result_columns: tuple[str, ...] = ("payung_nilai_kupon",)
    form: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    explanations: Mapping[str, Explanation] = field(default_factory=lambda: EXPLANATIONS)
    hints: Mapping[str, str] = field(default_factory=lambda: {"code": "Seperti `A-0001`"})

    def codes(self) -> Codes:
        return Codes(VoucherCode, self.explanations)

    def guide(self) -> GuideSection:
        return GuideSection("Kupon", self.hints)

    def store(self, objects: Objects) -> ChunkStore[VoucherRow, VoucherOutcome]:
        return voucher_store(objects)

    def reading(self) -> Callable[[FileToRead], Reading]:
        return VoucherReading

    def applying(self) -> Callable[[Chunk], Applying]:
        return VoucherApplying

    def reporting(self) -> Callable[[Objects, Catalogue], Reporting]:
        return VoucherReporting


VOUCHERS = Vouchers()
