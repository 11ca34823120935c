"""The bucket of the packages: private, encrypted, with versions."""

import hashlib
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import REGION

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_KEPT_DAYS = 90
"""Days to keep replaced packages, long enough for a rollback; a commit gives the same package."""


def artefact_bucket(stage: str, account: str) -> str:
    """Return the name of a stage's bucket."""
    return f"payung-{stage}-artefacts-{account}"


def ensure(s3: "S3Client", name: str, account: str) -> None:
    """Create the bucket if it is missing, and set all its settings; safe to repeat."""
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


def put(s3: "S3Client", name: str, body: bytes, kind: str) -> str:
    """Upload an object under the hash of its content; return its key. Safe to repeat."""
    key = f"{hashlib.sha256(body).hexdigest()}.{kind}"
    s3.put_object(Bucket=name, Key=key, Body=body)
    return key


def remove(s3: "S3Client", name: str, account: str) -> bool:
    """Delete all versions of all objects, and the bucket; return whether it existed."""
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
    """Whether the bucket exists in this account; a bucket of another account raises an error."""
    try:
        s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004  # not found
            return False
        raise
    return True
