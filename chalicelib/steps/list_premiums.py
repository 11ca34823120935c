"""Puts the deducted people of files on a list that a bank pays to BPJS.

A run takes chunk after chunk of the list's files, and the people of a chunk in groups. A
transaction puts a group on the list, and moves the list's cursor with it: so the next run begins
where this one ended, and nobody is on the list twice. When the cursor is behind the last file, the
list is made.

A job may be delivered several times, late or at the same time: the cursor lets one run go on. The
sweep sends it again.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from msgspec.structs import replace

from chalicelib.adapters.ports import (
    LISTED_AT_ONCE,
    Batches,
    Clock,
    Enrollments,
    Objects,
    Outbox,
    Overtaken,
    Remittances,
    Superseded,
    account_of,
)
from chalicelib.deadline import Deadline
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.jobs import ListJob
from chalicelib.domain.money.listing import RemittanceState
from chalicelib.domain.money.remittance import Cursor, Remittance
from chalicelib.domain.money.remitting import listed, set_aside
from chalicelib.domain.money.standing import DEDUCTED
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.errors import ObjectMalformed
from chalicelib.kinds.recipients.enrolled import enrolled_by
from chalicelib.kinds.recipients.rows import recipient_store

log = logging.getLogger(__name__)

A_CHUNK = 60.0
"""Seconds that a chunk may take. With less time left, the next job goes on."""
_Group = tuple[list[Enrollment], Cursor]


@dataclass(frozen=True, kw_only=True)
class ListPremiums:
    """Brings one list on."""

    remittances: Remittances
    batches: Batches
    enrollments: Enrollments
    objects: Objects
    outbox: Outbox
    clock: Clock
    deadline: Deadline

    def run(self, job: ListJob) -> int:
        """Put people on a list until it is made; return how many this run put on it.

        Raises:
            Retry: it could not be finished now; what was done is stored.
            Poison: there is no such list, or a file has lost its rows.
        """
        put_on = 0
        of = self._get(job.remittance)
        while of.state is RemittanceState.LISTING:
            if self.deadline.seconds < A_CHUNK:
                self.outbox.list_premiums(of.id)
                break
            if of.cursor.file == len(of.files):
                # Another run may be first: then the list is made already.
                self.remittances.store(of, listed(of, self.clock()))
                return put_on
            people = self._chunk(of)
            if people is None:
                log.info("another run makes this list")
                break
            put_on += people
            of = self._get(job.remittance)
        return put_on

    def set_aside(self, job: ListJob) -> None:
        """Cancel a list that cannot be made: its people are on no list then."""
        of = self._get(job.remittance)
        self.remittances.store(of, set_aside(of, self.clock()))

    def _get(self, remittance: str) -> Remittance:
        of = self.remittances.get(remittance)
        if of is None:
            raise ObjectMalformed("there is no such list")
        return of

    def _chunk(self, of: Remittance) -> int | None:
        """Put the people of the next chunk on a list; return how many, None if another run did."""
        put_on = 0
        for group, cursor in self._groups(of):
            people = self._put_on(of, group, cursor)
            if people is None:
                return None
            put_on += people
            of = replace(of, cursor=cursor)
        return put_on

    def _put_on(self, of: Remittance, group: Sequence[Enrollment], cursor: Cursor) -> int | None:
        people = group
        while True:
            result = self.remittances.put_on(of, people, cursor)
            if isinstance(result, Superseded):
                # It is at this cursor if only the answer of an earlier try was lost.
                return len(people) if self._get(of.id).cursor == cursor else None
            if not isinstance(result, Overtaken):
                return len(people)
            people = _still_due(of, people, result)

    def _groups(self, of: Remittance) -> Iterator[_Group]:
        """Iterate over groups of people of the next chunk, each with the cursor after it."""
        batch = self.batches.get(of.files[of.cursor.file])
        number = of.cursor.chunk
        following = Cursor(of.cursor.file + 1)
        if batch is None or number > batch.chunks:
            yield [], following
            return
        if number < batch.chunks:
            following = Cursor(of.cursor.file, number + 1)
        found = self._due(of, batch, number)
        groups = list(_in_groups(found))
        for place, group in enumerate(groups):
            is_last = place == len(groups) - 1
            after = Cursor(of.cursor.file, number, group[-1][0] + 1)
            yield [person for _, person in group], following if is_last else after
        if not groups:
            yield [], following

    def _due(self, of: Remittance, batch: Batch, number: int) -> list[tuple[int, Enrollment]]:
        """Return the people of a chunk whose premium is due, with the indexes of their rows."""
        if self.batches.chunk(batch.id, number).lost:
            return []  # its people were moved to other files
        rows = recipient_store(self.objects).rows(batch.id, number)
        places = {row.source.line: place for place, row in enumerate(rows)}
        people = enrolled_by(batch, rows[of.cursor.row :], self.enrollments)
        due = [(places[row.source.line], who) for row, who in people if _is_due(of, who)]
        return sorted(due, key=lambda each: each[0])


def _in_groups(
    found: Sequence[tuple[int, Enrollment]],
) -> Iterator[list[tuple[int, Enrollment]]]:
    """Iterate over groups of neighbours of one account, as many as fit into a transaction."""
    for _, same in groupby(found, key=lambda each: account_of(each[1])):
        people = list(same)
        for start in range(0, len(people), LISTED_AT_ONCE):
            yield people[start : start + LISTED_AT_ONCE]


def _is_due(of: Remittance, person: Enrollment) -> bool:
    """Whether a person's premium is deducted, and on no list that is in force."""
    is_free = person.on_list is None and person.standing == DEDUCTED
    return is_free and (person.bank, person.programme) == (of.bank, of.programme)


def _still_due(of: Remittance, people: Sequence[Enrollment], result: Overtaken) -> list[Enrollment]:
    """Return those of a group who are due, after some have moved."""
    now = [result.people.get(each.recipient.nik, each) for each in people]
    return [
        each
        for each, before in zip(now, people, strict=True)
        if each and each.reference == before.reference and _is_due(of, each)
    ]
