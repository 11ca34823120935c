"""Deletes the stack of a stage, and says what stays.

Tables, bucket, keys, users, the secret and the audit trail stay. So does the account's own stack,
which other stages may use.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from . import ACCOUNT_STACK, REGION, DeployError, bucket, changes, stack_name

_KEEPS = frozenset({"Retain", "RetainExceptOnCreate"})
_POLICY = "AWS::IAM::ManagedPolicy"
_WAIT: Any = {"Delay": 5, "MaxAttempts": 720}

_HOW_TO_REMOVE = {
    "AWS::Cognito::UserPool": "aws cognito-idp delete-user-pool --user-pool-id {id}",
    "AWS::DynamoDB::Table": "aws dynamodb delete-table --table-name {id}",
    "AWS::KMS::Key": "aws kms schedule-key-deletion --key-id {id} --pending-window-in-days 30",
    "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name {id}",
    "AWS::S3::Bucket": "aws s3api delete-bucket --bucket {id}   # every version in it first",
    "AWS::SecretsManager::Secret": "aws secretsmanager delete-secret --secret-id {id}",
}
_LAST = ("AWS::KMS::Key",)  # without the key, nobody can read the data that it encrypts
_NAMED = ("AWS::S3::Bucket", "AWS::Logs::LogGroup")  # the template gives these their names


@dataclass(frozen=True, slots=True)
class Retained:
    """A resource that stays after its stack is deleted."""

    logical_id: str
    type: str
    id: str

    @property
    def how_to_remove(self) -> str:
        """The command that removes it."""
        return _HOW_TO_REMOVE.get(self.type, "remove {id} by hand").format(id=self.id)


def destroy(stage: str, confirmed: str, session: boto3.Session) -> Iterator[str]:
    """Delete a stack; yield what is kept, and the commands that would remove it.

    Also deletes the rest of a stack whose creation failed.

    Raises:
        DeployError: it is prod, and `confirmed` is not the stack's name; or CloudFormation fails.
    """
    name = stack_name(stage)
    if stage == "prod" and confirmed != name:
        raise DeployError(f"this deletes {name}: confirm it with CONFIRM={name}")
    cloudformation: Any = session.client("cloudformation")
    found = changes.describe(cloudformation, name)
    retained: list[Retained] = []
    if found is None:
        yield f"there is no stack {name}"
    else:
        resources = list(_resources(cloudformation, name))
        retained = _retained(changes.template_of(cloudformation, name), resources)
        yield from _detach_policies(session, resources)
        yield from _delete(cloudformation, found, name)
    number = session.client("sts").get_caller_identity()["Account"]
    place = bucket.artefact_bucket(stage, number)
    if bucket.remove(session.client("s3"), place, number):
        yield f"the packages in s3://{place} are gone"
    if retained:
        yield from _retained_report(stage, retained)
    yield f"The stack {ACCOUNT_STACK} stays: every stage of this account needs it."


def _delete(cloudformation: Any, found: Mapping[str, Any], name: str) -> Iterator[str]:
    if found.get("EnableTerminationProtection"):
        cloudformation.update_termination_protection(
            StackName=name, EnableTerminationProtection=False
        )
    cloudformation.delete_stack(StackName=name)
    try:
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=found["StackId"], WaiterConfig=_WAIT
        )
    except WaiterError:
        raise DeployError(changes.failure_report(cloudformation, found["StackId"], name)) from None
    yield f"the stack {name} is gone"


def _resources(cloudformation: Any, name: str) -> Iterator[Mapping[str, Any]]:
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=name):
        yield from page["StackResourceSummaries"]


def _detach_policies(
    session: boto3.Session, resources: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Take the stack's policies from the roles and users of banks.

    IAM deletes no policy that somebody has; the deletion of the stack would stop there.
    """
    iam = session.client("iam")
    for each in resources:
        arn = each.get("PhysicalResourceId")
        if (
            each["ResourceType"] != _POLICY
            or not arn
            or each["ResourceStatus"].startswith("DELETE")
        ):
            continue
        for page in iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn):
            for role in page["PolicyRoles"]:
                iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
                yield f"the role {role['RoleName']} has {each['LogicalResourceId']} no more"
            for user in page["PolicyUsers"]:
                iam.detach_user_policy(UserName=user["UserName"], PolicyArn=arn)
                yield f"the user {user['UserName']} has {each['LogicalResourceId']} no more"
            for group in page["PolicyGroups"]:
                iam.detach_group_policy(GroupName=group["GroupName"], PolicyArn=arn)
                yield f"the group {group['GroupName']} has {each['LogicalResourceId']} no more"


def _retained(
    template: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]
) -> list[Retained]:
    """Return the resources that stay, in the order of removal."""
    kept = {
        logical_id
        for logical_id, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") in _KEEPS
    }
    found = [
        Retained(each["LogicalResourceId"], each["ResourceType"], each["PhysicalResourceId"])
        for each in resources
        if each["LogicalResourceId"] in kept
        and each.get("PhysicalResourceId")
        and each["ResourceStatus"] != "DELETE_COMPLETE"
    ]
    return sorted(found, key=lambda each: (each.type in _LAST, each.type, each.logical_id))


def _retained_report(stage: str, retained: Sequence[Retained]) -> Iterator[str]:
    yield "Kept, because people's cover and money depend on it. If law and auditors no longer need"
    yield f"it, remove it with these commands (--region {REGION}; removal cannot be undone):"
    for each in retained:
        yield f"  {each.how_to_remove}   # {each.logical_id}"
    if stage == "prod":
        yield "Tables and user pool are protected: switch off their deletion protection first."
    if named := [each.id for each in retained if each.type in _NAMED]:
        yield f"The stack cannot be created again while these exist: {', '.join(named)}."
