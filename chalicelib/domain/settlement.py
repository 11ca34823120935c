"""From a judged row to what becomes of it: enrolled, or told whose it is already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from .batch import Batch
from .codes import Code, Finding
from .enrollment import Enrollment, Sms
from .name import same_person
from .outcome import Disposition, Outcome
from .recipient import Recipient, SourceRow
from .record import StoredRecord
from .reference import reference
from .totals import ELSEWHERE, Account

_EXCLUSIVE = frozenset({"BPUM", "KUR"})
"""A recipient of the one must not be receiving the other."""


class JudgedRow(StoredRecord, frozen=True):
    """A row with its judgement, as the later steps need it.

    `recipient` is there where the row is fit to be enrolled, and then `premium` (whole rupiah),
    `rule` and `income` (monthly, the one that was used). `first` is the ordinal (from 0, among
    the file's rows) of the fit row that named the same person before this one.
    """

    source: SourceRow
    findings: tuple[Finding, ...]
    recipient: Recipient | None = None
    premium: int = 0
    rule: str = ""
    income: int = 0
    first: int | None = None

    @property
    def is_candidate(self) -> bool:
        """Whether this row is the one of its file that may enroll its person."""
        return self.recipient is not None and self.first is None


@dataclass(frozen=True)
class Settlement:
    """What the rows of one chunk have in common: the file, the dates, what places are called.

    `regencies` are the codes that people are counted under.
    """

    batch: Batch
    chunk: int
    programme: str
    starts: date
    ends: date
    timezone: ZoneInfo
    regencies: Collection[str]
    bank_names: dict[str, str]

    @cached_property
    def account(self) -> Account:
        """Where the totals count these rows."""
        day = self.batch.received_at.astimezone(self.timezone).date()
        return Account(self.programme, self.batch.bank, self.batch.scheme, day)

    def enrollment(self, row: JudgedRow, *, now: datetime) -> Enrollment:
        """Return the enrollment that this row would make.

        Raises:
            ValueError: the row is not fit to be enrolled.
        """
        who = row.recipient
        if who is None:
            raise ValueError("a rejected row enrolls nobody")
        line = row.source.line
        return replace(
            self._common,
            recipient=who,
            row=line,
            reference=reference(self.batch.id, line),
            premium=row.premium,
            rule=row.rule,
            income=row.income,
            counted_regency=self._regency_of(who),
            enrolled_at=now,
            sms=Sms.PENDING if who.phone else Sms.NOT_POSSIBLE,
        )

    @cached_property
    def _common(self) -> Enrollment:
        """What the enrollments of a chunk have in common, of nobody yet."""
        return Enrollment(
            programme=self.programme,
            recipient=Recipient(nik="", name="", aid=0),
            bank=self.batch.bank,
            scheme=self.batch.scheme,
            batch=self.batch.id,
            chunk=self.chunk,
            row=0,
            reference="",
            premium=0,
            rule="",
            income=0,
            starts=self.starts,
            ends=self.ends,
            day=self.account.day,
            counted_regency=ELSEWHERE,
            enrolled_at=self.batch.received_at,
        )

    def _regency_of(self, who: Recipient) -> str:
        """Return the code under which a person is counted.

        The row's own regency, or the one in which the NIK was first given; only those that the
        programme knows, so that a file of stray numbers cannot open thousands of counts.
        """
        code = who.regency or who.nik[:4]
        return code if code in self.regencies else ELSEWHERE

    def accepted(self, row: JudgedRow, enrollment: Enrollment) -> Outcome:
        """Return the outcome of a row that made this enrollment.

        Raises:
            ValueError: the row is not fit to be enrolled.
        """
        who = row.recipient
        if who is None:
            raise ValueError("a rejected row enrolls nobody")
        return Outcome(
            line=row.source.line,
            disposition=Disposition.ACCEPTED,
            findings=row.findings,
            premium=row.premium,
            aid=who.aid,
            starts=self.starts,
            ends=self.ends,
            reference=enrollment.reference,
            rule=row.rule,
            sms_possible=bool(who.phone),
        )

    def rejected(self, row: JudgedRow) -> Outcome:
        """Return the outcome of a row with errors."""
        return Outcome(row.source.line, Disposition.REJECTED, row.findings)

    def repeated(self, row: JudgedRow, first: JudgedRow) -> Outcome:
        """Return the outcome of a row whose person stands in an earlier row of the file."""
        same = _same(row.recipient, first.recipient)
        code = Code.DUPLICATE_IN_FILE if same else Code.CONFLICT_IDENTITY
        return self._taken(row, same=same, because=[Finding.of(code, line=first.source.line)])

    def owned(self, row: JudgedRow, owner: Enrollment) -> Outcome:
        """Return the outcome of a row whose person has an enrollment already.

        Of another bank's enrollment only the bank and the day are told.
        """
        if owner.is_row(self.batch.id, row.source.line):
            return self.accepted(row, owner)
        same = _same(row.recipient, owner.recipient)
        bank = self.bank_names.get(owner.bank, owner.bank)
        day = owner.enrolled_at.astimezone(self.timezone).strftime("%d-%m-%Y")
        if not same:
            found = Finding.of(Code.CONFLICT_IDENTITY, bank=bank, date=day)
        elif owner.bank == self.batch.bank:
            found = Finding.of(
                Code.DUPLICATE_SAME_BANK,
                bank=bank,
                date=day,
                row=owner.row,
                reference=owner.reference,
            )
        else:
            found = Finding.of(Code.DUPLICATE_OTHER_BANK, bank=bank, date=day)
        because = [found]
        if {owner.scheme, self.batch.scheme} == _EXCLUSIVE:
            because.append(Finding.of(Code.BPUM_AND_KUR))
        return self._taken(row, same=same, because=because)

    def owned_once(self, row: JudgedRow, *, conflict: bool, same_bank: bool) -> Outcome:
        """Return the outcome of a row whose person had an enrollment that was erased since."""
        if conflict:
            found = Finding.of(Code.CONFLICT_IDENTITY)
        elif same_bank:
            bank = self.bank_names.get(self.batch.bank, self.batch.bank)
            found = Finding.of(Code.DUPLICATE_SAME_BANK, bank=bank)
        else:
            found = Finding.of(Code.DUPLICATE_OTHER_BANK, bank="bank lain")
        return self._taken(row, same=not conflict, because=[found])

    def _taken(self, row: JudgedRow, *, same: bool, because: list[Finding]) -> Outcome:
        disposition = Disposition.DUPLICATE if same else Disposition.CONFLICT
        return Outcome(row.source.line, disposition, (*because, *row.findings))


def people_to_tell(rows: Sequence[JudgedRow], outcomes: Sequence[Outcome]) -> list[str]:
    """Return the NIKs of those whom these rows enrolled and an SMS can reach."""
    return [
        row.recipient.nik
        for row, outcome in zip(rows, outcomes, strict=True)
        if row.recipient and outcome.disposition is Disposition.ACCEPTED and outcome.sms_possible
    ]


def _same(one: Recipient | None, other: Recipient | None) -> bool:
    if one is None or other is None:
        raise ValueError("only rows fit to be enrolled are compared")
    return same_person(one.name, one.birth_date, other.name, other.birth_date)
