import json
import logging
from collections.abc import Iterator

import pytest

from chalicelib import deliveries, faults
from chalicelib.domain.jobs import ChunkJob, OutreachJob, ReportJob, SmsJob
from chalicelib.errors import MessageMalformed, NewerVersion, NotYet

NIK = "7171014107800001"


def event(*bodies: str) -> dict:
    return {
        "Records": [
            {"messageId": f"m{n}", "body": body, "attributes": {"ApproximateReceiveCount": "2"}}
            for n, body in enumerate(bodies, start=1)
        ]
    }


def failed(answer: dict) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_what_fails_is_named_and_the_others_are_done():
    done = []

    def do(body: str) -> None:
        if body == "bad":
            raise KeyError(NIK)
        done.append(body)

    answer = deliveries.each(event("a", "bad", "b"), do)

    assert (failed(answer), done) == (["m2"], ["a", "b"])


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """What is logged while a test runs, whoever else listens to the logger."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append
    logs = [logging.getLogger(module.__name__) for module in (deliveries, faults)]
    for log in logs:
        log.addHandler(handler)
    yield records
    for log in logs:
        log.removeHandler(handler)


def test_an_unforeseen_fault_is_logged_without_its_text(logged):
    def do(_: str) -> None:
        raise KeyError(NIK)

    deliveries.each(event("x"), do)

    record = logged[0]
    assert (record.error, record.message_id, record.tries) == ("KeyError", "m1", "2")
    assert NIK not in json.dumps(record.__dict__, default=str)


def test_a_message_to_be_tried_again_is_a_warning_and_poison_an_error(logged):
    kinds = iter([NotYet("wait"), MessageMalformed("no job")])

    def do(_: str) -> None:
        raise next(kinds)

    answer = deliveries.each(event("x", "y"), do)

    assert failed(answer) == ["m1", "m2"]
    assert [record.levelname for record in logged] == ["WARNING", "ERROR"]


def test_a_job_comes_back_as_it_was_sent():
    job = SmsJob(batch="AAAAAAAA", programme="sulut-2026", chunk=1, niks=(NIK,))
    assert deliveries.job(SmsJob, job.model_dump_json()) == job


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"v":1,"batch":"AAAAAAAA","chunk":0}', '{"v":1,"batch":"../x","chunk":1}'],
)
def test_what_is_no_job_is_malformed(body):
    with pytest.raises(MessageMalformed):
        deliveries.job(ChunkJob, body)


@pytest.mark.parametrize(
    "body",
    ['{"v":2,"batch":"AAAAAAAA","chunk":1}', '{"v":2,"file":"AAAAAAAA","part":{"of":1}}'],
)
def test_a_newer_job_is_given_back_whatever_it_looks_like(body):
    with pytest.raises(NewerVersion):
        deliveries.job(ChunkJob, body)


def test_a_malformed_job_is_described_without_what_it_holds():
    body = {"v": 1, "batch": "A", "niks": [NIK + "0"], "chunk": 1, NIK: "x"}
    with pytest.raises(MessageMalformed) as caught:
        deliveries.job(SmsJob, json.dumps(body))
    assert NIK not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_queue_of_two_kinds_tells_them_apart():
    kinds = (ReportJob, OutreachJob)
    report, outreach = ReportJob(batch="7K3M9QX2"), OutreachJob(outreach="002")

    assert deliveries.job_of(kinds, report.model_dump_json()) == report
    assert deliveries.job_of(kinds, outreach.model_dump_json()) == outreach


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"outreach": "../"}', '{"batch": 1}'])
def test_what_is_neither_of_two_kinds_is_malformed(body):
    with pytest.raises(MessageMalformed):
        deliveries.job_of((ReportJob, OutreachJob), body)


def test_a_newer_one_of_two_kinds_waits_for_the_newer_code():
    with pytest.raises(NewerVersion):
        deliveries.job_of((ReportJob, OutreachJob), '{"v": 2, "outreach": "002", "more": 1}')
