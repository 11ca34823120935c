"""The real sending step, pace and gate over memory; each worker has its own time.

A worker's clock moves by the duration of its work and by the sleep of its pace. The worker that is
furthest behind goes on next, so that what one does is seen by the other within the time of a job.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast

from chalicelib.adapters.ports import Checkpoint, Enrollments, JobQueue, SmsChange
from chalicelib.deadline import Deadline, patient
from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.file.totals import SHARDS, Account
from chalicelib.domain.jobs import SingleSmsJob, SmsJob, sms_jobs
from chalicelib.domain.messages.counted import Counted
from chalicelib.domain.messages.sending import Sending
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms, SmsEvent
from chalicelib.errors import Contended, PublishRefused
from chalicelib.lambdas import sqs_batch
from chalicelib.pace import Pace
from chalicelib.steps import gate, notify
from chalicelib.steps.sending.resend_person import ordered
from tests.support.builders import PROGRAMME, a_batch, an_enrollment, replace
from tests.support.fakes import (
    MemoryBatches,
    MemoryEnrollments,
    MemoryEventSourceSwitch,
    MemoryGates,
    MemoryOutbox,
    MemoryQueue,
    MemoryTables,
)

CHUNK = 1980
TICK = timedelta(minutes=5)
PUBLISHING = timedelta(milliseconds=150)
FETCHING = timedelta(milliseconds=40)
WRITING = timedelta(milliseconds=5)
LOOK = timedelta(seconds=1)
"""How often a worker looks into an empty queue."""
SINGLE = 2
"""The workers for single messages."""
AGREEMENTS = load_agreements()


class Tables:
    """The people's table, whose transactions hold their items for a time, as DynamoDB's do.

    A transaction that begins while another one holds an item of it is cancelled. `conflicts` counts
    them. Single writes take `WRITING`, and hold nothing.
    """

    def __init__(self, town: "Town", enrollments: MemoryEnrollments, held: timedelta) -> None:
        self._town = town
        self._enrollments = enrollments
        self._held = held
        self._since: dict[tuple[str, int], list[datetime]] = {}
        self.conflicts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._enrollments, name)

    def claim_sms(self, *args: Any, **more: Any) -> Enrollment | None:
        self._town.now += WRITING
        return self._enrollments.claim_sms(*args, **more)

    def record_sms(self, *args: Any, **more: Any) -> bool:
        self._town.now += 2 * WRITING  # the pointer, too
        return self._enrollments.record_sms(*args, **more)

    def count(self, counted: Counted, people: Sequence[Enrollment]) -> bool:
        if not self._held:
            return self._enrollments.count(counted, people)
        now = self._town.now
        items = (("chunk", counted.chunk), ("account", counted.chunk % SHARDS))
        for item in items:
            if any(abs(now - since) < self._held for since in self._since.get(item, [])[-50:]):
                self.conflicts += 1
                self._town.now += self._held
                raise Contended("TransactionConflict")
        for item in items:
            self._since.setdefault(item, []).append(now)
        self._town.now += self._held
        return self._enrollments.count(counted, people)


class _Queue:
    """A queue with its delays: the moment, a number and the text of each job."""

    def __init__(self, town: "Town") -> None:
        self._town = town
        self._numbers = count(1)
        self.jobs: list[tuple[datetime, int, str]] = []

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta()) -> None:
        """Queue jobs, to be seen after the delay."""
        for body in bodies:
            heapq.heappush(self.jobs, (self._town.now + delay, next(self._numbers), body))

    def waiting(self) -> int:
        return len(self.jobs)


class Town:
    """Everything that sends: the queues, workers, the carrier, and the schedule.

    `orders` are single messages that staff order: the moment, and the person's number.
    """

    def __init__(
        self,
        people: int,
        sending: Sending,
        start: datetime,
        *,
        workers: int,
        held: timedelta = timedelta(),
    ) -> None:
        self.sending = sending
        self.now = start
        self.sent: list[tuple[datetime, str]] = []
        self.refusing: frozenset[str] = frozenset()
        self.after: dict[int, Callable[[], None]] = {}
        self._start = start
        self._next_tick = start
        self._claims = count(1)
        self.orders: list[tuple[datetime, int]] = []
        self._files = _Queue(self)
        self._single = _Queue(self)
        self._tables = MemoryTables()
        self._enrollments = MemoryEnrollments(self._tables)
        self.people = Tables(self, self._enrollments, held)
        self._batches = MemoryBatches(self._tables)
        self._outbox = MemoryOutbox(
            {
                JobQueue.SMS: self._files,
                JobQueue.SINGLE_SMS: self._single,
                JobQueue.REPORTS: MemoryQueue(),
            }
        )
        self.gates = MemoryGates(self._tables)
        self.event_source = MemoryEventSourceSwitch()
        self._workers = [
            *(
                _Worker(self, self._files, start, sending.files_rate / workers)
                for _ in range(workers)
            ),
            *(
                _Worker(self, self._single, start, sending.single_rate / SINGLE)
                for _ in range(SINGLE)
            ),
        ]
        self._enroll(people)

    def states(self) -> Counter[str]:
        """Return the number of people in each state of their message."""
        return Counter(each.sms.value for each in self._tables.people.values())

    def counts(self) -> Counter[str]:
        """Return the file's counts of messages, as staff see them."""
        chunks = list(self._tables.progress.values())
        return +Counter(Sums.of(chunks).sms_counts)

    def clock(self) -> datetime:
        return self.now

    @property
    def deadline(self) -> Deadline:
        def sleep(seconds: float) -> None:
            self.now += timedelta(seconds=seconds)

        return Deadline(lambda: 60_000, sleep=sleep)

    def state(self) -> gate.SendingState:
        return gate.sending_state(
            gates=self.gates, batches=self._batches, sending=self.sending, clock=self.clock
        )

    def pause(self) -> None:
        self._gatekeeper().pause(by="dinas-1", reason="salah teks")

    def resume(self) -> None:
        self._gatekeeper().resume()

    def _gatekeeper(self) -> gate.Gatekeeper:
        return gate.Gatekeeper(
            gates=self.gates,
            event_source=self.event_source,
            sending=self.sending,
            clock=self.clock,
        )

    def run(self, until: datetime) -> None:
        """Let all workers run until no message waits, or until that time."""
        while self._files.jobs or self._single.jobs:
            worker = min(self._workers, key=lambda each: each.at)
            self._keep_gate(worker.at)
            self._order(worker.at)
            if worker.at >= until:
                break
            visible, _, body = (worker.queue.jobs or [(datetime.max.replace(tzinfo=UTC), 0, "")])[0]
            if not self.event_source.on:
                worker.at = self._next_tick
            elif visible > worker.at:
                worker.at = min(visible, worker.at + LOOK)
            else:
                heapq.heappop(worker.queue.jobs)
                self._send(worker, body)

    def publish(self, phone: str, text: str) -> str:
        """Take a message as the carrier does."""
        assert text
        if phone in self.refusing:
            raise PublishRefused("opted_out")
        self.sent.append((self.now, phone))
        self.now += PUBLISHING
        if act := self.after.get(len(self.sent)):
            act()
        return f"message-{len(self.sent)}"

    def _order(self, until: datetime) -> None:
        """Let staff order what they order until that time."""
        while self.orders and self.orders[0][0] <= until:
            self.now, number = self.orders.pop(0)
            (person,) = self._enrollments.of_person(nik(number))
            event = SmsEvent(self.now, Sms.PENDING, "ditelepon", "dinas-1")
            after = ordered(person, MessageKind.ENROLLED, event, self.now)
            if self._enrollments.change_sms([SmsChange(person, after, MessageKind.ENROLLED)]):
                job = SingleSmsJob(
                    batch=person.batch,
                    programme=person.programme,
                    chunk=person.chunk,
                    niks=(nik(number),),
                )
                self._outbox.notify([job])

    def _send(self, worker: "_Worker", body: str) -> None:
        self.now = worker.at + FETCHING
        notify.SendConfirmations(
            enrollments=patient(cast("Enrollments", self.people), self.deadline),
            batches=self._batches,
            sms_sender=self,
            outbox=self._outbox,
            agreements=AGREEMENTS,
            gates=self.gates,
            sending=self.sending,
            pace=worker.pace,
            only_to=frozenset(),
            clock=self.clock,
            deadline=self.deadline,
        ).run(sqs_batch.job_of((SmsJob, SingleSmsJob), body), claim=f"claim-{next(self._claims)}")
        worker.at = self.now

    def _keep_gate(self, until: datetime) -> None:
        while self._next_tick <= until:
            self.now = self._next_tick
            self._gatekeeper().keep()
            self._next_tick += TICK

    def _enroll(self, people: int) -> None:
        """Create a file of so many people, with all messages pending."""
        chunks = -(-people // CHUNK)
        batch = a_batch(
            status=BatchStatus.COMPLETED,
            programme=PROGRAMME,
            rows=people,
            chunks=chunks,
            chunks_done=chunks,
        )
        self._batches.claim(batch)
        one = an_enrollment(batch=batch.id)
        account = Account(PROGRAMME, one.bank, one.scheme, one.day)
        for chunk in range(1, chunks + 1):
            numbers = range((chunk - 1) * CHUNK, min(chunk * CHUNK, people))
            group = [
                replace(
                    one,
                    recipient=replace(one.recipient, nik=nik(number), phone=phone(number)),
                    chunk=chunk,
                    row=number + 2,
                )
                for number in numbers
            ]
            tally = Tally(accepted=len(group))
            self._enrollments.commit(
                group, Checkpoint(batch.id, chunk, 0, len(group), tally, account)
            )
            jobs = sms_jobs(batch.id, PROGRAMME, chunk, [nik(number) for number in numbers])
            self._outbox.notify(jobs)


@dataclass
class _Worker:
    """One sending function that AWS keeps running: its moment, and its pace."""

    town: Town
    queue: _Queue
    at: datetime
    rate: float
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        start = self.at

        def seconds() -> float:
            return (self.town.now - start).total_seconds()

        def sleep(pause: float) -> None:
            self.town.now += timedelta(seconds=pause)

        self.pace = Pace(self.rate, clock=seconds, sleep=sleep)


def nik(number: int) -> str:
    """Return a number in the form of a NIK; its parts do not matter after enrolling."""
    return f"{number:016d}"


def phone(number: int) -> str:
    return f"+62812{number:08d}"
