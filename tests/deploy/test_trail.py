"""The trail of CloudTrail records every way to the data past the API; no function can read it."""

import json
from typing import Any

import pytest

from local.assembly.assemble import assemble

TEMPLATE = assemble().template
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
TRAIL = RESOURCES["DataTrail"]["Properties"]
STORE = RESOURCES["TrailBucket"]
NAME = TRAIL["TrailName"]["Fn::Sub"]
ARN = {"Fn::Sub": "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/" + NAME}
SERVICE = {"Service": "cloudtrail.amazonaws.com"}


def selected(kind: str) -> list[Any]:
    """Return what the selectors of a type of resource begin with; they select reads and writes."""
    found = []
    for selector in TRAIL["AdvancedEventSelectors"]:
        fields = {each["Field"]: each for each in selector["FieldSelectors"]}
        assert fields.keys() == {"eventCategory", "resources.type", "resources.ARN"}
        assert fields["eventCategory"]["Equals"] == ["Data"]
        if fields["resources.type"]["Equals"] == [kind]:
            found += fields["resources.ARN"]["StartsWith"]
    return found


def allowed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the statements about CloudTrail in a policy, by their action."""
    return {each["Action"]: each for each in document["Statement"] if each["Principal"] == SERVICE}


def test_the_trail_is_on_and_its_files_are_signed() -> None:
    assert TRAIL["IsLogging"] is True
    assert TRAIL["EnableLogFileValidation"] is True
    assert "Condition" not in RESOURCES["DataTrail"]


def test_every_table_is_recorded() -> None:
    tables = [name for name, each in RESOURCES.items() if each["Type"] == "AWS::DynamoDB::Table"]
    wanted = [{"Fn::GetAtt": [name, "Arn"]} for name in sorted(tables)]
    assert sorted(selected("AWS::DynamoDB::Table"), key=str) == wanted


def test_every_bucket_with_data_about_people_is_recorded() -> None:
    buckets = {name for name, each in RESOURCES.items() if each["Type"] == "AWS::S3::Bucket"}
    wanted = [{"Fn::Sub": f"${{{name}.Arn}}/"} for name in sorted(buckets - {"TrailBucket"})]
    assert selected("AWS::S3::Object") == wanted


def test_erasing_is_recorded() -> None:
    assert selected("AWS::Lambda::Function") == [{"Fn::GetAtt": ["Erase", "Arn"]}]


def test_the_events_are_encrypted_with_the_stacks_key() -> None:
    """An event of a table has the key of its item, and that may be a NIK."""
    assert TRAIL["KMSKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    statements = allowed(RESOURCES["DataKey"]["Properties"]["KeyPolicy"])
    assert statements.keys() == {"kms:GenerateDataKey*", "kms:DescribeKey"}
    for statement in statements.values():
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"] == ARN


def test_the_bucket_of_the_trail_is_private_and_outlives_the_stack() -> None:
    assert STORE["DeletionPolicy"] == "RetainExceptOnCreate"
    assert STORE["UpdateReplacePolicy"] == "Retain"
    access = STORE["Properties"]["PublicAccessBlockConfiguration"]
    assert list(access.values()) == [True] * 4
    assert STORE["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = STORE["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == RESOURCES["AuditLog"]["Properties"]["RetentionInDays"]


def test_only_this_trail_writes_into_its_bucket() -> None:
    policy = RESOURCES["TrailBucketPolicy"]["Properties"]
    assert policy["Bucket"] == TRAIL["S3BucketName"] == {"Ref": "TrailBucket"}
    assert RESOURCES["DataTrail"]["DependsOn"] == "TrailBucketPolicy"
    statements = allowed(policy["PolicyDocument"])
    assert statements.keys() == {"s3:GetBucketAcl", "s3:PutObject"}
    for statement in statements.values():
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"] == ARN
    others = [
        each for each in policy["PolicyDocument"]["Statement"] if each["Principal"] != SERVICE
    ]
    (denied,) = others
    assert (denied["Effect"], denied["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": False}},
    )


@pytest.mark.parametrize("function", sorted(assemble().policies))
def test_no_function_reads_or_changes_the_trail(function: str) -> None:
    text = json.dumps(assemble().policies[function])
    assert "TrailBucket" not in text
    assert "-trail-" not in text
    assert "cloudtrail:" not in text
