"""What is told of a run: metrics as CloudWatch reads them, and lines that name file and chunk."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from builders import NOW, a_batch, a_nik, replace
from metrics_told import Metrics, everything_that_is_told, in_a_function, metrics_told
from world import HEADER, World, a_line

from chalicelib import telemetry, wiring
from chalicelib.adapters.protocols import SmsChange
from chalicelib.domain.batch import ChunkProgress
from chalicelib.domain.enrollment import Sms
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.outcome import Tally
from chalicelib.report import RECEIPT_GRACE, Reported
from local.application import application
from local.pump import Context, Limits, Pump, scheduled_event

NIK_OR_PHONE = re.compile(
    r"(?<![0-9.])[0-9]{16}(?![0-9])|(?<![0-9.])(\+?62|0)8[0-9]{7,11}(?![0-9])"
)
PEOPLE = 6


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def run(aws) -> Iterator[Metrics]:
    """Give what was told of a file that went its whole way, and came a second time."""
    lines = [a_line(number) for number in range(PEOPLE)]
    lines += [a_line(0), a_line(8, nik="7171"), a_line(9, phone="")]
    body = "\n".join((HEADER, *lines, "")).encode()
    s3 = aws.session.client("s3")
    with application(aws.cloud.environment, lambda: NOW) as app, metrics_told() as told:
        pump = Pump(app, aws.cloud, aws.session)
        for name in ("satu.csv", "dua.csv"):
            s3.put_object(Bucket=aws.cloud.bucket, Key=f"incoming/002/BPUM/{name}", Body=body)
            pump.drive(lambda: None)
        s3.put_object(Bucket=aws.cloud.bucket, Key="incoming/002/BPUM/tiga.csv", Body=b"-")
        pump.drive(lambda: None)
        for function in ("sweep", "gate"):
            app.handler_map[function](scheduled_event(), Context(function, Limits()))
        yield told


def test_a_run_is_told_as_it_was(run):
    sums = run.sums
    assert {name: sums[name] for name in ("ReceivedFiles", "RefusedFiles", "CompletedFiles")} == {
        "ReceivedFiles": 3,
        "RefusedFiles": 2,
        "CompletedFiles": 1,
    }
    assert {name: sums[f"{name}Rows"] for name in ("Accepted", "Duplicate", "Rejected")} == {
        "Accepted": PEOPLE + 1,
        "Duplicate": 1,
        "Rejected": 1,
    }
    assert sums["PremiumRupiah"] == (PEOPLE + 1) * 33_600
    assert sums["SentSms"] == PEOPLE
    assert "FailedMessages" not in sums
    assert len(run.values["ChunkSeconds"]) == 1
    assert run.values["SmsGateOpen"] == [1]


def test_metrics_are_told_by_service_and_stage_only(run):
    assert run.dimensions == {(("service", "payung"), ("stage", "dev"))}


def test_metrics_tell_nothing_about_anybody(run):
    printed = run.printed.getvalue()
    assert printed
    assert not NIK_OR_PHONE.search(printed)
    assert "Contoh" not in printed
    for document in run.documents:
        assert set(document) - {"_aws", "service", "stage"} == {
            each["Name"] for each in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        }


def test_a_chunk_is_counted_by_the_run_that_closes_it_only():
    with metrics_told() as told:
        in_a_function(lambda: telemetry.count_chunk(None))
        assert told.sums == {}
        closed = ChunkProgress(1, tally=Tally(accepted=3, conflict=1, premium_total=100_800))
        in_a_function(lambda: telemetry.count_chunk(closed))
    assert told.sums["AcceptedRows"] == 3
    assert told.sums["ConflictRows"] == 1
    assert told.sums["PremiumRupiah"] == 100_800


def test_who_was_never_heard_of_is_told_beside_all_of_their_file(world):
    batch = world.run([a_line(number) for number in (1, 2, 3)])
    found = world.enrollments.find("sulut-2026", a_nik(1))
    heard = replace(found, sms=Sms.DELIVERED, sms_at=world.now)
    assert world.enrollments.change_sms([SmsChange(found, heard)])
    world.now += RECEIPT_GRACE + timedelta(hours=1)
    with metrics_told() as told:
        in_a_function(lambda: telemetry.count_sweep(world.sweep()))
        for _ in range(2):
            in_a_function(lambda: telemetry.count_report(world.report(ReportJob(batch=batch.id))))
    names = ("UnconfirmedSms", "AwaitedSms", "SilentSms")
    assert {name: told.sums[name] for name in names} == dict(zip(names, (2, 3, 2), strict=True))


def test_how_long_a_file_took_counts_from_when_it_came(monkeypatch):
    monkeypatch.setattr(wiring, "now", lambda: NOW + timedelta(minutes=4))
    with metrics_told() as told:
        in_a_function(lambda: telemetry.count_report(Reported(a_batch())))
    assert told.values["FileSeconds"] == [240.0]


def test_messages_that_go_back_to_their_queue_are_counted():
    failures = {"batchItemFailures": [{"itemIdentifier": "m-1"}, {"itemIdentifier": "m-2"}]}
    with metrics_told() as told:
        assert in_a_function(lambda: failures) == failures
        in_a_function(lambda: {"batchItemFailures": []})
    assert told.sums == {"FailedMessages": 2}


def test_what_was_counted_is_told_where_a_function_fails():
    def fail() -> None:
        telemetry.count("SentSms", 3)
        raise RuntimeError

    with metrics_told() as told, pytest.raises(RuntimeError):
        in_a_function(fail)
    assert told.sums == {"SentSms": 3}


def test_metrics_have_names_of_one_kind():
    for name in everything_that_is_told():
        assert re.fullmatch(r"([A-Z][a-z]+)+", name), name


def test_a_line_names_request_file_and_chunk_and_the_next_request_forgets_them(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(telemetry.logger.registered_handler, "stream", written)
    log = logging.getLogger("chalicelib.enroll")

    def work() -> None:
        telemetry.about("7K3M9QX2", 4)
        log.warning("in a chunk")
        telemetry.about("7K3M9QX2")
        log.warning("in a file")

    in_a_function(work)
    in_a_function(lambda: log.warning("elsewhere"))
    chunk, file, elsewhere = (json.loads(line) for line in written.getvalue().splitlines())
    assert (chunk["request_id"], chunk["batch"], chunk["chunk"]) == ("r-1", "7K3M9QX2", 4)
    assert (file["batch"], "chunk" in file) == ("7K3M9QX2", False)
    assert not {"batch", "chunk"} & set(elsewhere)
