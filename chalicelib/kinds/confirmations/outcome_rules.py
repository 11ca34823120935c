"""Decides what a row does to its person: a step of the premium, owed money, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from chalicelib.adapters.ports import Owed, Step, account_of
from chalicelib.domain.agreements.programme import Programme
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.money.confirm import Effect, Stated, effect
from chalicelib.domain.money.ledger import Line, Source
from chalicelib.domain.money.standing import FAILED, Cover, Leaf, Standing
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.domain.person.reference import reference as reference_of

from .codes import ConfirmCode
from .not_due import NotDue
from .rows import ConfirmOutcome, ConfirmRow, booking_of, statement
from .words import BLANK, DEAD

_KNOWN = {
    Cover.ENROLLED: "ditunda",
    Cover.NOT_DEDUCTED: "gagal dipotong",
    Cover.DEDUCTED: "dipotong",
    Cover.RETURNED: "dikembalikan",
    Cover.REMITTED: "disetor ke BPJS",
    Cover.ACTIVE: "diterima BPJS",
    Cover.WITHDRAWN: "dibatalkan",
}
_WHY_NOT_DUE = {
    Disposition.DUPLICATE: "barisnya duplikat",
    Disposition.CONFLICT: "barisnya konflik",
    Disposition.REJECTED: "barisnya ditolak",
    None: "data orang ini sudah dihapus atas permintaannya",
}
_DATE = "%d-%m-%Y"


class Decision(NamedTuple):
    """What a row does: its outcome, and at most one of a step and owed money."""

    outcome: ConfirmOutcome
    step: Step | None = None
    owed: Owed | None = None


@dataclass(frozen=True)
class ConfirmRules:
    """The data that all rows of a file share."""

    batch: Batch
    programmes: Mapping[str, Programme]

    def blank(self, row: ConfirmRow) -> Decision:
        """Return the decision about a row that states nothing yet."""
        return Decision(ConfirmOutcome(row.source.line, Disposition.ACCEPTED, matched=BLANK))

    def broken(self, row: ConfirmRow, *problems: Finding) -> Decision:
        """Return the decision about a row that changes nobody."""
        findings = problems or row.findings
        if findings[0].code == ConfirmCode.CONFIRM_SAME:
            outcome = ConfirmOutcome(row.source.line, Disposition.DUPLICATE, findings)
            return Decision(outcome)
        is_twice = findings[0].code == ConfirmCode.CONFIRM_TWICE_IN_FILE
        disposition = Disposition.DUPLICATE if is_twice else Disposition.REJECTED
        if is_twice and "neither" in findings[0].params:
            disposition = Disposition.CONFLICT
        return Decision(ConfirmOutcome(row.source.line, disposition, findings))

    def about(self, row: ConfirmRow, person: Enrollment, *, now: datetime) -> Decision:
        """Return the decision about a row of a person."""
        stated = statement(row)
        if problem := self._problem(row, stated, person):
            return self.broken(row, problem)
        today = self._today(person)
        after = effect(person.standing, stated, today=today, starts=person.starts)
        if after is Effect.SAME and _dies(row, person):
            after = FAILED
        if isinstance(after, Standing):
            return self._step(row, person, after, now)
        if why := _why_not_due(row, person, after):
            return self._owed_by(row, person, why)
        known = _KNOWN[person.standing.cover]
        if after is Effect.SAME:
            finding = Finding.of(ConfirmCode.CONFIRM_SAME, known=known)
            return self._without_step(row, person, finding, Disposition.DUPLICATE)
        finding = Finding.of(ConfirmCode.CONFIRM_CHANGES_FINAL, known=known)
        return self._without_step(row, person, finding, Disposition.REJECTED)

    def not_due(self, row: ConfirmRow, of: NotDue) -> Decision:
        """Return the decision about a deduction from a row that owes nothing."""
        amount = of.premium if row.amount is None else row.amount
        owed = Owed(of.batch, of.row, of.account, amount, self._source(row), row.booking)
        return self._owed(row, owed, _WHY_NOT_DUE[of.disposition])

    def not_processed(self, row: ConfirmRow) -> ConfirmOutcome:
        """Return the outcome of a row of a file that was given up before the row was applied."""
        finding = Finding(Code.NOT_PROCESSED)
        return ConfirmOutcome(row.source.line, Disposition.REJECTED, (finding,))

    def stated_before(self, row: ConfirmRow) -> Decision:
        """Return the decision about owed money that an earlier file has stated."""
        known = "harus dikembalikan kepada penerima"
        finding = Finding.of(ConfirmCode.CONFIRM_SAME, known=known)
        return Decision(ConfirmOutcome(row.source.line, Disposition.DUPLICATE, (finding,)))

    def _problem(self, row: ConfirmRow, stated: Stated, person: Enrollment) -> Finding | None:
        """Return why a statement cannot be true, or is not certain."""
        amount = row.amount
        if amount is not None and amount != person.premium and _counts(amount, stated):
            return Finding.of(
                ConfirmCode.AMOUNT_DIFFERS,
                stated=format_rupiah(amount),
                premium=format_rupiah(person.premium),
            )
        if row.doubt:
            shown = f"{row.doubt} (bertentangan dengan keterangannya)"
            return Finding.of(ConfirmCode.STATUS_UNKNOWN, shown=shown)
        if row.day and row.day > self._today(person):
            return Finding.of(ConfirmCode.DATE_FUTURE, date=row.day.strftime(_DATE))
        if row.day and row.day < person.day:
            return Finding.of(
                ConfirmCode.DATE_BEFORE_FILE,
                date=row.day.strftime(_DATE),
                received=person.day.strftime(_DATE),
            )
        return None

    def _moved_already(self, person: Enrollment) -> int | None:
        """Return the line of this file that has moved the person, if one has.

        Of two rows that differ, the second one never moves on: reading has not seen that they are
        about one person, because one has a reference alone and the other a NIK.
        """
        steps = person.steps_in_force
        source = steps[-1].source if steps else None
        return source.row if source and source.batch == self.batch.id else None

    def _step(
        self, row: ConfirmRow, person: Enrollment, after: Standing, now: datetime
    ) -> Decision:
        if already := self._moved_already(person):
            twice = Finding.of(ConfirmCode.CONFIRM_TWICE_IN_FILE, line=already)
            return self._without_step(row, person, twice, Disposition.DUPLICATE)
        line = Line(
            at=now,
            before=person.standing,
            after=after,
            amount=person.premium,
            source=self._source(row),
            reason=row.reason,
            words=row.words,
            day=row.day,
            evidence=row.evidence,
        )
        outcome = ConfirmOutcome(
            row.source.line,
            Disposition.ACCEPTED,
            row.findings,
            matched=row.stated,
            premium=person.premium,
            reference=person.reference,
            moved=True,
        )
        return Decision(outcome, step=Step(person, line))

    def _without_step(
        self, row: ConfirmRow, person: Enrollment, finding: Finding, disposition: Disposition
    ) -> Decision:
        return Decision(
            ConfirmOutcome(
                row.source.line,
                disposition,
                (finding,),
                premium=person.premium,
                reference=person.reference,
            )
        )

    def _owed_by(self, row: ConfirmRow, person: Enrollment, why: str) -> Decision:
        amount = person.premium if row.amount is None else row.amount
        account = account_of(person)
        source = self._source(row)
        owed = Owed(person.batch, person.row, account, amount, source, row.booking)
        return self._owed(row, owed, why, reference=person.reference)

    def _owed(self, row: ConfirmRow, owed: Owed, why: str, *, reference: str = "") -> Decision:
        finding = Finding.of(
            ConfirmCode.DEDUCTED_NOT_DUE, stated=format_rupiah(owed.amount), why=why
        )
        outcome = ConfirmOutcome(
            row.source.line,
            Disposition.REJECTED,
            (finding,),
            reference=reference,
            owed=owed.amount,
            owed_at=reference_of(owed.batch, owed.row),
        )
        return Decision(outcome, owed=owed)

    def _source(self, row: ConfirmRow) -> Source:
        return Source(self.batch.id, row.source.line)

    def _today(self, person: Enrollment) -> date:
        """Return the day on which the file came, where the person's programme is."""
        today = self._days.get(person.programme)
        if today is None:
            programme = self.programmes[person.programme]
            today = self._days[person.programme] = programme.local_day(self.batch.received_at)
        return today

    @cached_property
    def _days(self) -> dict[str, date]:
        return {}


def _counts(amount: int, stated: Stated) -> bool:
    """Whether an amount is that of the statement: a failed row has what was asked for."""
    return stated is Stated.DEDUCTED or (stated is Stated.RETURNED and amount != 0)


def _why_not_due(row: ConfirmRow, person: Enrollment, after: Effect) -> str:
    """Return why a deduction that moves nobody is owed to the person; empty if it is not."""
    if after is Effect.NOT_DUE:
        return "pendaftarannya sudah dibatalkan"
    if statement(row) is not Stated.DEDUCTED or not _is_second_booking(row, person):
        return ""
    if person.standing.cover is Cover.RETURNED:
        return "iuran orang ini sudah dikembalikan, lalu dipotong lagi"
    return "iuran orang ini dipotong dua kali"


def _dies(row: ConfirmRow, person: Enrollment) -> bool:
    """Whether a failed deduction is now explained by a death: nobody is written to about that."""
    failed = person.leaf is Leaf.FAILED and row.reason == DEAD
    return failed and person.steps_in_force[-1].reason != DEAD


def _is_second_booking(row: ConfirmRow, person: Enrollment) -> bool:
    """Whether a deduction that is known is stated again under another booking."""
    steps = person.steps_in_force
    booked = {booking_of(line.evidence) for line in steps if line.after.cover is Cover.DEDUCTED}
    return bool(row.booking) and bool(booked - {""}) and row.booking not in booked
