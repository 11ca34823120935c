import json

from builders import NOW

from local import carrier, letters

NIK = "7171014107800001"


def fail(aws, queue: str, body: str) -> None:
    """Receive a message as often as its queue allows, and once more, so that it is set aside."""
    sqs = aws.session.client("sqs")
    url = aws.cloud.made[queue]["Ref"]
    sqs.send_message(QueueUrl=url, MessageBody=body)
    for _ in range(6):
        sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)


def test_each_queue_has_its_dead_letters(aws):
    found = letters.pairs(aws.session.client("sqs"), "payung-")
    assert sorted(pair.name.rpartition("-")[2] for pair in found) == [
        "ChunkQueue", "IntakeQueue", "ReportQueue", "ResendQueue", "SmsQueue",
    ]  # fmt: skip
    aside = letters.asides(aws.session.client("sqs"), "payung-")
    assert aside == list(aws.cloud.failures.values())
    assert {pair.letters for pair in found} | set(aside) == set(aws.cloud.dead_letters.values())


def test_dead_letters_are_shown_by_what_they_are_about_and_name_nobody(aws):
    fail(aws, "SmsQueue", json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3, "niks": [NIK]}))
    fail(aws, "ChunkQueue", f"not JSON: {NIK}")

    found = letters.shown(aws.session, "payung-")

    assert [each.about for each in found] == ["not JSON", "v 1, batch AAAAAAAA, chunk 3, people 1"]
    assert letters.shown(aws.session, "payung-") == found


def test_redriving_puts_every_letter_back_where_it_came_from(aws):
    body = json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3})
    fail(aws, "ChunkQueue", body)

    assert letters.redrive(aws.session, "payung-") == 1

    assert letters.shown(aws.session, "payung-") == []
    sqs = aws.session.client("sqs")
    received = sqs.receive_message(QueueUrl=aws.cloud.made["ChunkQueue"]["Ref"])
    assert [message["Body"] for message in received["Messages"]] == [body]


def test_what_lambda_set_aside_is_shown_and_stays_where_there_is_no_function_to_call(aws):
    record = carrier.failure_of({"awslogs": {"data": NIK}}, KeyError(NIK), NOW)
    url = aws.cloud.failures["Receipts"]
    aws.session.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(record))

    assert letters.redrive(aws.session, "payung-") == 0

    aws.session.client("sqs").purge_queue(QueueUrl=url)
    aws.session.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(record))
    (found,) = letters.shown(aws.session, "payung-")
    assert (found.queue.rpartition("-")[2], found.about) == (
        "ReceiptDeadLetters",
        "receipts of messages",
    )


def test_nothing_to_redrive_is_nothing_done(aws):
    assert letters.redrive(aws.session, "payung-") == 0
