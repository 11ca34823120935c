"""All steps over memory: processes a file without AWS, network or clock."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from chalicelib.adapters.ports import JobQueue
from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements, load_agreements
from chalicelib.domain.file.batch import Batch, Upload
from chalicelib.domain.jobs import (
    ChunkJob,
    ListJob,
    ReportJob,
    ReverseJob,
    SingleSmsJob,
    SmsJob,
)
from chalicelib.domain.messages.sending import Prices, Sending
from chalicelib.files.limits import Limits
from chalicelib.kinds.registry import KINDS, Kinds
from chalicelib.lambdas import clients, sqs_batch
from chalicelib.lambdas import enroll as lambdas_enroll
from chalicelib.lambdas import gate as lambdas_gate
from chalicelib.lambdas import intake as lambdas_intake
from chalicelib.lambdas import notify as lambdas_notify
from chalicelib.lambdas import report as lambdas_report
from chalicelib.lambdas import sweep as lambdas_sweep
from chalicelib.lambdas.wiring import Invocation
from chalicelib.pace import Pace
from chalicelib.steps import gate, intake
from chalicelib.steps.intake import TakeUpload
from chalicelib.steps.report import ReportResult
from chalicelib.steps.sweeping.sweep import SweepCounts
from tests.support.builders import NOW, a_nik, an_upload, replace
from tests.support.fake_money.ledger import MemoryLedger, MemoryReversals
from tests.support.fake_money.remittances import MemoryRemittances
from tests.support.fakes import (
    MemoryBatches,
    MemoryEnrollments,
    MemoryEventSourceSwitch,
    MemoryGates,
    MemoryObjects,
    MemoryOutbox,
    MemoryQueue,
    MemoryReaders,
    MemoryTables,
    RecordingAnnouncer,
    RecordingSmsSender,
)

AGREEMENTS = load_agreements()
HEADER = "NIK,Nama,Nilai Bantuan,No HP"
PRICES = Prices({"62": 45_000}, 500_000)
ALWAYS = Sending(PRICES)
"""Messages go out at any time, without a budget."""
Content = Sequence[str] | str | bytes


@dataclass
class World:
    """All steps over memory, with a clock that only a test moves."""

    tables: MemoryTables = field(default_factory=MemoryTables)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    intake_queue: MemoryQueue = field(default_factory=MemoryQueue)
    chunk_queue: MemoryQueue = field(default_factory=MemoryQueue)
    sms_queue: MemoryQueue = field(default_factory=MemoryQueue)
    single_sms_queue: MemoryQueue = field(default_factory=MemoryQueue)
    report_queue: MemoryQueue = field(default_factory=MemoryQueue)
    resend_queue: MemoryQueue = field(default_factory=MemoryQueue)
    receipt_queue: MemoryQueue = field(default_factory=MemoryQueue)
    sms_sender: Any = field(default_factory=RecordingSmsSender)
    announcer: RecordingAnnouncer = field(default_factory=RecordingAnnouncer)
    page: str = "https://payung.test/"
    agreements: Agreements = AGREEMENTS
    now: datetime = NOW
    remaining: float = 600.0
    chunk_rows: int = 4
    confirm_days: int = 14
    limits: Limits = field(default_factory=Limits)
    claims: int = 0
    pace: Pace = field(default_factory=lambda: Pace(0))
    single_pace: Pace = field(default_factory=lambda: Pace(0))
    only_to: frozenset[str] = frozenset()
    event_source: MemoryEventSourceSwitch = field(default_factory=MemoryEventSourceSwitch)
    sending: Sending = ALWAYS
    kinds: Kinds = KINDS

    def __post_init__(self) -> None:
        self.enrollments: Any = MemoryEnrollments(self.tables)
        self.ledger: Any = MemoryLedger(self.tables)
        self.reversals: Any = MemoryReversals(self.tables)
        self.remittances: Any = MemoryRemittances(self.tables)
        self.batches: Any = MemoryBatches(self.tables)
        self.gates: Any = MemoryGates(self.tables)
        self.readers: Any = MemoryReaders(self.tables)

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

        `size` is the size that S3 reports instead of the real one.
        """
        if not isinstance(content, str | bytes):
            content = "\n".join((HEADER, *content)) + "\n"
        body = content.encode() if isinstance(content, str) else content
        self.objects.stored[key] = body
        return replace(an_upload(key), at=self.now, size=len(body) if size is None else size)

    @property
    def ports(self) -> Invocation:
        """The ports of one call of a function, as on Lambda."""
        return Invocation(cast("clients.World", self), self.deadline)

    @property
    def outbox(self) -> MemoryOutbox:
        return MemoryOutbox(
            {
                JobQueue.INTAKE: self.intake_queue,
                JobQueue.CHUNKS: self.chunk_queue,
                JobQueue.SMS: self.sms_queue,
                JobQueue.SINGLE_SMS: self.single_sms_queue,
                JobQueue.REPORTS: self.report_queue,
                JobQueue.RESEND: self.resend_queue,
                JobQueue.RECEIPTS: self.receipt_queue,
            }
        )

    def bucket(self, _again: object) -> MemoryObjects:
        return self.objects

    @property
    def opt_outs(self) -> Any:
        return self.sms_sender

    def take(self, upload: Upload) -> Batch:
        return self._intake().run(upload)

    def take_all(self, uploads: Sequence[Upload]) -> None:
        lambdas_intake.take_each(self._intake(), uploads, [])

    def _intake(self) -> TakeUpload:
        return dataclasses.replace(
            lambdas_intake.step(self.ports), limits=self.limits, kinds=self.kinds
        )

    def enroll(self, job: ChunkJob) -> None:
        step = dataclasses.replace(lambdas_enroll.step(self.ports), kinds=self.kinds)
        step.run(job)

    def reverse(self, job: ReverseJob) -> int:
        return lambdas_enroll.reverse_step(self.ports).run(job)

    def make_list(self, job: ListJob) -> int:
        return lambdas_enroll.list_step(self.ports).run(job)

    def set_list_aside(self, job: ListJob) -> None:
        lambdas_enroll.list_step(self.ports).set_aside(job)

    def notify(self, job: SmsJob, claim: str | None = None) -> None:
        self.claims += 1
        step = lambdas_notify.step(self.ports, single=isinstance(job, SingleSmsJob))
        step.run(job, claim=claim or f"claim-{self.claims}")

    def report(self, job: ReportJob) -> ReportResult:
        step = dataclasses.replace(lambdas_report.report_step(self.ports), kinds=self.kinds)
        done = step.run(job)
        dataclasses.replace(lambdas_report.inform_step(self.ports), kinds=self.kinds).run(job)
        return done

    def sweep(self) -> SweepCounts:
        return lambdas_sweep.step(self.ports).run()

    def keep_gate(self) -> gate.GateStatus:
        return lambdas_gate.step(self.ports).keep()

    def pause(self, batch: str | None = None) -> None:
        self._gatekeeper().pause(by="dinas-1", reason="salah teks", batch=batch)

    def resume(self, batch: str | None = None) -> None:
        self._gatekeeper().resume(batch=batch)

    def _gatekeeper(self) -> gate.Gatekeeper:
        ports = self.ports
        return dataclasses.replace(lambdas_gate.step(ports), event_source=ports.event_source_once)

    def sending_state(self) -> gate.SendingState:
        return gate.sending_state(
            gates=self.gates, batches=self.batches, sending=self.sending, clock=self.clock
        )

    def drive_chunks(self) -> None:
        """Process the waiting chunks, and nothing else."""
        for body in _taken(self.chunk_queue):
            job = sqs_batch.job_of((ChunkJob, ReverseJob, ListJob), body)
            if isinstance(job, ListJob):
                self.make_list(job)
            elif isinstance(job, ReverseJob):
                self.reverse(job)
            else:
                self.enroll(job)

    def drive(self) -> None:
        """Process all jobs, and the jobs that they queue, until only postponed messages wait."""
        queues = (
            self.intake_queue,
            self.chunk_queue,
            self.single_sms_queue,
            self.sms_queue,
            self.report_queue,
        )
        before = None
        while any(queue.bodies for queue in queues):
            waiting = [list(queue.bodies) for queue in queues]
            if waiting == before and not self.chunk_queue.bodies:
                return  # messages that may not go out: they come back unchanged
            before = waiting
            for body in _taken(self.intake_queue):
                for upload in intake.uploads(body):
                    self.take(upload)
            self.drive_chunks()
            for body in (*_taken(self.single_sms_queue), *_taken(self.sms_queue)):
                self.notify(sqs_batch.job_of((SmsJob, SingleSmsJob), body))
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
        """Process a file to the end; return its last state."""
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
