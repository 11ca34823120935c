"""All steps over memory: a file goes its whole way without AWS, network or clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from builders import NOW, a_nik, an_upload, replace
from fakes import (
    MemoryBatches,
    MemoryEnrollments,
    MemoryGates,
    MemoryObjects,
    MemoryQueue,
    MemoryTables,
    MemoryTrigger,
    RecordingTexter,
)

from chalicelib import enroll, gate, intake, notify, report
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import Batch, Upload
from chalicelib.domain.jobs import ChunkJob, ReportJob, SmsJob
from chalicelib.domain.programme import Agreements, load_agreements
from chalicelib.domain.sending import Prices, Sending
from chalicelib.files.limits import Limits
from chalicelib.pace import Pace
from chalicelib.sweep import Sweep, Swept

AGREEMENTS = load_agreements()
HEADER = "NIK,Nama,Nilai Bantuan,No HP"
PRICES = Prices({"62": 45_000}, 500_000)
ALWAYS = Sending(PRICES)
"""Messages go out at any time, and cost what they cost."""
Content = Sequence[str] | str | bytes


@dataclass
class World:
    """All steps over memory, with a clock that stands where a test puts it."""

    tables: MemoryTables = field(default_factory=MemoryTables)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    intake_queue: MemoryQueue = field(default_factory=MemoryQueue)
    chunk_queue: MemoryQueue = field(default_factory=MemoryQueue)
    sms_queue: MemoryQueue = field(default_factory=MemoryQueue)
    report_queue: MemoryQueue = field(default_factory=MemoryQueue)
    texter: RecordingTexter = field(default_factory=RecordingTexter)
    agreements: Agreements = AGREEMENTS
    now: datetime = NOW
    remaining: float = 600.0
    chunk_rows: int = 4
    limits: Limits = field(default_factory=Limits)
    claims: int = 0
    pace: Pace = field(default_factory=lambda: Pace(0))
    only_to: frozenset[str] = frozenset()
    trigger: MemoryTrigger = field(default_factory=MemoryTrigger)
    sending: Sending = ALWAYS

    def __post_init__(self) -> None:
        self.enrollments: Any = MemoryEnrollments(self.tables)
        self.batches: Any = MemoryBatches(self.tables)
        self.gates: Any = MemoryGates(self.tables)

    def clock(self) -> datetime:
        return self.now

    @property
    def deadline(self) -> Deadline:
        def sleep(seconds: float) -> None:
            self.remaining -= seconds

        return Deadline(lambda: int(self.remaining * 1000), sleep=sleep)

    def put(
        self,
        content: Content,
        key: str = "incoming/002/BPUM/a.csv",
        *,
        size: int | None = None,
    ) -> Upload:
        """Store an upload: lines below `HEADER`, or a whole file as text or bytes.

        `size` is what S3 says instead of the real one.
        """
        if not isinstance(content, str | bytes):
            content = "\n".join((HEADER, *content)) + "\n"
        body = content.encode() if isinstance(content, str) else content
        self.objects.stored[key] = body
        return replace(an_upload(key), at=self.now, size=len(body) if size is None else size)

    def take(self, upload: Upload) -> Batch:
        return intake.take_upload(upload, **self._intake())

    def take_all(self, uploads: Sequence[Upload]) -> None:
        intake.take_uploads(uploads, **self._intake())

    def _intake(self) -> dict[str, Any]:
        return {
            "batches": self.batches,
            "objects": self.objects,
            "intake_queue": self.intake_queue,
            "chunk_queue": self.chunk_queue,
            "report_queue": self.report_queue,
            "agreements": self.agreements,
            "clock": self.clock,
            "deadline": self.deadline,
            "chunk_rows": self.chunk_rows,
            "gates": self.gates,
            "sending": self.sending,
            "limits": self.limits,
        }

    def enroll(self, job: ChunkJob) -> None:
        enroll.enroll_chunk(
            job,
            batches=self.batches,
            enrollments=self.enrollments,
            objects=self.objects,
            sms_queue=self.sms_queue,
            report_queue=self.report_queue,
            agreements=self.agreements,
            clock=self.clock,
            deadline=self.deadline,
        )

    def notify(self, job: SmsJob, claim: str | None = None) -> None:
        self.claims += 1
        notify.send_confirmations(
            job,
            claim=claim or f"claim-{self.claims}",
            enrollments=self.enrollments,
            batches=self.batches,
            texter=self.texter,
            sms_queue=self.sms_queue,
            report_queue=self.report_queue,
            agreements=self.agreements,
            clock=self.clock,
            deadline=self.deadline,
            pace=self.pace,
            gates=self.gates,
            sending=self.sending,
            only_to=self.only_to,
        )

    def report(self, job: ReportJob) -> report.Reported:
        return report.write_report(
            job,
            batches=self.batches,
            objects=self.objects,
            clock=self.clock,
            deadline=self.deadline,
        )

    def sweep(self) -> Swept:
        return Sweep(
            batches=self.batches,
            enrollments=self.enrollments,
            objects=self.objects,
            intake_queue=self.intake_queue,
            chunk_queue=self.chunk_queue,
            sms_queue=self.sms_queue,
            report_queue=self.report_queue,
            gates=self.gates,
            sending=self.sending,
            clock=self.clock,
            deadline=self.deadline,
        ).run()

    def keep_gate(self) -> gate.Kept:
        return gate.keep_gate(
            gates=self.gates,
            trigger=self.trigger,
            sending=self.sending,
            clock=self.clock,
            deadline=self.deadline,
        )

    def pause(self, batch: str | None = None) -> None:
        gate.pause(
            by="dinas-1",
            reason="salah teks",
            batch=batch,
            gates=self.gates,
            trigger=self.trigger,
            clock=self.clock,
            deadline=self.deadline,
        )

    def resume(self, batch: str | None = None) -> None:
        gate.resume(
            batch=batch,
            gates=self.gates,
            trigger=self.trigger,
            sending=self.sending,
            clock=self.clock,
            deadline=self.deadline,
        )

    def sending_state(self) -> gate.SendingState:
        return gate.sending_state(
            gates=self.gates,
            batches=self.batches,
            sending=self.sending,
            clock=self.clock,
            deadline=self.deadline,
        )

    def drive_chunks(self) -> None:
        """Do the chunks that wait, and nothing else."""
        for body in _taken(self.chunk_queue):
            self.enroll(ChunkJob.model_validate_json(body))

    def drive(self) -> None:
        """Do every job that waits, and those that come of it, until only such wait as must."""
        queues = (self.intake_queue, self.chunk_queue, self.sms_queue, self.report_queue)
        before = None
        while any(queue.bodies for queue in queues):
            waiting = [list(queue.bodies) for queue in queues]
            if waiting == before:
                return  # messages that may not go out: they come back as they went
            before = waiting
            for body in _taken(self.intake_queue):
                for upload in intake.uploads(body):
                    self.take(upload)
            self.drive_chunks()
            for body in _taken(self.sms_queue):
                self.notify(SmsJob.model_validate_json(body))
            for body in _taken(self.report_queue):
                self.report(ReportJob.model_validate_json(body))

    def result(self, batch: Batch, name: str) -> str:
        return self.objects.stored[f"results/{batch.bank}/{batch.id}/{name}"].decode("utf-8-sig")

    def run(
        self,
        content: Content,
        key: str = "incoming/002/BPUM/a.csv",
        *,
        size: int | None = None,
    ) -> Batch:
        """Take a file the whole way; return it as it ended."""
        batch = self.take(self.put(content, key, size=size))
        self.drive()
        return self.tables.files[batch.id]


def a_line(number: int = 1, **changes: str) -> str:
    """Return the line of a made-up person, fit to be enrolled unless a change says otherwise."""
    values = {
        "nik": a_nik(number),
        "name": f"Siti Contoh {chr(65 + number % 26)}{chr(97 + number // 26 % 26)}la",
        "amount": "1200000",
        "phone": f"0812{number:08d}",
    }
    return ",".join((values | changes).values())


def _taken(queue: MemoryQueue) -> list[str]:
    bodies, queue.bodies = queue.bodies, []
    return bodies
