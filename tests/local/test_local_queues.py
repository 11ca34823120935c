import threading

import pytest

from local.cloud import ACCOUNT, REGION, embedded
from local.moto_patches import queues


@pytest.fixture
def sqs():
    with embedded() as session:
        client = session.client("sqs")
        yield client, client.create_queue(QueueName="q")["QueueUrl"]


def receive(client, url):
    answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    return answer.get("Messages", [])


def test_deleting_loses_nothing_that_is_sent_meanwhile(sqs):
    client, url = sqs
    for _ in range(60):
        client.send_message(QueueUrl=url, MessageBody="old")
    old = [each for _ in range(6) for each in receive(client, url)]

    def send():
        for _ in range(60):
            client.send_message(QueueUrl=url, MessageBody="new")

    sender = threading.Thread(target=send)
    sender.start()
    for each in old:
        client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    sender.join()

    found = []
    while messages := receive(client, url):
        found += messages
    assert [each["Body"] for each in found] == ["new"] * 60


def test_deleting_twice_is_no_fault(sqs):
    client, url = sqs
    client.send_message(QueueUrl=url, MessageBody="x")
    (message,) = receive(client, url)
    for _ in range(2):
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert receive(client, url) == []


def test_a_queue_returns_its_attributes(sqs):
    client, url = sqs
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    client.send_message(QueueUrl=url, MessageBody="x")
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "77"
    assert attributes["ApproximateNumberOfMessages"] == "1"
    assert attributes["SqsManagedSseEnabled"] == "true"
    some = client.get_queue_attributes(
        QueueUrl=url, AttributeNames=["VisibilityTimeout", "SqsManagedSseEnabled"]
    )["Attributes"]
    assert some == {"VisibilityTimeout": "77", "SqsManagedSseEnabled": "true"}


def test_making_the_same_queue_again_gives_the_same(sqs):
    client, url = sqs
    assert client.create_queue(QueueName="q")["QueueUrl"] == url


def test_a_queue_is_empty_only_when_nothing_waits_or_hides_in_it(sqs):
    client, url = sqs
    asked = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = asked["Attributes"]["QueueArn"]
    assert queues.is_empty(ACCOUNT, REGION, arn)
    client.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=60)
    assert not queues.is_empty(ACCOUNT, REGION, arn)
    queues.let_pass(ACCOUNT, REGION, 61)
    (message,) = receive(client, url)
    assert not queues.is_empty(ACCOUNT, REGION, arn)
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert queues.is_empty(ACCOUNT, REGION, arn)
    assert not queues.is_empty(ACCOUNT, REGION, arn + "-unknown")
