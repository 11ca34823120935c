"""The stack `payung-account`: what an account has once in a region, and its SMS settings.

Every deployment of a stage comes through here first, so stages may come in any order.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.assembly.assemble import account_template

from . import ACCOUNT_STACK, DeployError, aws_answers, changes, texting
from .parameters import AccountParameters

if TYPE_CHECKING:
    import boto3

DELIVERY_ROLE_OUTPUT = "SmsLogRoleArn"
"""The stack's output with the role that SNS uses to write its delivery logs."""
_SNS = "sns.amazonaws.com"


def deploy(
    session: "boto3.Session", given: AccountParameters, *, execute: bool = True
) -> Iterator[tuple[str, bool]]:
    """Deploy the stack, then set the SMS settings; yield each line, and whether it is well.

    What SNS or AWS End User Messaging refuses is a line that is not well: the stages can be
    deployed all the same. Without `execute`, the changes of the stack are only shown.

    Raises:
        DeployError: the stack cannot be deployed.
    """
    cloudformation: Any = session.client("cloudformation")
    parameters: dict[str, str] = {}
    granted = None
    try:
        found = aws_answers.texting(session, given)
        granted = found.granted
        for name, arn in (
            ("SenderArn", found.sender_arn),
            ("OptOutListArn", found.opt_out_list_arn),
        ):
            if arn is None:
                continue
            there = _foreign_policy(session, cloudformation, name, arn)
            if there is None:
                parameters[name] = arn
            elif _SNS not in there:
                yield (
                    f"{arn} has a policy without {_SNS}: add it (docs/operations.md, Sender)",
                    False,
                )
    except (ClientError, BotoCoreError) as error:
        parameters = _present_parameters(cloudformation)
        yield f"AWS End User Messaging does not answer: {aws_answers.reason(error)}", False
    wanted = changes.Wanted(
        ACCOUNT_STACK, json.dumps(account_template()), parameters, {"project": "payung"}
    )
    for line in changes.apply(session, wanted, confirmed=True, execute=execute):
        yield line, True
    if not execute:
        return
    changes.protect(session, ACCOUNT_STACK, from_deletion=True)
    yield from texting.ensure(
        session.client("sns"), texting.wanted(given, role=_role(session)), granted=granted
    )


def _foreign_policy(
    session: "boto3.Session", cloudformation: Any, name: str, arn: str
) -> str | None:
    """Return the policy of a resource if this stack has not made it; None if there is none.

    CloudFormation does not take over a policy that is there already.
    """
    if _present_parameters(cloudformation).get(name) == arn:
        return None
    return aws_answers.policy_of(session, arn)


def _present_parameters(cloudformation: Any) -> dict[str, str]:
    found = changes.describe(cloudformation, ACCOUNT_STACK)
    given = {} if found is None else found.get("Parameters", [])
    return {each["ParameterKey"]: each["ParameterValue"] for each in given}


def _role(session: "boto3.Session") -> str:
    try:
        return changes.outputs(session, ACCOUNT_STACK)[DELIVERY_ROLE_OUTPUT]
    except KeyError:
        raise DeployError(
            f"the stack {ACCOUNT_STACK} has no output {DELIVERY_ROLE_OUTPUT}"
        ) from None
