"""The protocols through which the steps reach the outside world.

Steps depend on these protocols. `wiring` passes the AWS adapters, tests pass fakes, and one
contract suite checks that both behave the same.

Every method returns a finished value. It is safe to call again after `Busy`, unless its docstring
says otherwise: a call that raised `Busy` may have taken effect.

people   people and their messages
files    files, their readers, the bucket
money    the ledger of premiums, and reversals
remitting  the lists of premiums that banks pay to BPJS
jobs     the queues
sending  messages to people and banks, and their gate
staff    limits, links, audit trail, failures, second factors
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from chalicelib.deadline import Deadline
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.messages.sending import Sending
from chalicelib.pace import Pace

from .files import Batches, Lease, Objects, Readers
from .jobs import JobQueue, Outbox, Visibility
from .money import (
    MOST_WRITES,
    OF_THE_CHUNK,
    ErasedPremium,
    Ledger,
    Overtaken,
    Owed,
    Reversals,
    SettleResult,
    Step,
    TakenBack,
    account_of,
    writes,
)
from .people import (
    CHANGES_PER_TRANSACTION,
    PEOPLE_PER_TRANSACTION,
    AlreadyEnrolled,
    Checkpoint,
    CommitResult,
    Committed,
    Enrollments,
    PersonOfMessage,
    Reported,
    SmsChange,
    Superseded,
    Takeover,
    slots,
)
from .remitting import (
    CUT_AT_ONCE,
    LISTED_AT_ONCE,
    Changed,
    Remittances,
    StoreResult,
    Taken,
)
from .sending import Announcer, EventSourceSwitch, Gates, OptOuts, SmsSender
from .staff import (
    AuditSink,
    Failure,
    Failures,
    Links,
    SecondFactors,
    TrailPage,
    TrailReader,
    UploadForm,
    UseCounts,
)

__all__ = [
    "CHANGES_PER_TRANSACTION",
    "CUT_AT_ONCE",
    "LISTED_AT_ONCE",
    "MOST_WRITES",
    "OF_THE_CHUNK",
    "PEOPLE_PER_TRANSACTION",
    "AlreadyEnrolled",
    "Announcer",
    "AuditSink",
    "Batches",
    "Changed",
    "Checkpoint",
    "Clock",
    "CommitResult",
    "Committed",
    "Enrollments",
    "ErasedPremium",
    "EventSourceSwitch",
    "Failure",
    "Failures",
    "Gates",
    "JobQueue",
    "Lease",
    "Ledger",
    "Links",
    "Objects",
    "OptOuts",
    "Outbox",
    "Overtaken",
    "Owed",
    "PersonOfMessage",
    "Ports",
    "Readers",
    "Remittances",
    "Reported",
    "Reversals",
    "SecondFactors",
    "SettleResult",
    "SmsChange",
    "SmsSender",
    "Step",
    "StoreResult",
    "Superseded",
    "Taken",
    "TakenBack",
    "Takeover",
    "TrailPage",
    "TrailReader",
    "UploadForm",
    "UseCounts",
    "Visibility",
    "account_of",
    "slots",
    "writes",
]

Clock = Callable[[], datetime]
"""Returns the current time, in UTC. Steps use no other clock."""


class Ports(Protocol):
    """Everything that one call of a function can use. Each port is created at its first use.

    Ports that may be called twice retry while AWS is busy and there is time. `sms_sender` and
    `event_source_once` never do.
    """

    @property
    def agreements(self) -> Agreements:
        """The programmes, banks and rates."""

    @property
    def batches(self) -> Batches:
        """The files."""

    @property
    def enrollments(self) -> Enrollments:
        """The people."""

    @property
    def ledger(self) -> "Ledger":
        """The steps of premiums."""

    @property
    def reversals(self) -> "Reversals":
        """The reversals of confirmations."""

    @property
    def remittances(self) -> "Remittances":
        """The lists of premiums that banks pay to BPJS."""

    @property
    def readers(self) -> Readers:
        """Which files are being read."""

    @property
    def gates(self) -> Gates:
        """The stored state of sending."""

    @property
    def objects(self) -> Objects:
        """The bucket."""

    @property
    def outbox(self) -> Outbox:
        """The queues."""

    @property
    def sms_sender(self) -> SmsSender:
        """The carrier."""

    @property
    def opt_outs(self) -> OptOuts:
        """The carrier's list of numbers that refuse messages."""

    @property
    def announcer(self) -> Announcer:
        """Mail to banks."""

    @property
    def trail(self) -> TrailReader:
        """The audit trail, to be read."""

    @property
    def page(self) -> str:
        """The address of the page, with a slash at the end."""

    @property
    def event_source(self) -> EventSourceSwitch | None:
        """The triggers of the sending function; None if there are none to switch."""

    @property
    def event_source_once(self) -> EventSourceSwitch | None:
        """The same, for a caller who does not wait while it is busy."""

    @property
    def sending(self) -> Sending:
        """The rules of sending."""

    @property
    def pace(self) -> Pace:
        """This worker's share of the rate at which the messages of files go out."""

    @property
    def single_pace(self) -> Pace:
        """The same for messages that staff ordered one by one."""

    @property
    def only_to(self) -> frozenset[str]:
        """The numbers that alone are sent anything; empty for everybody."""

    @property
    def chunk_rows(self) -> int:
        """How many rows go into one chunk."""

    @property
    def confirm_days(self) -> int:
        """After how many days a confirmation is overdue."""

    @property
    def clock(self) -> Clock:
        """The time."""

    @property
    def deadline(self) -> Deadline:
        """How long this call may go on."""
