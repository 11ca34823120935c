"""The messages that travel between the functions.

Each carries the version of its shape: a function that meets a newer one than it knows gives the
message back to the queue, unharmed, until the new code is there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PEOPLE_A_JOB = 25
"""People in one SMS job: few enough to be sent within a function's time at any pace."""

VERSION: Literal[1] = 1
"""The newest shape of message that this code writes and reads."""

BatchId = Annotated[str, Field(min_length=8, max_length=16, pattern=r"^[0-9A-Z]+$")]
Nik = Annotated[str, Field(pattern=r"^[0-9]{16}$")]


class Message(BaseModel):
    """What every message has."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        defer_build=True,  # of all kinds of jobs, a function has to do with few
    )

    v: int = VERSION


class Job(Message):
    """What every message about a file has."""

    batch: BatchId


class ChunkJob(Job):
    """Enroll the rows of one chunk (from 1) of a file."""

    chunk: int = Field(ge=1)


class SmsJob(Job):
    """Send up to 25 people of one chunk their confirmation, if it is still to be sent."""

    programme: str
    chunk: int = Field(ge=1)
    niks: tuple[Nik, ...] = Field(min_length=1, max_length=PEOPLE_A_JOB, repr=False)


class ReportJob(Job):
    """Write (again) the result files of a batch."""


class ResendJob(Job):
    """Have the failed messages of one chunk (from 1) sent again.

    `by` ordered it, for `reason`, `at` that time (UTC).
    """

    chunk: int = Field(ge=1)
    by: str = Field(max_length=128)
    reason: str = Field(max_length=500)
    at: datetime


class OutreachJob(Message):
    """Write the lists of one bank's people whom no message has reached."""

    outreach: str = Field(pattern=r"^[0-9A-Za-z_-]{1,32}$", description="the bank's code")


def sms_jobs(batch: str, programme: str, chunk: int, niks: Sequence[str]) -> list[SmsJob]:
    """Return the jobs that tell these people of one chunk."""
    return [
        SmsJob(
            batch=batch,
            programme=programme,
            chunk=chunk,
            niks=tuple(niks[start : start + PEOPLE_A_JOB]),
        )
        for start in range(0, len(niks), PEOPLE_A_JOB)
    ]
