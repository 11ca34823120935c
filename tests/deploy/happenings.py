"""Everything that happens to payung's functions, and a good deal that goes wrong.

What is driven here is what `test_least_privilege` knows of: a call that nothing here leads to
looks like one that is never made.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from builders import a_nik
from events_by_name import BY_NAME
from faulty_aws import Fault, Kind
from requests_of_staff import requests
from stage import Stage
from ways import _UNREACHABLE, OUR_LINES, WAYS, _batch, _said, set_the_stage
from world import a_line

from chalicelib.domain.jobs import OutreachJob, ReportJob, ResendJob
from local.pump import Context, Limits, scheduled_event

API = "api_handler"

_EVERY = 5
"""Of so many calls one fails on the way on which calls fail."""
_CALLS = 400
"""More than a file's way takes."""
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
    """Let it happen."""
    stage.finish = lambda: _finish(stage)  # type: ignore[method-assign]  # a test's
    set_the_stage(stage)
    WAYS["an ordinary way"](stage)
    WAYS["a repeated file"](stage)
    _mishaps(stage)
    _lost_messages(stage)
    _one_file_while_another_is_read(stage)
    _schedules(stage)
    _calls_by_name(stage)
    _requests(stage)
    _receipts_that_never_come(stage)
    _messages_sent_again(stage)
    _results_with_mishaps(stage)
    _lists_with_mishaps(stage)
    _erasing_with_mishaps(stage)
    _missing_objects(stage)


def _finish(stage: Stage) -> None:
    """Drive everything to where only receipts are waited for."""
    stage.drive()
    for _ in range(_SWEEPS):
        stage.sweep()
        if not any(each.get("unfinished") == "yes" for each in stage.picture().batches):
            return
        stage.time.wind_on(_SWEEP_EVERY)
        stage.drive()


def _receipts_that_never_come(stage: Stage) -> None:
    """Upload, and let so much time pass that no receipt is expected any more; one comes then."""
    stage.upload("incoming/002/BPUM/silent.csv", _people(90))
    stage.finish()
    stage.time.wind_on(_NO_RECEIPT_ANY_MORE)
    for _ in range(3):
        stage.sweep()
        stage.drive()
    _call(stage, "receipts", _said(stage, {40 * 90: None}, ago=_NO_RECEIPT_ANY_MORE))


def _messages_sent_again(stage: Stage) -> None:
    """Let carriers fail a file's messages, and staff order them again, also while calls fail."""
    for number in (95, 96):
        key = f"incoming/002/BPUM/failed-{number}.csv"
        stage.upload(key, _people(number))
        stage.finish()
        failed = dict.fromkeys(range(40 * number, 40 * number + 12), _UNREACHABLE)
        _call(stage, "receipts", _said(stage, failed))
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
    """Have a file's results written, each time failing one call later, until they are written."""
    key = "incoming/002/BPUM/results.csv"
    stage.upload(key, [line for number in range(110, 115) for line in _people(number)])
    stage.serve("intake", "enroll")
    stage.lose("ReportQueue")  # the order that came by itself: one at a time
    for number in range(30):
        at = len(stage.aws.calls) + 1 + number
        stage.aws.faults = {at: Fault(at, Kind.FAILED, lasting=True)}
        stage.put("Report", ReportJob(batch=_batch(stage, key)).model_dump_json())
        stage.serve("report")
    stage.aws.faults = {}
    stage.finish()


def _lists_with_mishaps(stage: Stage) -> None:
    """Have the lists of whom no message has reached written, each time failing some calls later."""
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
    """Lose what waits in each queue, once everything before it was done."""
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
    if mapping := stage.cloud.environment.get("PAYUNG_SMS_MAPPING"):
        # Left off by somebody, so that it is to be switched on again.
        stage.session.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    for each in stage.app.event_sources:
        if hasattr(each, "schedule_expression"):
            _call(stage, each.name, scheduled_event())


def _calls_by_name(stage: Stage) -> None:
    for each in stage.app.pure_lambda_functions:
        for event in BY_NAME.get(each.name, lambda _: [])(stage):
            _call(stage, each.name, event)
    stage.finish()


def _requests(stage: Stage) -> None:
    limits = stage.limits.get(API, Limits())
    for event in requests(stage):
        with suppress(Exception):
            stage._living(API, stage.app)(event, Context(API, limits))
    stage.finish()


def _erasing_with_mishaps(stage: Stage) -> None:
    """Erase somebody of a file again and again, each time failing one call later."""
    erased = {"nik": a_nik(3), "by": "a test", "reason": "of mishaps", "also_in": []}
    for number in range(40):
        at = len(stage.aws.calls) + 1 + number
        stage.aws.faults = {at: Fault(at, Kind.FAILED, lasting=True)}
        _call(stage, "erase", erased)
    stage.aws.faults = {}


def _missing_objects(stage: Stage) -> None:
    """Let objects be gone when they are asked for; the files of these end as stuck."""
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


def _call(stage: Stage, function: str, event: Any) -> None:
    handler = stage.app.handler_map[function]
    with suppress(Exception):
        stage._living(function, handler)(event, Context(function, stage.limits[function]))


@contextmanager
def _dying(stage: Stage, *, after: int) -> Iterator[None]:
    """Let the process die after so many calls."""
    at = len(stage.aws.calls) + after
    stage.aws.faults = {at: Fault(at, Kind.DIES_AFTER)}
    with suppress(Exception):
        yield
    stage.aws.faults = {}


def _people(number: int) -> list[str]:
    """Return the lines of twelve people whom no other number has."""
    return [a_line(40 * number + each) for each in range(12)]
