"""`python -m local run`: takes files through the whole of payung, in this process."""

import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from moto.sns.models import sns_backends

from chalicelib import wiring
from chalicelib.domain.batch import Batch
from chalicelib.domain.outcome import Tally
from chalicelib.domain.programme import load_agreements
from chalicelib.domain.reference import batch_id

from . import moto_opt_outs, moto_queues
from .application import application
from .carrier import Carrier
from .clock import MovedClock, open_day
from .cloud import ACCOUNT, REGION, Cloud, build, embedded, read_template
from .progress import Progress, Watch
from .pump import Context, Pump, read_limits, scheduled_event

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_RESULTS = {"hasil": "hasil.csv", "ditolak": "ditolak.csv", "ringkasan": "ringkasan.json"}
_COUNTS = (
    "rows", "accepted", "duplicate", "conflict", "rejected", "warnings", "premium_total",
)  # fmt: skip
_SMS = (
    "sent", "failed", "not_possible", "unknown", "delivered", "unconfirmed", "held", "pending",
)  # fmt: skip
_NO_MORE_RECEIPTS = timedelta(hours=73)
"""Longer than a carrier's receipt is waited for."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file in the bucket."""

    path: Path
    key: str
    version: str


@dataclass(slots=True)
class Report:
    """What came of a run: one entry a file, in the form that `--json` prints."""

    batches: list[dict[str, Any]] = field(default_factory=list)
    sms: list[tuple[str, str]] = field(default_factory=list)
    """Every message that was published: phone number and text."""
    dead_letters: int = 0
    seconds: float = 0.0
    carrier: bool = False
    """Whether it was waited for what the carriers report."""

    @property
    def exit_status(self) -> int:
        """0: every file completed; 2: one was refused whole; 1: something went wrong."""
        statuses = {each["status"] for each in self.batches}
        if self.dead_letters or not statuses <= {"completed", "refused"}:
            return 1
        return 2 if "refused" in statuses else 0

    def to_json(self) -> str:
        """Return the whole of it as one JSON object."""
        return json.dumps(
            {
                "batches": self.batches,
                "sms_published": len(self.sms),
                "dead_letters": self.dead_letters,
                "seconds": round(self.seconds, 2),
            },
            ensure_ascii=False,
        )


def run(
    files: Sequence[Path],
    *,
    bank: str,
    scheme: str,
    out: Path,
    today: date | None = None,
    progress: Progress | None = None,
    carrier: bool = False,
    log_level: int = logging.WARNING,
) -> Report:
    """Upload the files as the bank would, drive everything to its end, and fetch the results.

    With `carrier` the messages have a fate (see `carrier`), and the days are let pass in which it
    is reported. Nothing but the result files, under `out`, outlives it.
    """
    began = time.monotonic()
    report = Report(carrier=carrier)
    refusing = moto_opt_outs.mended() if carrier else nullcontext()
    with world(today, log_level=log_level) as (session, cloud, app, clock), refusing:
        s3 = session.client("s3")
        uploads = [_upload(s3, cloud.bucket, path, bank, scheme) for path in files]
        watch = Watch(progress or Progress(quiet=True), lambda: _position(uploads, cloud))
        pump = Pump(app, cloud, session)
        pump.drive(lambda: _wind_on(clock), progress=watch.look)
        if carrier:
            _hear_of_messages(Carrier(app, cloud, session, clock), app, pump, clock)
        watch.finish()
        report.batches = [_result(s3, cloud, each, out) for each in uploads]
        report.sms = list(sns_backends[ACCOUNT][REGION].sms_messages.values())
        report.dead_letters = _dead_letters(session, cloud)
    report.seconds = time.monotonic() - began
    return report


@contextmanager
def world(
    today: date | None = None, *, log_level: int = logging.WARNING
) -> Iterator[tuple[boto3.Session, Cloud, Any, MovedClock]]:
    """Put cloud, app and clock into this process for a while; standard output stays ours."""
    clock = MovedClock(today or open_day())
    with redirect_stdout(sys.stderr), embedded(clock) as session:
        cloud = build(session, read_template())
        with application(cloud.environment, clock, log_level=log_level) as app:
            yield session, cloud, app, clock


def key_of(path: Path, bank: str, scheme: str) -> str:
    """Return the key under which a bank uploads a file; a bank may be named as it likes."""
    agreements = load_agreements()
    known = agreements.bank(bank)
    folder = known.code if known else bank
    return f"incoming/{folder}/{agreements.scheme(scheme) or scheme}/{path.name}"


def _upload(s3: "S3Client", bucket: str, path: Path, bank: str, scheme: str) -> Uploaded:
    key = key_of(path, bank, scheme)
    with path.open("rb") as body:
        answer = s3.put_object(Bucket=bucket, Key=key, Body=body)
    return Uploaded(path, key, answer["VersionId"])


def _wind_on(clock: MovedClock) -> float | None:
    passed = moto_queues.wind_on(ACCOUNT, REGION)
    if passed is not None:
        clock.wind_on(passed)
    return passed


def _hear_of_messages(carrier: Carrier, app: Any, pump: Pump, clock: MovedClock) -> None:
    """Let the time pass until all receipts are in, and until those that never come are overdue."""
    while (wait := carrier.until_next()) is not None:
        clock.wind_on(wait)
        carrier.work()
    for passed in (0.0, _NO_MORE_RECEIPTS.total_seconds()):
        clock.wind_on(passed)
        app.handler_map["sweep"](scheduled_event(), Context("sweep", read_limits()["sweep"]))
        pump.drive(lambda: _wind_on(clock))


def _batch(upload: Uploaded, cloud: Cloud) -> Batch | None:
    """Return the batch that the upload became, None where it became none (yet)."""
    batches = wiring.world().batches
    attempt = 0
    while True:
        batch = batches.get(batch_id(cloud.bucket, upload.key, upload.version, attempt=attempt))
        if batch is None or (batch.upload.key, batch.upload.version) == (
            upload.key,
            upload.version,
        ):
            return batch
        attempt += 1


def _position(uploads: Sequence[Uploaded], cloud: Cloud) -> tuple[int, int, int, int]:
    """Return how far it is: rows done, rows known, messages sent, messages to send."""
    done = known = 0
    tally = Tally()
    for batch in filter(None, (_batch(upload, cloud) for upload in uploads)):
        known += batch.rows
        for chunk in wiring.world().batches.chunks(batch.id):
            done += chunk.tally.rows
            tally.add(chunk.tally)
    sent = len(sns_backends[ACCOUNT][REGION].sms_messages)
    return done, known, sent, tally.accepted - tally.not_possible


def _result(s3: "S3Client", cloud: Cloud, upload: Uploaded, out: Path) -> dict[str, Any]:
    batch = _batch(upload, cloud)
    if batch is None:
        return _entry(upload, None, "missing", {}, dict.fromkeys(_RESULTS))
    paths: dict[str, str | None] = {}
    for short, name in _RESULTS.items():
        paths[short] = _fetch(s3, cloud.bucket, f"{batch.bank}/{batch.id}/{name}", out)
    told = paths["ringkasan"]
    summary = json.loads(Path(told).read_text(encoding="utf-8")) if told else {}
    return _entry(upload, batch.id, batch.status.value, summary, paths)


def _entry(
    upload: Uploaded,
    batch: str | None,
    status: str,
    summary: dict[str, Any],
    paths: dict[str, str | None],
) -> dict[str, Any]:
    return {
        "batch": batch,
        "file": upload.path.name,
        "status": status,
        **{name: summary.get(name, 0) for name in _COUNTS},
        "sms": {name: summary.get("sms", {}).get(name, 0) for name in _SMS},
        "errors": summary.get("errors", []),
        "file_warnings": summary.get("file_warnings", []),
        "results": paths,
    }


def _fetch(s3: "S3Client", bucket: str, name: str, out: Path) -> str | None:
    """Copy a result file to `out`; return its path, None where there is no such file."""
    try:
        body = s3.get_object(Bucket=bucket, Key=f"results/{name}")["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return os.fspath(path)


def _dead_letters(session: boto3.Session, cloud: Cloud) -> int:
    sqs = session.client("sqs")
    name = "ApproximateNumberOfMessages"
    return sum(
        int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])
        for url in cloud.dead_letters.values()
    )
