"""AWS's answers to the calls that moto does not know, as botocore would read them.

CloudFormation is a fake of its own; moto answers all other calls. Each test may change an answer,
or let the call be refused.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws

from local.cloud import ACCOUNT, credentials
from local.deploy import REGION
from local.deploy.parameters import AccountParameters, StageParameters
from tests.deploy.fake_cloudformation import FakeCloudFormation

ARN = f"arn:aws:sms-voice:{REGION}:{ACCOUNT}"
SENDER = f"{ARN}:sender-id/PAYUNG/ID"
OPT_OUTS = f"{ARN}:opt-out-list/Default"
SMS = "pinpoint-sms-voice-v2"

GIVEN = StageParameters(
    parameters={
        "Stage": "dev",
        "SmsSenderId": "PAYUNG",
        "SmsPrices": "62=0.045,60=0.04",
        "AlarmEmail": "petugas@example.org",
        "MailFrom": "payung@example.org",
        "MailIdentity": "example.org",
        "KeepDays": "1825",
    }
)
OF_ACCOUNT = AccountParameters(sender_id="PAYUNG", sender_country="ID", monthly_spend_limit=1)


@dataclass(frozen=True)
class Refusal:
    """A call that AWS refuses."""

    code: str
    message: str = "no"
    status: int = 400


def _ready() -> dict[str, Any]:
    return {
        "account.GetRegionOptStatus": {"RegionName": REGION, "RegionOptStatus": "ENABLED"},
        "lambda.GetAccountSettings": {
            "AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
        },
        "sns.GetSMSSandboxAccountStatus": {"IsInSandbox": False},
        f"{SMS}.DescribeSenderIds": {"SenderIds": [{"SenderIdArn": SENDER, "Registered": True}]},
        f"{SMS}.DescribeOptOutLists": {
            "OptOutLists": [{"OptOutListArn": OPT_OUTS, "OptOutListName": "Default"}]
        },
        f"{SMS}.DescribeSpendLimits": {
            "SpendLimits": [{"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "MaxLimit": 10_000}]
        },
        f"{SMS}.GetResourcePolicy": Refusal("ResourceNotFoundException"),
    }


@dataclass
class Recorded:
    """The session of a test, the answers of an account in which nothing is missing, and the calls.

    A call is recorded as its operation and parameters if it has an answer here.
    """

    session: boto3.Session
    stacks: FakeCloudFormation = field(default_factory=FakeCloudFormation)
    answers: dict[str, Any] = field(default_factory=_ready)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def called(self, operation: str) -> list[Mapping[str, Any]]:
        return [given for name, given in self.calls if name == operation]

    def remember(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        self._last = params

    def answer(self, model: Any, **_: Any) -> Any:
        name = f"{model.service_model.service_name}.{model.name}"
        if name not in self.answers:
            return None
        self.calls.append((name, self._last))
        found = self.answers[name]
        if isinstance(found, Refusal):
            error = {"Error": {"Code": found.code, "Message": found.message}}
            return SimpleNamespace(status_code=found.status), error
        return SimpleNamespace(status_code=200), {**found, "ResponseMetadata": {}}


@contextmanager
def recorded_aws() -> Iterator[Recorded]:
    """Give a session whose clients get the recorded answers, or else moto's."""
    with credentials(), mock_aws():
        made = Recorded(boto3.Session(region_name=REGION))
        client: Any = cache(made.session.client)  # it takes long to make one

        def known(service: str, **more: Any) -> Any:
            return made.stacks if service == "cloudformation" else client(service, **more)

        made.session.client = known  # type: ignore[method-assign]  # for the code under test
        made.session.events.register("provide-client-params.*.*", made.remember)
        made.session.events.register("before-call.*.*", made.answer)
        yield made
