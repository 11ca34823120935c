"""Writes the file of an order: who asked for whose data, when, and why.

It reads the audit trail page by page and writes a workbook row by row, in flat memory.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Objects, TrailReader
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.jobs import AccessJob
from chalicelib.errors import ObjectMissing, OutOfTime, Poison
from chalicelib.files.staff.access_report import COLUMNS, cells_of
from chalicelib.files.write_workbook import CONTENT_TYPE, WorkbookWriter
from chalicelib.steps.staff.access_orders import (
    AccessOrder,
    AccessState,
    Progress,
    read_order,
    write_state,
)

_PEOPLE = COLUMNS.index("Orang")
_OF_AN_ANSWER = "shown"
"""The outcome of a line with a part of an answer's people: the line of the answer follows it."""
_TO_CLOSE = 60.0
"""Seconds: what it takes at most to send the rest of the file and its state."""
TOO_LONG, STOPPED = "too_long", "stopped"


@dataclass(frozen=True, kw_only=True)
class WriteAccessReport:
    """Writes the file of one order."""

    trail: TrailReader
    objects: Objects
    agreements: Agreements
    deadline: Deadline

    def run(self, job: AccessJob) -> AccessState:
        """Write the file; return its state. Safe to repeat: the same lines give the same file.

        A period that takes longer than a function may run has no file, and says so.

        Raises:
            Poison: there is no such order.
        """
        order = self._order(job)
        self._note(order, Progress.RUNNING)
        try:
            lines = self._write(order)
        except OutOfTime:
            return self._note(order, Progress.FAILED, why=TOO_LONG)
        return self._note(order, Progress.DONE, lines=lines)

    def give_up(self, job: AccessJob) -> AccessState:
        """End an order whose message was set aside: it has no file.

        Raises:
            Poison: there is no such order.
        """
        return self._note(self._order(job), Progress.FAILED, why=STOPPED)

    def _order(self, job: AccessJob) -> AccessOrder:
        try:
            return read_order(self.objects, job.access)
        except ObjectMissing:
            raise Poison("there is no such order, or no longer") from None

    def _write(self, order: AccessOrder) -> int:
        """Write the rows; return their number.

        Raises:
            OutOfTime: the rest of the lines would take too long; there is no file.
        """
        zone, count = ZoneInfo(order.zone), 0
        key = bucket_keys.access_file(order.id)
        with (
            self.objects.writer(key, content_type=CONTENT_TYPE) as out,
            WorkbookWriter(out, "Catatan akses", COLUMNS, numbers=[_PEOPLE]) as workbook,
        ):
            for line in self._lines(order):
                workbook.write(cells_of(line, self.agreements, zone))
                count += 1
        return count

    def _lines(self, order: AccessOrder) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            self.deadline.check(needs=_TO_CLOSE)
            word = order.person or order.user
            page = self.trail.read(order.since, order.until, word=word, after=after)
            yield from filter(lambda line: _is_asked_for(line, order), map(json.loads, page.lines))
            after = page.after
            if after is None:
                return

    def _note(
        self, order: AccessOrder, progress: Progress, *, lines: int = 0, why: str | None = None
    ) -> AccessState:
        state = AccessState(progress=progress, lines=lines, why=why)
        write_state(self.objects, order.id, state)
        return state


def _is_asked_for(line: dict[str, Any], order: AccessOrder) -> bool:
    """Whether a line belongs into the file of an order."""
    if order.user is not None and line.get("who") != order.user:
        return False
    if order.person is not None:
        return order.person in line.get("nik_hash", ())
    return line.get("outcome") != _OF_AN_ANSWER
