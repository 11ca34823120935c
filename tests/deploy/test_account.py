"""The account's own stack, and its SMS settings: in any order of stages, and never half-way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.assembly.assemble import account_template, assemble
from local.deploy import ACCOUNT_STACK, account, texting
from local.deploy.texting import SPEND_LIMIT
from tests.deploy.recorded_aws import (
    OF_ACCOUNT,
    OPT_OUTS,
    SENDER,
    SMS,
    Recorded,
    Refusal,
    recorded_aws,
)

ROLE = "arn:aws:iam::123456789012:role/SmsLogRole"
SERVES_SNS = {
    "Policy": json.dumps({"Statement": [{"Principal": {"Service": "sns.amazonaws.com"}}]})
}


@pytest.fixture
def aws() -> Iterator[Recorded]:
    with recorded_aws() as made:
        yield made


def deploy(aws: Recorded) -> list[tuple[str, bool]]:
    return list(account.deploy(aws.session, OF_ACCOUNT))


def parameters(aws: Recorded) -> dict[str, str]:
    found = aws.stacks.stacks[ACCOUNT_STACK]["Parameters"]
    return {each["ParameterKey"]: each["ParameterValue"] for each in found}


def settings(aws: Recorded) -> dict[str, str]:
    return dict(aws.session.client("sns").get_sms_attributes()["attributes"])


def test_the_stack_and_the_settings_are_made_once(aws: Recorded) -> None:
    assert all(well for _, well in deploy(aws))
    assert settings(aws) == {
        "DefaultSMSType": "Transactional",
        "DefaultSenderID": "PAYUNG",
        "DeliveryStatusIAMRole": "SmsLogRoleArn",  # the fake's value of the stack's output
        "DeliveryStatusSuccessSamplingRate": "100",
        SPEND_LIMIT: "1",
    }
    assert deploy(aws) == [("payung-account: nothing changes", True)]


def test_the_sender_and_the_opt_outs_serve_sns_once_they_are_there(aws: Recorded) -> None:
    aws.answers[f"{SMS}.DescribeSenderIds"] = {"SenderIds": []}
    deploy(aws)
    assert parameters(aws).get("SenderArn", "") == ""
    assert parameters(aws)["OptOutListArn"] == OPT_OUTS
    aws.answers[f"{SMS}.DescribeSenderIds"] = {
        "SenderIds": [{"SenderIdArn": SENDER, "Registered": True}]
    }
    deploy(aws)
    assert parameters(aws) == {"SenderArn": SENDER, "OptOutListArn": OPT_OUTS}


def test_a_policy_that_is_there_already_is_left_alone(aws: Recorded) -> None:
    aws.answers[f"{SMS}.GetResourcePolicy"] = SERVES_SNS
    assert all(well for _, well in deploy(aws))
    assert set(parameters(aws).values()) <= {""}


def test_our_own_policy_is_kept_at_the_next_deployment(aws: Recorded) -> None:
    deploy(aws)
    aws.answers[f"{SMS}.GetResourcePolicy"] = SERVES_SNS  # the one that the stack has made
    deploy(aws)
    assert parameters(aws) == {"SenderArn": SENDER, "OptOutListArn": OPT_OUTS}


def test_a_policy_without_sns_is_named_and_not_replaced(aws: Recorded) -> None:
    aws.answers[f"{SMS}.GetResourcePolicy"] = {"Policy": '{"Statement": []}'}
    bad = [line for line, well in deploy(aws) if not well]
    assert len(bad) == 2
    assert SENDER in bad[0]
    assert set(parameters(aws).values()) <= {""}


def test_policies_stay_while_end_user_messaging_does_not_answer(aws: Recorded) -> None:
    deploy(aws)
    aws.answers[f"{SMS}.DescribeSenderIds"] = Refusal("InternalServerException", status=500)
    bad = [line for line, well in deploy(aws) if not well]
    assert len(bad) == 1
    assert parameters(aws) == {"SenderArn": SENDER, "OptOutListArn": OPT_OUTS}


class Sns:
    """An SNS that refuses some settings, and takes each call whole or not at all."""

    def __init__(self, *refuses: str) -> None:
        self.refuses = refuses
        self.has: dict[str, str] = {}
        self.order: list[str] = []

    def get_sms_attributes(self) -> Any:
        return {"attributes": dict(self.has)}

    def set_sms_attributes(self, *, attributes: dict[str, str]) -> None:
        self.order += attributes
        if set(attributes) & set(self.refuses):
            error: Any = {"Error": {"Code": "InvalidParameter", "Message": "too high"}}
            raise ClientError(error, "SetSMSAttributes")
        self.has |= attributes


def ensure(sns: Any, granted: int | None = 1) -> list[tuple[str, bool]]:
    return list(texting.ensure(sns, texting.wanted(OF_ACCOUNT, role=ROLE), granted=granted))


def test_the_spend_limit_is_last_and_its_refusal_leaves_the_receipts_on() -> None:
    sns = Sns(SPEND_LIMIT)
    lines = ensure(sns, granted=1)
    assert sns.order[-1] == SPEND_LIMIT
    assert sns.has["DeliveryStatusIAMRole"] == ROLE
    assert sns.has["DeliveryStatusSuccessSamplingRate"] == "100"
    (bad,) = [line for line, well in lines if not well]
    assert "AWS has granted 1 USD" in bad
    assert "Service Quotas" in bad


def test_settings_that_sns_does_not_tell_are_set_all_the_same() -> None:
    class Silent(Sns):
        def get_sms_attributes(self) -> Any:
            raise ClientError({"Error": {"Code": "AuthorizationError"}}, "GetSMSAttributes")

    sns, wanted = Silent(), texting.wanted(OF_ACCOUNT, role=ROLE)
    lines = ensure(sns, granted=None)
    assert ["AuthorizationError" in line for line, well in lines if not well] == [True]
    assert sns.has == wanted


@pytest.mark.parametrize("refused", list(texting.wanted(OF_ACCOUNT, role=ROLE)))
def test_a_refused_setting_stops_no_other(refused: str) -> None:
    sns = Sns(refused)
    lines = ensure(sns, granted=None)
    assert [refused in line for line, well in lines if not well] == [True]
    assert set(sns.has) == set(texting.wanted(OF_ACCOUNT, role=ROLE)) - {refused}


def test_only_what_differs_is_set() -> None:
    sns = Sns()
    ensure(sns)
    sns.order.clear()
    sns.has["DefaultSenderID"] = "OTHER"
    ensure(sns)
    assert sns.order == ["DefaultSenderID"]


def test_nothing_of_the_account_is_in_the_stack_of_a_stage() -> None:
    stage, shared = assemble().template["Resources"], account_template()["Resources"]
    assert not set(stage) & set(shared)
    once = {"AWS::ApiGateway::Account", "AWS::SMSVOICE::ResourcePolicy"}
    assert not once & {each["Type"] for each in stage.values()}
    for name, each in stage.items():
        if each["Type"] == "AWS::Logs::LogGroup" and "LogGroupName" in each["Properties"]:
            assert "${Stage}" in each["Properties"]["LogGroupName"]["Fn::Sub"], name


def test_a_stage_subscribes_to_the_logs_that_the_account_makes() -> None:
    made = {
        each["Properties"]["LogGroupName"]["Fn::Sub"]
        for each in account_template()["Resources"].values()
        if each["Type"] == "AWS::Logs::LogGroup"
    }
    read = {
        each["Properties"]["LogGroupName"]["Fn::Sub"]
        for each in assemble().template["Resources"].values()
        if each["Type"] == "AWS::Logs::SubscriptionFilter"
    }
    assert made == read
    assert len(made) == 2


def test_sns_alone_may_use_the_sender_and_only_for_this_account() -> None:
    policies = [
        each["Properties"]
        for each in account_template()["Resources"].values()
        if each["Type"] == "AWS::SMSVOICE::ResourcePolicy"
    ]
    assert len(policies) == 2
    for each in policies:
        (statement,) = each["PolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
        assert statement["Resource"] == each["ResourceArn"]
        wanted = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        assert statement["Condition"] == wanted


def test_the_logs_of_messages_are_encrypted_and_do_not_stay() -> None:
    groups = [e for e in account_template()["Resources"].values() if e["Type"].endswith("LogGroup")]
    for each in groups:
        assert each["Properties"]["RetentionInDays"] == 14
        assert each["Properties"]["KmsKeyId"] == {"Fn::GetAtt": ["SmsLogKey", "Arn"]}
