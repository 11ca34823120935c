"""The real sending step, pace and gate over memory, with workers each at its own moment.

A worker's own clock moves by what its work takes and by its pace's sleep. Whichever worker is
furthest behind goes on next, so that what one does is seen by the other within the time of a job.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from builders import PROGRAMME, a_batch, an_enrollment, replace
from fakes import (
    MemoryBatches,
    MemoryEnrollments,
    MemoryGates,
    MemoryQueue,
    MemoryTables,
    MemoryTrigger,
)

from chalicelib import gate, notify
from chalicelib.adapters.protocols import Checkpoint
from chalicelib.deadline import Deadline
from chalicelib.domain.batch import BatchStatus
from chalicelib.domain.jobs import SmsJob, sms_jobs
from chalicelib.domain.outcome import Tally
from chalicelib.domain.programme import load_agreements
from chalicelib.domain.sending import Sending
from chalicelib.domain.totals import Account
from chalicelib.errors import PublishRefused
from chalicelib.pace import Pace

CHUNK = 1980
TICK = timedelta(minutes=5)
PUBLISHING = timedelta(milliseconds=150)
FETCHING = timedelta(milliseconds=40)
AGREEMENTS = load_agreements()


class Town:
    """Everything that sends: the queue with its delays, workers, the carrier, and the schedule."""

    def __init__(self, people: int, sending: Sending, start: datetime, *, workers: int) -> None:
        self.sending = sending
        self.now = start
        self.sent: list[tuple[datetime, str]] = []
        self.refusing: frozenset[str] = frozenset()
        self.after: dict[int, Callable[[], None]] = {}
        self._start = start
        self._next_tick = start
        self._claims = count(1)
        self._numbers = count(1)
        self._waiting: list[tuple[datetime, int, str]] = []
        self._tables = MemoryTables()
        self._enrollments = MemoryEnrollments(self._tables)
        self._batches = MemoryBatches(self._tables)
        self._report_queue = MemoryQueue()
        self.gates = MemoryGates(self._tables)
        self.trigger = MemoryTrigger()
        self._workers = [_Worker(self, start, sending.rate / workers) for _ in range(workers)]
        self._enroll(people)

    def clock(self) -> datetime:
        return self.now

    @property
    def deadline(self) -> Deadline:
        return Deadline(lambda: 60_000, sleep=lambda _: None)

    def state(self) -> gate.SendingState:
        return gate.sending_state(
            gates=self.gates,
            batches=self._batches,
            sending=self.sending,
            clock=self.clock,
            deadline=self.deadline,
        )

    def pause(self) -> None:
        gate.pause(
            by="dinas-1",
            reason="salah teks",
            gates=self.gates,
            trigger=self.trigger,
            clock=self.clock,
            deadline=self.deadline,
        )

    def resume(self) -> None:
        gate.resume(
            gates=self.gates,
            trigger=self.trigger,
            sending=self.sending,
            clock=self.clock,
            deadline=self.deadline,
        )

    def run(self, until: datetime) -> None:
        """Let everybody work until nobody waits any more, or until then."""
        while self._waiting:
            worker = min(self._workers, key=lambda each: each.at)
            self._keep_gate(worker.at)
            if worker.at >= until:
                break
            visible, _, body = self._waiting[0]
            if not self.trigger.on:
                worker.at = self._next_tick
            elif visible > worker.at:
                worker.at = min(visible, self._next_tick)
            else:
                heapq.heappop(self._waiting)
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

    def is_opted_out(self, phone: str) -> bool:
        return phone in self.refusing

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta()) -> None:
        """Queue jobs, to be seen after the delay."""
        for body in bodies:
            heapq.heappush(self._waiting, (self.now + delay, next(self._numbers), body))

    def waiting(self) -> int:
        return len(self._waiting)

    def _send(self, worker: "_Worker", body: str) -> None:
        self.now = worker.at + FETCHING
        notify.send_confirmations(
            SmsJob.model_validate_json(body),
            claim=f"claim-{next(self._claims)}",
            enrollments=self._enrollments,
            batches=self._batches,
            texter=self,
            sms_queue=self,
            report_queue=self._report_queue,
            agreements=AGREEMENTS,
            clock=self.clock,
            deadline=self.deadline,
            pace=worker.pace,
            gates=self.gates,
            sending=self.sending,
            only_to=frozenset(),
        )
        worker.at = self.now

    def _keep_gate(self, until: datetime) -> None:
        while self._next_tick <= until:
            self.now = self._next_tick
            gate.keep_gate(
                gates=self.gates,
                trigger=self.trigger,
                sending=self.sending,
                clock=self.clock,
                deadline=self.deadline,
            )
            self._next_tick += TICK

    def _enroll(self, people: int) -> None:
        """Have so many people in one file, all of them still to be told."""
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
            self.send([job.model_dump_json() for job in jobs])


@dataclass
class _Worker:
    """One sending function that AWS keeps running: its moment, and its pace."""

    town: Town
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
    """Return a number in the shape of a NIK; nobody looks into it once its person is enrolled."""
    return f"{number:016d}"


def phone(number: int) -> str:
    return f"+62812{number:08d}"
