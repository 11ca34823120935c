"""Joins the steps to AWS: the ports of one call, over the world of its process."""

import gc
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib import settings
from chalicelib.adapters.ports import (
    Announcer,
    Batches,
    Clock,
    Enrollments,
    EventSourceSwitch,
    Gates,
    Ledger,
    Links,
    Objects,
    OptOuts,
    Outbox,
    Readers,
    Remittances,
    Reversals,
    SecondFactors,
    SmsSender,
    TrailReader,
    UseCounts,
)
from chalicelib.deadline import Deadline, Port, patient
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.messages.sending import Sending
from chalicelib.pace import Pace

if TYPE_CHECKING:
    from chalicelib.api.audit import Audit
    from chalicelib.api.cursor import Cursors
    from chalicelib.api.permissions import TokenRules

from .clients import ClientFactory, World, make_client, utc_now


class Invocation:
    """The `Ports` of one call of a function.

    Those that may be called twice retry until the call's deadline. The world outlives the call.
    """

    def __init__(self, world: World, deadline: Deadline) -> None:
        """Take the process's world and the call's deadline."""
        self._world = world
        self.deadline = deadline
        self.clock: Clock = world.clock

    @property
    def stage(self) -> str:
        """Which deployment this is."""
        return self._world.stage

    @property
    def agreements(self) -> Agreements:
        """The programmes, banks and rates."""
        return self._world.agreements

    @property
    def batches(self) -> Batches:
        """The files."""
        return self._patient(self._world.batches)

    @property
    def enrollments(self) -> Enrollments:
        """The people."""
        return self._patient(self._world.enrollments)

    @property
    def ledger(self) -> Ledger:
        """The steps of premiums."""
        return self._patient(self._world.ledger)

    @property
    def reversals(self) -> Reversals:
        """The reversals of confirmations."""
        return self._patient(self._world.reversals)

    @property
    def remittances(self) -> Remittances:
        """The lists of premiums that banks pay to BPJS."""
        return self._patient(self._world.remittances)

    @property
    def readers(self) -> Readers:
        """Which files are being read."""
        return self._patient(self._world.readers)

    @property
    def gates(self) -> Gates:
        """The stored state of sending."""
        return self._patient(self._world.gates)

    @property
    def objects(self) -> Objects:
        """The bucket."""
        return self._patient(self._world.bucket(self.deadline.patiently))

    @property
    def outbox(self) -> Outbox:
        """The queues."""
        return self._patient(self._world.outbox)

    @property
    def sms_sender(self) -> SmsSender:
        """The carrier, which is never asked twice: a second try may be a second SMS."""
        return self._world.sms_sender

    @property
    def opt_outs(self) -> OptOuts:
        """The carrier's list of numbers that refuse messages."""
        return self._patient(self._world.opt_outs)

    @property
    def announcer(self) -> Announcer:
        """Mail to banks."""
        return self._patient(self._world.announcer)

    @property
    def trail(self) -> TrailReader:
        """The audit trail, to be read."""
        return self._patient(self._world.trail)

    @property
    def page(self) -> str:
        """The address of the page."""
        return self._world.page

    @property
    def uses(self) -> UseCounts:
        """How often users and banks asked."""
        return self._patient(self._world.uses)

    @property
    def event_source(self) -> EventSourceSwitch | None:
        """The triggers of the sending function."""
        switch: EventSourceSwitch | None = self._world.event_source
        return switch and self._patient(switch)

    @property
    def event_source_once(self) -> EventSourceSwitch | None:
        """The same, for a caller who does not wait while it is busy."""
        return self._world.event_source

    @property
    def links(self) -> Links:
        """What signs links into the bucket."""
        return self._world.links

    @property
    def cursors(self) -> "Cursors":
        """What signs cursors."""
        return self._world.cursors

    @property
    def audit(self) -> "Audit":
        """What writes the audit trail; a line that cannot be written now refuses the request."""
        return self._world.audit

    @property
    def tokens(self) -> "TokenRules":
        """Which tokens of users count."""
        return self._world.tokens

    @property
    def second_factors(self) -> SecondFactors:
        """What the user pool knows of its users' second factors."""
        return self._patient(self._world.second_factors)

    @property
    def second_factor_roles(self) -> frozenset[str]:
        """The roles that need a second factor."""
        return self._world.second_factor_roles

    @property
    def sending(self) -> Sending:
        """The rules of sending."""
        return self._world.sending

    @property
    def pace(self) -> Pace:
        """This worker's share of the rate at which the messages of files go out."""
        return self._world.pace

    @property
    def single_pace(self) -> Pace:
        """The same for messages that staff ordered one by one."""
        return self._world.single_pace

    @property
    def only_to(self) -> frozenset[str]:
        """The numbers that alone are sent anything; empty for everybody."""
        return self._world.only_to

    @property
    def chunk_rows(self) -> int:
        """How many rows go into one chunk."""
        return self._world.chunk_rows

    @property
    def confirm_days(self) -> int:
        """After how many days a confirmation is overdue."""
        return self._world.confirm_days

    def _patient(self, port: Port) -> Port:
        return patient(port, self.deadline)


def now() -> datetime:
    """Return the time by the clock that is set."""
    return _clock()


_world: World | None = None
_conflicts = 0
_clock: Clock = utc_now
_make_client: ClientFactory = make_client


def world() -> World:
    """Return the world of this process; the first call makes it."""
    global _world  # noqa: PLW0603  # Lambda keeps a process: clients are made once in it
    if _world is None:
        collect_seldom()
        _world = World(settings.Settings(), now, _make_client)
    return _world


_NEW_OBJECTS = 20_000
"""Objects made before the garbage collector runs (`collect_seldom`); Python's default is 700."""


def collect_seldom() -> None:
    """Let the garbage collector run seldom, and skip the objects that live as long as the process.

    Rows and items are many small objects without cycles: reference counting frees them. The search
    for cycles took a tenth or more of the time of enrolling.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def reset() -> None:
    """Forget the world: the next call reads the environment again."""
    global _world  # noqa: PLW0603  # the counterpart of world()
    _world = None


def set_clock(clock: Clock) -> None:
    """Set another clock than the machine's: for tests and the embedded cloud."""
    global _clock  # noqa: PLW0603  # one clock for the process, by design
    _clock = clock


def set_clients(factory: ClientFactory) -> None:
    """Set what makes the clients of the next world: for tests that make calls to AWS fail."""
    global _make_client  # noqa: PLW0603  # as the clock
    _make_client = factory


def invocation(context: Any, *, reserve: float = 15.0) -> "Invocation":
    """Return what one call of a function may use.

    `context` is Lambda's, which knows how much time is left; `reserve` (seconds) is kept back to
    end in good order.
    """
    remaining = context.get_remaining_time_in_millis
    deadline = Deadline(remaining, reserve=reserve, on_conflict=_count_conflict)
    return Invocation(world(), deadline)


def _count_conflict() -> None:
    global _conflicts  # noqa: PLW0603  # a function handles one call at a time
    _conflicts += 1


def take_conflicts() -> int:
    """Return how often another writer was in the way since the last call of this function."""
    global _conflicts  # as above
    found, _conflicts = _conflicts, 0
    return found
