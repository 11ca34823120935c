"""Deploying and taking away, with an AWS in memory and an AWS CLI that writes down what it is told.

The CLI's own two commands are not tried here; what they are given, and all the rest, is.
"""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from local.cloud import ACCOUNT, credentials, read_template
from local.deploy import REGION, STAGES, DeployError, bucket, parameters, stack, texting
from local.deploy.__main__ import main
from local.deploy.artefact import Artefact
from local.deploy.parameters import StageParameters, Texting

ROLE = "arn:aws:iam::123456789012:role/payung-dev-SmsLogRole"
PLACE = f"payung-dev-artefacts-{ACCOUNT}"
A_STACK = {
    "Resources": {
        "Kept": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "Properties": {"BucketName": "payung-kept"},
        },
        "Passing": {"Type": "AWS::SQS::Queue"},
    },
    "Outputs": {"SmsLogRoleArn": {"Value": ROLE}, "EndpointURL": {"Value": "https://api/"}},
}
GIVEN = StageParameters(
    parameters={"Stage": "dev", "SmsSenderId": "PAYUNG", "SmsPrices": "62=0.045,60=0.04"},
    texting=Texting(monthly_spend_limit=1),
)


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with credentials(), mock_aws():
        yield boto3.Session(region_name=REGION)


class FakeCli:
    """What the AWS CLI was told."""

    def __init__(self, log: Path, status: Path) -> None:
        self._log = log
        self._status = status

    @property
    def told(self) -> list[list[str]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def fails(self) -> None:
        self._status.write_text("255")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCli:
    log, status, program = tmp_path / "told", tmp_path / "status", tmp_path / "bin" / "aws"
    log.touch()
    status.write_text("0")
    program.parent.mkdir()
    program.write_text(
        "#!/usr/bin/env python3\n"
        "import json, pathlib, sys\n"
        f"with open({str(log)!r}, 'a') as log: log.write(json.dumps(sys.argv[1:]) + chr(10))\n"
        f"sys.exit(int(pathlib.Path({str(status)!r}).read_text()))\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return FakeCli(log, status)


@pytest.fixture
def artefact(tmp_path: Path) -> Artefact:
    return Artefact(tmp_path / "deployment.zip", tmp_path / "sam.yaml", {})


def make_stack(session: boto3.Session, stage: str = "dev") -> None:
    session.client("cloudformation").create_stack(
        StackName=f"payung-{stage}", TemplateBody=json.dumps(A_STACK)
    )


def options(told: list[str]) -> Mapping[str, str]:
    return {name: told[place + 1] for place, name in enumerate(told[:-1]) if name[:2] == "--"}


def deploy(session: boto3.Session, artefact: Artefact, given: StageParameters = GIVEN) -> list[str]:
    return list(stack.deploy("dev", artefact, given, session))


def test_a_package_is_uploaded_and_deployed(
    session: boto3.Session, cli: FakeCli, artefact: Artefact
) -> None:
    make_stack(session)
    assert any("https://api/" in line for line in deploy(session, artefact))
    packaging, deploying = cli.told
    assert packaging[:2] == ["cloudformation", "package"]
    assert options(packaging)["--s3-bucket"] == PLACE
    assert deploying[:2] == ["cloudformation", "deploy"]
    given = options(deploying)
    assert given["--template-file"] == options(packaging)["--output-template-file"]
    assert given["--stack-name"] == "payung-dev"
    assert given["--s3-bucket"] == PLACE
    assert given["--capabilities"] == "CAPABILITY_IAM"
    assert given["--region"] == REGION
    assert "--no-fail-on-empty-changeset" in deploying
    first = deploying.index("--parameter-overrides") + 1
    assert deploying[first : first + 3] == [
        "SmsPrices=62=0.045,60=0.04", "SmsSenderId=PAYUNG", "Stage=dev",
    ]  # fmt: skip


def test_the_bucket_of_packages_is_private_encrypted_and_versioned(session: boto3.Session) -> None:
    s3 = session.client("s3")
    for _ in range(2):
        bucket.ensure(s3, PLACE, ACCOUNT)
    access = s3.get_public_access_block(Bucket=PLACE)["PublicAccessBlockConfiguration"]
    assert set(access.values()) == {True}
    assert len(access) == 4
    assert s3.get_bucket_versioning(Bucket=PLACE)["Status"] == "Enabled"
    assert s3.get_bucket_encryption(Bucket=PLACE)["ServerSideEncryptionConfiguration"]["Rules"]
    assert s3.get_bucket_location(Bucket=PLACE)["LocationConstraint"] == REGION


def test_sms_settings_are_made_once(
    session: boto3.Session, cli: FakeCli, artefact: Artefact
) -> None:
    make_stack(session)
    deploy(session, artefact)
    assert session.client("sns").get_sms_attributes()["attributes"] == {
        "DefaultSMSType": "Transactional",
        "DefaultSenderID": "PAYUNG",
        "DeliveryStatusIAMRole": ROLE,
        "DeliveryStatusSuccessSamplingRate": "100",
        "MonthlySpendLimit": "1",
    }
    assert deploy(session, artefact)[-1] == "SMS settings changed: none"


def test_only_what_differs_is_set(session: boto3.Session) -> None:
    sns = session.client("sns")
    settings = texting.wanted(role=ROLE, spend_limit=1, sender_id="PAYUNG")
    texting.ensure(sns, settings)
    assert texting.ensure(sns, {**settings, "MonthlySpendLimit": "5"}) == {"MonthlySpendLimit": "5"}


def test_a_second_stack_of_an_account_leaves_its_sms_settings_alone(
    session: boto3.Session, cli: FakeCli, artefact: Artefact
) -> None:
    make_stack(session)
    others = GIVEN.model_copy(
        update={"parameters": {**GIVEN.parameters, "SmsLogs": "there already"}}
    )
    deploy(session, artefact, others)
    assert not session.client("sns").get_sms_attributes()["attributes"]


def test_nothing_goes_on_after_the_cli_failed(
    session: boto3.Session, cli: FakeCli, artefact: Artefact
) -> None:
    cli.fails()
    with pytest.raises(DeployError, match="cloudformation package"):
        deploy(session, artefact)
    assert len(cli.told) == 1


def test_without_the_cli_it_is_said(
    session: boto3.Session, artefact: Artefact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(DeployError, match="AWS CLI"):
        deploy(session, artefact)


def test_a_stage_is_taken_away_and_what_is_kept_is_told(session: boto3.Session) -> None:
    make_stack(session)
    s3 = session.client("s3")
    bucket.ensure(s3, PLACE, ACCOUNT)
    for body in (b"1", b"2"):
        s3.put_object(Bucket=PLACE, Key="package", Body=body)
    s3.delete_object(Bucket=PLACE, Key="package")
    said = list(stack.destroy("dev", "", session))
    told = "\n".join(said)
    assert "aws s3api delete-bucket --bucket payung-kept" in told
    assert "Passing" not in told
    assert PLACE not in {each["Name"] for each in s3.list_buckets()["Buckets"]}
    assert not session.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])[
        "StackSummaries"
    ]


def test_taking_away_what_is_not_there_does_nothing(session: boto3.Session) -> None:
    assert list(stack.destroy("dev", "", session)) == ["there is no stack payung-dev"]


@pytest.mark.parametrize("confirmed", ["", "yes", "prod", "payung-dev"])
def test_prod_is_not_taken_away_by_accident(session: boto3.Session, confirmed: str) -> None:
    make_stack(session, "prod")
    with pytest.raises(DeployError, match="CONFIRM=payung-prod"):
        list(stack.destroy("prod", confirmed, session))
    assert session.client("cloudformation").describe_stacks(StackName="payung-prod")["Stacks"]


def test_prod_is_taken_away_when_it_is_confirmed(session: boto3.Session) -> None:
    make_stack(session, "prod")
    assert "the stack payung-prod is gone" in list(stack.destroy("prod", "payung-prod", session))


def test_a_refusal_ends_the_command_with_a_sentence(
    session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["destroy", "--stage", "prod"]) == 1
    assert "CONFIRM=payung-prod" in capsys.readouterr().err


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_deployed_with_parameters_that_the_template_has(stage: str) -> None:
    given = parameters.read(stage)
    read_template(parameters=given.parameters)
    # Our own budget stops sending in good order; the account's does it in the middle of a file.
    assert float(given.parameters["SmsBudget"]) <= given.texting.monthly_spend_limit


def test_dev_sends_nobody_anything() -> None:
    assert parameters.read("dev").parameters["SmsOnlyTo"]


def test_another_stages_parameters_are_refused(tmp_path: Path) -> None:
    (tmp_path / "parameters-prod.json").write_text(GIVEN.model_dump_json())
    with pytest.raises(DeployError, match="Stage is not prod"):
        parameters.read("prod", tmp_path)
