"""Makes one resource of the template after another, through the AWS API.

Each maker takes the resource's resolved properties and returns what `Ref` and `Fn::GetAtt` of it
stand for. A property that a maker does not know raises: it would be deployed but not tried.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from .template import Attributes, TemplateError

Properties = dict[str, Any]
Maker = Callable[[boto3.Session, str, Properties], Attributes]

NOTHING_TO_DO = {
    "AWS::CloudWatch::Alarm": "nobody is woken by the embedded cloud",
    "AWS::CloudWatch::Dashboard": "there are no metrics to look at",
    "AWS::Logs::LogGroup": "logs go to standard error",
    "AWS::Logs::MetricFilter": "logs go to standard error",
    "AWS::S3::BucketPolicy": "moto applies a Deny without its conditions, and so to everybody",
    "AWS::SNS::Topic": "used for alarms only, and there are none",
    "AWS::SNS::TopicPolicy": "used for alarms only, and there are none",
    "AWS::SNS::Subscription": "used for alarms only, and there are none",
    "AWS::Serverless::Api": "the gateway serves Chalice's own routes",
    "AWS::Serverless::Function": "the pump and the gateway call Chalice's functions; see `cloud`",
}
"""Types that the embedded cloud passes over, each with the reason."""


def make(session: boto3.Session, kind: str, name: str, properties: Properties) -> Attributes:
    """Make one resource; `name` is the physical name where the properties give none.

    Raises:
        TemplateError: this type, or one of its properties, is not known here.
    """
    if kind in NOTHING_TO_DO:
        return {}
    if kind not in _MAKERS:
        raise TemplateError(
            f"{name}: the embedded cloud does not know {kind}; teach it in local/resources.py"
        )
    left = dict(properties)
    attributes = _MAKERS[kind](session, name, left)
    left.pop("Tags", None)
    if left:
        raise TemplateError(
            f"{name}: {kind} has {', '.join(sorted(left))}, which local/resources.py passes over"
        )
    return attributes


def _key(session: boto3.Session, _name: str, properties: Properties) -> Attributes:
    kms = session.client("kms")
    made = kms.create_key(
        Description=properties.pop("Description", ""),
        Policy=json.dumps(properties.pop("KeyPolicy")),
    )["KeyMetadata"]
    if properties.pop("EnableKeyRotation", False):
        kms.enable_key_rotation(KeyId=made["KeyId"])
    return {"Ref": made["KeyId"], "Arn": made["Arn"]}


def _alias(session: boto3.Session, _name: str, properties: Properties) -> Attributes:
    alias = properties.pop("AliasName")
    session.client("kms").create_alias(AliasName=alias, TargetKeyId=properties.pop("TargetKeyId"))
    return {"Ref": alias}


def _queue(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    sqs = session.client("sqs")
    name = properties.pop("QueueName", name)
    known = (
        "DelaySeconds",
        "KmsMasterKeyId",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "VisibilityTimeout",
    )
    attributes = {key: _text(properties.pop(key)) for key in known if key in properties}
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return {"Ref": url, "Arn": arn["QueueArn"], "QueueName": name}


def _queue_policy(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    policy = json.dumps(properties.pop("PolicyDocument"))
    for url in properties.pop("Queues"):
        session.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return {"Ref": name}


def _bucket(session: boto3.Session, name: str, properties: Properties) -> Attributes:
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


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return CloudFormation's form of a rule in that of the API."""
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


def _table(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    dynamodb = session.client("dynamodb")
    name = properties.pop("TableName", name)
    recovery = properties.pop("PointInTimeRecoverySpecification", None)
    expiry = properties.pop("TimeToLiveSpecification", None)
    encryption = properties.pop("SSESpecification", None)
    arguments: dict[str, Any] = {
        key: properties.pop(key)
        for key in (
            "AttributeDefinitions",
            "BillingMode",
            "DeletionProtectionEnabled",
            "GlobalSecondaryIndexes",
            "KeySchema",
            "StreamSpecification",
        )
        if key in properties
    }
    if encryption:
        arguments["SSESpecification"] = {
            "Enabled": encryption["SSEEnabled"],
            "SSEType": encryption["SSEType"],
            "KMSMasterKeyId": encryption["KMSMasterKeyId"],
        }
    made = dynamodb.create_table(TableName=name, **arguments)["TableDescription"]
    if recovery:
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification=recovery
        )
    if expiry:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
    return {
        "Ref": name,
        "Arn": made["TableArn"],
        "StreamArn": made.get("LatestStreamArn", ""),
    }


def _user_pool(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    known = (
        "AccountRecoverySetting",
        "AdminCreateUserConfig",
        "DeletionProtection",
        "MfaConfiguration",
        "Policies",
        "UsernameConfiguration",
    )
    arguments = {key: properties.pop(key) for key in known if key in properties}
    made = session.client("cognito-idp").create_user_pool(
        PoolName=properties.pop("UserPoolName", name), **arguments
    )["UserPool"]
    host = f"cognito-idp.{session.region_name}.amazonaws.com"
    return {
        "Ref": made["Id"],
        "Arn": made["Arn"],
        "UserPoolId": made["Id"],
        "ProviderURL": f"https://{host}/{made['Id']}",
    }


def _user_pool_client(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    known = (
        "AccessTokenValidity",
        "EnableTokenRevocation",
        "ExplicitAuthFlows",
        "GenerateSecret",
        "IdTokenValidity",
        "PreventUserExistenceErrors",
        "RefreshTokenValidity",
        "TokenValidityUnits",
        "UserPoolId",
    )
    arguments = {key: properties.pop(key) for key in known if key in properties}
    made = session.client("cognito-idp").create_user_pool_client(
        ClientName=properties.pop("ClientName", name), **arguments
    )["UserPoolClient"]
    return {"Ref": made["ClientId"], "ClientId": made["ClientId"]}


def _user_pool_group(session: boto3.Session, _name: str, properties: Properties) -> Attributes:
    known = ("Description", "GroupName", "Precedence", "UserPoolId")
    arguments = {key: properties.pop(key) for key in known if key in properties}
    session.client("cognito-idp").create_group(**arguments)
    return {"Ref": arguments["GroupName"]}


def _text(value: Any) -> str:
    """Return an attribute of a queue as SQS wants it."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)


_MAKERS: Mapping[str, Maker] = {
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::Cognito::UserPoolClient": _user_pool_client,
    "AWS::Cognito::UserPoolGroup": _user_pool_group,
    "AWS::DynamoDB::Table": _table,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::S3::Bucket": _bucket,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
}
