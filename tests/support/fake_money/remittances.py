"""The lists of premiums of the fakes, over the tables in memory."""

from collections.abc import Sequence

from chalicelib.adapters.ports import (
    CUT_AT_ONCE,
    LISTED_AT_ONCE,
    Changed,
    Committed,
    Overtaken,
    Step,
    StoreResult,
    Superseded,
    Taken,
    account_of,
)
from chalicelib.domain.file.batch import SmsTally
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import People, Totals
from chalicelib.domain.money.balance import Moved
from chalicelib.domain.money.listing import UNPAID, RemittanceState
from chalicelib.domain.money.remittance import Cursor, Remittance, plain_reference
from chalicelib.domain.money.standing import DEDUCTED
from chalicelib.domain.person.enrollment import Enrollment
from tests.support.builders import replace
from tests.support.fake_tables import MemoryTables


class MemoryRemittances:
    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    def create(self, remittance: Remittance) -> bool:
        return self._tables.remittances.setdefault(remittance.id, remittance) == remittance

    def get(self, remittance: str) -> Remittance | None:
        return self._tables.remittances.get(remittance)

    def of_bank(self, bank: str) -> list[Remittance]:
        found = [each for each in self._tables.remittances.values() if each.bank == bank]
        return sorted(found, key=lambda each: each.id, reverse=True)

    def with_code(self, code: str) -> str | None:
        return self._tables.remitted.get(f"code#{plain_reference(code)}")

    def unfinished(self) -> list[str]:
        listing = RemittanceState.LISTING
        found = [each for each in self._tables.remittances.values() if each.state is listing]
        return [each.id for each in sorted(found, key=lambda each: each.at)]

    def store(self, before: Remittance, after: Remittance) -> StoreResult:
        stored = self._tables.remittances[before.id]
        if stored.revision != before.revision:
            is_done = stored == replace(after, revision=stored.revision)
            return Committed() if is_done else Changed()
        of = {each: self._tables.remitted.get(each) for each in _taken(after) - _taken(before)}
        if others := [owner for owner in of.values() if owner]:
            return Taken(others[0])
        self._tables.remitted |= dict.fromkeys(of, after.id)
        keep(self._tables, replace(after, revision=stored.revision + 1))
        return Committed()

    def put_on(
        self, remittance: Remittance, people: Sequence[Enrollment], cursor: Cursor
    ) -> Committed | Superseded | Overtaken:
        assert len(people) <= LISTED_AT_ONCE
        stored = self._tables.remittances[remittance.id]
        is_next = stored.cursor == remittance.cursor
        if not is_next or stored.state is not RemittanceState.LISTING:
            return Superseded()
        changed = {each.recipient.nik: self._of(each) for each in people if not self._is_free(each)}
        if changed:
            return Overtaken(changed)
        rupiah = sum(each.premium for each in people)
        for each in people:
            key = (each.recipient.nik, each.programme)
            self._tables.people[key] = self._tables.people[key].listed(stored.listing)
            for moved in books(self._tables, each):
                moved.on_list(remittance.id, 1, each.premium)
        keep(
            self._tables,
            replace(
                stored,
                cursor=cursor,
                people=stored.people + len(people),
                rupiah=stored.rupiah + rupiah,
                revision=stored.revision + 1,
            ),
        )
        return Committed()

    def cut(
        self, before: Remittance, after: Remittance, steps: Sequence[Step]
    ) -> Committed | Changed | Overtaken:
        assert len(steps) <= CUT_AT_ONCE
        stored = self._tables.remittances[before.id]
        if stored.revision != before.revision:
            is_done = stored == replace(after, revision=stored.revision)
            return Committed() if is_done else Changed()
        changed = {
            step.before.recipient.nik: self._of(step.before)
            for step in steps
            if self._of(step.before) != step.before
        }
        if changed:
            return Overtaken(changed)
        for step in steps:
            person = step.before
            for line in step.lines:
                person = person.stepped(line)
            key = (person.recipient.nik, person.programme)
            self._tables.people[key] = replace(person, remittance=None, listing=None)
            for moved in books(self._tables, step.before):
                step.count_cut(moved)
        keep(self._tables, replace(after, revision=stored.revision + 1))
        return Committed()

    def _of(self, person: Enrollment) -> Enrollment | None:
        return self._tables.people.get((person.recipient.nik, person.programme))

    def _is_free(self, person: Enrollment) -> bool:
        found = self._of(person)
        return (
            found is not None
            and (found.reference, found.remittance) == (person.reference, person.remittance)
            and (found.cover, found.leaf) == (DEDUCTED.cover, DEDUCTED.leaf)
        )


def keep(tables: MemoryTables, remittance: Remittance) -> None:
    """Store a list, and what its people know of it."""
    tables.remittances[remittance.id] = remittance
    for key, each in tables.people.items():
        if each.remittance == remittance.id:
            tables.people[key] = each.listed(remittance.listing)


def count_off(tables: MemoryTables, step: Step) -> None:
    """Count a step of a person on a list at the list."""
    listing = step.before.on_list
    if listing is None:
        return
    of = tables.remittances[listing.remittance]
    amount = step.line.amount
    changed = replace(of, people=of.people - 1, rupiah=of.rupiah - amount, revision=of.revision + 1)
    if listing.state not in UNPAID:
        changed = replace(
            changed,
            returned_people=of.returned_people + 1,
            returned=of.returned + amount,
        )
    keep(tables, changed)


def books(tables: MemoryTables, person: Enrollment) -> tuple[Moved, Moved, Moved]:
    """Return the counts of a person's file, account and regency."""
    account = account_of(person)
    totals = tables.totals.setdefault(account, Totals(account, Tally(), SmsTally(), {}))
    people = totals.regencies.setdefault(person.counted_regency, People())
    return tables.moved.setdefault(person.batch, Moved()), totals.moved, people.moved


def _taken(remittance: Remittance) -> set[str]:
    return {
        *(f"code#{plain_reference(each.code)}" for each in remittance.codes),
        *(
            f"payment#{remittance.bank}#{plain_reference(each.reference)}"
            for each in remittance.payments
        ),
        *(f"receipt#{plain_reference(each.reference)}" for each in remittance.receipts),
    }
