"""A workload of everything that payung's functions do, with many faults.

`test_least_privilege` knows only the calls of this workload: a call that nothing here causes
looks like one that is never made.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from chalicelib.domain.jobs import AccessJob, OutreachJob, ReportJob, ResendJob
from chalicelib.domain.person.reference import reference
from local.cloud import environment
from local.pump import Context, Limits, scheduled_event
from tests.deploy.events_by_name import BY_NAME
from tests.deploy.requests_of_staff import requests
from tests.deploy.workload_meetings import everything_that_meets
from tests.faults.faulty_aws import Fault, Kind
from tests.faults.harness import Stage
from tests.faults.scenarios import (
    _UNREACHABLE,
    ACCESS_ORDER,
    OUR_LINES,
    WAYS,
    _batch,
    _said,
    set_the_stage,
)
from tests.support.builders import a_nik
from tests.support.world import a_line

API = "api_handler"

_EVERY = 5
"""In the scenario with faults, one of so many calls fails."""
_CALLS = 400
"""More calls than a file needs."""
_SWEEP_EVERY = 300.0
_SWEEPS = 40
_NO_RECEIPT_ANY_MORE = 80 * 3600.0
_MISHAPS = (
    Kind.FAILED,
    Kind.THROTTLED,
    Kind.DIES_AFTER,
    Kind.CONTENDED,
    Kind.NO_ANSWER,
    Kind.HALF_TAKEN,
    Kind.DIES_BEFORE,
)


def everything(stage: Stage) -> None:
    """Run the workload."""
    stage.finish = lambda: _finish(stage)  # type: ignore[method-assign]  # a test's
    set_the_stage(stage)
    WAYS["an ordinary way"](stage)
    _orders_of_staff(stage)
    WAYS["a repeated file"](stage)
    _results_handed_in_again(stage)
    _mishaps(stage)
    _lost_messages(stage)
    _one_file_while_another_is_read(stage)
    _schedules(stage)
    _calls_by_name(stage)
    _requests(stage)
    _receipts_that_never_come(stage)
    _messages_sent_again(stage)
    everything_that_meets(stage)
    _results_with_mishaps(stage)
    _lists_with_mishaps(stage)
    _access_with_mishaps(stage)
    _erasing_with_mishaps(stage)
    _missing_objects(stage)


def _finish(stage: Stage) -> None:
    """Process everything until only receipts are awaited."""
    stage.drive()
    for _ in range(_SWEEPS):
        stage.sweep()
        if not any(each.get("unfinished") == "yes" for each in stage.picture().batches):
            return
        stage.time.wind_on(_SWEEP_EVERY)
        stage.drive()


def _receipts_that_never_come(stage: Stage) -> None:
    """Upload, and let receipts expire; one receipt comes after that."""
    stage.upload("incoming/002/BPUM/silent.csv", _people(90))
    stage.finish()
    stage.time.wind_on(_NO_RECEIPT_ANY_MORE)
    for _ in range(3):
        stage.sweep()
        stage.drive()
    _receive(stage, _said(stage, {40 * 90: None}, ago=_NO_RECEIPT_ANY_MORE))


def _results_handed_in_again(stage: Stage) -> None:
    """Hand in results without their guard, which intake finds in the earlier file's chunks."""
    stage.upload("incoming/002/BPUM/earlier.csv", _people(85))
    stage.finish()
    earlier = _batch(stage, "incoming/002/BPUM/earlier.csv")
    for name in ("kept", "expired"):
        lines = [f"{each},{reference(earlier, at)}" for at, each in enumerate(_people(85), 2)]
        body = "\n".join(("NIK,Nama,Nilai Bantuan,No HP,payung_referensi", name, *lines))
        key = f"incoming/002/BPUM/again-{name}.csv"
        stage.s3.put_object(Bucket=stage.cloud.bucket, Key=key, Body=body.encode())
        stage.finish()
        _delete(stage, f"work/{earlier}/")


def _messages_sent_again(stage: Stage) -> None:
    """Let a file's messages fail, and order them again, also with failing calls."""
    for number in (95, 96):
        key = f"incoming/002/BPUM/failed-{number}.csv"
        stage.upload(key, _people(number))
        stage.finish()
        failed = dict.fromkeys(range(40 * number, 40 * number + 12), _UNREACHABLE)
        _receive(stage, _said(stage, failed))
        begun = len(stage.aws.calls)
        if number > 95:
            stage.aws.faults = {
                at: Fault(at, Kind.FAILED) for at in range(begun, begun + _CALLS, _EVERY)
            }
        _order_again(stage, key)
        stage.aws.faults = {}
        stage.finish()


def _order_again(stage: Stage, key: str) -> None:
    batch, at = _batch(stage, key), stage.time()
    for chunk in (1, 2, 3):
        job = ResendJob(batch=batch, chunk=chunk, by="petugas", reason="diminta", at=at)
        stage.put("Resend", job.model_dump_json())
    stage.serve("resend")


def _results_with_mishaps(stage: Stage) -> None:
    """Write a file's results, each time with a later failing call, until it works."""
    key = "incoming/002/BPUM/results.csv"
    stage.upload(key, [line for number in range(110, 115) for line in _people(number)])
    stage.serve("intake", "enroll")
    stage.lose("ReportQueue")  # the automatic order: one at a time
    for number in range(30):
        at = len(stage.aws.calls) + 1 + number
        stage.aws.faults = {at: Fault(at, Kind.FAILED, lasting=True)}
        stage.put("Report", ReportJob(batch=_batch(stage, key)).model_dump_json())
        stage.serve("report")
    stage.aws.faults = {}
    stage.finish()


def _lists_with_mishaps(stage: Stage) -> None:
    """Write the outreach lists again and again, each time with a later failing call."""
    people = [a_line(each, phone="") for each in range(3900, 3960)]
    stage.upload("incoming/200/BPUM/no-phones.csv", people)
    stage.finish()
    for number in range(0, 60, 3):
        at = len(stage.aws.calls) + 1 + number
        stage.aws.faults = {at: Fault(at, Kind.FAILED, lasting=True)}
        stage.put("Report", OutreachJob(outreach="200").model_dump_json())
        stage.serve("report")
    stage.aws.faults = {}
    stage.finish()


def _access_with_mishaps(stage: Stage) -> None:
    """Write a file about the trail again and again, each time with a later failing call."""
    WAYS["who asked"](stage)
    for number in range(12):
        at = len(stage.aws.calls) + 1 + number
        stage.aws.faults = {at: Fault(at, Kind.FAILED, lasting=True)}
        stage.put("Report", AccessJob(access=ACCESS_ORDER.id).model_dump_json())
        stage.serve("report")
    stage.aws.faults = {}
    stage.put("Report", AccessJob(access="20261101T173000Z-deadbeef").model_dump_json())
    stage.finish()


def _mishaps(stage: Stage) -> None:
    for number in range(len(_MISHAPS)):
        begun = len(stage.aws.calls)
        stage.aws.faults = {
            at: Fault(at, _MISHAPS[(at + number) % len(_MISHAPS)])
            for at in range(begun + 1 + number % _EVERY, begun + _CALLS, _EVERY)
        }
        stage.upload(f"incoming/002/BPUM/{number}.csv", [*_people(10 + number), *OUR_LINES[:6]])
        stage.finish()
    stage.aws.faults = {}
    stage.finish()


def _lost_messages(stage: Stage) -> None:
    """Lose the messages of each queue, after everything before it was done."""
    steps = ("intake", "enroll", "notify")
    for number, queue in enumerate(("IntakeQueue", "ChunkQueue", "SmsQueue", "ReportQueue")):
        stage.upload(f"incoming/002/BPUM/lost-{number}.csv", _people(30 + number))
        if queue == "IntakeQueue":
            with _dying(stage, after=2):
                stage.serve("intake")
        stage.serve(*steps[:number])
        stage.lose(queue)
        for _ in range(4):
            stage.sweep()
            stage.time.wind_on(_SWEEP_EVERY)
        stage.finish()


def _one_file_while_another_is_read(stage: Stage) -> None:
    for number in range(12):
        people = _people(50 + number)
        stage.upload(f"incoming/002/BPUM/first-{number}.csv", people)
        with _dying(stage, after=2 + number):
            stage.serve("intake")
        stage.upload(f"incoming/002/BPUM/second-{number}.csv", people)
        stage.serve("intake")
    stage.finish()


def _schedules(stage: Stage) -> None:
    for mapping in stage.cloud.environment["PAYUNG_SMS_MAPPINGS"].split(","):
        # They were left off, so that they must be switched on again.
        stage.session.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    for each in stage.app.event_sources:
        if hasattr(each, "schedule_expression"):
            _call(stage, each.name, scheduled_event())


def _calls_by_name(stage: Stage) -> None:
    for each in stage.app.pure_lambda_functions:
        for event in BY_NAME.get(each.name, lambda _: [])(stage):
            _call(stage, each.name, event)
    stage.finish()


def _ask(stage: Stage, event: Any) -> None:
    with suppress(Exception):
        stage.living(API, stage.app)(event, Context(API, stage.limits.get(API, Limits())))


def _orders_of_staff(stage: Stage) -> None:
    """Order a person's message again while its state allows it."""
    for event in requests(stage):
        if event["path"] == "/enrollments/resend":
            _ask(stage, event)
    stage.finish()


def _requests(stage: Stage) -> None:
    for event in requests(stage):
        _ask(stage, event)
    with environment({"PAYUNG_SECOND_FACTOR": "dinas,bpjs"}):
        _ask(stage, next(each for each in requests(stage) if each["path"] == "/enrollments/lookup"))
    stage.finish()


def _erasing_with_mishaps(stage: Stage) -> None:
    """Erase a person of a file again and again, each time with a later failing call."""
    erased = {"nik": a_nik(3), "by": "a test", "reason": "of mishaps", "also_in": []}
    for number in range(40):
        at = len(stage.aws.calls) + 1 + number
        stage.aws.faults = {at: Fault(at, Kind.FAILED, lasting=True)}
        _call(stage, "erase", erased)
    stage.aws.faults = {}


def _missing_objects(stage: Stage) -> None:
    """Delete objects before they are read; their files end as stuck."""
    for number, (folder, steps) in enumerate(
        (
            ("incoming/", ("intake",)),
            ("work/", ("enroll",)),
            ("work/", ("notify", "report")),
            ("results/", ()),
        )
    ):
        done = ("intake", "enroll", "notify", "report")[:number]
        stage.upload(f"incoming/002/BPUM/missing-{number}.csv", _people(70 + number))
        stage.serve(*done)
        _delete(stage, folder)
        stage.serve(*steps)
        _call(stage, "erase", {"nik": a_nik(40 * (70 + number)), "by": "a test", "reason": "gone"})
        for _ in range(4):
            stage.sweep()
            stage.time.wind_on(_SWEEP_EVERY)
    _order_again(stage, "incoming/002/BPUM/failed-95.csv")
    _requests(stage)


def _delete(stage: Stage, folder: str) -> None:
    listed = stage.s3.list_object_versions(Bucket=stage.cloud.bucket, Prefix=folder)
    for each in listed.get("Versions", []):
        stage.s3.delete_object(
            Bucket=stage.cloud.bucket, Key=each["Key"], VersionId=each["VersionId"]
        )


def _receive(stage: Stage, event: Any) -> None:
    _call(stage, "forward", event)
    stage.serve("receipts")


def _call(stage: Stage, function: str, event: Any) -> None:
    handler = stage.app.handler_map[function]
    with suppress(Exception):
        stage.living(function, handler)(event, Context(function, stage.limits[function]))


@contextmanager
def _dying(stage: Stage, *, after: int) -> Iterator[None]:
    """Make the process die after so many calls."""
    at = len(stage.aws.calls) + after
    stage.aws.faults = {at: Fault(at, Kind.DIES_AFTER)}
    with suppress(Exception):
        yield
    stage.aws.faults = {}


def _people(number: int) -> list[str]:
    """Return the lines of twelve people who are unique to this number."""
    return [a_line(40 * number + each) for each in range(12)]
