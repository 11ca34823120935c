"""Each function may do what it does, and nothing else.

What it does is not listed by hand: it is what its clients ask of AWS while everything passes
through it that payung does, with calls that fail and messages that come again.
"""

import pytest
from events_by_name import BY_NAME
from iam import Need, is_allowed
from listening import FUNCTIONS, Heard

from app import app
from local.cloud import ACCOUNT, REGION

pytestmark = pytest.mark.slow

LAMBDAS_OWN = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What Lambda does in a function's name on the queue that feeds it."""

SET_ASIDE = "sqs:SendMessage", "DeadLetters"
"""What Lambda does in a function's name with an event that failed for good."""

ON_AWS_ONLY = {
    "logs:CreateLogStream": "Lambda writes what a function prints",
    "logs:PutLogEvents": "Lambda writes what a function prints",
    "kms:Decrypt": "S3 and DynamoDB use the key in the name of whoever reads",
    "kms:GenerateDataKey": "S3 uses the key in the name of whoever writes",
}
"""What is granted for AWS's own sake, and cannot be heard here."""


def test_every_call_is_known(heard: Heard) -> None:
    assert heard.listener.unknown == set()


def test_functions_called_by_name_are_listened_to() -> None:
    assert {each.name for each in app.pure_lambda_functions} <= set(BY_NAME)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_listened_to(heard: Heard, function: str) -> None:
    assert heard.needs(function), (
        f"{function} asked nothing of AWS here: let something happen to it"
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_it_does(heard: Heard, function: str) -> None:
    given = heard.grants(function)
    lacking = {
        f"{need}, for {operation}"
        for need, operation in heard.needs(function).items()
        if not is_allowed(need, given)
    }
    assert sorted(lacking) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_nothing_else(heard: Heard, function: str) -> None:
    needs = heard.needs(function)
    own = heard.own_queues(function)
    unused = {
        str(each)
        for each in heard.grants(function)
        if each.effect == "Allow"
        and each.action not in ON_AWS_ONLY
        and not (each.action in LAMBDAS_OWN and each.resource in own)
        and not (each.action == SET_ASIDE[0] and each.resource.endswith(SET_ASIDE[1]))
        and not any(each.covers(need) for need in needs)
    }
    assert sorted(unused) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_may_take_from_the_queue_that_feeds_a_function(heard: Heard, function: str) -> None:
    given = heard.grants(function)
    for queue in heard.own_queues(function):
        for action in LAMBDAS_OWN:
            assert is_allowed(Need(action, queue), given), f"{action} on {queue}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_writes_what_a_function_prints_into_its_own_log(heard: Heard, function: str) -> None:
    own = heard.log(function)
    audit = heard.cloud.made["AuditLog"]["Arn"]
    granted = {each.resource for each in heard.grants(function) if each.action.startswith("logs:")}
    assert granted - {audit} == {own}
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        assert is_allowed(Need(action, own), heard.grants(function)), action


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_write_to_a_topic(heard: Heard, function: str) -> None:
    topic = Need("sns:Publish", f"arn:aws:sns:{REGION}:{ACCOUNT}:payung-prod-AlarmTopic")
    assert not is_allowed(topic, heard.grants(function))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_action_is_granted_by_a_pattern(heard: Heard, function: str) -> None:
    for each in heard.grants(function):
        assert "*" not in each.action, each
