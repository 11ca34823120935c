"""What is missing for a deployment is said in one list, before anything is changed."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.assembly.assemble import account_template, assemble
from local.cloud import ACCOUNT
from local.deploy import ACCOUNT_STACK, REGION, changes, leftovers, preflight, stack_name, wheels
from local.deploy.preflight import Finding, Preflight, report
from tests.deploy.recorded_aws import GIVEN, OF_ACCOUNT, SMS, Recorded, Refusal, recorded_aws


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    cli(tmp_path, monkeypatch, "aws-cli/2.17.0 Python/3.11.9")
    monkeypatch.setattr(wheels, "PYTHON", preflight.sys.version_info[:2])
    with recorded_aws() as made:
        yield made


def cli(folder: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    program = folder / "aws"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def look(aws: Recorded, stage: str = "dev") -> list[Finding]:
    return Preflight(aws.session, stage, GIVEN, OF_ACCOUNT).run()


def test_an_account_with_everything_gets_no_list(aws: Recorded) -> None:
    assert look(aws) == []
    assert list(report([])) == []


def test_looking_changes_nothing(aws: Recorded) -> None:
    look(aws)
    reading = ("Get", "Describe")
    assert all(name.partition(".")[2].startswith(reading) for name, _ in aws.calls)
    assert not aws.stacks.stacks


@pytest.mark.parametrize(
    ("state", "how"), [("DISABLED", "enable-region"), ("DISABLING", "enable-region"),
                       ("ENABLING", "wait")],
)  # fmt: skip
def test_a_region_that_is_off_ends_the_list(aws: Recorded, state: str, how: str) -> None:
    aws.answers["account.GetRegionOptStatus"]["RegionOptStatus"] = state
    aws.answers["lambda.GetAccountSettings"] = Refusal("UnrecognizedClientException")
    (found,) = look(aws)
    assert found.blocks
    assert REGION in found.text
    assert how in found.text


def test_the_region_is_asked_of_a_region_that_is_always_on(aws: Recorded) -> None:
    asked = []
    aws.session.events.register(
        "before-sign.account.*", lambda request, **_: asked.append(request.url)
    )
    del aws.answers["account.GetRegionOptStatus"]
    look(aws)
    assert all("us-east-1" in each for each in asked)


@pytest.mark.parametrize("limit", [10, 50, 100, 102])
def test_a_small_quota_of_concurrency_is_missing(aws: Recorded, limit: int) -> None:
    aws.answers["lambda.GetAccountSettings"] = {
        "AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}
    }
    (found,) = look(aws)
    assert found.blocks
    assert "Service Quotas" in found.text
    assert f"{limit} concurrent executions" in found.text


def test_the_places_that_the_stack_has_already_are_not_counted_twice(
    aws: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = assemble().template
    reserved = preflight.reserved(template)
    assert reserved > 0
    aws.answers["lambda.GetAccountSettings"] = {
        "AccountLimit": {"ConcurrentExecutions": 100 + reserved,
                         "UnreservedConcurrentExecutions": 100}
    }  # fmt: skip
    assert [each.blocks for each in look(aws)] == [True]
    monkeypatch.setattr(changes, "status", lambda *_: "UPDATE_COMPLETE")
    monkeypatch.setattr(changes, "template_of", lambda *_: template)
    assert look(aws) == []


@pytest.mark.parametrize(
    ("state", "how"),
    [
        ("ROLLBACK_COMPLETE", "make destroy STAGE=dev"),
        ("ROLLBACK_FAILED", "make destroy STAGE=dev"),
        ("DELETE_FAILED", "make destroy STAGE=dev"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name payung-dev"),
        ("UPDATE_IN_PROGRESS", "wait"),
        ("DELETE_IN_PROGRESS", "wait"),
    ],
)
def test_a_stack_that_cannot_be_changed_blocks(
    aws: Recorded, monkeypatch: pytest.MonkeyPatch, state: str, how: str
) -> None:
    states = {"payung-dev": state, ACCOUNT_STACK: "CREATE_COMPLETE"}
    monkeypatch.setattr(changes, "status", lambda _, name: states[name])
    (found,) = look(aws)
    assert found.blocks
    assert state in found.text
    assert how in found.text


def test_the_accounts_stack_is_named_with_its_own_command(
    aws: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = {"payung-dev": "CREATE_COMPLETE", ACCOUNT_STACK: "ROLLBACK_COMPLETE"}
    monkeypatch.setattr(changes, "status", lambda _, name: states[name])
    monkeypatch.setattr(changes, "template_of", lambda *_: assemble().template)
    (found,) = look(aws)
    assert "delete-stack --stack-name payung-account" in found.text
    assert "make destroy" not in found.text


def test_names_of_an_earlier_try_block_until_the_stack_is_there(
    aws: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = f"payung-dev-uploads-{ACCOUNT}"
    logs = ["/payung/dev/audit", "/aws/lambda/payung-dev-intake",
            f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber"]  # fmt: skip
    where = {"LocationConstraint": REGION}
    aws.session.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    for each in logs:
        aws.session.client("logs").create_log_group(logGroupName=each)
    found = look(aws)
    assert all(each.blocks for each in found)
    for name in (bucket, *logs):
        assert any(f" {name} " in each.text for each in found), name
    assert len(found) == 4
    monkeypatch.setattr(changes, "status", lambda *_: "CREATE_COMPLETE")
    monkeypatch.setattr(changes, "template_of", lambda *_: assemble().template)
    assert look(aws) == []


def test_every_fixed_name_of_a_template_is_looked_for() -> None:
    stage = {name for _, name in leftovers.fixed_names(assemble().template, "prod", ACCOUNT)}
    assert f"payung-prod-uploads-{ACCOUNT}" in stage
    assert "/payung/prod/audit" in stage
    assert all("$" not in each for each in stage)
    shared = {name for _, name in leftovers.fixed_names(account_template(), "prod", ACCOUNT)}
    assert shared == {
        f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber",
        f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber/Failure",
    }
    assert not stage & shared


@pytest.mark.parametrize(
    ("operation", "answer", "word"),
    [
        ("sns.GetSMSSandboxAccountStatus", {"IsInSandbox": True}, "sandbox"),
        (f"{SMS}.DescribeSenderIds", {"SenderIds": []}, "Registrations"),
        (f"{SMS}.DescribeSenderIds", {"SenderIds": [{"SenderIdArn": "a", "Registered": False}]},
         "Registrations"),
        (f"{SMS}.DescribeSpendLimits",
         {"SpendLimits": [{"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "MaxLimit": 0}]},
         "AWS has granted 0 USD"),
    ],
)  # fmt: skip
def test_what_only_messages_need_does_not_block(
    aws: Recorded, operation: str, answer: dict[str, Any], word: str
) -> None:
    aws.answers[operation] = answer
    (found,) = look(aws)
    assert not found.blocks
    assert word in found.text


def test_what_cannot_be_checked_is_said_and_does_not_block(aws: Recorded) -> None:
    for name in list(aws.answers):
        aws.answers[name] = Refusal("AccessDeniedException", "not for you")
    found = look(aws)
    assert len(found) == 4
    assert not any(each.blocks for each in found)
    assert all("could not be checked: AccessDenied" in each.text for each in found)


def test_all_that_is_missing_is_in_one_list(aws: Recorded) -> None:
    aws.answers["sns.GetSMSSandboxAccountStatus"] = {"IsInSandbox": True}
    aws.answers["lambda.GetAccountSettings"] = {
        "AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    }
    lines = list(report(look(aws)))
    assert [each[:7] for each in lines] == ["Missing", "  - Lam", "Missing", "  - the"]


def test_another_python_than_lambdas_blocks(aws: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "PYTHON", (3, 9))
    (found,) = look(aws)
    assert found.blocks
    assert "build/python3.9" in found.text


@pytest.mark.parametrize("said", ["aws-cli/1.45.11 Python/3.11.7", "who knows", ""])
def test_an_old_aws_cli_is_named(
    aws: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    cli(tmp_path, monkeypatch, said)
    (found,) = look(aws)
    assert not found.blocks
    assert "version 2" in found.text


def test_a_missing_aws_cli_is_named(aws: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/dev/null")
    (found,) = look(aws)
    assert not found.blocks
    assert "`aws`" in found.text


def test_the_stage_has_another_stack_than_the_account() -> None:
    assert stack_name("dev") != stack_name("prod") != ACCOUNT_STACK
