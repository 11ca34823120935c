"""The bucket that packages are uploaded to: private, encrypted, every version kept."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import REGION

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_KEPT_DAYS = 90
"""Long enough to roll back to; a package can be made anew from its commit."""


def artefact_bucket(stage: str, account: str) -> str:
    """Return the name of a stage's bucket."""
    return f"payung-{stage}-artefacts-{account}"


def ensure(s3: "S3Client", name: str, account: str) -> None:
    """Make the bucket, or make it again what it should be; safe to repeat."""
    if not _exists(s3, name, account):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "ReplacedPackagesExpire",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": _KEPT_DAYS},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
                }
            ]
        },
    )


def remove(s3: "S3Client", name: str, account: str) -> bool:
    """Empty the bucket, every version, and delete it; return whether it was there."""
    if not _exists(s3, name, account):
        return False
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        found: list[ObjectIdentifierTypeDef] = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        if found:
            s3.delete_objects(Bucket=name, Delete={"Objects": found, "Quiet": True})
    s3.delete_bucket(Bucket=name)
    return True


def _exists(s3: "S3Client", name: str, account: str) -> bool:
    """Whether the bucket is there and ours: anybody else's of that name is refused."""
    try:
        s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004  # not found
            return False
        raise
    return True
