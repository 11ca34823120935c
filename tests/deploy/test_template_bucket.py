"""The bucket takes no object that is encrypted with another key, or with none."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.assembly.assemble import assemble

KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
KIND = "s3:x-amz-server-side-encryption"
KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
OWN = "s3:x-amz-server-side-encryption-customer-algorithm"


def denies() -> Iterator[Mapping[str, Any]]:
    policy = assemble().template["Resources"]["UploadsBucketPolicy"]["Properties"]
    for each in policy["PolicyDocument"]["Statement"]:
        if each["Effect"] == "Deny" and each["Action"] == "s3:PutObject":
            yield each["Condition"]


def holds(condition: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether a condition holds, as IAM judges it: all operators, and all keys in each."""
    for operator, keys in condition.items():
        for key, wanted in keys.items():
            match operator:
                case "Null":
                    if (key not in given) != wanted:
                        return False
                case "StringNotEquals":
                    # A negated operator also holds for a key that is not there.
                    if given.get(key) == wanted:
                        return False
                case _:
                    raise AssertionError(operator)
    return True


@pytest.mark.parametrize(
    ("given", "denied"),
    [
        ({}, False),  # as browsers, and most banks' programs: the bucket's default
        ({KIND: "aws:kms"}, False),
        ({KIND: "aws:kms", KEY_ID: KEY}, False),
        ({KIND: "aws:kms", KEY_ID: "arn:aws:kms:ap-southeast-3:1:key/another"}, True),
        ({KEY_ID: "arn:aws:kms:ap-southeast-3:1:key/another"}, True),
        ({KIND: "AES256"}, True),
        ({KIND: "aws:kms:dsse"}, True),
        ({OWN: "AES256"}, True),
    ],
)
def test_only_the_buckets_own_encryption_is_taken(given: Mapping[str, Any], denied: bool) -> None:
    assert any(holds(each, given) for each in denies()) is denied


def test_the_rule_holds_for_everybody_and_every_object() -> None:
    policy = assemble().template["Resources"]["UploadsBucketPolicy"]["Properties"]
    for each in policy["PolicyDocument"]["Statement"]:
        assert each["Principal"] == "*"
        if each["Action"] == "s3:PutObject":
            assert each["Resource"] == {"Fn::Sub": "${UploadsBucket.Arn}/*"}
