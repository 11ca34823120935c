"""moto answers one call at a time: no reader sees half of another call's change."""

import socket
import threading
from collections import defaultdict
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.server import ThreadedMotoServer

from local.cloud import ACCOUNT, REGION, credentials, patched

TABLE = "people"
ONCE = Config(retries={"max_attempts": 0}, read_timeout=30)


@contextmanager
def in_process():
    with mock_aws():
        yield {}


@contextmanager
def served():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    with mock_aws():  # begins and ends with empty tables
        pass
    server.start()
    try:
        yield {"endpoint_url": f"http://127.0.0.1:{port}"}
    finally:
        server.stop()


@pytest.fixture(params=[in_process, served], ids=["in process", "served"])
def entrance(request):
    return request.param


@contextmanager
def clients(entrance):
    """Give a function that creates clients; each thread has its own."""
    with credentials(), patched(), entrance() as where:
        yield lambda service: boto3.client(service, region_name=REGION, config=ONCE, **where)


def make_table(client, many):
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "part", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "part", "KeyType": "RANGE"},
        ],
    )
    for number in range(many):
        client.put_item(TableName=TABLE, Item=key(number))


def key(number):
    return {"id": {"S": str(number)}, "part": {"S": "p"}}


class Interrupted(defaultdict):
    """A table's items with a hook in the middle of the first iteration."""

    def __init__(self, items, happen):
        super().__init__(dict, items)
        self.happen = happen

    def values(self):
        for place, value in enumerate(super().values()):
            happen, self.happen = self.happen, None
            if place == 0 and happen:
                happen()
            yield value


def scan_while_another_writes(make):
    """Scan three items while a thread puts a fourth; return whether it wrote during the scan."""
    reader, writer = make("dynamodb"), make("dynamodb")
    make_table(reader, 3)
    table = dynamodb_backends[ACCOUNT][REGION].tables[TABLE]
    written, during = threading.Event(), []

    def write():
        writer.put_item(TableName=TABLE, Item=key(3))
        written.set()

    thread = threading.Thread(target=write)

    def happen():
        thread.start()
        during.append(written.wait(1.0))

    table.items = Interrupted(table.items, happen)
    try:
        found = len(reader.scan(TableName=TABLE)["Items"])
    finally:
        thread.join()
    return during == [True], found, len(reader.scan(TableName=TABLE)["Items"])


def test_a_writer_waits_until_a_reader_has_its_answer(entrance):
    with clients(entrance) as make:
        assert scan_while_another_writes(make) == (False, 3, 4)


def test_without_isolation_the_reader_fails(entrance, monkeypatch):
    monkeypatch.setenv("PAYUNG_MOTO_PATCHES_OFF", "isolation")
    with (
        clients(entrance) as make,
        pytest.raises((RuntimeError, ClientError), match=r"changed size|\(500\)"),
    ):
        scan_while_another_writes(make)


def test_a_waiting_receiver_releases_the_lock_for_the_sender(entrance):
    with clients(entrance) as make:
        sqs = make("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        bodies = []

        def receive():
            answer = make("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
            bodies.extend(each["Body"] for each in answer.get("Messages", ()))

        receiver = threading.Thread(target=receive)
        receiver.start()
        receiver.join(0.5)  # it waits by now; if not, it receives the message too
        sqs.send_message(QueueUrl=url, MessageBody="x")
        receiver.join(10)
        assert bodies == ["x"]


def test_a_stalled_upload_blocks_no_other_call():
    with clients(served) as make:
        s3 = make("s3")
        s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
        host, _, port = s3.meta.endpoint_url.rpartition("//")[2].partition(":")
        with socket.create_connection((host, int(port))) as stalled:
            stalled.sendall(b"PUT /uploads/k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
            assert s3.list_objects_v2(Bucket="uploads")["KeyCount"] == 0
            stalled.sendall(b"another")
        s3.put_object(Bucket="uploads", Key="other", Body=b"x")
