import json

import pytest

from chalicelib.adapters.dynamodb.failures import DynamoFailures
from chalicelib.adapters.ports import Failure
from chalicelib.domain.jobs import SetAside
from local import carrier, dead_letters, set_aside
from local.cloud import ACCOUNT, REGION
from local.moto_patches import queues
from tests.support.builders import NOW

NIK = "7171014107800001"


@pytest.fixture
def aws(aws, monkeypatch):
    """Do not wait for messages: the queues of the embedded cloud give at once what they have."""
    monkeypatch.setattr(dead_letters, "_WAIT_SECONDS", 0)
    return aws


def fail(aws, queue: str, body: str) -> None:
    """Receive a message once more than its queue allows, so that it becomes a dead letter."""
    sqs = aws.session.client("sqs")
    url = aws.cloud.made[queue]["Ref"]
    sqs.send_message(QueueUrl=url, MessageBody=body)
    for _ in range(6):
        sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)


def test_each_queue_has_its_dead_letters(aws):
    found = dead_letters.pairs(aws.session.client("sqs"), "payung-")
    assert sorted(pair.name.rpartition("-")[2] for pair in found) == [
        "ChunkQueue", "IntakeQueue", "ReceiptQueue", "ReportQueue", "ResendQueue", "SingleSmsQueue",
        "SmsQueue",
    ]  # fmt: skip
    assert {pair.dead_letters for pair in found} == set(aws.cloud.dead_letters.values())


def test_dead_letters_are_shown_by_subject_without_personal_data(aws):
    fail(aws, "SmsQueue", json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3, "niks": [NIK]}))
    fail(aws, "ChunkQueue", f"not JSON: {NIK}")

    found = dead_letters.list_all(aws.session, "payung-")

    assert [each.about for each in found] == ["not JSON", "v 1, batch AAAAAAAA, chunk 3, people 1"]
    assert dead_letters.list_all(aws.session, "payung-") == found


def test_a_dead_letter_says_why_it_failed(aws):
    fail(aws, "ChunkQueue", json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3}))
    (letter,) = dead_letters.list_all(aws.session, "payung-")
    assert letter.why.startswith("no reason is kept")
    table = aws.cloud.made["BatchesTable"]["Ref"]
    DynamoFailures(aws.session.client("dynamodb"), table=table).note(
        letter.id, Failure("ObjectMissing", "work/AAAAAAAA/header.json", "a.py:1", 5, "r-1", NOW)
    )
    (letter,) = dead_letters.list_all(aws.session, "payung-")
    assert letter.why.startswith("ObjectMissing: work/AAAAAAAA/header.json (try 5, ")
    assert "request r-1" in letter.why
    assert dead_letters.list_all(aws.session, "payung-other-") == []


def aside(aws, id_, reason="berkas sudah dikirim ulang", prefix="payung-"):
    return set_aside.set_aside(aws.session, prefix, id_, reason, lambda: NOW)


def trail(aws):
    """Return the lines of the audit trail."""
    logs, group = aws.session.client("logs"), aws.cloud.environment["PAYUNG_AUDIT_LOG"]
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    return [
        json.loads(event["message"])
        for each in streams
        for event in logs.get_log_events(logGroupName=group, logStreamName=each["logStreamName"])[
            "events"
        ]
    ]


def test_a_letter_that_is_set_aside_is_recorded_and_goes_back_marked(aws):
    body = json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3})
    fail(aws, "ChunkQueue", body)
    fail(aws, "SmsQueue", "other")
    letter = next(e for e in dead_letters.list_all(aws.session, "payung-") if "AAAA" in e.about)

    assert aside(aws, letter.id) == "v 1, batch AAAAAAAA, chunk 3"

    (line,) = trail(aws)
    assert (line["action"], line["batch"], line["request_id"]) == (
        "set_aside", "AAAAAAAA", letter.id,
    )  # fmt: skip
    assert line["reason"] == "berkas sudah dikirim ulang"
    assert line["who"]
    assert [e.about for e in dead_letters.list_all(aws.session, "payung-")] == ["not JSON"]
    sqs = aws.session.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=aws.cloud.made["ChunkQueue"]["Ref"])["Messages"]
    assert SetAside.model_validate_json(message["Body"]).job == body


class Cut(Exception):
    """The command is cut off, as by a lost connection."""


@pytest.mark.parametrize("after", [False, True])
def test_setting_aside_that_is_cut_off_anywhere_loses_nothing_and_may_be_repeated(
    aws, after, monkeypatch
):
    """Whatever call of the command is its last, a second command ends what the first began."""
    body = json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3})
    sqs, events = aws.session.client("sqs"), aws.session.events
    url, chunks = aws.cloud.made["ChunkQueue"]["Ref"], "payung-local-Chunk"
    monkeypatch.setattr(dead_letters, "_WAIT_SECONDS", 0)  # all messages are on one server here
    cuts = 0
    for last in range(1, 40):
        sqs.send_message(QueueUrl=aws.cloud.dead_letters["ChunkDeadLetters"], MessageBody=body)
        (letter,) = dead_letters.list_all(aws.session, chunks)
        calls = iter(range(1, last))

        def cut(calls=calls, **_):
            if next(calls, None) is None:
                raise Cut

        events.register("after-call.*.*" if after else "before-call.*.*", cut)
        try:
            aside(aws, letter.id, prefix=chunks)
            is_done = True
        except Cut:
            is_done = False
        events.unregister("after-call.*.*" if after else "before-call.*.*", cut)
        queues.let_pass(ACCOUNT, REGION, 130)  # a letter that it has received is hidden
        written = len(trail(aws))
        sent = int(sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]["ApproximateNumberOfMessages"])  # fmt: skip
        assert written >= sent, "nothing is set aside without a line in the audit trail"
        ended = not dead_letters.list_all(aws.session, chunks)
        assert not ended or sent, "the letter is gone, and nobody ends its job"
        if not ended:
            aside(aws, letter.id, prefix=chunks)
        assert dead_letters.list_all(aws.session, chunks) == []
        jobs = [each["Body"] for each in dead_letters.receive_all(sqs, url)]
        assert {SetAside.model_validate_json(each).job for each in jobs} == {body}
        assert len(jobs) <= 2
        queues.lose(ACCOUNT, REGION, url)
        if is_done:
            break
        cuts += 1
    assert cuts >= 6, "the command calls AWS more often"


def test_a_letter_may_be_set_aside_again_and_is_not_marked_twice(aws):
    fail(aws, "ChunkQueue", json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3}))
    for _ in range(2):
        (letter,) = dead_letters.list_all(aws.session, "payung-")
        aside(aws, letter.id)
        sqs = aws.session.client("sqs")
        url = aws.cloud.made["ChunkQueue"]["Ref"]
        for _ in range(6):
            found = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
    assert not found.get("Messages")
    (letter,) = dead_letters.list_all(aws.session, "payung-")
    assert letter.about == "set aside: v 1, batch AAAAAAAA, chunk 3"


@pytest.mark.parametrize(
    ("reason", "prefix", "why"),
    [
        ("", "payung-", "give a reason"),
        (f"untuk {NIK}", "payung-", "leave NIKs"),
        ("untuk 0812-3456-7890", "payung-", "leave NIKs"),
        ("tidak perlu lagi", "payung-other-", "there is no dead letter"),
    ],
)
def test_a_letter_that_cannot_be_set_aside_stays(aws, reason, prefix, why):
    fail(aws, "ChunkQueue", "x")
    (letter,) = dead_letters.list_all(aws.session, "payung-")
    with pytest.raises(set_aside.NotSetAside, match=why):
        aside(aws, letter.id, reason, prefix)
    assert dead_letters.list_all(aws.session, "payung-") == [letter]
    assert trail(aws) == []


def test_redriving_puts_every_letter_back_where_it_came_from(aws):
    body = json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3})
    fail(aws, "ChunkQueue", body)

    assert dead_letters.redrive(aws.session, "payung-") == 1

    assert dead_letters.list_all(aws.session, "payung-") == []
    sqs = aws.session.client("sqs")
    received = sqs.receive_message(QueueUrl=aws.cloud.made["ChunkQueue"]["Ref"])
    assert [message["Body"] for message in received["Messages"]] == [body]


def test_receipts_are_named_and_redriven_in_both_forms(aws):
    event = {"awslogs": {"data": NIK}}
    record = carrier.failure_of(event, KeyError(NIK), NOW)
    for each in (event, record):
        fail(aws, "ReceiptQueue", json.dumps(each))

    found = dead_letters.list_all(aws.session, "payung-")
    assert [each.about for each in found] == ["receipts of messages"] * 2
    assert found[0].queue.endswith("ReceiptQueue")

    assert dead_letters.redrive(aws.session, "payung-") == 2
    assert dead_letters.list_all(aws.session, "payung-") == []


def test_a_queue_that_is_asked_has_a_second_to_answer():
    asked = []

    class Sqs:
        def receive_message(self, **given):
            asked.append(given["WaitTimeSeconds"])
            return {}

    assert list(dead_letters.receive_all(Sqs(), "a queue")) == []
    assert asked == [1]


def test_redriving_an_empty_queue_does_nothing(aws):
    assert dead_letters.redrive(aws.session, "payung-") == 0
