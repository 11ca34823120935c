"""Finds resources of an earlier try: a stack cannot make what exists already under its name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.template import Template

from . import REGION, aws_answers

if TYPE_CHECKING:
    import boto3


@dataclass(frozen=True, slots=True)
class Leftover:
    """A resource with a name that a template gives; `how` says how to free the name."""

    what: str
    name: str
    how: str


def find(
    session: "boto3.Session", template: Mapping[str, Any], stage: str, account: str
) -> Iterator[Leftover]:
    """Return the buckets and log groups that exist under the fixed names of a template."""
    for kind, name in fixed_names(template, stage, account):
        if kind == "AWS::S3::Bucket" and _bucket_exists(session, name):
            yield Leftover(
                "the bucket",
                name,
                "if it is empty or its files are copied, delete it "
                f"(`aws s3api delete-bucket --bucket {name}`); else rename its stage's bucket",
            )
        if kind == "AWS::Logs::LogGroup" and _log_group_exists(session, name):
            yield Leftover(
                "the log group",
                name,
                "if nobody needs its lines any more, delete it "
                f"(`aws logs delete-log-group --log-group-name {name}`)",
            )


def fixed_names(template: Mapping[str, Any], stage: str, account: str) -> Iterator[tuple[str, str]]:
    """Return type and name of each bucket and log group whose name the template gives."""
    pseudo = {
        "AWS::Region": REGION,
        "AWS::AccountId": account,
        "AWS::Partition": "aws",
        "Stage": stage,
    }
    resolver = Template({}, pseudo=pseudo)
    for each in template["Resources"].values():
        properties = each.get("Properties", {})
        for key in ("BucketName", "LogGroupName"):
            if key in properties and each["Type"] in {"AWS::S3::Bucket", "AWS::Logs::LogGroup"}:
                yield each["Type"], resolver.resolve({key: properties[key]}, {})[key]


def _bucket_exists(session: "boto3.Session", name: str) -> bool:
    try:
        session.client("s3").head_bucket(Bucket=name)
    except ClientError as error:
        if aws_answers.code(error) == "404":
            return False
        if aws_answers.code(error) != "403":  # somebody else's: the name is taken all the same
            raise
    return True


def _log_group_exists(session: "boto3.Session", name: str) -> bool:
    pages = (
        session.client("logs")
        .get_paginator("describe_log_groups")
        .paginate(logGroupNamePrefix=name)
    )
    return any(each["logGroupName"] == name for page in pages for each in page["logGroups"])
