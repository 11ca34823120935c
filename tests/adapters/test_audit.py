"""The audit trail on CloudWatch Logs."""

from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber
from builders import NOW

from chalicelib.adapters.audit import CloudWatchTrail
from chalicelib.errors import Busy

GROUP = "/payung/test/audit"


@pytest.fixture
def logs(aws):
    client = aws.session.client("logs")
    client.create_log_group(logGroupName=GROUP)
    return client


def lines(logs):
    return [each["message"] for each in logs.filter_log_events(logGroupName=GROUP)["events"]]


def test_lines_are_kept_in_a_stream_of_the_process(logs):
    trail = CloudWatchTrail(logs, group=GROUP, now=lambda: NOW)
    for line in ("one", "two"):
        trail.write(line)
    CloudWatchTrail(logs, group=GROUP, now=lambda: NOW).write("three")
    assert sorted(lines(logs)) == ["one", "three", "two"]
    assert len(logs.describe_log_streams(logGroupName=GROUP)["logStreams"]) == 2


def stubbed():
    client = boto3.client("logs", region_name="x", aws_access_key_id="x", aws_secret_access_key="x")
    return client, Stubber(client)


def test_a_stream_that_was_made_already_is_written_into():
    client, stub = stubbed()
    stub.add_client_error("create_log_stream", "ResourceAlreadyExistsException")
    stub.add_response("put_log_events", {})
    with stub:
        CloudWatchTrail(client, group=GROUP, now=lambda: NOW).write("one")
    stub.assert_no_pending_responses()


def test_a_line_that_was_not_taken_is_not_passed_over():
    client, stub = stubbed()
    stub.add_response("create_log_stream", {})
    stub.add_response("put_log_events", {"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 1}})
    late = CloudWatchTrail(client, group=GROUP, now=lambda: NOW - timedelta(days=20))
    with stub, pytest.raises(Busy):
        late.write("one")


@pytest.mark.parametrize("call", ["create_log_stream", "put_log_events"])
def test_throttling_is_busy_and_may_be_tried_again(call):
    client, stub = stubbed()
    if call == "put_log_events":
        stub.add_response("create_log_stream", {})
    stub.add_client_error(call, "ThrottlingException", http_status_code=400)
    if call == "create_log_stream":
        stub.add_response("create_log_stream", {})
    stub.add_response("put_log_events", {})
    trail = CloudWatchTrail(client, group=GROUP, now=lambda: NOW)
    with stub:
        with pytest.raises(Busy):
            trail.write("one")
        trail.write("one")
    stub.assert_no_pending_responses()
