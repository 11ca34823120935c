"""Calls that are sent directly say the same as botocore's, and fail as botocore's do."""

import json
import re
import socket
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
    NoCredentialsError,
)
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters import direct
from chalicelib.adapters.direct import Signer, sends_directly

NOW = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
WHO = Credentials("AKIDEXAMPLE", "a-secret")
ITEMS = [
    {
        "Put": {
            "TableName": "people",
            "Item": {
                "nik": {"S": "7171015708800001"},
                "name": {"S": "Siti É"},
                "log": {"L": [{"S": "a"}]},
            },
        }
    }
]
SMS = {
    "PhoneNumber": "+6281200000001",
    "Message": "Halo Siti É & <b>+1 %",
    "MessageAttributes": {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"},
    },
}
CALLS = {
    "transact_write_items": ("dynamodb", {"TransactItems": ITEMS}),
    "query": ("dynamodb", {"TableName": "people", "KeyConditionExpression": "nik = :n"}),
    "batch_get_item": ("dynamodb", {"RequestItems": {"people": {"Keys": []}}}),
    "put_log_events": (
        "logs",
        {
            "logGroupName": "/payung/audit",
            "logStreamName": "s",
            "logEvents": [{"timestamp": 1_795_914_123_000, "message": "É"}],
        },
    ),
    "publish": ("sns", SMS),
}
PUBLISHED = b"""<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>
<MessageId>94f20ce6</MessageId></PublishResult></PublishResponse>"""


def a_client(service="dynamodb", *, tries=1):
    retries = {"mode": "standard", "total_max_attempts": tries}
    return boto3.client(
        service,
        region_name="ap-southeast-3",
        aws_access_key_id=WHO.access_key,
        aws_secret_access_key=WHO.secret_key,
        config=Config(parameter_validation=False, retries=retries),
    )


def a_direct_client(service="dynamodb", *, tries=1):
    return sends_directly(a_client(service, tries=tries), WHO)


def answering(client, *answers):
    """Let a client get these answers in turn: each a status and a body, or an error to raise."""
    requests, left = [], list(answers)

    def answer(request, **_):
        requests.append(request)
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        status, body, *headers = found
        return AWSResponse(request.url, status, dict(headers), MockRawResponse(body))

    client.meta.events.register("before-send", answer)
    return requests


def header(request, name):
    """Return a header; botocore has some of them as bytes."""
    value = request.headers[name]
    return value.decode() if isinstance(value, bytes) else value


def sent_by(client, operation, parameters):
    body = PUBLISHED if operation == "publish" else b"{}"
    requests = answering(client, (200, body))
    getattr(client, operation)(**parameters)
    (request,) = requests
    return request


def body_of(request):
    if isinstance(request.body, bytes) and request.body.startswith(b"{"):
        body = json.loads(request.body)
        body.pop("ClientRequestToken", None)
        return body
    # The order of a form's fields means nothing.
    form = request.body if isinstance(request.body, bytes) else request.body.encode()
    return sorted(parse_qsl(form.decode(), keep_blank_values=True, strict_parsing=True))


@pytest.mark.parametrize("operation", CALLS)
def test_the_same_is_sent_as_botocore_sends(operation):
    service, parameters = CALLS[operation]
    ours = sent_by(a_direct_client(service), operation, parameters)
    theirs = sent_by(a_client(service), operation, parameters)
    assert (ours.method, ours.url) == (theirs.method, theirs.url)
    assert body_of(ours) == body_of(theirs)
    assert header(ours, "Content-Type") == header(theirs, "Content-Type")
    if service != "sns":
        assert header(ours, "X-Amz-Target") == header(theirs, "X-Amz-Target")


@pytest.mark.parametrize("token", [None, "a+session/token=="])
@pytest.mark.parametrize("operation", CALLS)
def test_the_signature_is_botocores(operation, token, monkeypatch):
    service, parameters = CALLS[operation]
    who = Credentials("AKIDEXAMPLE", "a-secret", token)
    monkeypatch.setattr(direct, "now_in_utc", lambda: NOW)
    client = sends_directly(a_client(service), who)
    sent = sent_by(client, operation, parameters)
    # botocore signs the same request, at the same time.
    left = {"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "User-Agent"}
    headers = {name: value for name, value in sent.headers.items() if name not in left}
    request = AWSRequest("POST", sent.url, headers=headers, data=sent.body)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: NOW)
    SigV4Auth(who, service, "ap-southeast-3").add_auth(request)
    assert sent.headers["Authorization"] == request.headers["Authorization"]
    assert sent.headers.get("X-Amz-Security-Token") == token


def test_a_new_day_and_new_credentials_have_another_key():
    changing = Credentials("a", "first")
    signer = Signer(changing, host="h", region="r", service="s")
    signed = [signer.headers({}, b"", NOW)["Authorization"]]
    changing.secret_key = "second"
    signed.append(signer.headers({}, b"", NOW)["Authorization"])
    signed.append(signer.headers({}, b"", NOW.replace(day=30))["Authorization"])
    signatures = {re.search("Signature=(.*)", each)[1] for each in signed}
    assert len(signatures) == 3


def test_a_callers_parameters_are_left_alone():
    items = json.loads(json.dumps(ITEMS))
    sent_by(a_direct_client(), "transact_write_items", {"TransactItems": items})
    assert items == ITEMS


def test_both_tries_of_a_transaction_have_the_same_token():
    client = a_direct_client(tries=2)
    requests = answering(client, ConnectionClosedError(endpoint_url="x"), (200, b"{}"))
    client.transact_write_items(TransactItems=ITEMS)
    tokens = {json.loads(each.body)["ClientRequestToken"] for each in requests}
    assert len(requests) == 2
    assert len(tokens) == 1


def test_a_fault_of_aws_is_tried_again_and_a_refusal_is_not():
    client = a_direct_client(tries=2)
    refused = (
        b'{"__type": "com.amazonaws#ConditionalCheckFailedException", "Item": {"v": {"N": "9"}}}'
    )
    requests = answering(client, (500, b"<html>"), (400, refused))
    with pytest.raises(ClientError) as raised:
        client.put_item(TableName="people", Item={})
    assert len(requests) == 2
    assert type(raised.value) is client.exceptions.ConditionalCheckFailedException
    assert raised.value.response["Item"] == {"v": {"N": "9"}}


def test_a_message_is_published_once():
    client = a_direct_client("sns")
    requests = answering(client, ConnectionClosedError(endpoint_url="x"), (200, PUBLISHED))
    with pytest.raises(ConnectionClosedError):
        client.publish(**SMS)
    assert len(requests) == 1


def test_the_carriers_id_and_its_refusal_are_read():
    client = a_direct_client("sns")
    error = (
        b"<ErrorResponse><Error><Code>Throttled</Code><Message>m</Message></Error></ErrorResponse>"
    )
    answering(client, (200, PUBLISHED), (400, error))
    assert client.publish(**SMS)["MessageId"] == "94f20ce6"
    with pytest.raises(ClientError, match="Throttled"):
        client.publish(**SMS)


@pytest.mark.parametrize(
    "damaged", [(200, b"{"), (200, b"{}", ("x-amz-crc32", "1")), (200, b"<html>")]
)
def test_a_damaged_answer_is_none(damaged):
    client = a_direct_client()
    answering(client, damaged)
    with pytest.raises(HTTPClientError):
        client.get_item(TableName="people", Key={})


def test_a_fault_without_fields_has_its_status():
    client = a_direct_client()
    answering(client, (503, b"<html>"))
    with pytest.raises(ClientError) as raised:
        client.get_item(TableName="people", Key={})
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_another_service_keeps_botocores_way():
    client = a_client("sqs")
    before = client.send_message_batch
    assert sends_directly(client, WHO).send_message_batch == before


def test_without_credentials_nothing_is_sent():
    client = sends_directly(a_client(), None)
    requests = answering(client, (200, b"{}"))
    with pytest.raises(NoCredentialsError):
        client.get_item(TableName="people", Key={})
    assert requests == []


class Session:
    """Answers instead of botocore's HTTP session; notes what was done."""

    def __init__(self, **_):
        self.done = []

    def send(self, request):
        self.done.append("send")
        return AWSResponse(request.url, 200, {}, MockRawResponse(b"{}"))

    def close(self):
        self.done.append("close")


def test_a_connection_that_was_idle_is_not_used_again(monkeypatch):
    sessions, clock = [], [100.0]

    def session(**options):
        sessions.append(Session(**options))
        return sessions[-1]

    monkeypatch.setattr(direct, "URLLib3Session", session)
    monkeypatch.setattr(direct.time, "monotonic", lambda: clock[0])
    client = a_direct_client()
    for pause in (0.0, 5.0, 60.0):
        clock[0] += pause
        client.get_item(TableName="people", Key={})
    (used,) = sessions
    assert used.done == ["close", "send", "send", "close", "send"]


def test_a_call_does_not_wait_for_the_receipt_of_its_parts(monkeypatch):
    made = []
    session = direct.URLLib3Session
    monkeypatch.setattr(
        direct, "URLLib3Session", lambda **given: (made.append(given), session(**given))[1]
    )

    a_direct_client()

    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in made[0]["socket_options"]
