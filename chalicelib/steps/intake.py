"""Takes in an uploaded file: once, in full, or not at all.

The rows are judged here, one after the other, and not later chunk by chunk. Which of two rows of
one person counts depends on whether the first is fit to be enrolled; and one version of the rules
judges a whole file. The rows go into chunk objects. The chunks are queued only after the last row
is read and the control totals agree: until then nobody is enrolled.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Batches, Clock, Gates, Lease, Objects, Outbox, Readers
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch, BatchStatus, Upload
from chalicelib.domain.file.notification import NotificationMalformed, uploads_in
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.jobs import MOST_TIMES_PUT_BACK
from chalicelib.domain.messages.budget import within_budget
from chalicelib.domain.messages.sending import Sending, month_of
from chalicelib.domain.person.reference import batch_id
from chalicelib.errors import MessageMalformed, NotYet, OutOfTime
from chalicelib.files.limits import Limits
from chalicelib.kinds.registry import KINDS, Kinds
from chalicelib.steps.gate import waiting_beside
from chalicelib.steps.report import write_summary
from chalicelib.steps.split import Split, StillBeingRead

log = logging.getLogger(__name__)

READERS_A_BANK = 2
"""How many of the five readers one bank's files may have at a time."""
MOST_CUT_OFF = 2
"""How often the reading of a file is cut off before the file is refused."""
_GRACE = timedelta(seconds=30)
"""How long after its time a function may still end. It includes what the deadline keeps back."""
_LONG = 300.0
"""Seconds of reading after which a file that had no more time was cut off."""
# Ten digits or more may be a NIK, a phone or an account number, also with signs between; no bank.
_FOLDER = re.compile(r"(?!.*[0-9](?:[_-]*[0-9]){9})[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
ELSEWHERE = "tidak-dikenal"
"""The bank of a file that lies in no bank's folder: its summary goes there."""


class ReadersTaken(NotYet):
    """As many files of the bank are being read as one bank may have."""

    after = timedelta(seconds=30)


def uploads(body: str) -> list[Upload]:
    """Return the uploads that a message of the intake queue names.

    Raises:
        MessageMalformed: it is no S3 notification.
    """
    try:
        return uploads_in(body)
    except NotificationMalformed as error:
        raise MessageMalformed(str(error)) from None


@dataclass(frozen=True, kw_only=True)
class TakeUpload:
    """Brings an upload to where its chunks are queued, or to where it is refused.

    `chunk_rows` is how many rows go into one chunk. `new_claim` makes the token of a reading.
    """

    batches: Batches
    objects: Objects
    outbox: Outbox
    readers: Readers
    agreements: Agreements
    gates: Gates
    sending: Sending
    chunk_rows: int
    clock: Clock
    deadline: Deadline
    limits: Limits = field(default_factory=Limits)
    kinds: Kinds = KINDS
    new_claim: Callable[[], str] = lambda: uuid4().hex

    def run(self, upload: Upload, *, read: list[Batch] | None = None) -> Batch:
        """Take one upload in; return its batch.

        Safe to repeat at any time: a repeated delivery finds the batch of the first, and does what
        is not done for it. A file that this delivery has read to its end is added to `read`.

        Raises:
            Retry: it could not be finished now.
            ObjectMissing: the object is gone.
        """
        batch = self._claim(upload)
        if batch.status is BatchStatus.RECEIVED:
            splitting = replace(batch, status=BatchStatus.SPLITTING)
            self.batches.advance(splitting, BatchStatus.RECEIVED)
            batch = splitting
        if batch.status is BatchStatus.SPLITTING:
            try:
                batch = self._read(batch)
            except (StillBeingRead, ReadersTaken) as wait:
                self._put_back(upload, wait.after)
                return batch
            if not self.batches.advance(batch, BatchStatus.SPLITTING):
                # Another delivery has read the file, or this one has and the answer was lost.
                batch = self._as_stored(batch)
            elif read is not None:
                read.append(batch)
        self._hand_on(batch)
        return batch

    def set_aside(self, upload: Upload) -> Batch:
        """End an upload that can never be read: the file is refused, and nobody is enrolled.

        A file that was read meanwhile goes on.

        Raises:
            Retry: it could not be finished now.
        """
        batch = self._claim(upload)
        if batch.status is BatchStatus.RECEIVED:
            self.batches.advance(replace(batch, status=BatchStatus.SPLITTING), BatchStatus.RECEIVED)
        refused = replace(
            batch, status=BatchStatus.REFUSED, errors=(Finding.of(Code.FILE_SET_ASIDE),)
        )
        if not self.batches.advance(refused, BatchStatus.SPLITTING):
            refused = self._as_stored(batch)
        self._hand_on(refused)
        return refused

    def _read(self, batch: Batch) -> Batch:
        """Read a file with one of its bank's readers, unless it was cut off too often.

        Raises:
            ReadersTaken: the bank has as many readers at work as one bank may have.
            OutOfTime: the time is nearly over.
        """
        now, seconds = self.clock(), self.deadline.seconds
        lease = Lease(self.new_claim(), now + timedelta(seconds=max(seconds, 0)) + _GRACE)
        if not self.readers.take(batch.bank, lease, now=now, share=READERS_A_BANK):
            raise ReadersTaken("all readers of this bank are at work")
        try:
            if self.readers.begin(batch.id, lease, now=now) >= MOST_CUT_OFF:
                log.error("file was cut off too often", extra={"batch": batch.id})
                hard = Finding.of(Code.FILE_TOO_HARD, times=MOST_CUT_OFF)
                return replace(batch, status=BatchStatus.REFUSED, errors=(hard,))
            try:
                return self._estimated(self._split(batch))
            except Exception as fault:
                # A file that had most of the function's time is too hard. Any other fault is not
                # the file's.
                had_time = seconds - self.deadline.seconds >= _LONG
                if not (isinstance(fault, OutOfTime) and had_time):
                    self.readers.end(batch.id, lease)
                raise
        finally:
            self.readers.free(batch.bank, lease, share=READERS_A_BANK)

    def _put_back(self, upload: Upload, after: timedelta) -> None:
        """Queue the upload for later.

        Raises:
            NotYet: it was put back too often.
        """
        if upload.again >= MOST_TIMES_PUT_BACK:
            raise NotYet(f"the job was put back {upload.again} times")
        self.outbox.intake(replace(upload, again=upload.again + 1), after=after)

    def _claim(self, upload: Upload) -> Batch:
        """Return the batch of this upload, stored now or by an earlier delivery."""
        bank, scheme = _folders(upload.key, self.agreements, self.kinds)
        attempt = 0
        while True:
            batch = Batch(
                id=batch_id(upload.bucket, upload.key, upload.version, attempt=attempt),
                upload=upload,
                bank=bank,
                scheme=scheme,
                # A file counts from when the bank put it there, however long it waited for us; and
                # never from a time that is still to come.
                received_at=min(upload.at, self.clock()),
                chunk_rows=self.chunk_rows,
            )
            stored = self.batches.claim(batch)
            if (stored.upload.key, stored.upload.version) == (upload.key, upload.version):
                return stored
            attempt += 1  # another upload has this short id already

    def _split(self, batch: Batch) -> Batch:
        split = Split(
            batch=batch,
            kind=self.kinds.of(batch.scheme),
            agreements=self.agreements,
            batches=self.batches,
            objects=self.objects,
            sending=self.sending,
            deadline=self.deadline,
            limits=self.limits,
        )
        return split.run()

    def _estimated(self, batch: Batch) -> Batch:
        """Return the file with what is left of the month's budget, and a warning if that is low."""
        if batch.estimate is None or not self.sending.budget:
            return batch
        gate = self.gates.read(month_of(self.clock()))
        waiting = waiting_beside(batch, batches=self.batches)
        estimate, warning = within_budget(batch.estimate, self.sending, gate, waiting=waiting)
        warnings = (*batch.warnings, warning) if warning else batch.warnings
        return replace(batch, estimate=estimate, warnings=warnings)

    def _as_stored(self, batch: Batch) -> Batch:
        stored = self.batches.get(batch.id)
        if stored is None:
            raise NotYet("the file's item is gone")
        return stored

    def _hand_on(self, batch: Batch) -> None:
        """Queue what comes next, again if need be: a repeated job finds its work done.

        A file that was taken gets its first summary before anybody is enrolled by it, so that the
        bank sees the estimate. That summary never replaces a later one.
        """
        if batch.status is BatchStatus.REFUSED:
            self.outbox.report(batch.id)
        if batch.status is BatchStatus.ENROLLING:
            chunks = self.batches.chunks(batch.id)
            sums = Sums.of(chunks)
            write_summary(batch, sums, self.objects, self.kinds, unless_there=True)
            if batch.corrects:
                # The summary of that file says so, too.
                self.batches.note_correction(batch.corrects, by=batch.id)
                self.outbox.report(batch.corrects)
            done = {chunk.chunk for chunk in chunks if chunk.done}
            self.outbox.enroll(batch.id, [n for n in range(1, batch.chunks + 1) if n not in done])


def _folders(key: str, agreements: Agreements, kinds: Kinds) -> tuple[str, str]:
    """Return bank and scheme (or the kind's folder) of a key `incoming/<bank>/<scheme>/<file>`.

    An unknown folder that is a plain word is returned unchanged: the refusal names it.
    """
    bank, _, rest = key.removeprefix(bucket_keys.INCOMING).partition("/")
    scheme, slash, _ = rest.partition("/")
    known = agreements.bank(bank) if bank == bank.strip() else None
    code = known.code if known else bank if _FOLDER.fullmatch(bank) and rest else ELSEWHERE
    if not slash or not _FOLDER.fullmatch(scheme):
        return code, ""
    return code, kinds.folder(scheme) or agreements.scheme(scheme) or scheme
