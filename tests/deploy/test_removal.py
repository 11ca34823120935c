"""A stage is deleted, also with policies that banks still have; what stays is named."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud import ACCOUNT
from local.deploy import DeployError, bucket, removal
from tests.deploy.recorded_aws import Recorded, recorded_aws

PLACE = f"payung-dev-artefacts-{ACCOUNT}"
BANKS = f"arn:aws:iam::{ACCOUNT}:policy/payung-banks"
KEPT = {"DeletionPolicy": "RetainExceptOnCreate"}
A_STACK = {
    "Resources": {
        "Kept": {"Type": "AWS::S3::Bucket", "id": "payung-kept", **KEPT},
        "Trail": {"Type": "AWS::Logs::LogGroup", "id": "/payung/dev/audit", **KEPT},
        "Passing": {"Type": "AWS::SQS::Queue", "id": "passing"},
    },
}


@pytest.fixture
def aws() -> Iterator[Recorded]:
    with recorded_aws() as made:
        yield made


def make_stack(aws: Recorded, stage: str = "dev", **more: Any) -> None:
    name = f"payung-{stage}"
    aws.stacks.stacks[name] = {
        "StackName": name, "StackId": f"arn:{name}", "StackStatus": "CREATE_COMPLETE", **more,
    }  # fmt: skip
    aws.stacks.templates[name] = copy.deepcopy(A_STACK)


def test_a_stage_is_destroyed_and_the_kept_resources_are_listed(aws: Recorded) -> None:
    make_stack(aws)
    s3 = aws.session.client("s3")
    bucket.ensure(s3, PLACE, ACCOUNT)
    for body in (b"1", b"2"):
        s3.put_object(Bucket=PLACE, Key="package", Body=body)
    s3.delete_object(Bucket=PLACE, Key="package")
    output = "\n".join(removal.destroy("dev", "", aws.session))
    assert "aws s3api delete-bucket --bucket payung-kept" in output
    assert "aws logs delete-log-group --log-group-name /payung/dev/audit" in output
    assert "while these exist: /payung/dev/audit, payung-kept" in output
    assert "Passing" not in output
    assert PLACE not in {each["Name"] for each in s3.list_buckets()["Buckets"]}
    assert not aws.stacks.stacks


def test_a_policy_that_banks_have_does_not_stop_the_deletion(aws: Recorded) -> None:
    make_stack(aws)
    iam = aws.session.client("iam")
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.create_policy(PolicyName="payung-banks", PolicyDocument=json.dumps(document))
    aws.stacks.templates["payung-dev"]["Resources"]["BankAccess"] = {
        "Type": "AWS::IAM::ManagedPolicy", "id": BANKS,
    }  # fmt: skip
    iam.create_role(RoleName="payung-bri", AssumeRolePolicyDocument="{}")
    iam.create_user(UserName="payung-bni")
    iam.create_group(GroupName="payung-banks")
    iam.attach_role_policy(RoleName="payung-bri", PolicyArn=BANKS)
    iam.attach_user_policy(UserName="payung-bni", PolicyArn=BANKS)
    iam.attach_group_policy(GroupName="payung-banks", PolicyArn=BANKS)
    output = "\n".join(removal.destroy("dev", "", aws.session))
    for name in ("payung-bri", "payung-bni", "payung-banks"):
        assert f"{name} has BankAccess no more" in output
    assert not iam.list_attached_role_policies(RoleName="payung-bri")["AttachedPolicies"]
    assert not aws.stacks.stacks


def test_destroying_a_missing_stage_does_nothing(aws: Recorded) -> None:
    assert next(removal.destroy("dev", "", aws.session)) == "there is no stack payung-dev"


@pytest.mark.parametrize("confirmed", ["", "yes", "prod", "payung-dev"])
def test_prod_is_not_destroyed_without_confirmation(aws: Recorded, confirmed: str) -> None:
    make_stack(aws, "prod")
    with pytest.raises(DeployError, match="CONFIRM=payung-prod"):
        list(removal.destroy("prod", confirmed, aws.session))
    assert set(aws.stacks.stacks) == {"payung-prod"}


def test_prod_is_destroyed_with_confirmation(aws: Recorded) -> None:
    make_stack(aws, "prod")
    lines = list(removal.destroy("prod", "payung-prod", aws.session))
    assert "the stack payung-prod is gone" in lines
    assert not aws.stacks.stacks


def test_the_protection_of_a_confirmed_stack_is_switched_off_first(aws: Recorded) -> None:
    make_stack(aws, "prod", EnableTerminationProtection=True)
    list(removal.destroy("prod", "payung-prod", aws.session))
    assert aws.stacks.protected == [("payung-prod", False)]
    assert not aws.stacks.stacks


def test_a_deletion_that_fails_says_why(aws: Recorded) -> None:
    make_stack(aws)
    aws.stacks.fails = "the policy is attached"
    with pytest.raises(DeployError, match="Cause: the policy is attached"):
        list(removal.destroy("dev", "", aws.session))


def test_the_accounts_stack_stays_for_other_stages(aws: Recorded) -> None:
    make_stack(aws)
    assert "payung-account stays" in list(removal.destroy("dev", "", aws.session))[-1]
