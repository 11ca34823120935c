"""What meets in the workload: files with the same people, a pause, a race for a receipt.

Each needs its own order of events, which the faults of `workload` would bring about by chance only.
"""

import json
from datetime import timedelta
from typing import Any

from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.ports import SmsChange
from chalicelib.domain.jobs import SingleSmsJob
from chalicelib.domain.person.enrollment import MessageKind, Sms, SmsEvent
from local.pump import Context, Limits
from tests.deploy.requests_of_staff import cancellation_of, cut_of, list_of, payment_of, reversal_of
from tests.faults.faulty_aws import Call
from tests.faults.harness import Stage
from tests.faults.scenarios import _batch, _gatekeeper, _said
from tests.support.builders import PROGRAMME, a_nik
from tests.support.world import a_line

API = "api_handler"
_FIRST = 4300
"""The people from this number on are in no other file of the workload."""
_SWEEP_EVERY = 300.0
_UNTIL_A_FILE_IS_STALLED = 4
"""Sweeps: the first sees the file, a later one finds no progress."""


def everything_that_meets(stage: Stage) -> None:
    """Run these parts of the workload."""
    _confirmations(stage)
    _premiums_that_are_paid(stage)
    _a_later_file_takes_people_over(stage)
    _a_paused_file(stage)
    _a_race_for_a_receipt(stage)


def _confirmations(stage: Stage) -> None:
    """Confirm deductions of a bank, and of one whom another bank enrolled; reverse them."""
    theirs, both = _people(0, 1), a_line(_FIRST)
    stage.upload("incoming/008/BPUM/first.csv", theirs)
    stage.finish()
    stage.upload("incoming/002/BPUM/deducted.csv", [*_people(1, 8), both])
    stage.finish()
    rows = "\n".join(f"{a_nik(_FIRST + each)},dipotong" for each in range(8))
    stage.s3.put_object(
        Bucket=stage.cloud.bucket,
        Key="incoming/002/KONFIRMASI/deducted.csv",
        Body=f"NIK,Status Potong\n{rows}\n".encode(),
    )
    stage.finish()
    batch = _batch(stage, "incoming/002/KONFIRMASI/deducted.csv")
    for event in reversal_of({"batch": batch, "bank": "002"}):
        stage.living(API, stage.app)(event, Context(API, stage.limits.get(API, Limits())))
    stage.finish()


def _premiums_that_are_paid(stage: Stage) -> None:
    """Deduct and list the premiums of a few people; cancel the list, and make another one.

    The job of the second list is lost once. It is paid short, and complete without one person.
    """
    stage.upload("incoming/002/BPUM/paid.csv", _people(80, 84))
    stage.finish()
    rows = "\n".join(f"{a_nik(_FIRST + each)},dipotong" for each in range(80, 84))
    stage.s3.put_object(
        Bucket=stage.cloud.bucket,
        Key="incoming/002/KONFIRMASI/paid.csv",
        Body=f"NIK,Status Potong\n{rows}\n".encode(),
    )
    stage.finish()
    cancelled = _ask(stage, list_of(PROGRAMME))
    stage.finish()
    assert _ask(stage, cancellation_of(cancelled["id"]))["state"] == "cancelled"
    stage.time.wind_on(1)  # an id has the second in which a list was made
    made = _ask(stage, list_of(PROGRAMME))
    stage.lose("ChunkQueue")
    stage.sweep()
    stage.drive()
    today = stage.time().date()
    person = _enrollments(stage).find(PROGRAMME, a_nik(_FIRST + 80))
    assert person is not None
    for event in payment_of(made["id"], 3 * person.premium, today):
        _ask(stage, event)
    assert _ask(stage, cut_of(made["id"], person.reference))["state"] == "received"
    stage.finish()


def _enrollments(stage: Stage) -> DynamoEnrollments:
    return DynamoEnrollments(
        stage.dynamodb,
        table=stage.cloud.environment["PAYUNG_ENROLLMENTS_TABLE"],
        batches_table=stage.cloud.environment["PAYUNG_BATCHES_TABLE"],
    )


def _ask(stage: Stage, event: dict[str, Any]) -> Any:
    limits = stage.limits.get(API, Limits())
    return json.loads(stage.living(API, stage.app)(event, Context(API, limits))["body"])


def _a_later_file_takes_people_over(stage: Stage) -> None:
    """Let a file wait for its report until a later one has its people, who have no message yet."""
    people = _people(20, 28)
    stage.upload("incoming/002/BPUM/stalled.csv", people)
    stage.serve("intake", "enroll")
    stage.lose("ReportQueue")
    for _ in range(_UNTIL_A_FILE_IS_STALLED):
        stage.sweep()
        stage.time.wind_on(_SWEEP_EVERY)
    stage.lose("ReportQueue")
    stage.upload("incoming/002/BPUM/later.csv", [*people[:6], *_people(28, 32)])
    stage.serve("intake", "enroll")
    stage.finish()


def _a_paused_file(stage: Stage) -> None:
    """Deliver messages of a paused file, and one that staff ordered: each returns to its queue."""
    key = "incoming/002/BPUM/paused.csv"
    stage.upload(key, _people(40, 44))
    stage.serve("intake", "enroll")
    batch = _batch(stage, key)
    stage.staff(
        lambda ports: _gatekeeper(ports).pause(by="petugas", reason="salah teks", batch=batch)
    )
    single = SingleSmsJob(batch=batch, programme=PROGRAMME, chunk=1, niks=(a_nik(_FIRST + 40),))
    stage.put("SingleSms", single.model_dump_json())
    stage.serve("notify")
    stage.staff(lambda ports: _gatekeeper(ports).resume(batch=batch))
    stage.finish()


def _a_race_for_a_receipt(stage: Stage) -> None:
    """Change a person's message after its receipt's function has read it, before that writes."""
    number = _FIRST + 60
    stage.upload("incoming/002/BPUM/raced.csv", [a_line(number)])
    stage.finish()
    enrollments = _enrollments(stage)
    before_each = stage.aws.before_each

    def give_up_first(_number: int, call: Call) -> None:
        if (call.function, call.operation) != ("receipts", "UpdateItem"):
            return
        stage.aws.before_each = before_each
        person = enrollments.find(PROGRAMME, a_nik(number))
        assert person is not None
        kind = MessageKind.ENROLLED
        given_up = SmsEvent(stage.time() + timedelta(seconds=1), Sms.UNCONFIRMED)
        after = person.with_message(kind, person.messages[kind].after(given_up))
        assert enrollments.settle_sms(SmsChange(person, after, kind))

    receipts = _said(stage, {number: None})
    stage.aws.before_each = give_up_first
    stage.hand_on(receipts)
    stage.finish()
    assert stage.aws.before_each == before_each, "no receipt was taken"


def _people(start: int, end: int) -> list[str]:
    return [a_line(_FIRST + each) for each in range(start, end)]
