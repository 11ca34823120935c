"""Takes in an uploaded file: once, in full, or not at all.

The rows are judged here, one after the other, and not later chunk by chunk: which of two rows of
the same person counts depends on whether the first is fit to be enrolled, and a whole file is
judged by one version of the rules. What is read goes into chunk objects; only when the last row was
read, and the control totals agree, are the chunks handed on. Until then nobody is enrolled.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.adapters.protocols import Batches, Clock, Gates, Objects, Queue
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, BatchStatus, Upload
from chalicelib.domain.budget import within_budget
from chalicelib.domain.jobs import ChunkJob, ReportJob
from chalicelib.domain.notification import NotificationMalformed, notification_of, uploads_in
from chalicelib.domain.programme import Agreements
from chalicelib.domain.reference import batch_id
from chalicelib.domain.sending import Sending, month_of
from chalicelib.domain.summary import Sums
from chalicelib.errors import MessageMalformed, NotYet
from chalicelib.files.limits import Limits
from chalicelib.gate import waiting_beside
from chalicelib.report import write_summary
from chalicelib.split import Split, StillBeingRead

log = logging.getLogger(__name__)

INCOMING = "incoming/"
_A_WHILE = timedelta(minutes=1)
"""When to look again whether another file of the same rows was taken."""
# Ten digits or more may be a NIK, a phone or an account number, and no bank.
_FOLDER = re.compile(r"(?![0-9]{10})[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_ELSEWHERE = "tidak-dikenal"
"""Where the summary of a file goes that was put into no bank's folder."""


def uploads(body: str) -> list[Upload]:
    """Return the uploads that a message of the intake queue speaks of.

    Raises:
        MessageMalformed: it is no S3 notification.
    """
    try:
        return uploads_in(body)
    except NotificationMalformed as error:
        raise MessageMalformed(str(error)) from None


def take_uploads(
    uploads: Sequence[Upload], *, read: list[Batch] | None = None, **world: Any
) -> None:
    """Take each upload in (see `take_upload`); what fails with one does not hold up the others.

    Raises:
        Exception: the first that an upload raised, once all of them were tried.
    """
    faults: list[Exception] = []
    for upload in uploads:
        try:
            take_upload(upload, read=read, **world)
        except Exception as fault:  # noqa: BLE001  # raised below
            faults.append(fault)
    if faults:
        raise faults[0]


def take_upload(
    upload: Upload,
    *,
    batches: Batches,
    objects: Objects,
    intake_queue: Queue,
    chunk_queue: Queue,
    report_queue: Queue,
    agreements: Agreements,
    clock: Clock,
    deadline: Deadline,
    chunk_rows: int,
    gates: Gates,
    sending: Sending,
    limits: Limits | None = None,
    read: list[Batch] | None = None,
) -> Batch:
    """Bring an upload to where its chunks are queued, or to where it is refused.

    Safe to repeat at any time: the first delivery's batch is found again, and what was not done
    for it is done. A file that this delivery has read to its end is added to `read`.

    Raises:
        Retry: it could not be finished now.
        ObjectMissing: the object is gone.
    """
    batch = _claim(upload, batches, agreements, clock, deadline, chunk_rows)
    if batch.status is BatchStatus.RECEIVED:
        splitting = replace(batch, status=BatchStatus.SPLITTING)
        deadline.patiently(lambda: batches.advance(splitting, BatchStatus.RECEIVED))
        batch = splitting
    if batch.status is BatchStatus.SPLITTING:
        try:
            split = Split(batch, agreements, objects, deadline, limits or Limits(), sending)
            batch = _estimated(split.run(batches), batches, gates, sending, clock, deadline)
        except StillBeingRead:
            again = notification_of(upload)
            deadline.patiently(lambda: intake_queue.send([again], delay=_A_WHILE))
            return batch
        if not deadline.patiently(lambda: batches.advance(batch, BatchStatus.SPLITTING)):
            # Another delivery has read the file, or this one and the answer was lost.
            batch = _as_stored(batch, batches, deadline)
        elif read is not None:
            read.append(batch)
    _hand_on(batch, batches, objects, chunk_queue, report_queue, deadline)
    return batch


def _estimated(
    batch: Batch,
    batches: Batches,
    gates: Gates,
    sending: Sending,
    clock: Clock,
    deadline: Deadline,
) -> Batch:
    """Return a file with what the month's budget has left for its messages, and a word on it."""
    if batch.estimate is None or not sending.budget:
        return batch
    gate = deadline.patiently(lambda: gates.read(month_of(clock())))
    waiting = waiting_beside(batch, batches=batches, deadline=deadline)
    estimate, warning = within_budget(batch.estimate, sending, gate, waiting=waiting)
    warnings = (*batch.warnings, warning) if warning else batch.warnings
    return replace(batch, estimate=estimate, warnings=warnings)


def _as_stored(batch: Batch, batches: Batches, deadline: Deadline) -> Batch:
    stored = deadline.patiently(lambda: batches.get(batch.id))
    if stored is None:
        raise NotYet("the file's item is gone")
    return stored


def _claim(
    upload: Upload,
    batches: Batches,
    agreements: Agreements,
    clock: Clock,
    deadline: Deadline,
    chunk_rows: int,
) -> Batch:
    """Return the batch of this upload, stored now or by an earlier delivery."""
    bank, scheme = _folders(upload.key, agreements)
    attempt = 0
    while True:
        batch = Batch(
            id=batch_id(upload.bucket, upload.key, upload.version, attempt=attempt),
            upload=upload,
            bank=bank,
            scheme=scheme,
            # A file counts from when the bank put it there, however long it waited for us; and
            # never from a time that is still to come.
            received_at=min(upload.at, clock()),
            chunk_rows=chunk_rows,
        )
        stored = deadline.patiently(lambda batch=batch: batches.claim(batch))  # type: ignore[misc]
        same = (stored.upload.key, stored.upload.version) == (upload.key, upload.version)
        if same:
            return stored
        attempt += 1  # another upload has this short id already


def _folders(key: str, agreements: Agreements) -> tuple[str, str]:
    """Return bank and scheme of a key `incoming/<bank>/<scheme>/<file>`, as the registry has them.

    What is unknown is returned as it stands where it is a plain word, for the refusal to name.
    """
    bank, _, rest = key.removeprefix(INCOMING).partition("/")
    scheme, slash, _ = rest.partition("/")
    known = agreements.bank(bank)
    code = known.code if known else bank if _FOLDER.fullmatch(bank) and rest else _ELSEWHERE
    if not slash or not _FOLDER.fullmatch(scheme):
        return code, ""
    return code, agreements.scheme(scheme) or scheme


def _hand_on(
    batch: Batch,
    batches: Batches,
    objects: Objects,
    chunk_queue: Queue,
    report_queue: Queue,
    deadline: Deadline,
) -> None:
    """Queue what comes next, again if need be: a repeated job finds its work done.

    A file that was taken has its first summary before anybody is enrolled by it, so that the bank
    sees what was reckoned; it never takes the place of a later one.
    """
    if batch.status is BatchStatus.REFUSED:
        deadline.patiently(lambda: report_queue.send([ReportJob(batch=batch.id).model_dump_json()]))
    if batch.status is BatchStatus.ENROLLING:
        chunks = deadline.patiently(lambda: batches.chunks(batch.id))
        write_summary(batch, Sums.of(chunks), objects, unless_there=True)
        done = {chunk.chunk for chunk in chunks if chunk.done}
        jobs = [
            ChunkJob(batch=batch.id, chunk=number).model_dump_json()
            for number in range(1, batch.chunks + 1)
            if number not in done
        ]
        deadline.patiently(lambda: chunk_queue.send(jobs))
