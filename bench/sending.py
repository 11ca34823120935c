"""Measures client CPU of sending a confirmation, with HTTP stubbed.

It includes the calls for each message (claim, the number's day, publish, pointer, record), and
those for each job of 25 (gate, budget, counts, how far the chunk is).
"""

import json
from statistics import median
from typing import Any

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from bench import stubbed
from bench.measure import Figure, Run, cpu
from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.dynamodb.gates import DynamoGates
from chalicelib.adapters.dynamodb.person_items import enrollment_items
from chalicelib.adapters.sms_sender import SnsSmsSender
from chalicelib.domain.jobs import sms_jobs
from chalicelib.domain.person.enrollment import Sms
from chalicelib.lambdas import clients
from tests.support.builders import a_batch, a_nik, an_enrollment
from tests.support.world import World

_BOUND = 450
_NIK = b'"nik":{"S":"'
_PUBLISHED = (
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>'
    b"94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>"
)


def sending(run: Run) -> list[Figure]:
    many = run.rows(2_000, 200)
    times = [_sent(many) for _ in range(run.times)]
    each = median(times) / many * 1e6
    run.found["notify_us"] = each
    return [
        Figure(
            "client CPU per message, HTTP stubbed",
            f"{each:.0f} µs",
            f"<= {_BOUND} µs",
            each <= _BOUND,
        )
    ]


def _sent(many: int) -> float:
    """Return the CPU seconds for the messages of `many` people."""
    world = World()
    people = [an_enrollment(number, batch=a_batch().id) for number in range(1, many + 1)]
    dynamodb = _client(people)
    world.enrollments = DynamoEnrollments(dynamodb, table="people", batches_table="batches")
    world.batches = DynamoBatches(dynamodb, table="batches")
    world.gates = DynamoGates(dynamodb, table="batches")
    world.sms_sender = SnsSmsSender(_sns(), sender_id="PAYUNG", max_price="0.50")
    jobs = sms_jobs(a_batch().id, "sulut-2026", 1, [a_nik(number) for number in range(1, many + 1)])

    def work() -> None:
        for job in jobs:
            world.notify(job, claim="claim")

    return cpu(work)


def _client(people: list[Any]) -> Any:
    """Return a client whose claims succeed: it answers with the claimed enrollment.

    No message is counted yet: the query of the counts finds nothing.
    """
    claimed = {"sms": {"S": Sms.SENDING.value}, "sms_claim": {"S": "claim"}}
    answers = {
        item["nik"]["S"]: json.dumps({"Attributes": item | claimed}).encode()
        for item in enrollment_items(people)
    }

    def answer(request: Any, **_: Any) -> AWSResponse:
        operation, body = request.headers["X-Amz-Target"].rpartition(".")[2], b"{}"
        if operation == "Query":
            body = b'{"Items":[]}'
        elif operation == "UpdateItem":
            # Not parsed: the time of this answer is in the figure.
            body = answers.get(request.body.partition(_NIK)[2][:16].decode(), body)
        return stubbed.answered(request, body)

    return stubbed.client(clients.PATIENT, answer)


def _sns() -> Any:
    def answer(request: Any, **_: Any) -> AWSResponse:
        headers = {"Content-Type": "text/xml"}
        return AWSResponse(request.url, 200, headers, MockRawResponse(_PUBLISHED))

    return stubbed.client(clients.ONCE, answer, service="sns")
