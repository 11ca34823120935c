"""Writes the lists of people whom no message has reached, for officers to call or visit.

One CSV for each regency, over all of a bank's files, and one with the counts by reason. Each run
writes them again in full: people who were reached or erased since are no longer in them.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Batches, Clock, Enrollments, Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.cells.nik import mask_nik
from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress
from chalicelib.domain.file.totals import ELSEWHERE
from chalicelib.domain.jobs import OutreachJob
from chalicelib.domain.messages.sms_reasons import REASONS, explained
from chalicelib.domain.person.enrollment import Enrollment, Sms
from chalicelib.errors import ObjectMissing
from chalicelib.files.staff.outreach_lists import (
    CONTENT_TYPE,
    COUNTS_NAME,
    OutreachCells,
    OutreachWriter,
    dialled,
    list_name,
    write_counts,
)
from chalicelib.kinds.recipients.columns import Column, column_in
from chalicelib.kinds.recipients.enrolled import enrolled_by
from chalicelib.kinds.recipients.rows import recipient_store

log = logging.getLogger(__name__)

_PAGE = 50
_STATES = {
    Sms.FAILED: "gagal",
    Sms.UNCONFIRMED: "belum pasti sampai",
    Sms.NOT_POSSIBLE: "tidak dapat dikirim",
}
"""The lists name people whom a message did not reach, or not for certain."""
_UNEXPLAINED = {
    Sms.FAILED: REASONS["carrier_failed"],
    Sms.UNCONFIRMED: REASONS["no_receipt"],
    Sms.NOT_POSSIBLE: (
        "Berkas bank tidak memuat nomor ponsel yang dapat dipakai. Tanyakan nomornya, lalu kirim"
        " ulang."
    ),
}
_ELSEWHERE = ELSEWHERE, "Wilayah lain"
"""The list of people whose row names no regency and whose NIK is of another province: nobody knows
where they live now. One list for all of them keeps the number of lists small."""


def banks_with_lists(objects: Objects) -> list[str]:
    """Return the codes of the banks for which lists were ever written."""
    return sorted({key.split("/")[1] for key in objects.keys(bucket_keys.OUTREACH)})


@dataclass(frozen=True, kw_only=True)
class WriteOutreach:
    """Writes a bank's outreach lists."""

    batches: Batches
    enrollments: Enrollments
    objects: Objects
    agreements: Agreements
    clock: Clock
    deadline: Deadline

    def run(self, job: OutreachJob) -> list[str]:
        """Write a bank's lists, and return their keys.

        Of a file that is not completed, they have the people who are settled so far. A list that
        has no people left is written with its header alone. Safe to repeat.

        Raises:
            Retry: there was no time for all of the bank's files; no list was written.
            Poison: an object that an earlier step wrote is broken.
        """
        prefix = bucket_keys.outreach_folder(job.outreach)
        people = bucket_keys.outreach_people(job.outreach)
        counts = prefix + COUNTS_NAME
        niks: set[str] = set()
        reasons: Counter[tuple[str, str]] = Counter()
        with ExitStack() as stack:
            lists = _Lists(self.objects, stack)
            for batch in self._files(job.outreach):
                for person, address in self._people(batch):
                    name, cells = _entry(person, address, self.agreements)
                    lists.of(prefix + name).write(cells)
                    niks.add(person.recipient.nik)
                    reasons[cells.reason, cells.status] += 1
            for key in self.objects.keys(prefix):
                if key not in {people, counts}:
                    lists.of(key)
            if lists.writers:
                # Before the lists appear: the audit trail names everybody whom they show.
                body = json.dumps(sorted(niks)).encode()
                self.objects.write(people, body, content_type="application/json")
                write_counts(
                    stack.enter_context(self.objects.writer(counts, content_type=CONTENT_TYPE)),
                    reasons,
                )
        return sorted(lists.writers)

    def _files(self, bank: str) -> list[Batch]:
        """Return all files of a bank that enroll somebody, the earliest first."""
        found: dict[str, Batch] = {}
        before, limit = self.clock(), _PAGE
        while True:
            self.deadline.check()
            page = self.batches.of_bank(bank, before=before, limit=limit)
            known = len(found)
            found |= {batch.id: batch for batch in page}
            if len(page) < limit:
                break
            # A page begins at the moment at which the last one ended, because several files may
            # have come then. So many that they fill a whole page need a longer page.
            before, limit = page[-1].received_at, limit if len(found) > known else 2 * limit
        enrolling = {BatchStatus.ENROLLING, BatchStatus.COMPLETED}
        # Only files of recipients have a programme. The rows of other kinds are no recipients.
        files = [each for each in found.values() if each.programme and each.status in enrolling]
        return sorted(files, key=lambda batch: (batch.received_at, batch.id))

    def _people(self, batch: Batch) -> Iterator[tuple[Enrollment, str]]:
        """Iterate over a file's people whom no message reached, with their address, row by row."""
        wanted = [each.chunk for each in self.batches.chunks(batch.id) if _unreached(each)]
        if not wanted:
            return
        try:
            store = recipient_store(self.objects)
            header, _ = store.header(batch.id)
            column = column_in(header, Column.ADDRESS, batch.bank)
            for chunk in wanted:
                self.deadline.check()
                rows = store.rows(batch.id, chunk)
                for row, person in enrolled_by(batch, rows, self.enrollments):
                    if person.sms in _STATES:
                        yield person, _cell(row.source.cells, column)
        except ObjectMissing:
            # Chunk objects are kept as long as the results, and not for ever.
            log.warning("the rows of a file are gone", extra={"batch": batch.id})


@dataclass
class _Lists:
    """The lists in work. They appear together, when the stack is closed."""

    objects: Objects
    stack: ExitStack
    writers: dict[str, OutreachWriter] = field(default_factory=dict)

    def of(self, key: str) -> OutreachWriter:
        """Return the writer of a list; a new one writes the header first."""
        if key not in self.writers:
            out = self.stack.enter_context(self.objects.writer(key, content_type=CONTENT_TYPE))
            self.writers[key] = OutreachWriter(out)
        return self.writers[key]


def _unreached(chunk: ChunkProgress) -> int:
    return 0 if chunk.lost else chunk.tally.not_possible + chunk.sms.failed + chunk.sms.unconfirmed


def _cell(cells: tuple[str, ...], column: int | None) -> str:
    return cells[column].strip() if column is not None and column < len(cells) else ""


def _entry(person: Enrollment, address: str, agreements: Agreements) -> tuple[str, OutreachCells]:
    """Return the file name of a person's list, and their row in it."""
    programme = agreements.programmes[person.programme]
    regions, code = programme.regions, person.counted_regency
    regency = regions.regencies.get(code)
    listed = (code, regency) if regency else _ELSEWHERE
    elsewhere = (
        f"{regions.provinces.get(person.recipient.nik[:2], 'Tidak diketahui')} (menurut NIK)"
    )
    bank = agreements.bank(person.bank)
    who = person.recipient
    return list_name(*listed), OutreachCells(
        name=who.name,
        nik=mask_nik(who.nik),
        address=address,
        phone=dialled(who.phone),
        regency=regency or elsewhere,
        bank=bank.name if bank else person.bank,
        scheme=person.scheme,
        starts=person.starts.isoformat(),
        ends=person.ends.isoformat(),
        reference=person.reference,
        reason=explained(person.sms_reason) or _UNEXPLAINED[person.sms],
        status=_STATES[person.sms],
    )
