"""Deploys a package, and takes a stack away again.

What `aws cloudformation package` and `deploy` do is left to the AWS CLI; the rest is asked of AWS
directly. Everything is safe to repeat, also after it broke off half-way.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import yaml
from botocore.exceptions import ClientError

from . import REGION, DeployError, bucket, stack_name, texting

if TYPE_CHECKING:
    from .artefact import Artefact
    from .parameters import StageParameters

DELIVERY_ROLE_OUTPUT = "SmsLogRoleArn"
"""The stack's output: the role with which SNS writes its delivery logs."""

# An account has its SMS settings once a region, and so one of its stacks makes them.
_OWNER, _OTHERS = "SmsLogs", "there already"

_HOW_TO_REMOVE = {
    "AWS::Cognito::UserPool": "aws cognito-idp delete-user-pool --user-pool-id {id}",
    "AWS::DynamoDB::Table": "aws dynamodb delete-table --table-name {id}",
    "AWS::KMS::Key": "aws kms schedule-key-deletion --key-id {id} --pending-window-in-days 30",
    "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name {id}",
    "AWS::S3::Bucket": "aws s3api delete-bucket --bucket {id}   # every version in it first",
    "AWS::SecretsManager::Secret": "aws secretsmanager delete-secret --secret-id {id}",
}
_LAST = ("AWS::KMS::Key",)  # without the key what it encrypts cannot be read any more


@dataclass(frozen=True, slots=True)
class Retained:
    """A resource that outlives its stack."""

    logical_id: str
    type: str
    id: str

    @property
    def how_to_remove(self) -> str:
        """The command that removes it."""
        return _HOW_TO_REMOVE.get(self.type, "remove {id} by hand").format(id=self.id)


def deploy(
    stage: str, artefact: "Artefact", given: "StageParameters", session: boto3.Session
) -> Iterator[str]:
    """Deploy a package; say what is done while it is.

    Raises:
        DeployError: a step failed; the ones before it stand, and doing it again goes on from them.
    """
    account = session.client("sts").get_caller_identity()["Account"]
    place = bucket.artefact_bucket(stage, account)
    bucket.ensure(session.client("s3"), place, account)
    yield f"packages go to s3://{place}"
    packaged = artefact.template.with_name("packaged.yaml")
    _aws(
        "cloudformation",
        "package",
        *("--template-file", str(artefact.template)),
        *("--s3-bucket", place),
        *("--output-template-file", str(packaged)),
    )
    _aws(
        "cloudformation",
        "deploy",
        *("--template-file", str(packaged)),
        *("--stack-name", stack_name(stage)),
        *("--s3-bucket", place),  # the template is larger than what may be sent directly
        *("--capabilities", "CAPABILITY_IAM"),
        "--no-fail-on-empty-changeset",
        *("--parameter-overrides", *_overrides(given.parameters)),
    )
    outputs = _outputs(session, stage)
    yield f"the stack {stack_name(stage)} is deployed: {outputs.get('EndpointURL', 'no API')}"
    if given.parameters.get(_OWNER) == _OTHERS:
        yield "the account's SMS settings are left to the stack that has the logs of receipts"
        return
    changed = texting.ensure(session.client("sns"), _texting(outputs, given))
    yield f"SMS settings changed: {', '.join(sorted(changed)) or 'none'}"


def destroy(stage: str, confirmed: str, session: boto3.Session) -> Iterator[str]:
    """Take a stack away; say what is left, and how that could be removed.

    Raises:
        DeployError: it is prod, and `confirmed` is not the stack's name; or it did not work.
    """
    name = stack_name(stage)
    if stage == "prod" and confirmed != name:
        raise DeployError(f"this takes {name} away: say so with CONFIRM={name}")
    cloudformation = session.client("cloudformation")
    retained = _retained(cloudformation, name)
    if retained is None:
        yield f"there is no stack {name}"
    else:
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
        yield f"the stack {name} is gone"
    account = session.client("sts").get_caller_identity()["Account"]
    place = bucket.artefact_bucket(stage, account)
    if bucket.remove(session.client("s3"), place, account):
        yield f"the packages in s3://{place} are gone"
    if retained:
        yield from _told(stage, retained)


def _told(stage: str, retained: Sequence[Retained]) -> Iterator[str]:
    yield "Kept, because people's cover and money hang on it. What law and auditors do not want"
    yield f"any more is removed with (--region {REGION}; nothing of it comes back):"
    for each in retained:
        yield f"  {each.how_to_remove}   # {each.logical_id}"
    if stage == "prod":
        yield "Tables and user pool are protected: switch their deletion protection off first."
    yield "Beside a bucket of the same name the stack cannot be made again: remove or import that."


def _retained(cloudformation: Any, name: str) -> list[Retained] | None:
    """Return what outlives the stack, in the order in which to remove it; None without a stack."""
    try:
        body = cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
        pages = list(cloudformation.get_paginator("list_stack_resources").paginate(StackName=name))
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    template = yaml.load(body, Loader=_Tolerant) if isinstance(body, str) else body  # noqa: S506  # a SafeLoader
    kept = {
        logical_id
        for logical_id, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }
    found = [
        Retained(each["LogicalResourceId"], each["ResourceType"], each["PhysicalResourceId"])
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["LogicalResourceId"] in kept
    ]
    return sorted(found, key=lambda each: (each.type in _LAST, each.type, each.logical_id))


class _Tolerant(yaml.SafeLoader):
    """YAML in which nothing hangs on what CloudFormation's tags stand for."""


_Tolerant.add_multi_constructor("!", lambda _loader, suffix, _node: suffix)


def _texting(outputs: Mapping[str, str], given: "StageParameters") -> Mapping[str, str]:
    try:
        role = outputs[DELIVERY_ROLE_OUTPUT]
    except KeyError:
        raise DeployError(f"the stack has no output {DELIVERY_ROLE_OUTPUT}") from None
    return texting.wanted(
        role=role,
        spend_limit=given.texting.monthly_spend_limit,
        sender_id=given.parameters["SmsSenderId"],
    )


def _outputs(session: boto3.Session, stage: str) -> Mapping[str, str]:
    (found,) = session.client("cloudformation").describe_stacks(StackName=stack_name(stage))[
        "Stacks"
    ]
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in sorted(parameters.items())]


def _aws(*arguments: str) -> None:
    program = shutil.which("aws")
    if program is None:
        raise DeployError("the AWS CLI is needed to deploy, and there is no `aws` on the PATH")
    command = [program, *arguments, "--region", REGION]
    done = subprocess.run(command, check=False, env={**os.environ, "AWS_PAGER": ""})  # noqa: S603  # our own words
    if done.returncode:
        raise DeployError(f"aws {' '.join(arguments[:2])} failed; what it said stands above")
