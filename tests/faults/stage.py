"""The embedded cloud with the app in it, whose functions' calls to AWS can be made to fail."""

import io
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import boto3
from faulty_aws import FaultyAws
from moto.s3 import models as moto_s3
from moto.sqs.models import sqs_backends
from picture import Picture
from virtual_time import Died, VirtualTime

from chalicelib import enroll, wiring
from chalicelib.adapters import objects
from chalicelib.deadline import Deadline
from local import moto_queues
from local.application import application
from local.cloud import ACCOUNT, REGION, Cloud, build, embedded, read_template
from local.pump import Context, Limits, Pump, read_limits

# Just past midnight in Jakarta and Makassar, so that hours of waiting end on the same day.
NIGHT = datetime(2026, 11, 1, 17, 30, tzinfo=UTC)
CHUNK_ROWS = 5
PEOPLE_A_TRANSACTION = 2
PART_BYTES = 2048
_SWEEP_EVERY = 300.0
_SWEEPS = 60  # five hours


class FunctionDied(Exception):
    """What the platform makes of a function whose process is gone."""


class _Memory(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def errors(self) -> list[str]:
        """What was logged as an error: its text, the exception's name and the place."""
        return [
            " ".join(
                (each.getMessage(), *(str(getattr(each, name, "")) for name in ("error", "at")))
            )
            for each in self.records
            if each.levelno >= logging.ERROR
        ]

    @property
    def everything(self) -> str:
        """All records, with all that goes with them."""
        return "\n".join(f"{each.getMessage()} {vars(each)}" for each in self.records)


@dataclass
class Stage:
    """What a trial plays on."""

    session: boto3.Session
    cloud: Cloud
    app: Any
    time: VirtualTime
    aws: FaultyAws
    log: _Memory

    def __post_init__(self) -> None:
        self.s3 = self.session.client("s3")
        self.dynamodb = self.session.client("dynamodb")
        self.limits = read_limits()
        self.pump = Pump(self.app, self.cloud, self.session)
        self.pump._feeds = [
            replace(feed, handler=self._living(feed.name, feed.handler))
            for feed in self.pump._feeds
        ]

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

    def sweep(self) -> None:
        """Run the sweep once; where it fails, the next schedule is its next try."""
        event = {"source": "aws.events", "detail-type": "", "detail": {}, "resources": []}
        event |= {"version": "0", "id": "1", "account": ACCOUNT, "region": REGION}
        event |= {"time": "2026-11-01T17:30:00Z"}
        limits = self.limits.get("sweep", Limits())
        handler = self._living("sweep", self.app.handler_map["sweep"])
        with suppress(Exception):
            handler(event, Context("sweep", limits))

    def finish(self) -> None:
        """Drive everything and sweep until nothing is unfinished, or for some hours."""
        self.drive()
        for _ in range(_SWEEPS):
            self.sweep()
            if not self.picture().unfinished:
                return
            self.time.wind_on(_SWEEP_EVERY)
            self.drive()

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

        def run(event: Any, context: Any) -> Any:
            self.aws.begin(name)
            limits = self.limits.get(name, Limits())
            try:
                with self.time.instead_of_the_machines(), self.time.running(limits.timeout):
                    return handler(event, Context(name, limits))
            except Died:
                _forget()
                raise FunctionDied from None

        return run


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
    log = _Memory()
    with embedded(time) as session:
        cloud = build(session, read_template())
        variables = {**cloud.environment, "PAYUNG_CHUNK_ROWS": str(CHUNK_ROWS)}
        with application(variables, time) as app, _small_measures(), _wired(aws, time), _heard(log):
            yield Stage(session, cloud, app, time, aws, log)


@contextmanager
def _small_measures() -> Iterator[None]:
    before = enroll.GROUP, objects._PART_BYTES, moto_s3.S3_UPLOAD_PART_MIN_SIZE
    temporary_file = tempfile.TemporaryFile
    # The copies of a process share an open file's position, but not memory.
    tempfile.TemporaryFile = io.BytesIO
    enroll.GROUP, objects._PART_BYTES = PEOPLE_A_TRANSACTION, PART_BYTES
    moto_s3.S3_UPLOAD_PART_MIN_SIZE = 1  # S3's own is 5 MiB
    try:
        yield
    finally:
        enroll.GROUP, objects._PART_BYTES, moto_s3.S3_UPLOAD_PART_MIN_SIZE = before
        tempfile.TemporaryFile = temporary_file


@contextmanager
def _wired(aws: FaultyAws, time: VirtualTime) -> Iterator[None]:
    client, deadline, load = wiring.World._client, wiring.deadline, wiring.load_agreements
    agreements = load()

    def faulty(world: wiring.World, service: str, *config: Any) -> Any:
        known = service in world._clients
        made = client(world, service, *config)
        return made if known else aws.instead_of_moto(made)

    wiring.World._client = faulty
    wiring.deadline = lambda remaining: Deadline(remaining, sleep=time.sleep)
    wiring.load_agreements = lambda: agreements
    try:
        yield
    finally:
        wiring.World._client, wiring.deadline, wiring.load_agreements = client, deadline, load


@contextmanager
def _heard(log: _Memory) -> Iterator[None]:
    ours, pump = logging.getLogger("chalicelib"), logging.getLogger("local.pump")
    before = list(ours.handlers)
    ours.handlers[:] = [log]
    pump.disabled = True  # it says on standard error that a function died
    try:
        yield
    finally:
        ours.handlers[:] = before
        pump.disabled = False
