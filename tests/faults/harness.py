"""The embedded cloud with the app in it, whose functions' calls to AWS can be made to fail."""

import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
from botocore.config import Config
from botocore.session import Session
from moto.s3 import models as moto_s3

from chalicelib.deadline import Deadline
from chalicelib.kinds import reversing
from chalicelib.kinds.confirmations import applying as confirming
from chalicelib.kinds.recipients import applying
from chalicelib.lambdas import clients, wiring
from chalicelib.steps import resend
from chalicelib.steps.sweeping import overdue
from local.application import application
from local.cloud import ACCOUNT, REGION, Cloud, build, embedded, read_template
from local.moto_patches import queues
from local.pump import Context, Limits, Pump, read_limits, scheduled_event
from tests.faults.faulty_aws import FaultyAws
from tests.faults.kept_logs import Memory, attached
from tests.faults.snapshot import POINTER, Item, Picture, items_of, objects_of, summary_key
from tests.faults.virtual_time import Died, VirtualTime

# Just past midnight in Jakarta and Makassar, so that hours of waiting end on the same day.
NIGHT = datetime(2026, 11, 1, 17, 30, tzinfo=UTC)
CHUNK_ROWS = 5
PEOPLE_A_TRANSACTION = 2
CONFIRMED_A_TRANSACTION = 3
PART_BYTES = 2048
PRICE = 45_000
"""The price of a message in micro-USD; the budget is never spent."""
_SENDING = {"PAYUNG_SMS_PRICES": "62=0.045", "PAYUNG_SMS_BUDGET": "100"}
_SCHEDULE = 300.0
_TIMES = 60  # five hours
_RETRIES = (0.0, 60.0, 120.0)
"""The delays (seconds) after which Lambda repeats an asynchronous call."""
_ASKED = 10
"""How often people repeat a request until it succeeds: more often than any fault lasts."""
_OFFICE = "office"
"""The calls of staff to the API, with its own time limit."""
_TO_ANSWER = 15


class FunctionDied(Exception):
    """The platform's error for a function whose process died."""


@dataclass
class Stage:
    """The world of a trial."""

    session: boto3.Session
    cloud: Cloud
    app: Any
    time: VirtualTime
    aws: FaultyAws
    log: Memory
    seen: list[str] = field(default_factory=list)
    """The forbidden events that occurred."""
    aside: list[Mapping[str, Any]] = field(default_factory=list)
    """The events that Lambda set aside after its last try."""

    def __post_init__(self) -> None:
        self.s3 = self.session.client("s3")
        self.dynamodb = self.session.client("dynamodb")
        self.limits = read_limits()
        self.pump = Pump(self.app, self.cloud, self.session, wrap=self.living)

    def upload(
        self, key: str, lines: Sequence[str], header: str = "NIK,Nama,Nilai Bantuan,No HP"
    ) -> None:
        """Upload a file to the bucket, as a bank does."""
        body = "\n".join((header, *lines)) + "\n"
        self.s3.put_object(Bucket=self.cloud.bucket, Key=key, Body=body.encode())

    def serve(self, *functions: str) -> None:
        """Let these functions process the visible messages of their queues."""
        self.pump.serve(functions)

    def drive(self) -> None:
        """Work until all queues are empty, except the dead letters."""
        self.pump.drive(self._wind_on)

    def call(self, name: str, event: Mapping[str, Any]) -> bool:
        """Call a function without a queue once; return whether it succeeded."""
        handler = self.living(name, self.app.handler_map[name])
        try:
            handler(event, None)
        except Exception:  # noqa: BLE001  # the caller of a Lambda function sees no more either
            return False
        return True

    def sweep(self) -> None:
        """Run the sweep once; if it fails, the next schedule is its next try."""
        self.call("sweep", scheduled_event())

    def keep_gate(self) -> None:
        """Run the gate once; if it fails, the next schedule is its next try."""
        self.call("gate", scheduled_event())

    def hand_on(self, event: Mapping[str, Any], *, before_recorded: str | None = None) -> None:
        """Give the carriers' receipts to `forward`, as Lambda does for an asynchronous call.

        After the last try Lambda itself puts the event into the queue. The first try of `receipts`
        may come before the message to some phone is recorded.
        """
        for wait in _RETRIES:
            self.pass_by(wait)
            if self.call("forward", event):
                break
        else:
            self.aside.append(event)
            self.put("Receipt", json.dumps({"requestPayload": event}))
        with self._unrecorded(before_recorded):
            self.serve("receipts")

    @contextmanager
    def _unrecorded(self, phone: str | None) -> Iterator[None]:
        """Hide the pointer to a phone's person in a context, as before the record of a message."""
        table = self.cloud.environment["PAYUNG_BATCHES_TABLE"]
        ids = [id_ for id_, each in self.picture().messages.items() if each[0] == phone]
        gone = []
        for id_ in ids:
            key = {"batch": {"S": POINTER + id_}, "part": {"S": "sms"}}
            answer = self.dynamodb.delete_item(TableName=table, Key=key, ReturnValues="ALL_OLD")
            gone += [answer["Attributes"]] if "Attributes" in answer else []
        yield
        for item in gone:
            self.dynamodb.put_item(TableName=table, Item=item)

    def pass_by(self, seconds: float) -> None:
        """Let time pass outside of any function, also for waiting messages."""
        self.time.wind_on(seconds)
        queues.let_pass(ACCOUNT, REGION, seconds)

    def ask(self, name: str, event: Mapping[str, Any]) -> None:
        """Invoke a function by hand until it succeeds."""
        for _ in range(_ASKED):
            if self.call(name, event):
                return
            self.pass_by(_SCHEDULE)
        self.seen.append(f"{name} never answers")

    def staff(self, do: Callable[[wiring.Invocation], object]) -> None:
        """Let staff repeat an order until it succeeds."""

        def answer(_event: Any, context: Context) -> None:
            do(wiring.invocation(context, reserve=1.5))

        self.app.handler_map[_OFFICE] = answer
        self.ask(_OFFICE, {})

    def put(self, queue: str, *bodies: str) -> None:
        """Put messages into a queue (by the start of its logical id)."""
        url = self.cloud.made[f"{queue}Queue"]["Ref"]
        for body in bodies:
            self.session.client("sqs").send_message(QueueUrl=url, MessageBody=body)

    def take_out(self, queue: str) -> list[str]:
        """Take the visible messages out of a queue (by the start of its logical id); return them.

        `put` hands them in later, so that an upload has one time in every run.
        """
        sqs, url = self.session.client("sqs"), self.cloud.made[f"{queue}Queue"]["Ref"]
        bodies = []
        while found := sqs.receive_message(QueueUrl=url).get("Messages"):
            for each in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                bodies.append(each["Body"])
        return bodies

    def redrive(self, queue: str) -> None:
        """Put the dead letters of a queue (by the start of its logical id) back into it."""
        sqs, url = self.session.client("sqs"), self.cloud.dead_letters[f"{queue}DeadLetters"]
        while found := sqs.receive_message(QueueUrl=url).get("Messages"):
            for each in found:
                self.put(queue, each["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])

    def finish(self) -> None:
        """Let queues and schedules work until nothing is left to do, or for some hours."""
        self.drive()
        for _ in range(_TIMES):
            self.keep_gate()
            self.sweep()
            self.drive()
            if not self._lacks_something(self.picture()):
                return
            self.time.wind_on(_SCHEDULE)

    def _lacks_something(self, picture: Picture) -> bool:
        now = self.time()
        overdue = any(
            datetime.fromisoformat(each["receipts_due"]) <= now
            for each in picture.batches
            if "receipts_due" in each
        )
        return bool(overdue or picture.unfinished or picture.unsaid)

    def lose(self, queue: str) -> None:
        """Lose every message of a queue (by its logical id)."""
        queues.lose(ACCOUNT, REGION, self.cloud.made[queue]["Ref"])

    def picture(self) -> Picture:
        """Return everything that is visible from outside."""
        return Picture.of(self.cloud)

    def file(self, key: str) -> Item:
        """Return the item of the file that was uploaded under a key."""
        (found,) = (each for each in self.picture().batches if each["key"] == key)
        return found

    def _wind_on(self) -> float | None:
        passed = queues.wind_on(ACCOUNT, REGION)
        if passed is not None:
            self.time.wind_on(passed)
        return passed

    def living(self, name: str, handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Return the handler as it runs in a process that may die."""

        def run(event: Any, _context: Any) -> Any:
            if name == "enroll":
                self._look_at_first_summaries()
            self.aws.begin(name)
            limits = self.limits.get(name, Limits(timeout=_TO_ANSWER))
            try:
                with self.time.instead_of_the_machines(), self.time.running(limits.timeout):
                    return handler(event, Context(name, limits))
            except Died:
                wiring.reset()
                raise FunctionDied from None

        return run

    def _look_at_first_summaries(self) -> None:
        """Check that the bank gets a summary of each file before it enrolls anybody."""
        there = objects_of(self.cloud)
        self.seen += [
            f"no summary of {each['batch']} before its people were enrolled"
            for each in items_of(self.cloud.environment["PAYUNG_BATCHES_TABLE"])
            if each["part"] == "batch"
            and each["status"] == "enrolling"
            and summary_key(each) not in there
        ]


@contextmanager
def a_stage() -> Iterator[Stage]:
    """Build the cloud, with files and chunks so small that every path is taken."""
    time = VirtualTime(NIGHT)
    aws = FaultyAws(time)
    log = Memory()
    with embedded(time) as session:
        cloud = build(session, read_template())
        variables = {**cloud.environment, **_SENDING, "PAYUNG_CHUNK_ROWS": str(CHUNK_ROWS)}
        with (
            application(variables, time) as app,
            _small_measures(),
            _wired(aws, time),
            attached(log),
        ):
            yield Stage(session, cloud, app, time, aws, log)


@contextmanager
def _small_measures() -> Iterator[None]:
    before = clients.PART_BYTES, moto_s3.S3_UPLOAD_PART_MIN_SIZE
    groups = (
        applying.PEOPLE_PER_TRANSACTION,
        resend.CHANGES_PER_TRANSACTION,
        overdue.PEOPLE_AT_ONCE,
    )
    rows_confirmed = confirming.ROWS_PER_TRANSACTION
    confirming.ROWS_PER_TRANSACTION = CONFIRMED_A_TRANSACTION
    rows_reversed = reversing.ROWS_AT_ONCE
    reversing.ROWS_AT_ONCE = CONFIRMED_A_TRANSACTION
    temporary_file = tempfile.TemporaryFile
    # The copies of a process share an open file's position, but not memory.
    tempfile.TemporaryFile = io.BytesIO
    applying.PEOPLE_PER_TRANSACTION = resend.CHANGES_PER_TRANSACTION = overdue.PEOPLE_AT_ONCE = (
        PEOPLE_A_TRANSACTION
    )
    clients.PART_BYTES = PART_BYTES
    moto_s3.S3_UPLOAD_PART_MIN_SIZE = 1  # S3's own is 5 MiB
    try:
        yield
    finally:
        clients.PART_BYTES, moto_s3.S3_UPLOAD_PART_MIN_SIZE = before
        confirming.ROWS_PER_TRANSACTION = rows_confirmed
        reversing.ROWS_AT_ONCE = rows_reversed
        (
            applying.PEOPLE_PER_TRANSACTION,
            resend.CHANGES_PER_TRANSACTION,
            overdue.PEOPLE_AT_ONCE,
        ) = groups
        tempfile.TemporaryFile = temporary_file


@contextmanager
def _wired(aws: FaultyAws, time: VirtualTime) -> Iterator[None]:
    deadline, load = wiring.Deadline, clients.load_agreements
    agreements = load()
    # A new process keeps the clients of the one that died: making them is slow.
    kept: dict[tuple[str, Config], Any] = {}

    def faulty(session: Session, service: str, config: Config) -> Any:
        if (service, config) not in kept:
            made = clients.make_client(session, service, config)
            kept[service, config] = aws.instead_of_moto(made)
        return kept[service, config]

    wiring.set_clients(faulty)
    wiring.Deadline = partial(Deadline, sleep=time.sleep)
    clients.load_agreements = lambda: agreements
    try:
        yield
    finally:
        wiring.set_clients(clients.make_client)
        wiring.Deadline, clients.load_agreements = deadline, load
