"""What roles and banks may do, in the template of each stage."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.deploy.template_reader import Resources, of_type, target

pytestmark = pytest.mark.slow


def test_a_bank_comes_no_further_than_its_own_folders(resources: Resources) -> None:
    statements = resources["BankAccess"]["Properties"]["PolicyDocument"]["Statement"]
    put, get, find, key = statements
    bank = "{aws:PrincipalTag/payung-bank}"
    for each, action, folder in (
        (put, "s3:PutObject", "incoming"),
        (get, "s3:GetObject", "results"),
    ):
        own = f"${{UploadsBucket.Arn}}/{folder}/$!{bank}/*".replace("$!{", "${!")
        assert (each["Action"], each["Resource"]) == (action, {"Fn::Sub": own})
    assert find["Action"] == "s3:ListBucket"
    assert find["Condition"] == {"StringLike": {"s3:prefix": f"results/${bank}/*"}}
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert target(key["Resource"]) == "DataKey"
    assert "kms:ViaService" in key["Condition"]["StringEquals"]


def statements(resources: Resources) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for each in policy["PolicyDocument"]["Statement"]:
                yield name, each
    for name, policy in of_type(resources, "AWS::IAM::Policy").items():
        for each in policy["PolicyDocument"]["Statement"]:
            yield name, each


NO_RESOURCE = {
    "sns:Publish": "a phone number is no resource; topics are denied",
    "sns:CheckIfPhoneNumberIsOptedOut": "a phone number is no resource",
    "sms-voice:SendTextMessage": "SNS chooses the origination identity; only through SNS",
    "sms-voice:DescribeOptedOutNumbers": "SNS chooses the list; only through SNS",
    "xray:PutTraceSegments": "traces are no resources; only where they are wanted",
    "xray:PutTelemetryRecords": "as above",
}
"""Actions that are allowed on every resource, because IAM has nothing narrower for them."""


def test_no_role_may_do_everything(resources: Resources) -> None:
    for name, each in statements(resources):
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        assert not [action for action in actions if "*" in action], name
        if each["Effect"] == "Allow" and each["Resource"] in ("*", ["*"]):
            assert set(actions) <= set(NO_RESOURCE), name


def test_end_user_messaging_is_used_through_sns_only(resources: Resources) -> None:
    through = {
        "sns:Publish": "sms-voice:SendTextMessage",
        "sns:CheckIfPhoneNumberIsOptedOut": "sms-voice:DescribeOptedOutNumbers",
    }
    direct: dict[str, set[str]] = {}
    by_sns: dict[str, set[str]] = {}
    for name, each in statements(resources):
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        for action in actions:
            # A topic is no phone: what is published there is mail.
            is_open = each["Effect"] == "Allow" and each.get("Resource") == "*"
            if is_open and action in through:
                direct.setdefault(name, set()).add(through[action])
            if action.startswith("sms-voice:"):
                assert each["Condition"] == {
                    "StringEquals": {"aws:CalledViaLast": "sns.amazonaws.com"}
                }, name
                by_sns.setdefault(name, set()).add(action)
    assert direct
    assert direct == by_sns


def test_no_iam_resource_has_a_name_of_its_own(resources: Resources) -> None:
    # Deploying asks for CAPABILITY_IAM only, and two stages share an account.
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        assert "RoleName" not in role, name
