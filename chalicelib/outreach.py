"""Writes the lists of the people whom no message has reached, for officers to call or visit.

One CSV for each regency, over all of a bank's files, written anew each time: whoever was reached
since, or was erased, is no longer in it.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.adapters.protocols import Batches, Clock, Enrollments, Objects
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress
from chalicelib.domain.enrollment import Enrollment, Sms
from chalicelib.domain.jobs import OutreachJob
from chalicelib.domain.nik import mask_nik
from chalicelib.domain.programme import Agreements
from chalicelib.domain.sms_reasons import REASONS, explained
from chalicelib.domain.totals import ELSEWHERE
from chalicelib.errors import ObjectMissing
from chalicelib.files import work
from chalicelib.files.outreach import (
    CONTENT_TYPE,
    OutreachCells,
    OutreachWriter,
    address_column,
    dialled,
    list_name,
)

log = logging.getLogger(__name__)

_FOLDER = "outreach/"
_PAGE = 50
_STATES = {
    Sms.FAILED: "gagal",
    Sms.UNCONFIRMED: "belum pasti sampai",
    Sms.NOT_POSSIBLE: "tidak dapat dikirim",
}
"""Whom the lists name: those whom a message did not reach, or not for certain."""
_UNEXPLAINED = {
    Sms.FAILED: REASONS["carrier_failed"],
    Sms.UNCONFIRMED: REASONS["no_receipt"],
    Sms.NOT_POSSIBLE: (
        "Berkas bank tidak memuat nomor ponsel yang dapat dipakai. Tanyakan nomornya, lalu kirim"
        " ulang."
    ),
}
_ELSEWHERE = ELSEWHERE, "Wilayah lain"
"""The list of those whose row names no regency and whose NIK was first given in another province:
nobody knows where they live now, and it keeps the number of lists small."""


def outreach_keys(bank: str) -> str:
    """Return what the keys of a bank's lists begin with."""
    return f"{_FOLDER}{bank}/"


def banks_with_lists(objects: Objects) -> list[str]:
    """Return the codes of the banks for which lists were ever written."""
    return sorted({key.split("/")[1] for key in objects.keys(_FOLDER)})


def write_outreach(
    job: OutreachJob,
    *,
    batches: Batches,
    enrollments: Enrollments,
    objects: Objects,
    agreements: Agreements,
    clock: Clock,
    deadline: Deadline,
) -> list[str]:
    """Write a bank's lists, and return their keys.

    Files that are still on their way are in them as far as they are settled. A list of an earlier
    time that nobody is in any more is left with its header alone. Safe to repeat.

    Raises:
        Retry: there was no time for all of the bank's files; no list was written.
        Poison: an object that an earlier step wrote is broken.
    """
    prefix = outreach_keys(job.outreach)
    with ExitStack() as stack:
        lists = _Lists(objects, stack)
        for batch in _files(job.outreach, batches, clock(), deadline):
            for person, address in _people(batch, batches, enrollments, objects, deadline):
                name, cells = _entry(person, address, agreements)
                lists.of(prefix + name).write(cells)
        for key in objects.keys(prefix):
            lists.of(key)
    return sorted(lists.writers)


@dataclass
class _Lists:
    """The lists being written: they appear together, when the stack is closed."""

    objects: Objects
    stack: ExitStack
    writers: dict[str, OutreachWriter] = field(default_factory=dict)

    def of(self, key: str) -> OutreachWriter:
        """Return the writer of a list, begun with its header."""
        if key not in self.writers:
            out = self.stack.enter_context(self.objects.writer(key, content_type=CONTENT_TYPE))
            self.writers[key] = OutreachWriter(out)
        return self.writers[key]


def _files(bank: str, batches: Batches, now: datetime, deadline: Deadline) -> list[Batch]:
    """Return all files of a bank that enroll somebody, the earliest first."""
    found: dict[str, Batch] = {}
    before, limit = now, _PAGE
    while True:
        deadline.check()
        page = deadline.patiently(
            lambda before=before, limit=limit: batches.of_bank(bank, before=before, limit=limit)  # type: ignore[misc]
        )
        known = len(found)
        found |= {batch.id: batch for batch in page}
        if len(page) < limit:
            break
        # A page begins with the moment at which the last one ended, for several files may have
        # come then; so many that a page has nothing else need a longer one.
        before, limit = page[-1].received_at, limit if len(found) > known else 2 * limit
    enrolling = {BatchStatus.ENROLLING, BatchStatus.COMPLETED}
    files = [batch for batch in found.values() if batch.status in enrolling]
    return sorted(files, key=lambda batch: (batch.received_at, batch.id))


def _people(
    batch: Batch, batches: Batches, enrollments: Enrollments, objects: Objects, deadline: Deadline
) -> Iterator[tuple[Enrollment, str]]:
    """Iterate over those of a file whom no message has reached, with their address, row by row."""
    chunks = deadline.patiently(lambda: batches.chunks(batch.id))
    wanted = [chunk.chunk for chunk in chunks if _unreached(chunk)]
    if not wanted:
        return
    try:
        header, _ = work.decode_header(objects.read(work.header_key(batch.id)))
        column = address_column(header, batch.bank)
        for chunk in wanted:
            deadline.check()
            rows = work.decode_rows(objects.read(work.rows_key(batch.id, chunk)))
            candidates = {
                row.recipient.nik: row.source for row in rows if row.is_candidate and row.recipient
            }
            owners = deadline.patiently(
                lambda niks=list(candidates): enrollments.owners(batch.programme or "", niks)  # type: ignore[misc]
            )
            for nik, source in candidates.items():
                owner = owners.get(nik)
                if owner and owner.sms in _STATES and owner.is_row(batch.id, source.line):
                    yield owner, _cell(source.cells, column)
    except ObjectMissing:
        # They are kept for as long as results are, and not for ever.
        log.warning("the rows of a file are gone", extra={"batch": batch.id})


def _unreached(chunk: ChunkProgress) -> int:
    return chunk.tally.not_possible + chunk.sms.failed + chunk.sms.unconfirmed


def _cell(cells: tuple[str, ...], column: int | None) -> str:
    return cells[column].strip() if column is not None and column < len(cells) else ""


def _entry(person: Enrollment, address: str, agreements: Agreements) -> tuple[str, OutreachCells]:
    """Return the list (its file's name) in which a person stands, and what it says of them."""
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
