"""Client CPU of sending a confirmation: claimed, published, recorded; HTTP stubbed."""

import json
from statistics import median
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from builders import a_batch, a_nik, an_enrollment
from moto.core.botocore_stubber import MockRawResponse
from world import World

from bench import stubbed
from bench.measure import Figure, Run, cpu
from chalicelib import wiring
from chalicelib.adapters.enrollments import DynamoEnrollments
from chalicelib.adapters.person_items import enrollment_items
from chalicelib.adapters.texter import SnsTexter
from chalicelib.domain.batch import BatchStatus
from chalicelib.domain.enrollment import Sms
from chalicelib.domain.jobs import sms_jobs

_PUBLISHED = (
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>'
    b"94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>"
)


def sending(run: Run) -> list[Figure]:
    many = run.rows(2_000, 200)
    times = [_sent(many) for _ in range(run.times)]
    each = median(times) / many * 1e6
    run.found["notify_us"] = each
    return [Figure("client CPU per message, HTTP stubbed", f"{each:.0f} µs", "", None)]


def _sent(many: int) -> float:
    """Return the seconds of CPU in which so many people are told."""
    world = World()
    people = [an_enrollment(number, batch=a_batch().id) for number in range(1, many + 1)]
    batch = a_batch(rows=many, chunks=1, status=BatchStatus.ENROLLING, programme="sulut-2026")
    world.tables.files[batch.id] = batch
    world.enrollments = DynamoEnrollments(
        _client(people), table="people", batches_table="batches", keep_days=0
    )
    world.texter = SnsTexter(_sns(), sender_id="PAYUNG", max_price="0.50")
    jobs = sms_jobs(batch.id, "sulut-2026", 1, [a_nik(number) for number in range(1, many + 1)])

    def work() -> None:
        for job in jobs:
            world.notify(job, claim="claim")

    return cpu(work)


def _client(people: list[Any]) -> Any:
    """Return a client whose claims succeed: it answers with the person as they then stand."""
    claimed = {"sms": {"S": Sms.SENDING.value}, "sms_claim": {"S": "claim"}}
    answers = {
        item["nik"]["S"]: json.dumps({"Attributes": item | claimed}).encode()
        for item in enrollment_items(people)
    }

    def answer(request: Any, **_: Any) -> AWSResponse:
        body = b"{}"
        if request.headers["X-Amz-Target"].endswith(b".UpdateItem"):
            body = answers[json.loads(request.body)["Key"]["nik"]["S"]]
        return stubbed.answered(request, body)

    return stubbed.client(wiring.PATIENT, answer)


def _sns() -> Any:
    made = boto3.client("sns", config=wiring._ONCE, **stubbed.WHO)  # noqa: SLF001  # as it is deployed
    made.meta.events.register(
        "before-send",
        lambda request, **_: AWSResponse(
            request.url, 200, {"Content-Type": "text/xml"}, MockRawResponse(_PUBLISHED)
        ),
    )
    return made
