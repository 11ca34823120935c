"""The messages between the functions.

Each message has the version of its shape. A function that gets a newer version than it knows
returns the message to the queue unchanged. The message waits there until the new code is deployed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, NewType

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.person.enrollment import MessageKind

PEOPLE_A_JOB = 25
"""The people in one SMS job. A function has time to send to all of them at any rate."""

MOST_TIMES_PUT_BACK = 1_000
"""How often a function puts a job back on its own queue. At the longest wait that is ten days.

Lambda would stop such a chain after 16. The functions that put jobs back are allowed more
(`RecursiveLoop`), so this is the bound. After it the job counts as failed, and the queue's own
tries and dead letters follow.
"""

VERSION: Literal[1] = 1
"""The newest version that this code writes and reads."""

# One type for each queue's address: mypy refuses one in the place of another.
IntakeQueue = NewType("IntakeQueue", str)
ChunkQueue = NewType("ChunkQueue", str)
SmsQueue = NewType("SmsQueue", str)
SingleSmsQueue = NewType("SingleSmsQueue", str)
ReportQueue = NewType("ReportQueue", str)
ResendQueue = NewType("ResendQueue", str)
ReceiptQueue = NewType("ReceiptQueue", str)

BatchId = Annotated[str, Field(min_length=8, max_length=16, pattern=r"^[0-9A-Z]+$")]
Nik = Annotated[str, Field(pattern=r"^[0-9]{16}$")]


class Message(BaseModel):
    """The base of all messages."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        defer_build=True,  # a function uses few of the kinds of jobs
    )

    v: int = VERSION


class Job(Message):
    """The base of all messages about a file."""

    batch: BatchId


class ChunkJob(Job):
    """Enroll the rows of one chunk (from 1) of a file."""

    chunk: int = Field(ge=1)


class ReverseJob(Job):
    """Check or take back what one chunk (from 1) of a file of confirmations states."""

    reverse: int = Field(ge=1, description="the chunk")


class ListJob(Message):
    """Bring a list of premiums on that a bank pays to BPJS."""

    remittance: str = Field(pattern=r"^[0-9]{3}-[0-9]{12}-[0-9A-F]{4}$")


class SmsJob(Job):
    """Send messages of one kind to up to 25 people of one chunk, unless they are already sent."""

    programme: str
    kind: MessageKind = MessageKind.ENROLLED
    chunk: int = Field(ge=1)
    niks: tuple[Nik, ...] = Field(min_length=1, max_length=PEOPLE_A_JOB, repr=False)
    again: int = Field(0, ge=0, description="how often it was put back on its queue")


class SingleSmsJob(SmsJob):
    """Send one person's message that staff ordered; it does not wait behind those of whole files.

    `single` tells it from the jobs of files. They have no such field, so that older code, after a
    rollback, still reads them.
    """

    niks: tuple[Nik, ...] = Field(min_length=1, max_length=1, repr=False)
    single: Literal[True] = True


class ReportJob(Job):
    """Write the result files of a batch, or write them again."""


class ResendJob(Job):
    """Resend the failed messages of one kind and chunk (from 1).

    `by` is the member of staff who ordered it, `reason` their reason, and `at` the time (UTC).
    """

    chunk: int = Field(ge=1)
    kind: MessageKind = MessageKind.ENROLLED
    by: str = Field(max_length=128)
    reason: str = Field(max_length=500)
    at: datetime


class OutreachJob(Message):
    """Write the outreach lists of one bank: the people whom no message has reached."""

    outreach: str = Field(pattern=r"^[0-9A-Za-z_-]{1,32}$", description="the bank's code")


class AccessJob(Message):
    """Write the file of one order: who asked for whose data. The order itself is in the bucket."""

    access: str = Field(pattern=r"^[0-9TZ]{16}-[0-9a-f]{8}$", description="the order's id")


class Decision(BaseModel):
    """That an administrator sets a dead letter aside for good: who, why and when (UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    by: str = Field(max_length=256)
    reason: str = Field(max_length=500)
    at: datetime


class SetAside(BaseModel):
    """A dead letter that goes back to its queue, not to be done but to be ended in a true state.

    Everything that a job is about must end as something: a file, people's messages. `job` is the
    message's own text.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    set_aside: Decision
    job: str = Field(repr=False)


SET_ASIDE = '{"set_aside":'
"""How the text of such a message begins."""


def sms_jobs(
    batch: str,
    programme: str,
    chunk: int,
    niks: Sequence[str],
    kind: MessageKind = MessageKind.ENROLLED,
) -> list[SmsJob]:
    """Return the SMS jobs for these people of one chunk."""
    return [
        SmsJob(
            batch=batch,
            programme=programme,
            chunk=chunk,
            kind=kind,
            niks=tuple(niks[start : start + PEOPLE_A_JOB]),
        )
        for start in range(0, len(niks), PEOPLE_A_JOB)
    ]
