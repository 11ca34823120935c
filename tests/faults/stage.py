"""The embedded cloud with the app in it, whose functions' calls to AWS can be made to fail."""

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from builders import replace
from faulty_aws import FaultyAws
from memory import Memory, heard
from moto.s3 import models as moto_s3
from moto.sqs.models import sqs_backends
from picture import POINTER, Picture, items_of, objects_of, summary_key
from virtual_time import Died, VirtualTime

from chalicelib import enroll, overdue, resend, wiring
from chalicelib.adapters import objects
from chalicelib.deadline import Deadline
from local import moto_queues
from local.application import application
from local.cloud import ACCOUNT, REGION, Cloud, build, embedded, read_template
from local.pump import Context, Limits, Pump, read_limits, scheduled_event

# Just past midnight in Jakarta and Makassar, so that hours of waiting end on the same day.
NIGHT = datetime(2026, 11, 1, 17, 30, tzinfo=UTC)
CHUNK_ROWS = 5
PEOPLE_A_TRANSACTION = 2
PART_BYTES = 2048
PRICE = 45_000
"""Micro-USD a message, with a budget that is never spent."""
_SENDING = {"PAYUNG_SMS_PRICES": "62=0.045", "PAYUNG_SMS_BUDGET": "100"}
_SCHEDULE = 300.0
_TIMES = 60  # five hours
_RETRIES = (0.0, 60.0, 120.0)
"""After so many seconds each Lambda calls a function for which nobody waits."""
_ASKED = 10
"""How often people ask for something until they are answered: more often than anything fails."""
_OFFICE = "office"
"""What staff do through the API, on its own time."""
_TO_ANSWER = 15


class FunctionDied(Exception):
    """What the platform makes of a function whose process is gone."""


@dataclass
class Stage:
    """What a trial plays on."""

    session: boto3.Session
    cloud: Cloud
    app: Any
    time: VirtualTime
    aws: FaultyAws
    log: Memory
    seen: list[str] = field(default_factory=list)
    """What was seen on the way that may never be."""
    aside: list[Mapping[str, Any]] = field(default_factory=list)
    """The events that Lambda set aside after its last try."""

    def __post_init__(self) -> None:
        self.s3 = self.session.client("s3")
        self.dynamodb = self.session.client("dynamodb")
        self.limits = read_limits()
        self.pump = Pump(self.app, self.cloud, self.session)
        self.pump._feeds = [
            replace(feed, handler=self._living(feed.name, feed.handler))
            for feed in self.pump._feeds
        ]
        self.pump._receive = self._received(self.pump._receive)

    def upload(self, key: str, lines: Sequence[str]) -> None:
        """Put a file into the bucket, as a bank does."""
        body = "\n".join(("NIK,Nama,Nilai Bantuan,No HP", *lines)) + "\n"
        self.s3.put_object(Bucket=self.cloud.bucket, Key=key, Body=body.encode())

    def serve(self, *functions: str) -> None:
        """Let these functions work off what can be had from their queues now."""
        feeds = [feed for feed in self.pump._feeds if feed.name in functions]
        while sum(self.pump._serve(feed) for feed in feeds):
            pass

    def drive(self) -> None:
        """Work until all queues are empty, the dead letters apart."""
        self.pump.drive(self._wind_on)

    def call(self, name: str, event: Mapping[str, Any]) -> bool:
        """Call a function once that no queue feeds; return whether it answered."""
        handler = self._living(name, self.app.handler_map[name])
        try:
            handler(event, None)
        except Exception:  # noqa: BLE001  # as Lambda, whoever called knows no more
            return False
        return True

    def sweep(self) -> None:
        """Run the sweep once; where it fails, the next schedule is its next try."""
        self.call("sweep", scheduled_event())

    def keep_gate(self) -> None:
        """Let the gate be kept once; where it fails, the next schedule is its next try."""
        self.call("gate", scheduled_event())

    def hand_on(self, event: Mapping[str, Any], *, before_recorded: str | None = None) -> None:
        """Give the carriers' receipts to their function, as Lambda does where nobody waits.

        The first try may be before what was sent to some phone is recorded.
        """
        for wait in _RETRIES:
            self.pass_by(wait)
            with self._unrecorded(before_recorded if not wait else None):
                if self.call("receipts", event):
                    return
        self.aside.append(event)
        self.ask("receipts", event)

    @contextmanager
    def _unrecorded(self, phone: str | None) -> Iterator[None]:
        """Let nothing lead to a phone's person for a while, as before the record of a message."""
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
        """Let time pass outside of any function, for what waits in queues as well."""
        self.time.wind_on(seconds)
        moto_queues.let_pass(ACCOUNT, REGION, seconds)

    def ask(self, name: str, event: Mapping[str, Any]) -> None:
        """Invoke a function by hand until it answers."""
        for _ in range(_ASKED):
            if self.call(name, event):
                return
            self.pass_by(_SCHEDULE)
        self.seen.append(f"{name} never answers")

    def staff(self, do: Callable[[wiring.World, Deadline], object]) -> None:
        """Let staff order something, again until they are answered."""

        def answer(_event: Any, context: Context) -> None:
            left = context.get_remaining_time_in_millis
            do(wiring.world(), Deadline(left, reserve=1.5, sleep=self.time.sleep))

        self.app.handler_map[_OFFICE] = answer
        self.ask(_OFFICE, {})

    def put(self, queue: str, *bodies: str) -> None:
        """Put messages into a queue (by the beginning of its logical id)."""
        url = self.cloud.made[f"{queue}Queue"]["Ref"]
        for body in bodies:
            self.session.client("sqs").send_message(QueueUrl=url, MessageBody=body)

    def finish(self) -> None:
        """Let queues and schedules work until nothing more is to come, or for some hours."""
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

    @staticmethod
    def _received(receive: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return what receives messages, but asks no empty queue: most are, most of the time."""
        queues = sqs_backends[ACCOUNT][REGION].queues

        def received(feed: Any) -> Any:
            name = feed.source.queue_url.rsplit("/", 1)[-1]
            return receive(feed) if queues[name]._messages else []

        return received

    def lose(self, queue: str) -> None:
        """Let every message of a queue (by its logical id) be lost."""
        url = self.cloud.made[queue]["Ref"]
        sqs_backends[ACCOUNT][REGION].queues[url.rsplit("/", 1)[-1]]._messages.clear()

    def picture(self) -> Picture:
        """Return all that there is to see from outside."""
        return Picture.of(self.cloud)

    def _wind_on(self) -> float | None:
        passed = moto_queues.wind_on(ACCOUNT, REGION)
        if passed is not None:
            self.time.wind_on(passed)
        return passed

    def _living(self, name: str, handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
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
                _forget()
                raise FunctionDied from None

        return run

    def _look_at_first_summaries(self) -> None:
        """See that the bank was told of each file before anybody is enrolled by it."""
        there = objects_of(self.cloud)
        self.seen += [
            f"no summary of {each['batch']} before its people were enrolled"
            for each in items_of(self.cloud.environment["PAYUNG_BATCHES_TABLE"])
            if each["part"] == "batch"
            and each["status"] == "enrolling"
            and summary_key(each) not in there
        ]


def _forget() -> None:
    """Let what a process held in memory be gone, but for its clients: making those is slow."""
    clients = wiring.world()._clients
    wiring.reset()
    wiring.world()._clients.update(clients)


@contextmanager
def a_stage() -> Iterator[Stage]:
    """Build the cloud, with files so small and chunks so short that every path is gone."""
    time = VirtualTime(NIGHT)
    aws = FaultyAws(time)
    log = Memory()
    with embedded(time) as session:
        cloud = build(session, read_template())
        variables = {**cloud.environment, **_SENDING, "PAYUNG_CHUNK_ROWS": str(CHUNK_ROWS)}
        with application(variables, time) as app, _small_measures(), _wired(aws, time), heard(log):
            yield Stage(session, cloud, app, time, aws, log)


@contextmanager
def _small_measures() -> Iterator[None]:
    before = objects._PART_BYTES, moto_s3.S3_UPLOAD_PART_MIN_SIZE
    groups = enroll.GROUP, resend.GROUP, overdue._TOGETHER
    temporary_file = tempfile.TemporaryFile
    # The copies of a process share an open file's position, but not memory.
    tempfile.TemporaryFile = io.BytesIO
    enroll.GROUP = resend.GROUP = overdue._TOGETHER = PEOPLE_A_TRANSACTION
    objects._PART_BYTES = PART_BYTES
    moto_s3.S3_UPLOAD_PART_MIN_SIZE = 1  # S3's own is 5 MiB
    try:
        yield
    finally:
        objects._PART_BYTES, moto_s3.S3_UPLOAD_PART_MIN_SIZE = before
        enroll.GROUP, resend.GROUP, overdue._TOGETHER = groups
        tempfile.TemporaryFile = temporary_file


@contextmanager
def _wired(aws: FaultyAws, time: VirtualTime) -> Iterator[None]:
    client, deadline, load = wiring.World._client, wiring.deadline, wiring.load_agreements
    agreements = load()

    def faulty(world: wiring.World, service: str, *config: Any) -> Any:
        known = len(world._clients)
        made = client(world, service, *config)
        return aws.instead_of_moto(made) if len(world._clients) > known else made

    wiring.World._client = faulty
    wiring.deadline = lambda remaining: Deadline(remaining, sleep=time.sleep)
    wiring.load_agreements = lambda: agreements
    try:
        yield
    finally:
        wiring.World._client, wiring.deadline, wiring.load_agreements = client, deadline, load
