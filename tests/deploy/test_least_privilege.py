"""Each function has the permissions that it uses, and no others.

The uses are not listed by hand: they are the calls of its clients to AWS during a workload
of everything that payung does, with failing calls and repeated messages.
"""

import pytest

from app import app
from local.cloud import ACCOUNT, REGION
from tests.deploy.call_recorder import FUNCTIONS, Recorded
from tests.deploy.events_by_name import BY_NAME
from tests.deploy.iam import Grant, Need, is_allowed

pytestmark = pytest.mark.slow

LAMBDAS_OWN = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""Lambda's calls, in a function's name, to the function's queue."""

SHORTENED = "sqs:ChangeMessageVisibility"
"""A function's call to its own queue after a failure; not every function fails in this workload."""

KEEPS_REASONS = ("dynamodb:UpdateItem", "failed#*")
"""A function's note about its own dead letter; not every function has one in this workload."""

ON_AWS_ONLY = {
    "logs:CreateLogStream": "Lambda writes what a function prints",
    "logs:PutLogEvents": "Lambda writes what a function prints",
    "kms:Decrypt": "S3 and DynamoDB use the key in the name of the reader",
    "kms:GenerateDataKey": "S3 uses the key in the name of the writer",
}
"""Permissions that AWS itself needs, and that no recorded call shows."""


def test_every_call_is_known(recorded: Recorded) -> None:
    assert recorded.listener.unknown == set()


def test_the_calls_of_functions_called_by_name_are_recorded() -> None:
    assert {each.name for each in app.pure_lambda_functions} <= set(BY_NAME)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_calls_of_each_function_are_recorded(recorded: Recorded, function: str) -> None:
    assert recorded.needs(function), (
        f"{function} asked nothing of AWS here: let something happen to it"
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_the_permissions_that_it_uses(recorded: Recorded, function: str) -> None:
    given = recorded.grants(function)
    lacking = {
        f"{need}, for {operation}"
        for need, operation in recorded.needs(function).items()
        if not is_allowed(need, given)
    }
    assert sorted(lacking) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_no_other_permissions(recorded: Recorded, function: str) -> None:
    needs = recorded.needs(function)
    own = recorded.own_queues(function)
    unused = {
        str(each)
        for each in recorded.grants(function)
        if each.effect == "Allow"
        and each.action not in ON_AWS_ONLY
        and not (each.action in LAMBDAS_OWN | {SHORTENED} and each.resource in own)
        and (each.action, *_leading_keys(each)) != KEEPS_REASONS
        and not any(each.covers(need) for need in needs)
    }
    assert sorted(unused) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_may_take_from_the_queue_that_feeds_a_function(
    recorded: Recorded, function: str
) -> None:
    given = recorded.grants(function)
    for queue in recorded.own_queues(function):
        for action in LAMBDAS_OWN:
            assert is_allowed(Need(action, queue), given), f"{action} on {queue}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_writes_what_a_function_prints_into_its_own_log(
    recorded: Recorded, function: str
) -> None:
    own = recorded.log(function)
    audit = recorded.cloud.made["AuditLog"]["Arn"]
    granted = {
        each.resource for each in recorded.grants(function) if each.action.startswith("logs:")
    }
    assert granted - {audit} == {own}
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        assert is_allowed(Need(action, own), recorded.grants(function)), action


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_write_to_a_topic(recorded: Recorded, function: str) -> None:
    topic = Need("sns:Publish", f"arn:aws:sns:{REGION}:{ACCOUNT}:payung-prod-AlarmTopic")
    assert not is_allowed(topic, recorded.grants(function))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_action_is_granted_by_a_pattern(recorded: Recorded, function: str) -> None:
    for each in recorded.grants(function):
        assert "*" not in each.action, each


def _leading_keys(grant: Grant) -> list[str]:
    found: list[str] = grant.conditions.get("ForAllValues:StringLike", {}).get(
        "dynamodb:LeadingKeys", []
    )
    return found
