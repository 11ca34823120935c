"""Joins the steps to AWS: the only place where clients are made, once each, when needed."""

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import botocore
from botocore.config import Config
from botocore.session import Session

from chalicelib.adapters.audit import CloudWatchTrail
from chalicelib.adapters.batches import DynamoBatches
from chalicelib.adapters.enrollments import DynamoEnrollments
from chalicelib.adapters.gates import DynamoGates
from chalicelib.adapters.links import S3Links
from chalicelib.adapters.objects import S3Objects
from chalicelib.adapters.protocols import Clock
from chalicelib.adapters.queues import SqsQueue
from chalicelib.adapters.secret import Secret
from chalicelib.adapters.texter import SnsTexter
from chalicelib.adapters.trigger import LambdaTrigger
from chalicelib.adapters.wire import sends_as_written
from chalicelib.audit import Audit
from chalicelib.cursor import Cursors
from chalicelib.deadline import Deadline
from chalicelib.domain.programme import Agreements, load_agreements
from chalicelib.domain.sending import Prices, Sending, Window, micro_usd
from chalicelib.needs import needs
from chalicelib.pace import Pace
from chalicelib.settings import Settings

# Short, so that a lost answer is asked for again well within a function's time: tables and queues
# answer within milliseconds, or have lost the question.
PATIENT = Config(
    connect_timeout=2,
    read_timeout=4,
    # Twice here; beyond that the steps try again by themselves, for as long as there is time.
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=10,
    # The service validates too; doing it here as well costs more than building the request.
    parameter_validation=False,
    # Given, it is not put together anew for every call, which takes a fifth of a call's time.
    user_agent=f"payung Botocore/{botocore.__version__}",
)
# Objects may be large.
_FOR_OBJECTS = PATIENT.merge(Config(read_timeout=15))
# Links name the region's own host, which the page may talk to; the one without a region redirects.
_FOR_LINKS = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
# A second try at publishing may be a second message to a person: never by itself.
_ONCE = PATIENT.merge(Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}))


class World:
    """Everything outside that a step may need, made when it is first asked for."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Take what the environment says and the clock; connect to nothing yet."""
        self.settings = settings
        self.clock = clock
        # What boto3 has beyond its clients is in the way of every start, and nothing uses it.
        self._session = Session()
        self._clients: dict[tuple[str, Config], Any] = {}

    @cached_property
    def agreements(self) -> Agreements:
        """Return the programmes, banks and rates."""
        return load_agreements()

    @cached_property
    def enrollments(self) -> DynamoEnrollments:
        """Return the people."""
        return DynamoEnrollments(
            self._client("dynamodb"),
            table=self.settings.enrollments_table,
            batches_table=self.settings.batches_table,
            keep_days=self.settings.keep_days,
        )

    @cached_property
    def batches(self) -> DynamoBatches:
        """Return the files."""
        return DynamoBatches(
            self._client("dynamodb"),
            table=self.settings.batches_table,
            keep_days=self.settings.keep_days,
        )

    @cached_property
    def gates(self) -> DynamoGates:
        """Return what sending hangs on."""
        return DynamoGates(self._client("dynamodb"), table=self.settings.batches_table)

    @cached_property
    def trigger(self) -> LambdaTrigger | None:
        """Return what feeds the sending function; None where there is none to switch."""
        if not self.settings.sms_mapping:
            return None
        return LambdaTrigger(self._client("lambda"), mapping=self.settings.sms_mapping)

    @cached_property
    def sending(self) -> Sending:
        """Return the rules for sending."""
        settings = self.settings
        return Sending(
            prices=Prices.parse(settings.sms_prices, highest=settings.sms_max_price),
            window=Window.parse(settings.sms_window, ZoneInfo(settings.sms_timezone)),
            rate=settings.sms_rate,
            budget=micro_usd(settings.sms_budget),
            countries=_listed(settings.sms_countries),
        )

    @cached_property
    def objects(self) -> S3Objects:
        """Return the bucket."""
        return S3Objects(self._client("s3", _FOR_OBJECTS), bucket=self.settings.bucket)

    @cached_property
    def intake_queue(self) -> SqsQueue:
        """Return the queue of uploads to read."""
        return SqsQueue(self._client("sqs"), url=self.settings.intake_queue_url)

    @cached_property
    def chunk_queue(self) -> SqsQueue:
        """Return the queue of chunks to enroll."""
        return SqsQueue(self._client("sqs"), url=self.settings.chunk_queue_url)

    @cached_property
    def sms_queue(self) -> SqsQueue:
        """Return the queue of people to tell."""
        return SqsQueue(self._client("sqs"), url=self.settings.sms_queue_url)

    @cached_property
    def report_queue(self) -> SqsQueue:
        """Return the queue of reports to write."""
        return SqsQueue(self._client("sqs"), url=self.settings.report_queue_url)

    @cached_property
    def resend_queue(self) -> SqsQueue:
        """Return the queue of chunks whose failed messages are to be sent again."""
        return SqsQueue(self._client("sqs"), url=self.settings.resend_queue_url)

    @cached_property
    def texter(self) -> SnsTexter:
        """Return the carrier."""
        return SnsTexter(
            self._client("sns", _ONCE),
            sender_id=self.settings.sms_sender_id,
            max_price=self.settings.sms_max_price,
            questions=lambda: self._client("sns"),
        )

    @cached_property
    def links(self) -> S3Links:
        """Return what signs links into the bucket."""
        return S3Links(self._client("s3", _FOR_LINKS), bucket=self.settings.bucket)

    @cached_property
    def cursors(self) -> Cursors:
        """Return what signs cursors."""
        return Cursors(self._secret.key("cursor"))

    @cached_property
    def audit(self) -> Audit:
        """Return what writes the audit trail."""
        trail = CloudWatchTrail(self._client("logs"), group=self.settings.audit_log, now=utc_now)
        return Audit(trail, self._secret.key("audit-nik"), self.clock)

    @cached_property
    def _secret(self) -> Secret:
        return Secret(self._client("secretsmanager"), name=self.settings.secret)

    @cached_property
    def pace(self) -> Pace:
        """Return this worker's share of the rate at which messages go out."""
        return Pace(self.settings.sms_rate / self.settings.sms_workers)

    @cached_property
    def only_to(self) -> frozenset[str]:
        """Return the numbers that alone are sent anything; none means everybody."""
        return _listed(self.settings.sms_only_to)

    def prepare(self) -> None:
        """Read what the first client is made from; it is made, as all are, when it is asked for."""
        self._session.get_service_data("dynamodb")

    def _client(self, service: str, config: Config = PATIENT) -> Any:
        if (service, config) not in self._clients:
            made: Any = self._session.create_client(service, config=config)
            self._clients[service, config] = (
                sends_as_written(made) if service == "dynamodb" else made
            )
        return self._clients[service, config]


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.replace(" ", "").split(",")))


def now() -> datetime:
    """Return the time by the clock that is set."""
    return _clock()


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


_world: World | None = None
_clock: Clock = utc_now


def world() -> World:
    """Return the world of this process; the first call makes it."""
    global _world  # noqa: PLW0603  # Lambda keeps a process: clients are made once in it
    if _world is None:
        collect_seldom()
        _world = World(Settings.from_env(), now)
    return _world


_NEW_OBJECTS = 20_000
"""So many more than before, and the garbage collector has a look (`collect_seldom`); Python's own
number is 700."""


def collect_seldom() -> None:
    """Let the garbage collector look less often, and not at what stays anyway.

    Rows and items are many small objects without cycles: each is freed when it is let go of, and
    looking for cycles among them took a tenth or more of the time that enrolling takes.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def reset() -> None:
    """Forget the world, so that the next call reads the environment anew."""
    global _world  # noqa: PLW0603  # the counterpart of world()
    _world = None


def set_clock(clock: Clock) -> None:
    """Give the steps another time than the machine's: for tests and the embedded cloud."""
    global _clock  # noqa: PLW0603  # one clock for the process, by design
    _clock = clock


def deadline(remaining: Callable[[], int], *, reserve: float = 15.0) -> Deadline:
    """Return the deadline of a function whose context gives its remaining milliseconds.

    `reserve` (seconds) is what it keeps back to end in good order.
    """
    return Deadline(remaining, reserve=reserve)


def given(step: Callable[..., object], context: Any, **own: object) -> dict[str, Any]:
    """Return what a step needs of the world, by the names of its keywords.

    `context` is that of the function's call; `own` is what only that knows.
    """
    own["deadline"] = deadline(context.get_remaining_time_in_millis)
    return needs(step, world(), world().settings, **own)
