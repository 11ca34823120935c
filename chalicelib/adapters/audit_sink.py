"""The ports of the audit trail on CloudWatch Logs, in a log group of its own.

`AuditSink` only adds lines, `TrailReader` only reads them: no function does both.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.errors import Busy

from .aws_errors import busy_is_busy, code_of
from .ports import Clock, TrailPage

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_CALL_BYTES = 1_048_576
"""The most that one call of PutLogEvents takes: the lines in UTF-8, each with `_EVENT_BYTES`."""
_EVENT_BYTES = 26


class CloudWatchAuditSink:
    """`AuditSink` on CloudWatch Logs, with one stream for each process."""

    def __init__(self, client: "CloudWatchLogsClient", *, group: str, now: Clock) -> None:
        """Take the client, the log group's name, and the machine's own clock.

        The service refuses lines that are far from its own time, so a simulated clock will not do.
        """
        self._client = client
        self._now = now
        self._group = group
        self._stream = uuid.uuid4().hex
        self._has_stream = False

    def write(self, *lines: str) -> None:
        """Store lines in their order; it returns only if all of them are stored."""
        for group in _calls(lines):
            try:
                self._put(group)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                # Somebody deleted the stream. Without the group, making the stream fails.
                self._has_stream = False
                self._put(group)

    def _put(self, lines: Sequence[str]) -> None:
        self._make_stream()
        at = int(self._now().timestamp() * 1000)
        with busy_is_busy():
            answer = self._client.put_log_events(
                logGroupName=self._group,
                logStreamName=self._stream,
                logEvents=[{"timestamp": at, "message": line} for line in lines],
            )
        # The call may answer 200 and refuse lines.
        if answer.get("rejectedLogEventsInfo"):
            raise Busy("a line of the audit trail was refused")

    def _make_stream(self) -> None:
        if self._has_stream:
            return
        try:
            with busy_is_busy():
                self._client.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
        except ClientError as error:
            # An earlier try created it, and its answer was lost.
            if code_of(error) != "ResourceAlreadyExistsException":
                raise
        self._has_stream = True


def _calls(lines: Sequence[str]) -> Iterator[list[str]]:
    """Divide lines into groups, each small enough for one call."""
    group: list[str] = []
    size = 0
    for line in lines:
        needs = len(line.encode()) + _EVENT_BYTES
        if group and size + needs > _CALL_BYTES:
            yield group
            group, size = [], 0
        group.append(line)
        size += needs
    if group:
        yield group


class CloudWatchTrailReader:
    """`TrailReader` on CloudWatch Logs: all streams of one log group, merged by time."""

    def __init__(self, client: "CloudWatchLogsClient", *, group: str) -> None:
        """Take the client and the log group's name."""
        self._client = client
        self._group = group

    def read(
        self, since: datetime, until: datetime, *, word: str | None, after: str | None
    ) -> TrailPage:
        """Return the next lines, up to 10,000 or 1 MB of them."""
        more: dict[str, Any] = {"nextToken": after} if after else {}
        if word is not None:
            more["filterPattern"] = _quoted(word)
        with busy_is_busy():
            answer = self._client.filter_log_events(
                logGroupName=self._group,
                startTime=_milliseconds(since),
                endTime=_milliseconds(until) - 1,  # the service includes it
                **more,
            )
        lines = [each["message"] for each in answer["events"]]
        return TrailPage(lines, answer.get("nextToken"))


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _quoted(word: str) -> str:
    """Return the pattern of lines that have this text."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
