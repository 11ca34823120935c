"""The queues: jobs that steps hand to each other, and how long a message stays hidden."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import Enum, auto
from typing import Any, Protocol

from chalicelib.domain.file.batch import Upload
from chalicelib.domain.jobs import ResendJob, SmsJob


class JobQueue(Enum):
    """The queues of jobs, one for each kind of work."""

    INTAKE = auto()
    CHUNKS = auto()
    SMS = auto()
    SINGLE_SMS = auto()
    REPORTS = auto()
    RESEND = auto()
    RECEIPTS = auto()


class Outbox(Protocol):
    """The queues to which a step sends jobs for other functions.

    A method returns only if SQS took every job. A job that is queued twice does no harm. `after` is
    how long a job stays hidden, 15 minutes at most.
    """

    def intake(self, upload: Upload, *, after: timedelta = timedelta()) -> None:
        """Queue an upload for reading."""

    def enroll(self, batch: str, chunks: Iterable[int]) -> None:
        """Queue these chunks (from 1) of a file for enrolling."""

    def reverse(self, batch: str, chunks: Iterable[int]) -> None:
        """Queue these chunks (from 1) of a file of confirmations for their reversal."""

    def list_premiums(self, remittance: str) -> None:
        """Queue a list of premiums that is to be made."""

    def notify(self, jobs: Sequence[SmsJob], *, after: timedelta = timedelta()) -> None:
        """Queue the messages of these people for sending; single ones in a queue of their own."""

    def report(self, *batches: str, after: timedelta = timedelta()) -> None:
        """Queue the writing of the result files of these files."""

    def outreach(self, *banks: str) -> None:
        """Queue the writing of the outreach lists of these banks (codes)."""

    def access(self, order: str) -> None:
        """Queue the writing of the file of this order (its id): who asked for whose data."""

    def resend(self, jobs: Sequence[ResendJob]) -> None:
        """Queue the failed messages of these chunks for another try."""

    def receipts(self, events: Iterable[Mapping[str, Any]]) -> int:
        """Queue events with carriers' receipts, each small enough; return their number."""

    def waiting(self, queue: JobQueue) -> int:
        """Return the approximate number of jobs in a queue, including those in work."""


class Visibility(Protocol):
    """How long a received message stays hidden in its queue."""

    def hide(self, queue_arn: str, receipt: str, seconds: int) -> None:
        """Let a received message be received again after so many seconds, from now on.

        Raises:
            Busy: SQS cannot do it now; the queue's own time holds.
        """
