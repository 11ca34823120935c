"""Deploys a stage into the emulator with the code of `make deploy`, and reaches it from outside."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import boto3

from local.deploy import REGION, changes, parameters, removal, stack, stack_name
from local.deploy.artefact import Artefact
from tests.ministack.emulator import ACCOUNT, Emulator, get
from tests.ministack.lacks import BANKS_TAG

STAGE = "dev"
_GIVEN = {
    "SmsOnlyTo": "",
    "SmsWindow": "",  # messages go out by day only, and it may be night here
    "SmsRate": "50",
    "SmsBudget": "100",
}
_PASSWORD = "Payung-lokal-2026"  # the emulator's own users
_Found = TypeVar("_Found")


class NotInTime(AssertionError):
    """Something did not happen in time; the text says what was seen last."""


@dataclass(frozen=True)
class Deployment:
    """A deployed stage; `lines` is what the deployment printed."""

    emulator: Emulator
    lines: tuple[str, ...]

    @cached_property
    def session(self) -> boto3.Session:
        """The session of the administrator who has deployed it."""
        return self.emulator.administrator()

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """The outputs of the stack."""
        return changes.outputs(self.session, stack_name(STAGE))

    @cached_property
    def made(self) -> Mapping[str, str]:
        """The physical id of each resource by its logical id."""
        pages = self.session.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack_name(STAGE))
            for each in page["StackResourceSummaries"]
        }

    def user(self, name: str, group: str) -> "User":
        """Make a user of the page, as docs/operations.md says, and sign in."""
        cognito = self.session.client("cognito-idp")
        pool = self.made["UserPool"]
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=name, Password=_PASSWORD, Permanent=True
        )
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
        return User(self, name)

    def banks_computer(self, code: str) -> boto3.Session:
        """Make the IAM user of a bank's own computers, as docs/operations.md says."""
        iam = self.session.client("iam")
        name = f"bank-{code}"
        iam.create_user(UserName=name, Tags=[{"Key": "payung-bank", "Value": code}])
        policy = self.outputs["BankAccessArn"]
        iam.attach_user_policy(UserName=name, PolicyArn=policy)
        version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=policy, VersionId=version)
        written = json.dumps(document["PolicyVersion"]["Document"])
        assert BANKS_TAG in written
        iam.put_user_policy(
            UserName=name,
            PolicyName="written-out",
            PolicyDocument=written.replace(BANKS_TAG, code),
        )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return self.emulator.session(key["AccessKeyId"], key["SecretAccessKey"])

    def call(
        self, path: str, token: str | None = None, body: Mapping[str, Any] | None = None
    ) -> tuple[int, Any]:
        """Call the API; return the status and the answer."""
        address = self.outputs["EndpointURL"].split("//")[1]
        api, stage = address.split(".")[0], address.split("/")[1]
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = token
        if body is not None:
            headers["Content-Type"] = "application/json"
        url = f"{self.emulator.endpoint}/_aws/execute-api/{api}/{stage}{path}"
        sent = None if body is None else json.dumps(body).encode()
        status, answered, content = get(url, headers, sent)
        kinds = {name.lower(): value for name, value in answered.items()}
        is_json = kinds.get("content-type", "").startswith("application/json")
        return status, json.loads(content) if is_json else content.decode()

    def sms(self) -> list[dict[str, Any]]:
        """Return the messages that SNS has accepted so far."""
        _, _, content = get(
            f"{self.emulator.endpoint}/_ministack/sns/sms-messages?account={ACCOUNT}&region={REGION}"
        )
        found = json.loads(content)["sms_messages"]
        return [one for of_number in found.values() for one in of_number]

    def logs(self) -> str:
        """Return everything that the functions have logged."""
        logs = self.session.client("logs")
        pages = logs.get_paginator("filter_log_events")
        return "\n".join(
            event["message"]
            for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
            for page in pages.paginate(logGroupName=group["logGroupName"])
            for event in page["events"]
        )

    def faults(self) -> str:
        """Return what the functions have logged as errors."""
        return "\n".join(line for line in self.logs().splitlines() if '"level":"ERROR"' in line)

    def until(self, look: Callable[[], _Found | None], what: str, seconds: float = 90) -> _Found:
        """Look every half second until there is something; return it.

        Raises:
            NotInTime: it did not come.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.5)
        raise NotInTime(f"{what} did not happen within {seconds:.0f} s:\n{self.faults()}")

    def destroy(self) -> tuple[str, ...]:
        """Delete the stage with the code of `make destroy`."""
        return tuple(removal.destroy(STAGE, "", self.session))


@dataclass(frozen=True, slots=True)
class User:
    """A user of the page."""

    at: Deployment
    name: str

    def token(self) -> str:
        """Sign in; return the token for the API."""
        answer = self.at.session.client("cognito-idp").initiate_auth(
            ClientId=self.at.made["UserPoolClient"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.name, "PASSWORD": _PASSWORD},
        )
        return str(answer["AuthenticationResult"]["IdToken"])

    def asks(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Call the API; return its answer, which must be a success."""
        status, answer = self.at.call(path, self.token(), body)
        assert status in {200, 202}, (path, status, answer, self.at.faults())
        return answer


def deploy(emulator: Emulator, package: Artefact) -> Deployment:
    """Deploy the stage `dev`: preflight, package, the account's stack, the stage's stack."""
    given = parameters.read(STAGE)
    given = given.model_copy(update={"parameters": {**given.parameters, **_GIVEN}})
    lines = stack.deploy(
        STAGE,
        lambda: package,
        given,
        parameters.read_account(),
        emulator.administrator(),
        # It says that a change of the user pool replaces the API. On AWS it does not.
        confirmed=f"payung-{STAGE}",
    )
    return Deployment(emulator, tuple(lines))
