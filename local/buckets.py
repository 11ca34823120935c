"""Creates the template's bucket, through the AWS API: a part of `resources`."""

from collections.abc import Mapping
from typing import Any

import boto3

from .template import Attributes, TemplateError


def bucket(session: boto3.Session, name: str, properties: dict[str, Any]) -> Attributes:
    """Create a bucket; remove the known properties from `properties`: only unknown ones remain."""
    s3 = session.client("s3")
    name = properties.pop("BucketName", name)
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": session.region_name},
    )
    if versioning := properties.pop("VersioningConfiguration", None):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    if access := properties.pop("PublicAccessBlockConfiguration", None):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=access)
    if owners := properties.pop("OwnershipControls", None):
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=owners)
    if encryption := properties.pop("BucketEncryption", None):
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
            for rule in encryption["ServerSideEncryptionConfiguration"]
        ]
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": rules},
        )
    if sharing := properties.pop("CorsConfiguration", None):
        rules = [_cors_rule(rule) for rule in sharing["CorsRules"]]
        s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    if lifecycle := properties.pop("LifecycleConfiguration", None):
        rules = [_lifecycle_rule(rule) for rule in lifecycle["Rules"]]
        s3.put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={"Rules": rules},
        )
    if notification := properties.pop("NotificationConfiguration", None):
        _notify(s3, name, notification)
    return {
        "Ref": name,
        "Arn": f"arn:aws:s3:::{name}",
        "RegionalDomainName": f"{name}.s3.{session.region_name}.amazonaws.com",
    }


def _cors_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a rule from CloudFormation's form to the form of the API."""
    names = {
        "Id": "ID",
        "AllowedMethods": "AllowedMethods",
        "AllowedOrigins": "AllowedOrigins",
        "AllowedHeaders": "AllowedHeaders",
        "ExposedHeaders": "ExposeHeaders",
        "MaxAge": "MaxAgeSeconds",
    }
    if strange := set(rule) - set(names):
        raise TemplateError(f"a CORS rule has {', '.join(strange)}, which is not known here")
    return {names[name]: value for name, value in rule.items()}


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a rule from CloudFormation's form to the form of the API."""
    left = dict(rule)
    made: dict[str, Any] = {"Filter": {"Prefix": left.pop("Prefix", "")}}
    if "ExpirationInDays" in left:
        made["Expiration"] = {"Days": left.pop("ExpirationInDays")}
    for same in (
        "Id",
        "Status",
        "NoncurrentVersionExpiration",
        "AbortIncompleteMultipartUpload",
    ):
        if same in left:
            made["ID" if same == "Id" else same] = left.pop(same)
    if left:
        raise TemplateError(f"a lifecycle rule has {', '.join(left)}, which is not known here")
    return made


def _notify(s3: Any, bucket: str, notification: Mapping[str, Any]) -> None:
    left = dict(notification)
    queues = [
        {
            "QueueArn": each["Queue"],
            "Events": [each["Event"]],
            "Filter": {"Key": {"FilterRules": each["Filter"]["S3Key"]["Rules"]}},
        }
        for each in left.pop("QueueConfigurations")
    ]
    if left:
        raise TemplateError(f"{bucket} notifies {', '.join(left)}, which is not known here")
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": queues}
    )
