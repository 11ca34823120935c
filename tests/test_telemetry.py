"""The telemetry of a run: metrics in CloudWatch's format, and lines with file and chunk."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters.ports import SmsChange
from chalicelib.domain.file.batch import ChunkProgress
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.person.enrollment import Sms
from chalicelib.kinds.recipients.codes import RecipientCode
from chalicelib.lambdas import telemetry, wiring
from chalicelib.steps.report import RECEIPT_GRACE, ReportResult
from local.application import application
from local.pump import Context, Limits, Pump, scheduled_event
from tests.support.builders import NOW, a_batch, a_nik, replace
from tests.support.metrics import Metrics, all_metrics, in_a_function, recorded_metrics
from tests.support.world import HEADER, World, a_line

NIK_OR_PHONE = re.compile(
    r"(?<![0-9.])[0-9]{16}(?![0-9])|(?<![0-9.])(\+?62|0)8[0-9]{7,11}(?![0-9])"
)
PEOPLE = 6


@pytest.fixture(autouse=True)
def stage(monkeypatch) -> Iterator[None]:
    """Name the deployment, as the template does for every function."""
    monkeypatch.setenv("PAYUNG_STAGE", "test")
    wiring.reset()
    yield
    wiring.reset()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def run(aws) -> Iterator[Metrics]:
    """Give the metrics of a file that was processed to the end, and came a second time."""
    lines = [a_line(number) for number in range(PEOPLE)]
    lines += [a_line(0), a_line(8, nik="7171"), a_line(9, phone="")]
    body = "\n".join((HEADER, *lines, "")).encode()
    s3 = aws.session.client("s3")
    with application(aws.cloud.environment, lambda: NOW) as app, recorded_metrics() as metrics:
        pump = Pump(app, aws.cloud, aws.session)
        for name in ("satu.csv", "dua.csv"):
            s3.put_object(Bucket=aws.cloud.bucket, Key=f"incoming/002/BPUM/{name}", Body=body)
            pump.drive(lambda: None)
        s3.put_object(Bucket=aws.cloud.bucket, Key="incoming/002/BPUM/tiga.csv", Body=b"-")
        pump.drive(lambda: None)
        for function in ("sweep", "gate"):
            app.handler_map[function](scheduled_event(), Context(function, Limits()))
        yield metrics


def test_the_metrics_of_a_run_match_the_run(run):
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


def test_metrics_have_the_dimensions_service_and_stage_only(run):
    assert run.dimensions == {(("service", "payung"), ("stage", "dev"))}


def test_metrics_contain_no_personal_data(run):
    printed = run.printed.getvalue()
    assert printed
    assert not NIK_OR_PHONE.search(printed)
    assert "Contoh" not in printed
    for document in run.documents:
        assert set(document) - {"_aws", "service", "stage"} == {
            each["Name"] for each in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        }


def test_a_chunk_is_counted_by_the_run_that_closes_it_only():
    with recorded_metrics() as metrics:
        in_a_function(lambda: telemetry.count_chunk(None))
        assert metrics.sums == {}
        closed = ChunkProgress(1, tally=Tally(accepted=3, conflict=1, premium_total=100_800))
        in_a_function(lambda: telemetry.count_chunk(closed))
    assert metrics.sums["AcceptedRows"] == 3
    assert metrics.sums["ConflictRows"] == 1
    assert metrics.sums["PremiumRupiah"] == 100_800


def test_unconfirmed_messages_are_counted_beside_all_messages_of_the_file(world):
    batch = world.run([a_line(number) for number in (1, 2, 3)])
    found = world.enrollments.find("sulut-2026", a_nik(1))
    delivered = replace(found, sms=Sms.DELIVERED, sms_at=world.now)
    assert world.enrollments.change_sms([SmsChange(found, delivered)])
    world.now += RECEIPT_GRACE + timedelta(hours=1)
    with recorded_metrics() as metrics:
        in_a_function(lambda: telemetry.count_sweep(world.sweep()))
        for _ in range(2):
            in_a_function(lambda: telemetry.count_report(world.report(ReportJob(batch=batch.id))))
    names = ("UnconfirmedSms", "AwaitedSms", "SilentSms")
    assert {name: metrics.sums[name] for name in names} == dict(zip(names, (2, 3, 2), strict=True))


def test_the_duration_of_a_file_counts_from_its_receipt(monkeypatch):
    monkeypatch.setattr(wiring, "now", lambda: NOW + timedelta(minutes=4))
    with recorded_metrics() as metrics:
        in_a_function(lambda: telemetry.count_report(ReportResult(a_batch())))
    assert metrics.values["FileSeconds"] == [240.0]


def test_messages_that_go_back_to_their_queue_are_counted():
    failures = {"batchItemFailures": [{"itemIdentifier": "m-1"}, {"itemIdentifier": "m-2"}]}
    with recorded_metrics() as metrics:
        assert in_a_function(lambda: failures) == failures
        in_a_function(lambda: {"batchItemFailures": []})
    assert metrics.sums == {"FailedMessages": 2}


def test_metrics_are_written_even_if_the_function_fails():
    def fail() -> None:
        telemetry.count("SentSms", 3)
        raise RuntimeError

    with recorded_metrics() as metrics, pytest.raises(RuntimeError):
        in_a_function(fail)
    assert metrics.sums == {"SentSms": 3}


def test_metrics_have_names_of_one_kind():
    for name in all_metrics():
        assert re.fullmatch(r"([A-Z][a-z]+)+", name), name


def test_a_line_names_request_file_and_chunk_and_the_next_request_forgets_them(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    log = logging.getLogger("chalicelib.steps.enroll")

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


class Closed(io.StringIO):
    """A closed stream."""

    def __init__(self) -> None:
        super().__init__()
        self.close()


class Talkative(Exception):
    """An exception of a library, whose text holds personal data."""

    def __str__(self) -> str:
        return a_nik(1)


def a_record(message: str, *args: object, error: Exception | None = None) -> logging.LogRecord:
    """Return a record of a library; not made by `logging`, so that no test's reader sees it."""
    info = (type(error), error, None) if error else None
    return logging.LogRecord("a.library", logging.ERROR, __file__, 1, message, args, info)


def the_handler(name: str) -> logging.Handler:
    # pytest adds handlers of its own to every logger.
    (found,) = (
        each
        for each in logging.getLogger(name).handlers
        if isinstance(each, telemetry.StandardError)
    )
    return found


def handled(record: logging.LogRecord) -> None:
    the_handler("payung").handle(record)


def test_steps_and_framework_log_through_the_same_handler():
    assert the_handler("chalicelib") is the_handler("payung")


def test_a_line_that_cannot_be_written_shows_nothing_of_its_content(monkeypatch, capfd):
    monkeypatch.setattr("sys.stderr", Closed())
    handled(a_record("failed with %s", a_nik(2), error=Talkative()))
    shown = "".join(capfd.readouterr())
    assert "a log line could not be written" in shown
    assert not NIK_OR_PHONE.search(shown)


def test_a_line_whose_arguments_do_not_fit_shows_nothing_of_them(monkeypatch, capfd):
    monkeypatch.setattr("sys.stderr", io.StringIO())
    handled(a_record("%d of %d", a_nik(1)))
    shown = "".join(capfd.readouterr())
    assert "a log line could not be written" in shown
    assert not NIK_OR_PHONE.search(shown)


def test_without_a_stream_the_function_continues(monkeypatch):
    monkeypatch.setattr("sys.stderr", Closed())
    monkeypatch.setattr("sys.__stderr__", Closed())
    handled(a_record("failed"))


def test_a_failing_handler_of_a_library_prints_nothing(capfd):
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            self.handleError(record)

    Broken().handle(a_record("%s", a_nik(1), error=Talkative()))
    assert "".join(capfd.readouterr()) == ""


def test_lines_go_to_the_current_standard_error_without_the_text_of_a_fault(monkeypatch):
    now = io.StringIO()
    monkeypatch.setattr("sys.stderr", now)
    record = a_record("failed", error=Talkative())
    handled(record)
    line = json.loads(now.getvalue())
    assert (line["message"], line["error"]) == ("failed", "Talkative")
    assert not NIK_OR_PHONE.search(now.getvalue())
    assert record.exc_info is not None  # other handlers have the record as it was


def test_rows_of_other_banks_are_counted_by_their_code():
    assert telemetry.OF_OTHER_BANKS == RecipientCode.DUPLICATE_OTHER_BANK
