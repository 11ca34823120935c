"""A stack changes by a change set that is shown and judged first."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.assembly.assemble import assemble
from local.deploy import DeployError, changes
from local.deploy.changes import PROTECTED, Wanted
from local.deploy.losses import NAMES
from tests.deploy.recorded_aws import Recorded, recorded_aws

STACK = "payung-dev"
OTHER: Mapping[str, Any] = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}},
    "Parameters": {"Stage": {"Type": "String"}},
}
TEMPLATE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
            "Parameters": {"Stage": {"Type": "String"}}}  # fmt: skip


@pytest.fixture
def aws() -> Iterator[Recorded]:
    with recorded_aws() as made:
        yield made


def apply(
    aws: Recorded,
    template: Mapping[str, Any] = TEMPLATE,
    *,
    confirmed: bool = False,
    execute: bool = True,
) -> list[str]:
    wanted = Wanted(STACK, json.dumps(template), {"Stage": "dev"}, {"stage": "dev"})
    return list(changes.apply(aws.session, wanted, confirmed=confirmed, execute=execute))


def shows(aws: Recorded, *found: tuple[str, str, str, str]) -> None:
    """Let CloudFormation name these changes, each on a page of its own."""
    aws.stacks.shows = [
        [{"Action": action, "LogicalResourceId": name, "ResourceType": kind} | replaced(how)]
        for action, name, kind, how in found
    ]


def replaced(how: str) -> dict[str, str]:
    return {"Replacement": how} if how else {}


def test_a_new_stack_is_shown_and_made(aws: Recorded) -> None:
    lines = apply(aws)
    assert lines[0] == "payung-dev: is created"
    assert "Add      Queue (AWS::SQS::Queue)" in lines[1]
    made = aws.stacks.stacks[STACK]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert made["Tags"] == [{"Key": "stage", "Value": "dev"}]
    assert made["Parameters"] == [{"ParameterKey": "Stage", "ParameterValue": "dev"}]


def test_a_look_makes_nothing_and_leaves_nothing(aws: Recorded) -> None:
    assert "shown only" in apply(aws, execute=False)[-1]
    assert not aws.stacks.change_sets
    assert not aws.stacks.stacks


@pytest.mark.parametrize("kind", PROTECTED)
@pytest.mark.parametrize(
    ("action", "replacement"),
    [("Modify", "True"), ("Modify", "Conditional"), ("Remove", ""), ("Dynamic", "True")],
)
@pytest.mark.parametrize("confirmed", [False, True])
def test_nothing_parts_payung_from_peoples_data(
    aws: Recorded, kind: str, action: str, replacement: str, confirmed: bool
) -> None:
    apply(aws)
    shows(aws, ("Modify", "Queue", "AWS::SQS::Queue", "False"), (action, "Data", kind, replacement))
    with pytest.raises(DeployError, match="Data"):
        apply(aws, OTHER, confirmed=confirmed)
    assert aws.stacks.executed == [STACK], "only its creation"
    assert not aws.stacks.change_sets


@pytest.mark.parametrize("action", ["Modify", "Add", "Import"])
def test_a_change_of_a_table_that_keeps_it_goes_on(aws: Recorded, action: str) -> None:
    apply(aws)
    shows(aws, (action, "Data", "AWS::DynamoDB::Table", "False"))
    apply(aws, OTHER)
    assert aws.stacks.executed == [STACK, STACK]


@pytest.mark.parametrize(("action", "replacement"), [("Remove", ""), ("Modify", "True")])
def test_other_losses_need_a_confirmation(aws: Recorded, action: str, replacement: str) -> None:
    apply(aws)
    shows(aws, (action, "Firewall", "AWS::WAFv2::WebACL", replacement))
    with pytest.raises(DeployError, match="Firewall: confirm it with CONFIRM=payung-dev"):
        apply(aws, OTHER)
    assert aws.stacks.executed == [STACK]
    assert any("Firewall" in line for line in apply(aws, OTHER, confirmed=True))
    assert aws.stacks.executed == [STACK, STACK]


def a_detail(cause: str, **changes: str) -> dict[str, Any]:
    """Return why a property may change, as DescribeChangeSet says it of a reference."""
    recreation = changes.pop("recreation", "Always")
    target = {"Attribute": "Properties", "Name": "UserPoolId", "RequiresRecreation": recreation}
    source = "ResourceAttribute" if "." in cause else "ResourceReference"
    said = {"Evaluation": "Dynamic", "ChangeSource": source, "CausingEntity": cause}
    return {"Target": target, **{name: each for name, each in (said | changes).items() if each}}


def modified(name: str, kind: str, replacement: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"Action": "Modify", "LogicalResourceId": name, "ResourceType": kind,
            "Replacement": replacement, "Details": list(details)}  # fmt: skip


POOL, CLIENT, GROUP = (f"AWS::Cognito::UserPool{each}" for each in ("", "Client", "Group"))
IN_PLACE = a_detail(
    "PageAddress", recreation="Never", ChangeSource="ParameterReference", Evaluation="Static"
)


def test_what_refers_to_a_resource_that_stays_goes_on_unasked(aws: Recorded) -> None:
    """The page's address, known after the first deployment, changes the pool's mails."""
    apply(aws)
    aws.stacks.shows = [
        [
            modified("UserPool", POOL, "False", IN_PLACE),
            modified("Client", CLIENT, "Conditional", a_detail("UserPool")),
            modified("Data", "AWS::S3::Bucket", "Conditional", a_detail("Queue.Arn")),
        ],
        [modified("OfClient", "AWS::X::Y", "Conditional", a_detail("Client"), IN_PLACE)],
    ]
    lines = apply(aws, OTHER)
    assert any("Client (AWS::Cognito::UserPoolClient, refers to UserPool)" in e for e in lines)
    assert aws.stacks.executed == [STACK, STACK]


@pytest.mark.parametrize("pages", [1, 3])
def test_what_refers_to_a_replaced_resource_is_lost_with_it(aws: Recorded, pages: int) -> None:
    apply(aws)
    found = [
        modified("OfGroup", "AWS::X::Y", "Conditional", a_detail("Group.Arn")),
        modified("Group", GROUP, "Conditional", a_detail("Firewall")),
        modified("Firewall", "AWS::WAFv2::WebACL", "True"),
    ]
    aws.stacks.shows = [found] if pages == 1 else [[each] for each in found]
    with pytest.raises(DeployError, match="OfGroup, Group, Firewall: confirm"):
        apply(aws, OTHER)
    apply(aws, OTHER, confirmed=True)
    aws.stacks.shows = [[*found, modified("Data", "AWS::S3::Bucket", "Conditional",
                                          a_detail("OfGroup.Arn"))]]  # fmt: skip
    with pytest.raises(DeployError, match="people's data: Modify Data"):
        apply(aws, OTHER | {"Description": "again"}, confirmed=True)


@pytest.mark.parametrize(
    "details",
    [
        [],
        [a_detail("Key", Evaluation="Static")],
        [a_detail("Key.Version")],
        [a_detail("Key", ChangeSource="DirectModification")],
        [a_detail("", ChangeSource="DirectModification")],
        [a_detail("", ChangeSource="Automatic")],
        [a_detail("Key"), a_detail("Name", ChangeSource="ParameterReference")],
        [a_detail("Key"), a_detail("", recreation="Conditionally", ChangeSource="")],
        [IN_PLACE],
    ],
)
@pytest.mark.parametrize("kind", PROTECTED)
def test_every_other_conditional_replacement_is_one(
    aws: Recorded, details: list[dict[str, Any]], kind: str
) -> None:
    apply(aws)
    aws.stacks.shows = [[modified("Data", kind, "Conditional", *details)]]
    with pytest.raises(DeployError, match="Data"):
        apply(aws, OTHER, confirmed=True)
    assert aws.stacks.executed == [STACK]


def test_the_template_uses_no_attribute_that_changes_without_its_resource() -> None:
    text = json.dumps(assemble().template["Resources"])
    used = set(re.findall(r'"Fn::GetAtt": \["[^"]+", "([^"]+)"\]', text))
    used |= {each.partition(".")[2] for each in re.findall(r"\$\{(\w+\.\w+)\}", text)}
    assert used - {"Stage"} == NAMES, "only the API has a Stage: that is a resource of SAM"


def test_a_new_deployment_of_the_api_is_routine(aws: Recorded) -> None:
    apply(aws)
    shows(aws, ("Remove", "RestAPIDeployment1", "AWS::ApiGateway::Deployment", ""))
    apply(aws, OTHER)
    assert aws.stacks.executed == [STACK, STACK]


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information.",
        "No updates are to be performed.",
    ],
)
def test_no_change_is_no_failure(aws: Recorded, reason: str) -> None:
    apply(aws)
    aws.stacks.refusal = reason
    assert apply(aws, OTHER) == ["payung-dev: nothing changes"]


def test_a_refused_change_set_says_why(aws: Recorded) -> None:
    aws.stacks.refusal = "Transform failed: bad"
    with pytest.raises(DeployError, match="Transform failed: bad"):
        apply(aws)
    assert not aws.stacks.stacks


def test_a_failure_names_the_causes_and_not_their_echo(aws: Recorded) -> None:
    aws.stacks.fails = "the name is taken"
    with pytest.raises(DeployError) as raised:
        apply(aws)
    assert str(raised.value).splitlines()[1:] == ["  Cause: the name is taken"]


def test_a_stacks_policy_protects_every_resource_with_data(aws: Recorded) -> None:
    apply(aws)
    changes.protect(aws.session, STACK, from_deletion=True)
    statements = aws.stacks.policies[STACK]["Statement"]
    (deny,) = [each for each in statements if each["Effect"] == "Deny"]
    assert set(deny["Action"]) == {"Update:Replace", "Update:Delete"}
    assert deny["Condition"] == {"StringEquals": {"ResourceType": list(PROTECTED)}}
    assert aws.stacks.protected == [(STACK, True)]


def test_every_retained_resource_that_holds_data_is_of_a_protected_type() -> None:
    retained = {
        each["Type"]
        for each in assemble().template["Resources"].values()
        if each.get("DeletionPolicy") == "RetainExceptOnCreate"
    }
    without_data = {"AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"}
    assert retained - without_data == set(PROTECTED)
