"""The audit trail on CloudWatch Logs."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.adapters.audit_sink import CloudWatchAuditSink, CloudWatchTrailReader
from chalicelib.errors import Busy
from tests.support.builders import NOW

GROUP = "/payung/test/audit"


@pytest.fixture
def logs(aws):
    client = aws.session.client("logs")
    client.create_log_group(logGroupName=GROUP)
    return client


def lines(logs):
    return [each["message"] for each in logs.filter_log_events(logGroupName=GROUP)["events"]]


def test_lines_are_kept_in_a_stream_of_the_process(logs):
    trail = CloudWatchAuditSink(logs, group=GROUP, now=lambda: NOW)
    for line in ("one", "two"):
        trail.write(line)
    CloudWatchAuditSink(logs, group=GROUP, now=lambda: NOW).write("three")
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
        CloudWatchAuditSink(client, group=GROUP, now=lambda: NOW).write("one")
    stub.assert_no_pending_responses()


def test_a_line_that_was_not_taken_is_not_passed_over():
    client, stub = stubbed()
    stub.add_response("create_log_stream", {})
    stub.add_response("put_log_events", {"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 1}})
    late = CloudWatchAuditSink(client, group=GROUP, now=lambda: NOW - timedelta(days=20))
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
    trail = CloudWatchAuditSink(client, group=GROUP, now=lambda: NOW)
    with stub:
        with pytest.raises(Busy):
            trail.write("one")
        trail.write("one")
    stub.assert_no_pending_responses()


def test_a_stream_that_is_gone_is_made_again(logs):
    trail = CloudWatchAuditSink(logs, group=GROUP, now=lambda: NOW)
    trail.write("one")
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    logs.delete_log_stream(logGroupName=GROUP, logStreamName=stream["logStreamName"])
    trail.write("two")
    assert lines(logs) == ["two"]


def test_a_trail_whose_group_comes_back_is_written_again(logs):
    trail = CloudWatchAuditSink(logs, group=GROUP, now=lambda: NOW)
    trail.write("one")
    logs.delete_log_group(logGroupName=GROUP)
    for _ in range(2):
        # No function may make the group: it would have no key and no retention.
        with pytest.raises(ClientError):
            trail.write("two")
    logs.create_log_group(logGroupName=GROUP)
    trail.write("three")
    assert lines(logs) == ["three"]


def test_many_long_lines_go_in_calls_that_the_service_takes():
    client, stub = stubbed()
    stub.add_response("create_log_stream", {})
    sizes = []
    for _ in range(3):
        stub.add_response("put_log_events", {})
    client.meta.events.register(
        "before-parameter-build.cloudwatch-logs.PutLogEvents",
        lambda params, **_: sizes.append(
            sum(len(each["message"].encode()) + 26 for each in params["logEvents"])
        ),
    )
    with stub:
        long = ["\u00e9" * 100_000] * 12
        CloudWatchAuditSink(client, group=GROUP, now=lambda: NOW).write(*long)
    stub.assert_no_pending_responses()
    assert sum(sizes) == 12 * 200_026
    assert max(sizes) <= 1_048_576


def test_the_trail_is_read_by_time_and_by_a_word(logs):
    later = NOW + timedelta(hours=1)
    for at, line in ((NOW, '{"who":"a"}'), (NOW, '{"who":"b"}'), (later, '{"who":"a"}')):
        CloudWatchAuditSink(logs, group=GROUP, now=lambda at=at: at).write(line)
    reader = CloudWatchTrailReader(logs, group=GROUP)
    page = reader.read(NOW, later, word=None, after=None)
    assert (sorted(page.lines), page.after) == (['{"who":"a"}', '{"who":"b"}'], None)
    found = reader.read(NOW, later + timedelta(seconds=1), word="a", after=None)
    assert found.lines == ['{"who":"a"}'] * 2
    assert reader.read(later, later, word=None, after=None).lines == []


def test_the_pages_of_the_trail_follow_each_other():
    client, stub = stubbed()
    asked = {"logGroupName": GROUP, "startTime": 1_000, "endTime": 1_999}
    event = {"message": "one"}
    since = datetime.fromtimestamp(1, UTC)
    stub.add_response(
        "filter_log_events",
        {"events": [event], "nextToken": "more"},
        {**asked, "filterPattern": r'"a\"\\b"'},
    )
    stub.add_response("filter_log_events", {"events": []}, {**asked, "nextToken": "more"})
    reader = CloudWatchTrailReader(client, group=GROUP)
    with stub:
        first = reader.read(since, since + timedelta(seconds=1), word='a"\\b', after=None)
        last = reader.read(since, since + timedelta(seconds=1), word=None, after=first.after)
    assert (first.lines, last.lines, last.after) == (["one"], [], None)


def test_a_trail_that_cannot_be_read_now_is_busy():
    client, stub = stubbed()
    stub.add_client_error("filter_log_events", "ThrottlingException", http_status_code=400)
    with stub, pytest.raises(Busy):
        CloudWatchTrailReader(client, group=GROUP).read(NOW, NOW, word=None, after=None)
