"""Deploying a stage, with an AWS in memory and recorded answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud import ACCOUNT, read_template
from local.deploy import (
    ACCOUNT_STACK,
    REGION,
    STAGES,
    DeployError,
    bucket,
    parameters,
    preflight,
    stack,
    wheels,
)
from local.deploy.__main__ import main
from local.deploy.artefact import Artefact
from local.deploy.parameters import StageParameters
from tests.deploy.recorded_aws import GIVEN, OF_ACCOUNT, SMS, Recorded, Refusal, recorded_aws

PLACE = f"payung-dev-artefacts-{ACCOUNT}"
A_STAGE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    # Whatever Python and AWS CLI this machine has.
    monkeypatch.setattr(wheels, "PYTHON", preflight.sys.version_info[:2])
    monkeypatch.setattr(preflight, "_cli", list)
    with recorded_aws() as made:
        yield made


@pytest.fixture
def artefact(tmp_path: Path) -> Artefact:
    made = Artefact(tmp_path / "deployment.zip", tmp_path / "sam.yaml", {})
    made.archive.write_bytes(b"code")
    made.template.write_text(json.dumps(A_STAGE))
    return made


def deploy(
    aws: Recorded, artefact: Artefact, given: StageParameters = GIVEN, **more: Any
) -> list[str]:
    stage = given.parameters["Stage"]
    return list(stack.deploy(stage, lambda: artefact, given, OF_ACCOUNT, aws.session, **more))


def stacks(aws: Recorded) -> dict[str, Any]:
    return aws.stacks.stacks


def test_a_package_is_uploaded_and_deployed(aws: Recorded, artefact: Artefact) -> None:
    lines = deploy(aws, artefact)
    assert any("https://api/" in line for line in lines)
    made = stacks(aws)["payung-dev"]
    assert {e["ParameterKey"]: e["ParameterValue"] for e in made["Parameters"]} == {
        **GIVEN.parameters,
        "PageAddress": "https://api/",
    }
    assert {e["Key"]: e["Value"] for e in made["Tags"]} == {"project": "payung", "stage": "dev"}
    assert deploy(aws, artefact)[-2] == "payung-dev: nothing changes"


def test_the_user_pool_learns_the_address_when_the_stack_is_there(
    aws: Recorded, artefact: Artefact
) -> None:
    deploy(aws, artefact)
    assert aws.stacks.executed.count("payung-dev") == 2
    deploy(aws, artefact)
    assert aws.stacks.executed.count("payung-dev") == 2


def test_a_domain_of_its_own_is_known_from_the_start(aws: Recorded, artefact: Artefact) -> None:
    own = {"ApiDomain": "payung.example.org", "ApiCertificate": "arn:aws:acm:x:1:certificate/1"}
    given = GIVEN.model_copy(update={"parameters": {**GIVEN.parameters, **own}})
    lines = deploy(aws, artefact, given)
    assert aws.stacks.executed.count("payung-dev") == 1
    assert any("https://payung.example.org/" in line for line in lines)


@pytest.mark.parametrize("one", ["MailFrom", "MailIdentity"])
def test_mail_needs_an_address_and_its_identity(one: str, tmp_path: Path) -> None:
    text = json.dumps({"parameters": {"Stage": "dev", one: "x"}})
    (tmp_path / "parameters-dev.json").write_text(text)
    with pytest.raises(DeployError, match="MailFrom and MailIdentity go together"):
        parameters.read("dev", tmp_path)


def test_mails_to_users_are_indonesian_and_name_the_page() -> None:
    mail = {
        "MailFrom": "payung@example.org",
        "MailIdentity": "example.org",
        "PageAddress": "https://payung.example.org/",
    }
    for given in ({}, mail):
        template = read_template(parameters=given)
        pool = template.resolve(dict(template.resources["UserPool"].properties), {})
        invitation = pool["AdminCreateUserConfig"].get("InviteMessageTemplate", {})
        code = pool.get("VerificationMessageTemplate", {})
        assert bool(given) == bool(invitation) == bool(code) == ("EmailConfiguration" in pool)
        if given:
            assert {"{username}", "{####}", mail["PageAddress"]} <= set(
                re.findall(r"\{[^}]+\}|https://\S+/", invitation["EmailMessage"])
            )
            assert "{####}" in code["EmailMessage"]
            assert mail["PageAddress"] in code["EmailMessage"]
            assert "kata sandi" in code["EmailMessage"]


def test_prod_begins_with_messages_to_nobody() -> None:
    given = parameters.read("prod").parameters
    assert (given["SmsOnlyTo"], given["SmsRate"]) == ("nobody", "10")


def test_the_code_of_every_function_is_the_uploaded_archive(
    aws: Recorded, artefact: Artefact
) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
    artefact.template.write_text(json.dumps({"Resources": {"A": function, "B": function}}))
    s3 = aws.session.client("s3")
    bucket.ensure(s3, PLACE, ACCOUNT)
    address = stack.upload(s3, PLACE, artefact)
    start = f"https://s3.{REGION}.amazonaws.com/{PLACE}/"
    assert address.startswith(start)
    stored = s3.get_object(Bucket=PLACE, Key=address.removeprefix(start))["Body"].read()
    (code,) = {e["Properties"]["CodeUri"] for e in json.loads(stored)["Resources"].values()}
    key = code.removeprefix(f"s3://{PLACE}/")
    assert s3.get_object(Bucket=PLACE, Key=key)["Body"].read() == b"code"
    assert stack.upload(s3, PLACE, artefact) == address
    artefact.archive.write_bytes(b"other code")
    assert stack.upload(s3, PLACE, artefact) != address


@pytest.mark.parametrize("order", [("dev", "prod"), ("prod", "dev")])
def test_stages_share_an_account_in_any_order(
    aws: Recorded, artefact: Artefact, order: tuple[str, str]
) -> None:
    attributes = []
    for stage in order:
        given = GIVEN.model_copy(update={"parameters": {**GIVEN.parameters, "Stage": stage}})
        deploy(aws, artefact, given)
        attributes.append(aws.session.client("sns").get_sms_attributes()["attributes"])
    assert set(stacks(aws)) == {ACCOUNT_STACK, "payung-dev", "payung-prod"}
    assert attributes[0] == attributes[1]


def test_what_is_missing_stops_everything_before_the_package_is_made(aws: Recorded) -> None:
    aws.answers["account.GetRegionOptStatus"]["RegionOptStatus"] = "DISABLED"
    made: list[str] = []
    steps = stack.deploy("dev", lambda: made.append("package"), GIVEN, OF_ACCOUNT, aws.session)  # type: ignore[func-returns-value, arg-type, return-value]  # it is never called
    with pytest.raises(DeployError, match="enable-region"):
        list(steps)
    assert not made
    assert not stacks(aws)
    assert not aws.session.client("s3").list_buckets()["Buckets"]


def test_what_only_messages_need_is_said_at_the_end(aws: Recorded, artefact: Artefact) -> None:
    aws.answers["sns.GetSMSSandboxAccountStatus"] = {"IsInSandbox": True}
    aws.answers["sns.SetSMSAttributes"] = Refusal("InvalidParameter", "too high")
    lines = deploy(aws, artefact)
    title = lines.index("Missing before messages or mails go out, or not known:")
    assert any("https://api/" in line for line in lines[:title])
    assert any("sandbox" in line for line in lines[title:])
    assert any("MonthlySpendLimit" in line for line in lines[title:])


def test_a_look_changes_nothing(aws: Recorded, artefact: Artefact) -> None:
    lines = deploy(aws, artefact, execute=False)
    assert "payung-dev: shown only, nothing was changed" in lines
    assert not stacks(aws)
    assert not aws.session.client("sns").get_sms_attributes()["attributes"]


@pytest.mark.parametrize(("stage", "protected"), [("dev", False), ("prod", True)])
def test_only_prod_and_the_account_are_protected_from_deletion(
    aws: Recorded, artefact: Artefact, stage: str, protected: bool
) -> None:
    given = GIVEN.model_copy(update={"parameters": {**GIVEN.parameters, "Stage": stage}})
    deploy(aws, artefact, given)
    names = {name for name, on in aws.stacks.protected if on}
    assert names == {ACCOUNT_STACK} | ({f"payung-{stage}"} if protected else set())
    assert set(aws.stacks.policies) == {ACCOUNT_STACK, f"payung-{stage}"}


def test_the_bucket_of_packages_is_private_encrypted_and_versioned(aws: Recorded) -> None:
    s3 = aws.session.client("s3")
    for _ in range(2):
        bucket.ensure(s3, PLACE, ACCOUNT)
    access = s3.get_public_access_block(Bucket=PLACE)["PublicAccessBlockConfiguration"]
    assert set(access.values()) == {True}
    assert len(access) == 4
    assert s3.get_bucket_versioning(Bucket=PLACE)["Status"] == "Enabled"
    assert s3.get_bucket_encryption(Bucket=PLACE)["ServerSideEncryptionConfiguration"]["Rules"]
    assert s3.get_bucket_location(Bucket=PLACE)["LocationConstraint"] == REGION


def test_a_refusal_ends_the_command_with_a_sentence(
    aws: Recorded, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["destroy", "--stage", "prod"]) == 1
    assert "CONFIRM=payung-prod" in capsys.readouterr().err


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_deployed_with_parameters_that_the_template_has(stage: str) -> None:
    given, of_account = parameters.read(stage), parameters.read_account()
    read_template(parameters=given.parameters)
    # payung's budget stops sending cleanly; the account's limit stops it in the middle of a file.
    assert given.budget <= of_account.monthly_spend_limit
    assert given.parameters["SmsSenderId"] == of_account.sender_id


@pytest.mark.parametrize("one", ["ApiDomain", "ApiCertificate"])
def test_a_domain_needs_its_certificate(tmp_path: Path, one: str) -> None:
    text = json.dumps({"parameters": {"Stage": "dev", one: "x"}})
    (tmp_path / "parameters-dev.json").write_text(text)
    with pytest.raises(DeployError, match="go together"):
        parameters.read("dev", tmp_path)


def test_a_domain_of_our_own_leads_to_the_one_stage() -> None:
    given = {"ApiDomain": "payung.example.go.id", "ApiCertificate": "arn:aws:acm:x:1:certificate/a"}
    names = {each.name for each in read_template(parameters=given).in_order()}
    assert {"ApiDomainName", "ApiDomainMapping"} <= names
    assert not {"ApiDomainName", "ApiDomainMapping"} & {
        each.name for each in read_template().in_order()
    }


def test_dev_sends_no_messages() -> None:
    assert parameters.read("dev").parameters["SmsOnlyTo"]


def test_another_stages_parameters_are_refused(tmp_path: Path) -> None:
    (tmp_path / "parameters-prod.json").write_text(GIVEN.model_dump_json())
    with pytest.raises(DeployError, match="Stage is not prod"):
        parameters.read("prod", tmp_path)


@pytest.mark.parametrize("sender", ["AB", "123456", "TWELVELETTERS", "PAY UNG"])
def test_a_sender_that_carriers_refuse_is_refused_first(tmp_path: Path, sender: str) -> None:
    text = OF_ACCOUNT.model_copy(update={"sender_id": sender}).model_dump_json()
    (tmp_path / "parameters-account.json").write_text(text)
    with pytest.raises(DeployError, match="sender_id"):
        parameters.read_account(tmp_path)


def test_end_user_messaging_is_asked_in_jakarta(aws: Recorded) -> None:
    client: Any = aws.session.client(SMS)
    assert REGION in client.meta.endpoint_url
