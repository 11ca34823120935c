"""The port `Outbox` on SQS: the queues between the functions."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.file.batch import Upload
from chalicelib.domain.file.notification import notification_of
from chalicelib.domain.jobs import (
    AccessJob,
    ChunkJob,
    ChunkQueue,
    IntakeQueue,
    ListJob,
    Message,
    OutreachJob,
    ReceiptQueue,
    ReportJob,
    ReportQueue,
    ResendJob,
    ResendQueue,
    ReverseJob,
    SingleSmsJob,
    SingleSmsQueue,
    SmsJob,
    SmsQueue,
)
from chalicelib.errors import Busy

from .aws_errors import busy_is_busy
from .ports import JobQueue

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_COUNTS_OF_MESSAGES: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_MESSAGES_PER_CALL = 10  # the limit of SendMessageBatch


class SqsVisibility:
    """`Visibility` on SQS."""

    def __init__(self, client: "SQSClient") -> None:
        """Take the client."""
        self._client = client

    def hide(self, queue_arn: str, receipt: str, seconds: int) -> None:
        """Let a received message be received again after so many seconds, from now on."""
        # arn:aws:sqs:<region>:<account>:<name>; a function has no other knowledge of its own queue.
        region, account, name = queue_arn.split(":")[3:]
        with busy_is_busy():
            self._client.change_message_visibility(
                QueueUrl=f"https://sqs.{region}.amazonaws.com/{account}/{name}",
                ReceiptHandle=receipt,
                VisibilityTimeout=seconds,
            )


class SqsOutbox:
    """`Outbox` on SQS: one queue for each function that has one."""

    def __init__(
        self,
        client: "SQSClient",
        *,
        intake: Callable[[], IntakeQueue],
        chunks: Callable[[], ChunkQueue],
        sms: Callable[[], SmsQueue],
        single_sms: Callable[[], SingleSmsQueue],
        reports: Callable[[], ReportQueue],
        resend: Callable[[], ResendQueue],
        receipts: Callable[[], ReceiptQueue],
    ) -> None:
        """Take the client and the queues' addresses.

        An address is read when a job goes there: a function has only those that it needs.
        """
        self._client = client
        self._urls: dict[JobQueue, Callable[[], str]] = {
            JobQueue.INTAKE: intake,
            JobQueue.CHUNKS: chunks,
            JobQueue.SMS: sms,
            JobQueue.SINGLE_SMS: single_sms,
            JobQueue.REPORTS: reports,
            JobQueue.RESEND: resend,
            JobQueue.RECEIPTS: receipts,
        }

    def intake(self, upload: Upload, *, after: timedelta = timedelta()) -> None:
        """Queue an upload for reading."""
        self._send(JobQueue.INTAKE, [notification_of(upload)], after)

    def enroll(self, batch: str, chunks: Iterable[int]) -> None:
        """Queue these chunks (from 1) of a file for enrolling."""
        self._send_jobs(JobQueue.CHUNKS, [ChunkJob(batch=batch, chunk=each) for each in chunks])

    def reverse(self, batch: str, chunks: Iterable[int]) -> None:
        """Queue these chunks (from 1) of a file of confirmations for their reversal."""
        jobs = [ReverseJob(batch=batch, reverse=each) for each in chunks]
        self._send_jobs(JobQueue.CHUNKS, jobs)

    def list_premiums(self, remittance: str) -> None:
        """Queue a list of premiums that is to be made."""
        self._send_jobs(JobQueue.CHUNKS, [ListJob(remittance=remittance)])

    def notify(self, jobs: Sequence[SmsJob], *, after: timedelta = timedelta()) -> None:
        """Queue the messages of these people for sending; single ones in a queue of their own."""
        single = [each for each in jobs if isinstance(each, SingleSmsJob)]
        self._send_jobs(JobQueue.SINGLE_SMS, single, after)
        of_files = [each for each in jobs if not isinstance(each, SingleSmsJob)]
        self._send_jobs(JobQueue.SMS, of_files, after)

    def report(self, *batches: str, after: timedelta = timedelta()) -> None:
        """Queue the writing of the result files of these files."""
        self._send_jobs(JobQueue.REPORTS, [ReportJob(batch=each) for each in batches], after)

    def outreach(self, *banks: str) -> None:
        """Queue the writing of the outreach lists of these banks (codes)."""
        # The function that writes the result files also writes the lists.
        self._send_jobs(JobQueue.REPORTS, [OutreachJob(outreach=each) for each in banks])

    def access(self, order: str) -> None:
        """Queue the writing of the file of this order (its id): who asked for whose data."""
        # The function that writes the other files writes this one, too.
        self._send_jobs(JobQueue.REPORTS, [AccessJob(access=order)])

    def resend(self, jobs: Sequence[ResendJob]) -> None:
        """Queue the failed messages of these chunks for another try."""
        self._send_jobs(JobQueue.RESEND, jobs)

    def receipts(self, events: Iterable[Mapping[str, Any]]) -> int:
        """Queue events with carriers' receipts; return their number."""
        sent = 0
        for event in events:  # each by itself: SQS limits the size of a batch to that of a message
            self._send(JobQueue.RECEIPTS, [json.dumps(event)], timedelta())
            sent += 1
        return sent

    def waiting(self, queue: JobQueue) -> int:
        """Return the approximate number of jobs in a queue, including those in work."""
        with busy_is_busy():
            answer = self._client.get_queue_attributes(
                QueueUrl=self._urls[queue](), AttributeNames=list(_COUNTS_OF_MESSAGES)
            )
        return sum(int(answer["Attributes"][name]) for name in _COUNTS_OF_MESSAGES)

    def _send_jobs(
        self, queue: JobQueue, jobs: Sequence[Message], after: timedelta = timedelta()
    ) -> None:
        self._send(queue, [each.model_dump_json() for each in jobs], after)

    def _send(self, queue: JobQueue, bodies: Sequence[str], after: timedelta) -> None:
        for start in range(0, len(bodies), _MESSAGES_PER_CALL):
            with busy_is_busy():
                answer = self._client.send_message_batch(
                    QueueUrl=self._urls[queue](),
                    Entries=[
                        {
                            "Id": str(place),
                            "MessageBody": body,
                            "DelaySeconds": int(after.total_seconds()),
                        }
                        for place, body in enumerate(bodies[start : start + _MESSAGES_PER_CALL])
                    ],
                )
            # A batch call may answer 200 and refuse some of its messages. Sending all of them
            # again is harmless: every job may run twice.
            if answer.get("Failed"):
                raise Busy("messages were refused")
