"""Changes a stack by a change set: made, shown, judged, and only then executed.

CloudFormation would replace a table, the bucket, the key or the user pool without a question, if a
template or parameter asks for it: the data would stay in the old one, and payung would start with
an empty one. So a change set that replaces or removes one of them is refused here, and by the
stack's own policy also if somebody changes the stack in another way.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from botocore.exceptions import ClientError, WaiterError

from . import DeployError, losses
from .losses import Change

if TYPE_CHECKING:
    import boto3

PROTECTED = (
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
)
"""The types of resources that hold people's data, or without which nobody can read it."""

_ROUTINE = "AWS::ApiGateway::Deployment"
"""SAM makes another one for each change of the API, and removes the one before."""

NEW = "REVIEW_IN_PROGRESS"
"""The state of a stack that has only a change set so far."""

_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")
_CANCELLED = "cancelled"
_WAIT: Any = {"Delay": 5, "MaxAttempts": 720}  # an hour: WAF, tables and logs need minutes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a stack is to become. `template` is its text, or its address in S3 (`https://…`)."""

    name: str
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]


def status(cloudformation: Any, name: str) -> str | None:
    """Return the status of a stack; None without a stack."""
    found = describe(cloudformation, name)
    return None if found is None else str(found["StackStatus"])


def describe(cloudformation: Any, name: str) -> Mapping[str, Any] | None:
    """Return CloudFormation's description of a stack; None without a stack."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    description: Mapping[str, Any] = found
    return description


def template_of(cloudformation: Any, name: str) -> Mapping[str, Any]:
    """Return the template with which a stack was last changed, before the transformation of SAM."""
    body = cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    found: Mapping[str, Any] = (
        yaml.load(body, Loader=_Tolerant) if isinstance(body, str) else body  # noqa: S506  # a SafeLoader
    )
    return found


def outputs(session: "boto3.Session", name: str) -> Mapping[str, str]:
    """Return the outputs of a stack; empty without a stack."""
    found = describe(session.client("cloudformation"), name) or {}
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}


def apply(
    session: "boto3.Session", wanted: Wanted, *, confirmed: bool, execute: bool = True
) -> Iterator[str]:
    """Change a stack, or create it; yield each change, and the result.

    `confirmed` permits changes that remove or replace a resource without people's data. Without
    `execute` the change set is only shown.

    Raises:
        DeployError: the change set is refused, or CloudFormation fails; the text says why.
    """
    cloudformation: Any = session.client("cloudformation")
    is_new = status(cloudformation, wanted.name) in {None, NEW}
    made = _create(cloudformation, wanted, is_new=is_new)
    if made is None:
        yield f"{wanted.name}: nothing changes"
        return
    change_set, stack = made
    changes = list(_changes(cloudformation, change_set))
    yield f"{wanted.name}: {'is created' if is_new else 'changes'}"
    yield from (f"  {each}" for each in changes)
    try:
        _refuse_losses(wanted.name, changes, confirmed=confirmed)
    except DeployError:
        _discard(cloudformation, wanted.name, change_set, is_new=is_new)
        raise
    if not execute:
        _discard(cloudformation, wanted.name, change_set, is_new=is_new)
        yield f"{wanted.name}: shown only, nothing was changed"
        return
    cloudformation.execute_change_set(ChangeSetName=change_set, StackName=wanted.name)
    done = "stack_create_complete" if is_new else "stack_update_complete"
    try:
        cloudformation.get_waiter(done).wait(StackName=wanted.name, WaiterConfig=_WAIT)
    except WaiterError:
        raise DeployError(failure_report(cloudformation, stack, wanted.name)) from None
    yield f"{wanted.name}: done"


def protect(session: "boto3.Session", name: str, *, from_deletion: bool) -> None:
    """Set the stack's policy, and its protection from deletion; safe to repeat."""
    cloudformation: Any = session.client("cloudformation")
    cloudformation.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(policy()))
    if from_deletion:
        cloudformation.update_termination_protection(
            StackName=name, EnableTerminationProtection=True
        )


def policy() -> Mapping[str, Any]:
    """Return the stack policy: resources with data are neither replaced nor deleted."""
    return {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["Update:Replace", "Update:Delete"],
                "Resource": "*",
                "Condition": {"StringEquals": {"ResourceType": list(PROTECTED)}},
            },
        ]
    }


def failure_report(cloudformation: Any, stack: str, name: str) -> str:
    """Return the reasons of a stack's last failure, oldest first.

    `stack` is its name or id: only the id finds a stack that is deleted by now.
    """
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [
        f"  {each['LogicalResourceId']}: {each['ResourceStatusReason']}"
        for each in reversed(events)
        if each["ResourceStatus"].endswith("_FAILED")
        and _CANCELLED not in each.get("ResourceStatusReason", _CANCELLED)
    ]
    lines = list(dict.fromkeys(reasons)) or ["  CloudFormation names no reason"]
    return "\n".join(
        [f"CloudFormation could not change {name}, and takes the change back:", *lines]
    )


def _create(cloudformation: Any, wanted: Wanted, *, is_new: bool) -> tuple[str, str] | None:
    """Make a change set; return its ARN and the stack's, or None if nothing changes."""
    place = "TemplateURL" if wanted.template.startswith("https://") else "TemplateBody"
    asked = {
        "StackName": wanted.name,
        "ChangeSetName": f"payung-{time.time_ns()}",
        "ChangeSetType": "CREATE" if is_new else "UPDATE",
        place: wanted.template,
        "Capabilities": ["CAPABILITY_IAM"],
        # A parameter that is missing here gets its default, not its last value.
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in sorted(wanted.parameters.items())
        ],
        "Tags": [{"Key": name, "Value": value} for name, value in sorted(wanted.tags.items())],
    }
    try:
        made = cloudformation.create_change_set(**asked)
    except ClientError as error:
        if any(each in str(error) for each in _NOTHING_TO_DO):
            return None
        raise
    change_set = str(made["Id"])
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(
            ChangeSetName=change_set, StackName=wanted.name, WaiterConfig=_WAIT
        )
    except WaiterError as error:
        reason = str(error.last_response.get("StatusReason", error))
        _discard(cloudformation, wanted.name, change_set, is_new=is_new)
        if any(each in reason for each in _NOTHING_TO_DO):
            return None
        raise DeployError(f"CloudFormation refuses the change of {wanted.name}: {reason}") from None
    return change_set, str(made["StackId"])


def _changes(cloudformation: Any, change_set: str) -> Iterator[Change]:
    more: dict[str, str] = {}
    while True:
        page = cloudformation.describe_change_set(ChangeSetName=change_set, **more)
        for each in page["Changes"]:
            yield Change.of(each["ResourceChange"])
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def _refuse_losses(name: str, changes: Sequence[Change], *, confirmed: bool) -> None:
    found = [each for each in losses.lost(changes) if each.type != _ROUTINE]
    if data := [each for each in found if each.type in PROTECTED]:
        raise DeployError(
            f"{name} is not changed. This would part payung from people's data: "
            f"{', '.join(f'{each.action} {each.logical_id}' for each in data)}. Undo the change of "
            "its name or its keys; docs/operations.md says how to move data"
        )
    if found and not confirmed:
        raise DeployError(
            f"{name} is not changed. This removes or replaces "
            f"{', '.join(each.logical_id for each in found)}: confirm it with CONFIRM={name}"
        )


def _discard(cloudformation: Any, name: str, change_set: str, *, is_new: bool) -> None:
    """Delete a change set, and the empty stack that CloudFormation made for it."""
    cloudformation.delete_change_set(ChangeSetName=change_set, StackName=name)
    if is_new and status(cloudformation, name) == NEW:
        cloudformation.delete_stack(StackName=name)


class _Tolerant(yaml.SafeLoader):
    """Reads YAML and ignores the meaning of CloudFormation's tags."""


_Tolerant.add_multi_constructor("!", lambda _loader, suffix, _node: suffix)
