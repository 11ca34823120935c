"""What is outside a process: its clients and adapters, each made once, when it is first needed.

No other module makes clients.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import botocore
from botocore.config import Config
from botocore.session import Session

from chalicelib import settings
from chalicelib.adapters.audit_sink import CloudWatchAuditSink, CloudWatchTrailReader
from chalicelib.adapters.direct import sends_directly
from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.dynamodb.gates import DynamoGates
from chalicelib.adapters.dynamodb.money.ledger import DynamoLedger
from chalicelib.adapters.dynamodb.money.reversals import DynamoReversals
from chalicelib.adapters.event_source import LambdaEventSourceSwitch
from chalicelib.adapters.links import S3Links
from chalicelib.adapters.objects import PART_BYTES, Again, S3Objects
from chalicelib.adapters.ports import (
    Clock,
)
from chalicelib.adapters.queues import SqsOutbox, SqsVisibility
from chalicelib.adapters.readers import DynamoReaders
from chalicelib.adapters.secret import Secret
from chalicelib.adapters.sms_sender import SnsAnnouncer, SnsOptOuts, SnsSmsSender
from chalicelib.domain.agreements.programme import Agreements, load_agreements
from chalicelib.domain.messages.sending import Prices, Sending, Window, micro_usd
from chalicelib.pace import Pace

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.failures import DynamoFailures
    from chalicelib.adapters.dynamodb.money.remittances import DynamoRemittances
    from chalicelib.adapters.second_factors import CognitoSecondFactors
    from chalicelib.adapters.use_counts import DynamoUseCounts
    from chalicelib.api.audit import Audit
    from chalicelib.api.cursor import Cursors
    from chalicelib.api.permissions import TokenRules

# Tables and queues answer within milliseconds. Short timeouts leave time for another try.
PATIENT = Config(
    connect_timeout=2,
    read_timeout=4,
    # Two tries here; after that the ports retry for as long as there is time (`deadline.patient`).
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=10,
    # The service validates too, and validation costs more CPU than building the request.
    parameter_validation=False,
    # Set explicitly: botocore otherwise rebuilds it for every call (about 20 % of the call's CPU).
    user_agent=f"payung Botocore/{botocore.__version__}",
)
# Objects may be large.
_FOR_OBJECTS = PATIENT.merge(Config(read_timeout=15))
# A page of a log group is searched for, and may take seconds.
_FOR_LOGS = PATIENT.merge(Config(read_timeout=60))
# Links name the region's own host: the page may talk to that one, and the global one redirects.
FOR_LINKS = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
# A second try at publishing may be a second SMS to a person, so botocore never retries.
ONCE = PATIENT.merge(Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}))

ClientFactory = Callable[[Session, str, Config], Any]
"""Makes a client of a service, with the session of its process."""


def make_client(session: Session, service: str, config: Config) -> Any:
    """Return a new client, as the functions use it on Lambda."""
    return sends_directly(session.create_client(service, config=config), session.get_credentials())


class World:
    """All that is outside a process: made when it is first asked for, and kept."""

    def __init__(
        self, given: settings.Settings, clock: Clock, clients: ClientFactory = make_client
    ) -> None:
        """Take the settings, the clock and what makes clients; connect to nothing yet."""
        self._read = given.read
        self.clock = clock
        # botocore alone: boto3 makes every start slower, and nothing here needs it.
        self._session = Session()
        self._make_client = clients
        self._clients: dict[tuple[str, Config], Any] = {}

    @cached_property
    def agreements(self) -> Agreements:
        """The programmes, banks and rates."""
        return load_agreements()

    @cached_property
    def enrollments(self) -> DynamoEnrollments:
        """The people."""
        return DynamoEnrollments(
            self._client("dynamodb"),
            table=self._read(settings.PeopleTable).enrollments_table,
            batches_table=self._read(settings.FilesTable).batches_table,
            keep_days=self._read(settings.Retention).keep_days,
        )

    @cached_property
    def ledger(self) -> DynamoLedger:
        """The steps of premiums."""
        return DynamoLedger(
            self._client("dynamodb"),
            table=self._read(settings.PeopleTable).enrollments_table,
            batches_table=self._read(settings.FilesTable).batches_table,
            keep_days=self._read(settings.Retention).keep_days,
        )

    @cached_property
    def reversals(self) -> DynamoReversals:
        """The reversals of confirmations."""
        return DynamoReversals(
            self._client("dynamodb"),
            table=self._read(settings.PeopleTable).enrollments_table,
            batches_table=self._read(settings.FilesTable).batches_table,
            keep_days=self._read(settings.Retention).keep_days,
        )

    @cached_property
    def remittances(self) -> "DynamoRemittances":
        """The lists of premiums that banks pay to BPJS."""
        # Three functions need it.
        from chalicelib.adapters.dynamodb.money.remittances import (  # noqa: PLC0415  # see above
            DynamoRemittances,
        )

        return DynamoRemittances(
            self._client("dynamodb"),
            table=self._read(settings.PeopleTable).enrollments_table,
            batches_table=self._read(settings.FilesTable).batches_table,
            keep_days=self._read(settings.Retention).keep_days,
        )

    @cached_property
    def batches(self) -> DynamoBatches:
        """The files."""
        return DynamoBatches(
            self._client("dynamodb"),
            table=self._read(settings.FilesTable).batches_table,
            keep_days=self._read(settings.Retention).keep_days,
        )

    @cached_property
    def readers(self) -> DynamoReaders:
        """Which files are being read."""
        return DynamoReaders(
            self._client("dynamodb"), table=self._read(settings.FilesTable).batches_table
        )

    @cached_property
    def gates(self) -> DynamoGates:
        """The stored state of sending."""
        return DynamoGates(
            self._client("dynamodb"), table=self._read(settings.FilesTable).batches_table
        )

    @cached_property
    def uses(self) -> "DynamoUseCounts":
        """How often users and banks asked."""
        from chalicelib.adapters.use_counts import DynamoUseCounts  # noqa: PLC0415  # the API's

        return DynamoUseCounts(
            self._client("dynamodb"), table=self._read(settings.FilesTable).batches_table
        )

    @cached_property
    def event_source(self) -> LambdaEventSourceSwitch | None:
        """The triggers of the sending function; None where there are none to switch."""
        mappings = self._read(settings.Trigger).sms_mappings
        if mappings is None:
            return None
        return LambdaEventSourceSwitch(self._client("lambda"), mappings=mappings.split(","))

    @cached_property
    def sending(self) -> Sending:
        """The rules of sending."""
        rules = self._read(settings.SendingRules)
        return Sending(
            prices=Prices.parse(rules.sms_prices, highest=rules.sms_max_price),
            window=Window.parse(rules.sms_window, ZoneInfo(rules.sms_timezone)),
            rate=rules.sms_rate,
            budget=micro_usd(rules.sms_budget),
            countries=_listed(rules.sms_countries),
            people_a_number=rules.sms_people_a_number,
        )

    def bucket(self, again: Again) -> S3Objects:
        """Return the bucket; `again` repeats the parts of a large object while S3 is busy."""
        client = self._client("s3", _FOR_OBJECTS)
        name = self._read(settings.Bucket).bucket
        return S3Objects(client, bucket=name, again=again, part_bytes=PART_BYTES)

    @cached_property
    def outbox(self) -> SqsOutbox:
        """The queues between the functions."""
        read = self._read
        return SqsOutbox(
            self._client("sqs"),
            intake=lambda: read(settings.IntakeUrl).intake_queue_url,
            chunks=lambda: read(settings.ChunkUrl).chunk_queue_url,
            sms=lambda: read(settings.SmsUrl).sms_queue_url,
            single_sms=lambda: read(settings.SingleSmsUrl).single_sms_queue_url,
            reports=lambda: read(settings.ReportUrl).report_queue_url,
            resend=lambda: read(settings.ResendUrl).resend_queue_url,
            receipts=lambda: read(settings.ReceiptUrl).receipt_queue_url,
        )

    @cached_property
    def visibility(self) -> SqsVisibility:
        """How long received messages stay hidden."""
        return SqsVisibility(self._client("sqs"))

    @cached_property
    def failures(self) -> "DynamoFailures":
        """Why messages became dead letters."""
        # Most processes never need it.
        from chalicelib.adapters.dynamodb.failures import DynamoFailures  # noqa: PLC0415  # see above

        return DynamoFailures(
            self._client("dynamodb"), table=self._read(settings.FilesTable).batches_table
        )

    @cached_property
    def sms_sender(self) -> SnsSmsSender:
        """The carrier."""
        return SnsSmsSender(
            self._client("sns", ONCE),
            sender_id=self._read(settings.Sender).sms_sender_id,
            max_price=self._read(settings.SendingRules).sms_max_price,
        )

    @cached_property
    def opt_outs(self) -> SnsOptOuts:
        """The carrier's list of numbers that refuse messages."""
        return SnsOptOuts(self._client("sns"))

    @cached_property
    def announcer(self) -> SnsAnnouncer:
        """Mail to banks."""
        topic = self._read(settings.Announcements).done_topic
        return SnsAnnouncer(self._client("sns"), topic=topic)

    @cached_property
    def trail(self) -> CloudWatchTrailReader:
        """The audit trail, to be read."""
        group = self._read(settings.AuditLog).audit_log
        return CloudWatchTrailReader(self._client("logs", _FOR_LOGS), group=group)

    @cached_property
    def page(self) -> str:
        """The address of the page."""
        return self._read(settings.Announcements).page_url

    @cached_property
    def links(self) -> S3Links:
        """What signs links into the bucket."""
        return S3Links(self._client("s3", FOR_LINKS), bucket=self._read(settings.Bucket).bucket)

    @cached_property
    def cursors(self) -> "Cursors":
        """What signs cursors."""
        from chalicelib.api.cursor import Cursors  # noqa: PLC0415  # only the API needs it

        return Cursors(self._secret.key("cursor"))

    @cached_property
    def audit(self) -> "Audit":
        """What writes the audit trail."""
        from chalicelib.api.audit import Audit  # noqa: PLC0415  # only the API needs it

        group = self._read(settings.AuditLog).audit_log
        trail = CloudWatchAuditSink(self._client("logs"), group=group, now=utc_now)
        return Audit(trail, self._secret.key("audit-nik"), self.clock)

    @cached_property
    def tokens(self) -> "TokenRules":
        """Which tokens of users count."""
        from chalicelib.api.permissions import TokenRules  # noqa: PLC0415  # only the API needs it

        read = self._read(settings.Tokens)
        return TokenRules(issuer=read.token_issuer, client=read.user_pool_client)

    @cached_property
    def second_factors(self) -> "CognitoSecondFactors":
        """What the user pool knows of its users' second factors."""
        from chalicelib.adapters.second_factors import CognitoSecondFactors  # noqa: PLC0415  # the API's

        return CognitoSecondFactors(
            self._client("cognito-idp"),
            pool=self._read(settings.SecondFactorRule).user_pool,
            clock=self.clock,
        )

    @cached_property
    def second_factor_roles(self) -> frozenset[str]:
        """The roles that need a second factor."""
        return _listed(self._read(settings.SecondFactorRule).second_factor)

    @cached_property
    def _secret(self) -> Secret:
        return Secret(self._client("secretsmanager"), name=self._read(settings.Keys).secret)

    @cached_property
    def pace(self) -> Pace:
        """This worker's share of the rate at which the messages of files go out."""
        return Pace(self.sending.files_rate / self._read(settings.Sender).sms_workers)

    @cached_property
    def single_pace(self) -> Pace:
        """The same for messages that staff ordered one by one."""
        return Pace(self.sending.single_rate / self._read(settings.Sender).single_sms_workers)

    @cached_property
    def only_to(self) -> frozenset[str]:
        """The numbers that alone are sent anything; empty for everybody."""
        return _listed(self._read(settings.Sender).sms_only_to)

    @property
    def chunk_rows(self) -> int:
        """How many rows go into one chunk."""
        return self._read(settings.Chunks).chunk_rows

    @property
    def confirm_days(self) -> int:
        """After how many days a confirmation is overdue."""
        return self._read(settings.Confirming).confirm_days

    @property
    def stage(self) -> str:
        """Which deployment this is."""
        return self._read(settings.Deployment).stage

    @property
    def browser_services(self) -> settings.BrowserServices:
        """The services besides the API that the page in a browser calls."""
        return self._read(settings.BrowserServices)

    def prepare(self) -> None:
        """Read the service model of the first client. The client itself is made on first use."""
        self._session.get_service_data("dynamodb")

    def _client(self, service: str, config: Config = PATIENT) -> Any:
        if (service, config) not in self._clients:
            self._clients[service, config] = self._make_client(self._session, service, config)
        return self._clients[service, config]


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.replace(" ", "").split(",")))


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)
