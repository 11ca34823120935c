"""The audit trail in a log group of its own, which keeps what it is given and changes nothing."""

import uuid
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.errors import Busy

from .faults import busy_is_busy, code_of
from .protocols import Clock

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


class CloudWatchTrail:
    """`Trail` on CloudWatch Logs, in one stream a process."""

    def __init__(self, client: "CloudWatchLogsClient", *, group: str, now: Clock) -> None:
        """Take the client, the log group's name, and the machine's own clock.

        The service refuses lines that are not of about now by its clock, wherever ours may stand.
        """
        self._client = client
        self._now = now
        self._group = group
        self._stream = uuid.uuid4().hex
        self._there = False

    def write(self, line: str) -> None:
        """Keep a line; returning means that it is kept."""
        self._make_stream()
        with busy_is_busy():
            answer = self._client.put_log_events(
                logGroupName=self._group,
                logStreamName=self._stream,
                logEvents=[{"timestamp": int(self._now().timestamp() * 1000), "message": line}],
            )
        # It answers 200 with lines refused.
        if answer.get("rejectedLogEventsInfo"):
            raise Busy("a line of the audit trail was not taken")

    def _make_stream(self) -> None:
        if self._there:
            return
        try:
            with busy_is_busy():
                self._client.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
        except ClientError as error:
            # Made by an earlier try whose answer was lost.
            if code_of(error) != "ResourceAlreadyExistsException":
                raise
        self._there = True
