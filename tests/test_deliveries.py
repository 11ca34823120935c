import json
import logging
from collections.abc import Iterator

import pytest

from chalicelib import fault_log
from chalicelib.adapters.ports import Failure
from chalicelib.domain.jobs import (
    AccessJob,
    ChunkJob,
    Decision,
    OutreachJob,
    ReportJob,
    SetAside,
    SmsJob,
)
from chalicelib.errors import Busy, MessageMalformed, NewerVersion, NotYet
from chalicelib.lambdas import sqs_batch
from tests.support.builders import NOW

NIK = "7171014107800001"


def handle(*given):
    """Do messages of which none is set aside."""
    return sqs_batch.each(*given, aside=pytest.fail)


def event(*bodies: str) -> dict:
    return {
        "Records": [
            {"messageId": f"m{n}", "body": body, "attributes": {"ApproximateReceiveCount": "2"}}
            for n, body in enumerate(bodies, start=1)
        ]
    }


def failed(answer: dict) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_failed_messages_are_named_and_the_others_are_processed():
    done = []

    def do(body: str) -> None:
        if body == "bad":
            raise KeyError(NIK)
        done.append(body)

    answer = handle(event("a", "bad", "b"), do)

    assert (failed(answer), done) == (["m2"], ["a", "b"])


class Hidden:
    """Records for how long messages stay hidden, or fails."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.seconds: list[int] = []

    def hide(self, queue_arn: str, receipt: str, seconds: int) -> None:
        assert (queue_arn, receipt) == ("arn:aws:sqs:ap-southeast-3:1:q", "handle")
        if self.fault:
            raise self.fault
        self.seconds.append(seconds)


def received(tries: int) -> dict:
    (record,) = event("x")["Records"]
    return {
        "Records": [
            record
            | {
                "receiptHandle": "handle",
                "eventSourceARN": "arn:aws:sqs:ap-southeast-3:1:q",
                "attributes": {"ApproximateReceiveCount": str(tries)},
            }
        ]
    }


def fail(_: str) -> None:
    raise NotYet("not yet")


def test_a_failed_message_comes_back_after_a_time_that_grows():
    hidden = Hidden()
    for tries in range(1, 6):
        assert failed(handle(received(tries), fail, hidden, Kept())) == ["m1"]
    assert hidden.seconds == [60, 300, 900, 3600, 0]


def test_a_message_that_is_done_is_left_to_lambda():
    hidden = Hidden()
    handle(received(1), lambda _: None, hidden)
    assert hidden.seconds == []


def test_a_message_comes_back_by_its_queues_time_if_sqs_refuses_another(logged):
    answer = handle(received(1), fail, Hidden(KeyError(NIK)))
    assert failed(answer) == ["m1"]
    assert [each.levelname for each in logged] == ["WARNING", "ERROR"]
    assert NIK not in "".join(map(str, (each.__dict__ for each in logged)))


def test_a_busy_queue_that_keeps_its_own_time_is_no_error(logged):
    answer = handle(received(1), fail, Hidden(Busy("Throttling")))
    assert failed(answer) == ["m1"]
    assert [each.levelname for each in logged] == ["WARNING", "WARNING"]
    assert "Throttling" in logged[1].getMessage()


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """The log records during a test, without other handlers of the logger."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append
    logs = [logging.getLogger(module.__name__) for module in (sqs_batch, fault_log)]
    for log in logs:
        log.addHandler(handler)
    yield records
    for log in logs:
        log.removeHandler(handler)


def test_an_unforeseen_fault_is_logged_without_its_text(logged):
    def do(_: str) -> None:
        raise KeyError(NIK)

    handle(event("x"), do)

    record = logged[0]
    assert (record.error, record.message_id, record.tries) == ("KeyError", "m1", "2")
    assert NIK not in json.dumps(record.__dict__, default=str)


def test_a_message_to_be_tried_again_is_a_warning_and_poison_an_error(logged):
    kinds = iter([NotYet("wait"), MessageMalformed("no job")])

    def do(_: str) -> None:
        raise next(kinds)

    answer = handle(event("x", "y"), do)

    assert failed(answer) == ["m1", "m2"]
    assert [record.levelname for record in logged] == ["WARNING", "ERROR"]


def test_a_job_comes_back_as_it_was_sent():
    job = SmsJob(batch="AAAAAAAA", programme="sulut-2026", chunk=1, niks=(NIK,))
    assert sqs_batch.job(SmsJob, job.model_dump_json()) == job


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"v":1,"batch":"AAAAAAAA","chunk":0}', '{"v":1,"batch":"../x","chunk":1}'],
)
def test_any_other_text_is_a_malformed_job(body):
    with pytest.raises(MessageMalformed):
        sqs_batch.job(ChunkJob, body)


@pytest.mark.parametrize(
    "body",
    ['{"v":2,"batch":"AAAAAAAA","chunk":1}', '{"v":2,"file":"AAAAAAAA","part":{"of":1}}'],
)
def test_a_newer_job_is_returned_whatever_its_form(body):
    with pytest.raises(NewerVersion):
        sqs_batch.job(ChunkJob, body)


def test_a_malformed_job_is_described_without_its_content():
    body = {"v": 1, "batch": "A", "niks": [NIK + "0"], "chunk": 1, NIK: "x"}
    with pytest.raises(MessageMalformed) as caught:
        sqs_batch.job(SmsJob, json.dumps(body))
    assert NIK not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_queue_of_two_kinds_of_jobs_distinguishes_them():
    kinds = (ReportJob, OutreachJob)
    report, outreach = ReportJob(batch="7K3M9QX2"), OutreachJob(outreach="002")

    assert sqs_batch.job_of(kinds, report.model_dump_json()) == report
    assert sqs_batch.job_of(kinds, outreach.model_dump_json()) == outreach


def test_a_queue_of_three_kinds_of_jobs_distinguishes_them():
    kinds = (ReportJob, OutreachJob, AccessJob)
    for each in (
        ReportJob(batch="7K3M9QX2"),
        OutreachJob(outreach="002"),
        AccessJob(access="20261122T020000Z-0123abcd"),
    ):
        assert sqs_batch.job_of(kinds, each.model_dump_json()) == each


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"outreach": "../"}', '{"batch": 1}'])
def test_a_job_of_neither_kind_is_malformed(body):
    with pytest.raises(MessageMalformed):
        sqs_batch.job_of((ReportJob, OutreachJob), body)


def test_a_newer_one_of_two_kinds_waits_for_the_newer_code():
    with pytest.raises(NewerVersion):
        sqs_batch.job_of((ReportJob, OutreachJob), '{"v": 2, "outreach": "002", "more": 1}')


class Kept:
    """Records why messages failed, or fails."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.reasons: dict[str, Failure] = {}

    def note(self, message: str, failure: Failure) -> None:
        if self.fault:
            raise self.fault
        self.reasons[message] = failure


def raising(fault: Exception):
    def do(_body: str) -> None:
        raise fault

    return do


@pytest.mark.parametrize(("tries", "is_kept"), [(1, False), (4, False), (5, True), (6, True)])
def test_why_a_message_failed_is_kept_once_it_becomes_a_dead_letter(tries, is_kept):
    kept = Kept()
    handle(received(tries), raising(NotYet("the file is not read")), Hidden(), kept)
    assert set(kept.reasons) == ({"m1"} if is_kept else set())
    for each in kept.reasons.values():
        assert (each.error, each.said, each.tries) == ("NotYet", "the file is not read", tries)
        assert "test_deliveries.py" in each.place


def test_the_text_of_a_foreign_exception_is_not_kept():
    kept = Kept()
    handle(received(5), raising(KeyError(NIK)), Hidden(), kept)
    (failure,) = kept.reasons.values()
    assert (failure.error, failure.said) == ("KeyError", "")
    assert NIK not in str(failure)


@pytest.mark.parametrize(("fault", "is_ours"), [(Busy("x"), False), (KeyError("x"), True)])
def test_a_reason_that_cannot_be_kept_changes_nothing_else(logged, fault, is_ours):
    hidden = Hidden()
    answer = handle(received(5), raising(NotYet("x")), hidden, Kept(fault))
    assert failed(answer) == ["m1"]
    assert hidden.seconds == [0]
    assert any(each.getMessage() == "unexpected fault" for each in logged) is is_ours
    alone = "why a message failed is in the log alone"
    assert any(each.getMessage().startswith(alone) for each in logged) is not is_ours


def set_aside(job: str) -> str:
    return SetAside(
        set_aside=Decision(by="user/ani", reason="no use", at=NOW), job=job
    ).model_dump_json()


def test_a_message_that_was_set_aside_is_ended_and_not_done(logged):
    ended = []
    answer = sqs_batch.each(
        event(set_aside("the job"), '{"set_aside":{}}'), pytest.fail, aside=ended.append
    )
    assert ended == ["the job"]
    assert failed(answer) == ["m2"]  # nobody decided that
    assert "ani" not in json.dumps([each.__dict__ for each in logged], default=str)
