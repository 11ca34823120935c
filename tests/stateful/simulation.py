"""Payung over memory, with queues as SQS has them and workers that may stop or die anywhere."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.deadline import Deadline
from chalicelib.domain.file.batch import Upload
from chalicelib.domain.file.notification import notification_of
from chalicelib.domain.jobs import (
    SET_ASIDE,
    ChunkJob,
    Decision,
    ReportJob,
    ResendJob,
    ReverseJob,
    SetAside,
    SingleSmsJob,
    SmsJob,
)
from chalicelib.domain.messages.sending import Pause
from chalicelib.domain.money.reversal import Reversal, ReversalState
from chalicelib.errors import NotYet, ObjectMissing, Retry
from chalicelib.lambdas import enroll as enroll_lambda
from chalicelib.lambdas import intake as intake_lambda
from chalicelib.lambdas import notify as notify_lambda
from chalicelib.lambdas import receipts as receipts_lambda
from chalicelib.lambdas import report as report_lambda
from chalicelib.lambdas import resend as resend_lambda
from chalicelib.lambdas import sqs_batch
from chalicelib.steps import intake, resend
from chalicelib.steps.sending import resend_person
from tests.stateful.carrier import Carrier
from tests.stateful.holds import Holds
from tests.stateful.workers import Answer, Through, Worker
from tests.support.builders import NOW, replace
from tests.support.fake_money.ledger import MemoryLedger, MemoryReversals
from tests.support.fakes import (
    MemoryBatches,
    MemoryEnrollments,
    MemoryGates,
    MemoryObjects,
    MemoryReaders,
    MemoryTables,
)
from tests.support.world import World

TRIES = 5
ALL = 10**6  # more calls than any run makes
# Objects are lost on purpose: see `an_object_is_lost`.
_EXPECTED = (Retry, ObjectMissing, resend_person.ResendRefused)
# Seconds that a function may run, and that its messages are hidden for, as they are deployed.
TIME_LIMITS = {
    "intake": 900,
    "enroll": 120,
    "notify": 60,
    "single": 60,
    "report": 900,
    "resend": 120,
    "receipts": 60,
    "sweep": 240,
    "ask": 30,
}
HIDDEN = {
    "intake": 5400,
    "enroll": 720,
    "notify": 360,
    "single": 360,
    "report": 5400,
    "resend": 720,
    "receipts": 360,
}


@dataclass(eq=False)
class Message:
    body: str
    visible_at: datetime
    receives: int = 0


class Queue:
    """Delivers at least once, in any order, and sets aside messages that failed too often."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self.messages: list[Message] = []
        self.dead: list[Message] = []

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta()) -> None:
        self.messages += [Message(body, self._simulation.now + delay) for body in bodies]

    def waiting(self) -> int:
        return len(self.messages)

    @property
    def visible(self) -> list[Message]:
        return [each for each in self.messages if each.visible_at <= self._simulation.now]

    def set_aside(self, place: int) -> None:
        """Set a dead letter aside; without one, a copy of a message that is still in the queue.

        The sweep makes such copies: the job of a dead letter may be queued again meanwhile.
        """
        letters = self.dead or list(self.messages)
        if not letters:
            return
        letter = letters[place % len(letters)]
        if letter in self.dead:
            self.dead.remove(letter)
        job = letter.body
        if job.startswith(SET_ASIDE):
            job = SetAside.model_validate_json(job).job
        decision = Decision(by="admin", reason="cannot be repaired", at=self._simulation.now)
        self.send([SetAside(set_aside=decision, job=job).model_dump_json()])

    def redrive(self) -> None:
        """Redrive the dead letters, as staff do once the fault is repaired."""
        bodies, self.dead = [each.body for each in self.dead], []
        self.send(bodies)


class WorkersWorld(World):
    """The steps of one worker: they use the simulation's time and its gate."""

    simulation: "Simulation"
    worker: Worker
    end: datetime
    slept: float

    def clock(self) -> datetime:
        return self.simulation.now

    @property
    def deadline(self) -> Deadline:
        def remaining() -> int:
            left = (self.end - self.simulation.now).total_seconds() - self.slept
            return int(left * 1000)

        def sleep(seconds: float) -> None:
            self.slept += seconds

        return Deadline(remaining, sleep=sleep)


@dataclass(eq=False)
class Running:
    """A worker with its message (the sweep and the API have none)."""

    worker: Worker
    function: str
    message: Message | None
    end: datetime


@dataclass(eq=False)
class Simulation:
    now: datetime = NOW
    tables: MemoryTables = field(default_factory=MemoryTables)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    running: list[Running] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    begun: int = 0
    orders: int = 0

    def __post_init__(self) -> None:
        self.carrier = Carrier(self)
        self.gates = MemoryGates(self.tables)
        self.readers = MemoryReaders(self.tables)
        self.enrollments = MemoryEnrollments(self.tables)
        self.ledger = MemoryLedger(self.tables)
        self.reversals = MemoryReversals(self.tables)
        self.batches = MemoryBatches(self.tables)
        self.queues = {name: Queue(self) for name in HIDDEN}
        self.holds = Holds()

    def upload(self, key: str, lines: Sequence[str]) -> None:
        """Put a bank's file into the bucket, and send S3's notification."""
        world = World(objects=self.objects, now=self.now)
        self.uploads.append(world.put(lines, key))
        self.tell_of(self.uploads[-1])

    def tell_of(self, upload: Upload) -> None:
        self.queues["intake"].send([notification_of(upload)])

    def deliver(self, function: str, message: Message, calls: int, until: str = "") -> None:
        """Give a message to a function, and start it."""
        queue = self.queues[function]
        message.receives += 1
        if message.receives > TRIES:
            queue.messages.remove(message)
            queue.dead.append(message)
            return
        message.visible_at = self.now + timedelta(seconds=HIDDEN[function])
        running = self._begin(
            function, message, lambda world: self._do(function, message.body, world)
        )
        self.go_on(running, calls, until)

    def sweep(self, calls: int = ALL, until: str = "") -> None:
        self.go_on(self._begin("sweep", None, lambda world: world.sweep()), calls, until)

    def ask(self, nik: str, phone: str | None, calls: int = ALL, until: str = "") -> None:
        """Order a person's message again, as staff do; each order has its own reason."""
        self.orders += 1
        request = resend_person.ResendRequest(nik=nik, phone=phone, reason=f"order {self.orders}")
        self.go_on(self._begin("ask", None, lambda world: _ask(request, world)), calls, until)

    def order_failed(self, batch: str) -> None:
        """Order a file's failed messages again, as staff do."""
        self.orders += 1
        chunks = self.batches.chunks(batch)
        jobs = resend.resend_jobs(batch, "staff", f"order {self.orders}", self.now, chunks)
        self.queues["resend"].send([each.model_dump_json() for each in jobs])

    def propose_reversal(self, batch: str) -> bool:
        """Propose to reverse a file of confirmations; return whether nothing spoke against it."""
        found = self.batches.get(batch)
        order = Reversal(ReversalState.PROPOSED, "ani", self.now, "a wrong file")
        may_follow = found.reversal is None or found.reversal.may_follow
        return may_follow and self.reversals.order(found, order)

    def decide_reversal(self, batch: str, *, approve: bool, lost: bool = False) -> None:
        """Approve or drop a proposal, as the other user does; its jobs may be lost."""
        found = self.batches.get(batch)
        order = found.reversal
        if order is None or order.state is not ReversalState.PROPOSED:
            return
        state = ReversalState.CHECKING if approve else ReversalState.DROPPED
        decided = replace(order, state=state, decided_by="budi", decided_at=self.now)
        assert self.reversals.order(found, decided)
        if approve and not lost:
            jobs = [ReverseJob(batch=batch, reverse=n) for n in range(1, found.chunks + 1)]
            self.queues["enroll"].send([each.model_dump_json() for each in jobs])

    def drop_proposals(self) -> None:
        """Drop every reversal that waits for the other user."""
        for batch in self.reversals.proposed():
            self.decide_reversal(batch, approve=False)

    def tell_receipt(self, message_id: str, *, delivered: bool) -> None:
        self.queues["receipts"].send([self.carrier.receipt(message_id, delivered=delivered)])

    def pause(self, batch: str | None) -> None:
        self.gates.pause(Pause(self.now, "staff", "a wrong text"), batch=batch)

    def resume_all(self) -> None:
        for batch in list(self.tables.pauses):
            self.gates.resume(batch=batch)

    def go_on(
        self, running: Running, calls: int = ALL, until: str = "", answer: Answer = Answer.WELL
    ) -> None:
        running.worker.next_answer = answer
        running.worker.go_on(calls, until)
        self._look_after(running)

    def kill(self, running: Running) -> None:
        running.worker.kill()
        self._look_after(running)

    def wind_on(self, seconds: float) -> None:
        """Let time pass; a worker over its time limit is stopped."""
        self.now += timedelta(seconds=seconds)
        for each in [each for each in self.running if each.end <= self.now]:
            self.kill(each)

    def finish_all_that_runs(self) -> None:
        """Let every worker run to its end."""
        for each in list(self.running):
            self.go_on(each)

    def work_off(self, functions: Collection[str] = tuple(HIDDEN)) -> None:
        """Process all visible messages in the queues of these functions, one by one."""
        while found := [(f, m) for f in HIDDEN if f in functions for m in self.queues[f].visible]:
            for function, message in found:
                if message in self.queues[function].messages:
                    self.deliver(function, message, ALL)

    def end(self) -> None:
        """Stop all threads."""
        for each in list(self.running):
            self.kill(each)

    def _begin(
        self, function: str, message: Message | None, do: Callable[[WorkersWorld], object]
    ) -> Running:
        self.begun += 1
        end = self.now + timedelta(seconds=TIME_LIMITS[function])
        name = f"{function}-{self.begun}"
        worker = Worker(name, lambda worker: do(self._world_of(worker, end)) and None)
        running = Running(worker, function, message, end)
        self.running.append(running)
        return running

    def _world_of(self, worker: Worker, end: datetime) -> WorkersWorld:
        def through(outside: Any) -> Any:
            return Through(worker, outside, self.holds)

        world = WorkersWorld(
            tables=self.tables,
            objects=through(self.objects),
            intake_queue=through(self.queues["intake"]),
            chunk_queue=through(self.queues["enroll"]),
            sms_queue=through(self.queues["notify"]),
            single_sms_queue=through(self.queues["single"]),
            report_queue=through(self.queues["report"]),
            sms_sender=through(self.carrier),
        )
        world.enrollments, world.batches = through(self.enrollments), through(self.batches)
        world.ledger = through(self.ledger)
        world.reversals = through(self.reversals)
        world.gates = through(self.gates)
        world.readers = through(self.readers)
        world.simulation, world.end, world.slept = self, end, 0.0
        world.worker = worker
        return world

    def _do(self, function: str, body: str, world: WorkersWorld) -> None:
        if body.startswith(SET_ASIDE):
            _end(function, SetAside.model_validate_json(body).job, world)
        elif function == "intake":
            for upload in intake.uploads(body):
                world.take(upload)
        elif function == "enroll":
            job = sqs_batch.job_of((ChunkJob, ReverseJob), body)
            if isinstance(job, ReverseJob):
                world.reverse(job)
            else:
                world.enroll(job)
        elif function in {"notify", "single"}:
            job = sqs_batch.job_of((SmsJob, SingleSmsJob), body)
            world.notify(job, claim=world.worker.name)
        elif function == "resend":
            resend_lambda.step(world.ports).run(ResendJob.model_validate_json(body))
        elif function == "receipts":
            receipts_lambda.step(world.ports).run(json.loads(body))
        else:
            world.report(ReportJob.model_validate_json(body))

    def _look_after(self, running: Running) -> None:
        worker, message = running.worker, running.message
        if not worker.ended:
            return
        self.running.remove(running)
        self.holds.release(worker)
        if worker.error is not None and not isinstance(worker.error, _EXPECTED):
            raise worker.error  # no simulated event is a fault of payung
        well = worker.error is None and not worker.died
        if well and message and message in self.queues[running.function].messages:
            self.queues[running.function].messages.remove(message)


def _end(function: str, job: str, world: WorkersWorld) -> None:
    """End a job that an administrator has set aside."""
    if function == "intake":
        for upload in intake.uploads(job):
            intake_lambda.step(world.ports).set_aside(upload)
    elif function == "enroll":
        found = sqs_batch.job_of((ChunkJob, ReverseJob), job)
        if isinstance(found, ReverseJob):
            raise NotYet("a reversal is never set aside")
        enroll_lambda.step(world.ports).set_aside(found)
    elif function in {"notify", "single"}:
        sms_job = sqs_batch.job_of((SmsJob, SingleSmsJob), job)
        step = notify_lambda.step(world.ports, single=isinstance(sms_job, SingleSmsJob))
        step.run(sms_job, claim=world.worker.name, aside=True)
    elif function == "report":
        report_lambda._set_aside(job, world.ports)  # noqa: SLF001  # a function has no other door
    # Orders to resend, and receipts, end without a call.


def _ask(request: resend_person.ResendRequest, world: WorkersWorld) -> None:
    ports = world.ports
    resend_person.ResendPerson(
        enrollments=ports.enrollments,
        opt_outs=ports.opt_outs,
        outbox=ports.outbox,
        agreements=ports.agreements,
        sending=ports.sending,
        clock=ports.clock,
    ).run(request, by="staff")
