"""Decides the outcome of a judged row: accepted, a duplicate, a conflict, or rejected."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.domain.cells.name import same_person
from chalicelib.domain.cells.nik import Nik
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.file.totals import ELSEWHERE, Account
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.person.enrollment import Enrollment, Sms, first_messages
from chalicelib.domain.person.recipient import Recipient
from chalicelib.domain.person.reference import reference

from .codes import DepartmentCode, RecipientCode
from .rows import RecipientOutcome, RecipientRow

_EXCLUSIVE = frozenset({"BPUM", "KUR"})
"""A recipient of one of these schemes must not receive the other."""


@dataclass(frozen=True)
class OutcomeRules:
    """The data that all rows of one chunk share: the file, the days of cover, the names of banks.

    `regencies` are the codes under which people are counted.
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
        """The account under which the totals count these rows."""
        day = self.batch.received_at.astimezone(self.timezone).date()
        return Account(self.programme, self.batch.bank, self.batch.scheme, day)

    def enrollment(self, row: RecipientRow, *, now: datetime) -> Enrollment:
        """Return the enrollment that this row would make.

        Raises:
            ValueError: the row is not fit to be enrolled.
        """
        who = row.recipient
        if who is None:
            raise ValueError("a rejected row has no enrollment")
        line = row.source.line
        return replace(
            self._common,
            recipient=who,
            row=line,
            reference=reference(self.batch.id, line),
            premium=row.premium,
            rule=row.rule,
            income_used=row.income_used,
            counted_regency=self._regency_of(who),
            enrolled_at=now,
            messages=first_messages(reachable=who.phone is not None),
            warned=bool(row.findings),
            held=any(each.code == RecipientCode.PHONE_SHARED for each in row.findings),
        )

    @cached_property
    def _common(self) -> Enrollment:
        """The fields that all enrollments of a chunk share, still without a person."""
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
            income_used=0,
            starts=self.starts,
            ends=self.ends,
            day=self.account.day,
            counted_regency=ELSEWHERE,
            enrolled_at=self.batch.received_at,
        )

    def _regency_of(self, who: Recipient) -> str:
        """Return the code under which a person is counted.

        It is the row's own regency, or the regency that issued the NIK. A code that the programme
        does not know counts as `ELSEWHERE`, so that a file of random numbers cannot create
        thousands of counts.
        """
        code = who.regency or who.nik[:4]
        return code if code in self.regencies else ELSEWHERE

    def accepted(self, row: RecipientRow, enrollment: Enrollment) -> RecipientOutcome:
        """Return the outcome of a row that made this enrollment.

        Raises:
            ValueError: the row is not fit to be enrolled.
        """
        who = row.recipient
        if who is None:
            raise ValueError("a rejected row has no enrollment")
        findings, sms_possible = row.findings, bool(who.phone)
        if enrollment.earlier:
            code = RecipientCode.MOVED_FROM_EARLIER_FILE
            findings = (Finding.of(code, reference=enrollment.earlier[-1]), *findings)
            sms_possible = enrollment.sms is not Sms.NOT_POSSIBLE
        return RecipientOutcome(
            line=row.source.line,
            disposition=Disposition.ACCEPTED,
            findings=findings,
            premium=enrollment.premium,
            aid=who.aid,
            starts=enrollment.starts,
            ends=enrollment.ends,
            reference=enrollment.reference,
            rule=enrollment.rule,
            sms_possible=sms_possible,
        )

    def rejected(self, row: RecipientRow) -> RecipientOutcome:
        """Return the outcome of a row with errors."""
        return RecipientOutcome(row.source.line, Disposition.REJECTED, row.findings)

    def not_processed(self, row: RecipientRow) -> RecipientOutcome:
        """Return the outcome of a row that was not applied when its file was given up."""
        if row.recipient is None:
            return self.rejected(row)
        findings = (Finding.of(Code.NOT_PROCESSED), *row.findings)
        return RecipientOutcome(row.source.line, Disposition.REJECTED, findings)

    def repeated(self, row: RecipientRow, first: RecipientRow) -> RecipientOutcome:
        """Return the outcome of a row whose person has an earlier row in the file."""
        same = is_same_person(row.recipient, first.recipient)
        code = RecipientCode.DUPLICATE_IN_FILE if same else RecipientCode.CONFLICT_IDENTITY
        return self._taken(row, same=same, because=[Finding.of(code, line=first.source.line)])

    def owned(self, row: RecipientRow, owner: Enrollment) -> RecipientOutcome:
        """Return the outcome of a row whose person has an enrollment already."""
        if owner.is_row(self.batch.id, row.source.line):
            return self.accepted(row, owner)
        if owner.was_row(self.batch.id, row.source.line):
            code = RecipientCode.MOVED_TO_LATER_FILE
            moved = Finding.of(code, row=owner.row, reference=owner.reference)
            return self._taken(row, same=True, because=[moved])
        if owner.bank != self.batch.bank:
            return self._taken_elsewhere(row, owner)
        same = is_same_person(row.recipient, owner.recipient)
        shown = {"bank": self._name_of(owner.bank), "date": self._day_of(owner)}
        if same:
            found = Finding.of(
                RecipientCode.DUPLICATE_SAME_BANK,
                **shown,
                row=owner.row,
                reference=owner.reference,
            )
        else:
            found = Finding.of(RecipientCode.CONFLICT_IDENTITY, **shown)
        because = [found]
        if self._is_exclusive(owner):
            because.append(Finding.of(RecipientCode.BPUM_AND_KUR))
        return self._taken(row, same=same, because=because)

    def _taken_elsewhere(self, row: RecipientRow, owner: Enrollment) -> RecipientOutcome:
        """Return the outcome of a row whose person another bank has enrolled.

        The bank learns no more than that: not which bank, when or under which scheme, and not
        whether name and birth date agree. The department alone sees what differs.
        """
        noted = []
        shown = {"bank": self._name_of(owner.bank), "date": self._day_of(owner)}
        if not is_same_person(row.recipient, owner.recipient):
            noted.append(Finding.of(DepartmentCode.CONFLICT, **shown))
        if self._is_exclusive(owner):
            noted.append(Finding.of(DepartmentCode.BPUM_AND_KUR, **shown))
        because = [Finding.of(RecipientCode.DUPLICATE_OTHER_BANK)]
        return replace(self._taken(row, same=True, because=because), noted=tuple(noted))

    def _is_exclusive(self, owner: Enrollment) -> bool:
        return {owner.scheme, self.batch.scheme} == _EXCLUSIVE

    def _name_of(self, bank: str) -> str:
        return self.bank_names.get(bank, bank)

    def _day_of(self, owner: Enrollment) -> str:
        return owner.enrolled_at.astimezone(self.timezone).strftime("%d-%m-%Y")

    def owned_once(
        self, row: RecipientRow, *, conflict: bool, same_bank: bool, moved: bool
    ) -> RecipientOutcome:
        """Return the outcome of a row whose person's enrollment was erased since."""
        if conflict:
            found = Finding.of(RecipientCode.CONFLICT_IDENTITY)
        elif moved:
            found = Finding.of(RecipientCode.MOVED_TO_LATER_FILE)
        elif same_bank:
            bank = self._name_of(self.batch.bank)
            found = Finding.of(RecipientCode.DUPLICATE_SAME_BANK, bank=bank)
        else:
            found = Finding.of(RecipientCode.DUPLICATE_OTHER_BANK)
        return self._taken(row, same=not conflict, because=[found])

    def _taken(self, row: RecipientRow, *, same: bool, because: list[Finding]) -> RecipientOutcome:
        disposition = Disposition.DUPLICATE if same else Disposition.CONFLICT
        return RecipientOutcome(row.source.line, disposition, (*because, *row.findings))


def people_to_notify(
    rows: Sequence[RecipientRow], outcomes: Sequence[RecipientOutcome]
) -> list[str]:
    """Return the NIKs of the people whom these rows enrolled and an SMS can reach."""
    return [
        row.recipient.nik
        for row, outcome in zip(rows, outcomes, strict=True)
        if row.recipient and outcome.disposition is Disposition.ACCEPTED and outcome.sms_possible
    ]


def is_same_person(one: Recipient | None, other: Recipient | None) -> bool:
    """Whether two rows with the same NIK can be of one person, by their names and birth dates.

    Raises:
        ValueError: one of the rows is not fit to be enrolled.
    """
    if one is None or other is None:
        raise ValueError("only rows fit to be enrolled are compared")
    day_a, day_b = one.birth_date, other.birth_date
    if day_a and day_b and day_a != day_b and _is_corrected(one.nik, day_a, day_b):
        return same_person(one.name, None, other.name, None)
    return same_person(one.name, day_a, other.name, day_b)


def _is_corrected(nik: str, day_a: date, day_b: date) -> bool:
    """Whether one of two birth dates is a wrong form of the other.

    The NIK confirms one of them, or the month and the day are swapped.
    """
    if not {day_a, day_b}.isdisjoint(Nik(nik).birth_dates):
        return True
    return (day_a.year, day_a.month, day_a.day) == (day_b.year, day_b.day, day_b.month)
