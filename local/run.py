"""`python -m local run`: processes files with the whole of payung, in this process."""

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

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import Batch
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.money.balance import Balance
from chalicelib.domain.person.reference import batch_id
from chalicelib.lambdas import wiring

from . import money
from .application import application
from .carrier import Carrier
from .clock import MovedClock, open_day
from .cloud import ACCOUNT, REGION, Cloud, build, embedded, read_template
from .deliveries import Delivery
from .mail import MailFolder
from .moto_patches import applied, queues
from .progress import Progress, Watch
from .pump import Context, Pump, read_limits, scheduled_event

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_RESULTS = {
    "hasil": "hasil.csv",
    "ditolak": "ditolak.csv",
    "hasil_xlsx": "hasil.xlsx",
    "ditolak_xlsx": "ditolak.xlsx",
    "ringkasan": "ringkasan.json",
}
_FORM = (("konfirmasi", "konfirmasi.csv"), ("konfirmasi_xlsx", "konfirmasi.xlsx"))
"""What only a file of recipients has: the form that the bank fills in."""
_COUNTS = (
    "rows", "accepted", "duplicate", "conflict", "rejected", "warnings", "premium_total",
)  # fmt: skip
_SMS = (
    "sent", "failed", "not_possible", "unknown", "delivered", "unconfirmed", "held", "pending",
)  # fmt: skip
_NO_MORE_RECEIPTS = timedelta(hours=73)
"""Longer than payung waits for a carrier's receipt."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file in the bucket."""

    path: Path
    key: str
    version: str


@dataclass(slots=True)
class Report:
    """The result of a run: one entry for each file, in the form that `--json` prints."""

    batches: list[dict[str, Any]] = field(default_factory=list)
    sms: list[tuple[str, str]] = field(default_factory=list)
    """Every published message: phone number and text."""
    dead_letters: int = 0
    seconds: float = 0.0
    carrier: bool = False
    """Whether the run waited for the carriers' receipts."""
    balance: Balance = field(default_factory=lambda: Balance.of(0, 0, []))
    """The premiums of all people, by leaf."""
    people: dict[str, int] = field(default_factory=dict)
    """The enrollments in each state."""

    @property
    def exit_status(self) -> int:
        """0: every file is completed. 2: a whole file was refused. 1: an error occurred."""
        statuses = {each["status"] for each in self.batches}
        if self.dead_letters or not statuses <= {"completed", "refused"}:
            return 1
        return 2 if "refused" in statuses else 0

    def to_json(self) -> str:
        """Return the report as one JSON object."""
        return json.dumps(
            {
                "batches": self.batches,
                "people": self.people,
                "money": self.balance.rupiah(),
                "cash": money.cash(self.balance),
                "sms_published": len(self.sms),
                "dead_letters": self.dead_letters,
                "seconds": round(self.seconds, 2),
            },
            ensure_ascii=False,
        )


def run(
    files: Sequence[Delivery],
    *,
    out: Path,
    today: date | None = None,
    progress: Progress | None = None,
    carrier: bool = False,
    log_level: int = logging.WARNING,
) -> Report:
    """Upload the files as the bank would, each after the one before is finished; fetch the results.

    With `carrier`, the messages get receipts (see `carrier`), and the clock is advanced by the days
    in which receipts may arrive. Only the result files, under `out`, remain after the run.
    """
    began = time.monotonic()
    report = Report(carrier=carrier)
    refusing = applied(["opt_outs"]) if carrier else nullcontext()
    same_ids = applied(["versions"])
    with same_ids, world(today, log_level=log_level) as (session, cloud, app, clock), refusing:
        s3 = session.client("s3")
        uploads: list[Uploaded] = []
        watch = Watch(progress or Progress(quiet=True), lambda: _position(uploads, cloud))
        pump = Pump(app, cloud, session)
        for delivery in files:
            uploads.append(_upload(s3, cloud.bucket, delivery))
            pump.drive(lambda: _advance(clock), progress=watch.update)
        if carrier:
            _wait_for_receipts(Carrier(app, cloud, session, clock), app, pump, clock)
        watch.finish()
        report.batches = [_result(s3, cloud, each, out) for each in uploads]
        report.sms = list(sns_backends[ACCOUNT][REGION].sms_messages.values())
        MailFolder(out / "mail").write_new()
        report.dead_letters = _dead_letters(session, cloud)
        at = wiring.world()
        report.balance = money.balance(at.agreements, at.batches)
        table = cloud.made["EnrollmentsTable"]["Ref"]
        client = session.client("dynamodb")
        report.people = money.people(client, table, at.agreements, clock())
    report.seconds = time.monotonic() - began
    return report


@contextmanager
def world(
    today: date | None = None, *, log_level: int = logging.WARNING
) -> Iterator[tuple[boto3.Session, Cloud, Any, MovedClock]]:
    """Run cloud, app and clock in this process. Standard output stays free for the report."""
    clock = MovedClock(today or open_day())
    with redirect_stdout(sys.stderr), embedded(clock) as session:
        cloud = build(session, read_template())
        with application(cloud.environment, clock, log_level=log_level) as app:
            yield session, cloud, app, clock


def _upload(s3: "S3Client", bucket: str, delivery: Delivery) -> Uploaded:
    with delivery.path.open("rb") as body:
        answer = s3.put_object(Bucket=bucket, Key=delivery.key, Body=body)
    return Uploaded(delivery.path, delivery.key, answer["VersionId"])


def _advance(clock: MovedClock) -> float | None:
    passed = queues.wind_on(ACCOUNT, REGION)
    if passed is not None:
        clock.advance(passed)
    return passed


def _wait_for_receipts(carrier: Carrier, app: Any, pump: Pump, clock: MovedClock) -> None:
    """Advance the clock until all receipts have arrived and all missing receipts are overdue."""
    while (wait := carrier.until_next()) is not None:
        clock.advance(wait)
        carrier.work()
        pump.drive(lambda: None)
    for passed in (0.0, _NO_MORE_RECEIPTS.total_seconds()):
        clock.advance(passed)
        app.handler_map["sweep"](scheduled_event(), Context("sweep", read_limits()["sweep"]))
        pump.drive(lambda: _advance(clock))


def _batch(upload: Uploaded, cloud: Cloud) -> Batch | None:
    """Return the batch of an upload, or None if it has none (yet)."""
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
    """Return the position: rows done, rows known, messages sent, messages to send."""
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
    path = paths["ringkasan"]
    summary = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    entry = _entry(upload, batch.id, batch.status.value, summary, paths)
    if batch.programme:
        folder = f"{batch.bank}/{batch.id}"
        forms = {short: _fetch(s3, cloud.bucket, f"{folder}/{name}", out) for short, name in _FORM}
        entry["forms"] = forms
    return entry


def _entry(
    upload: Uploaded,
    batch: str | None,
    status: str,
    summary: dict[str, Any],
    paths: dict[str, str | None],
) -> dict[str, Any]:
    stated: dict[str, Any] = {
        name: summary[name] for name in ("matched", "breaks") if name in summary
    }
    return {
        "batch": batch,
        "file": upload.path.name,
        "kind": summary.get("kind"),
        "status": status,
        **{name: summary.get(name, 0) for name in _COUNTS},
        **stated,
        "sms": {name: summary.get("sms", {}).get(name, 0) for name in _SMS},
        "codes": summary.get("codes", {}),
        "errors": summary.get("errors", []),
        "file_warnings": summary.get("file_warnings", []),
        "results": paths,
    }


def _fetch(s3: "S3Client", bucket: str, name: str, out: Path) -> str | None:
    """Copy a result file to `out`; return its path, or None if there is no such file."""
    try:
        body = s3.get_object(Bucket=bucket, Key=bucket_keys.RESULTS + name)["Body"].read()
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
