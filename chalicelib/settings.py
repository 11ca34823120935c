"""The settings of a function, from its environment. No other module reads the environment.

The setting `bucket` is the variable `PAYUNG_BUCKET`, and so on. The settings are in groups. A group
is read when it is first used, so a function needs only the variables of the groups that it uses;
the template gives it no others. Nothing has an empty default: a variable that is missing stops the
call, and the error names the variable and the function.
"""

import os
from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from chalicelib.domain.jobs import (
    ChunkQueue,
    IntakeQueue,
    ReceiptQueue,
    ReportQueue,
    ResendQueue,
    SingleSmsQueue,
    SmsQueue,
)
from chalicelib.domain.messages.sending import PEOPLE_A_NUMBER
from chalicelib.errors import SettingsInvalid

_PREFIX = "PAYUNG_"
_LEAST_KEPT = 365
CHUNK_ROWS = 1960
"""The rows of one chunk: twenty transactions of 98."""


class Group(BaseModel):
    """Settings that are read together."""

    # Pydantic builds a group when it is first read: no function uses all of them.
    model_config = ConfigDict(frozen=True, defer_build=True)


AnyGroup = TypeVar("AnyGroup", bound=Group)
Name = Annotated[str, Field(min_length=1)]


class Deployment(Group):
    """Which deployment this is: `dev` or `prod`."""

    stage: Name


class FilesTable(Group):
    """The table of files, chunks, totals and the gate."""

    batches_table: Name


class PeopleTable(Group):
    """The table of people."""

    enrollments_table: Name


class Retention(Group):
    """The days that enrollments are kept after their cover, and files after their arrival.

    0 means for ever.
    """

    keep_days: int = Field(ge=0)

    @field_validator("keep_days")
    @classmethod
    def _is_long(cls, days: int) -> int:
        if 0 < days < _LEAST_KEPT:
            raise ValueError(f"nothing is kept for less than {_LEAST_KEPT} days")
        return days


class Bucket(Group):
    """The bucket of uploads, chunk objects and results."""

    bucket: Name


class Chunks(Group):
    """How many rows go into one chunk. Only tests set it."""

    chunk_rows: int = Field(CHUNK_ROWS, ge=1)


class SendingRules(Group):
    """When and where messages may go, and their prices and budget.

    - `sms_rate`: parts a second over all workers. 0 means no limit.
    - `sms_max_price`: USD a message, as decimal text.
    - `sms_budget`: USD a month, as decimal text. 0 means no budget of payung's own.
    - `sms_prices`: USD a part by country (`62=0.045,60=0.04`). A country that is not listed counts
      at `sms_max_price`. May be empty.
    - `sms_countries`: the calling codes that payung serves, with commas.
    - `sms_window`: the hours in which messages go out (`08:00-20:00`), in `sms_timezone`. Empty
      means always.
    - `sms_people_a_number`: how many people of a file, and of a day, get a message to the same
      number. The messages of the others are held. 0 means no limit.
    """

    sms_rate: float = Field(ge=0)
    sms_max_price: Name
    sms_budget: Name
    sms_prices: str
    sms_countries: Name
    sms_window: str
    sms_timezone: Name
    sms_people_a_number: int = Field(PEOPLE_A_NUMBER, ge=0)


class Sender(Group):
    """What only the function that sends messages needs.

    - `sms_sender_id`: the sender's name on the phone.
    - `sms_workers`: how many workers send the messages of files at once (the queue's maximum
      concurrency).
    - `single_sms_workers`: the same for messages that staff ordered one by one.
    - `sms_only_to`: if not empty, SMS go only to these numbers (+62…, with commas), as in SNS's
      sandbox.
    """

    sms_sender_id: Name
    sms_workers: int = Field(ge=1)
    single_sms_workers: int = Field(ge=1)
    sms_only_to: str


class Confirming(Group):
    """After how many days without a confirmation a bank is overdue."""

    confirm_days: int = Field(ge=1)


class Trigger(Group):
    """The event source mappings of the sending function, with commas; None if there are none."""

    sms_mappings: Name | None = None


class AuditLog(Group):
    """The log group of the audit trail."""

    audit_log: Name


class Keys(Group):
    """The name or ARN of the secret from which keys are derived."""

    secret: Name


class Tokens(Group):
    """Who issues the tokens of users, and for which client."""

    token_issuer: Name
    user_pool_client: Name


class SecondFactorRule(Group):
    """Which roles need a second factor, or `nobody`; and the pool that knows who has one.

    Nothing else is taken: a mistake must not let anybody in.
    """

    second_factor: str = Field(pattern=r"^(nobody|dinas,bpjs)$")
    user_pool: Name


class BrowserServices(Group):
    """The services besides the API that the page in a browser calls.

    `help_contact` says whom a user of the page asks, such as an office with its phone number.
    """

    cognito_endpoint: Name
    bucket_origin: Name
    help_contact: Name


class Announcements(Group):
    """The mail to banks: the ARN of its topic, and the address of the page, to which it links."""

    done_topic: Name
    page_url: Name


class IntakeUrl(Group):
    """The queue of uploads."""

    intake_queue_url: IntakeQueue = Field(min_length=1)


class ChunkUrl(Group):
    """The queue of chunks."""

    chunk_queue_url: ChunkQueue = Field(min_length=1)


class SmsUrl(Group):
    """The queue of messages to people."""

    sms_queue_url: SmsQueue = Field(min_length=1)


class SingleSmsUrl(Group):
    """The queue of messages that staff ordered one by one."""

    single_sms_queue_url: SingleSmsQueue = Field(min_length=1)


class ReportUrl(Group):
    """The queue of reports and outreach lists."""

    report_queue_url: ReportQueue = Field(min_length=1)


class ResendUrl(Group):
    """The queue of orders to send messages again."""

    resend_queue_url: ResendQueue = Field(min_length=1)


class ReceiptUrl(Group):
    """The queue of carriers' receipts."""

    receipt_queue_url: ReceiptQueue = Field(min_length=1)


class Settings:
    """The groups of one process's settings, each read on first use and kept."""

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        """Take the environment; read nothing yet."""
        self._env = env
        self._groups: dict[type[Group], Group] = {}

    def read(self, group: type[AnyGroup]) -> AnyGroup:
        """Return a group of settings.

        Raises:
            SettingsInvalid: a variable of the group is missing, or has a value that is not allowed.
        """
        known = self._groups.get(group)
        if not isinstance(known, group):
            known = self._groups[group] = read_group(group, self._env)
        return known


def read_group(group: type[AnyGroup], env: Mapping[str, str]) -> AnyGroup:
    """Return a group of settings from these variables.

    Raises:
        SettingsInvalid: a variable is missing or not valid; the text has no value.
    """
    variables = {name: f"{_PREFIX}{name.upper()}" for name in group.model_fields}
    given = {name: env[variable] for name, variable in variables.items() if variable in env}
    try:
        return group.model_validate(given)
    except ValidationError as invalid:
        # Pydantic's own text shows values, and values may be secret.
        wrong = [
            f"{variables[str(each['loc'][0])]} is "
            f"{'not set' if each['type'] == 'missing' else 'not valid'}"
            for each in invalid.errors(include_input=False)
        ]
        function = env.get("AWS_LAMBDA_FUNCTION_NAME") or handler(env) or "outside Lambda"
        raise SettingsInvalid(f"{', '.join(wrong)} (function: {function})") from None


def handler(env: Mapping[str, str] = os.environ) -> str | None:
    """Return the handler that Lambda calls in this process (`app.enroll_chunks`).

    None outside Lambda. A Lambda process belongs to one function only.
    """
    return env.get("_HANDLER")
