"""Creates the resources of the template one by one, through the AWS API.

Each maker takes the resolved properties of a resource. It returns the values of its `Ref` and
`Fn::GetAtt`. A property that a maker does not know raises an error: otherwise it would be deployed
without a test.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from . import buckets
from .template import Attributes, TemplateError

Properties = dict[str, Any]
Maker = Callable[[boto3.Session, str, Properties], Attributes]

NOTHING_TO_DO = {
    "AWS::CloudTrail::Trail": "nobody but this machine makes calls",
    "AWS::CloudWatch::Alarm": "the embedded cloud alarms nobody",
    "AWS::CloudWatch::Dashboard": "there are no metrics to show",
    "AWS::Lambda::Permission": "permissions are not checked here",
    "AWS::IAM::ManagedPolicy": "permissions are not checked here",
    "AWS::IAM::Policy": "permissions are not checked here",
    "AWS::IAM::Role": "permissions are not checked here",
    "AWS::ApiGateway::BasePathMapping": "the gateway has no name of its own",
    "AWS::ApiGateway::DomainName": "the gateway has no name of its own",
    "AWS::WAFv2::WebACL": "only this machine can reach the gateway",
    "AWS::WAFv2::WebACLAssociation": "only this machine can reach the gateway",
    "AWS::Logs::QueryDefinition": "saved questions for the console, and there is none",
    "AWS::Logs::MetricFilter": "logs go to standard error",
    "AWS::Logs::SubscriptionFilter": "the carrier calls the function itself; see `carrier`",
    "AWS::S3::BucketPolicy": "moto ignores the conditions of a Deny, so it would deny everybody",
    "AWS::SNS::TopicPolicy": "used for alarms only, and there are none",
    "AWS::SNS::Subscription": "used for alarms only, and there are none",
    "AWS::Serverless::Api": "the gateway serves Chalice's own routes",
    "AWS::Serverless::Function": "the pump and the gateway call Chalice's functions; see `cloud`",
}
"""The types that the embedded cloud does not create, each with the reason."""


def make(session: boto3.Session, kind: str, name: str, properties: Properties) -> Attributes:
    """Create one resource; `name` is its physical name unless the properties have one.

    Raises:
        TemplateError: this type, or one of its properties, is unknown here.
    """
    if kind in NOTHING_TO_DO:
        return {"Ref": name, "Arn": f"arn:aws:nothing:::{name}", "Stage": name}
    if kind not in _MAKERS:
        raise TemplateError(
            f"{name}: the embedded cloud does not know {kind}; add it to local/resources.py"
        )
    left = dict(properties)
    attributes = _MAKERS[kind](session, name, left)
    left.pop("Tags", None)
    if left:
        raise TemplateError(
            f"{name}: {kind} has {', '.join(sorted(left))}, which local/resources.py does not know"
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


def _topic(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    properties.pop("DisplayName", None)
    return {"Ref": session.client("sns").create_topic(Name=name)["TopicArn"]}


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
            "WarmThroughput",
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
        "AutoVerifiedAttributes",
        "DeletionProtection",
        "EmailConfiguration",
        "Policies",
        "UsernameConfiguration",
        "VerificationMessageTemplate",
    )
    arguments = {key: properties.pop(key) for key in known if key in properties}
    cognito = session.client("cognito-idp")
    made = cognito.create_user_pool(PoolName=properties.pop("UserPoolName", name), **arguments)[
        "UserPool"
    ]
    factors = properties.pop("EnabledMfas", [])
    if unknown := set(factors) - {"SOFTWARE_TOKEN_MFA"}:
        raise TemplateError(f"{name}: {', '.join(unknown)} is not known here")
    cognito.set_user_pool_mfa_config(
        UserPoolId=made["Id"],
        SoftwareTokenMfaConfiguration={"Enabled": "SOFTWARE_TOKEN_MFA" in factors},
        MfaConfiguration=properties.pop("MfaConfiguration", "OFF"),
    )
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
        "WriteAttributes",
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


def _secret(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    secrets = session.client("secretsmanager")
    wanted = properties.pop("GenerateSecretString")
    made = secrets.create_secret(
        Name=properties.pop("Name", name),
        Description=properties.pop("Description", ""),
        KmsKeyId=properties.pop("KmsKeyId"),
        SecretString=secrets.get_random_password(**wanted)["RandomPassword"],
    )
    return {"Ref": made["ARN"], "Arn": made["ARN"]}


def _log_group(session: boto3.Session, name: str, properties: Properties) -> Attributes:
    logs = session.client("logs")
    name = properties.pop("LogGroupName", name)
    key = {"kmsKeyId": properties.pop("KmsKeyId")} if "KmsKeyId" in properties else {}
    logs.create_log_group(logGroupName=name, **key)
    if days := properties.pop("RetentionInDays", None):
        logs.put_retention_policy(logGroupName=name, retentionInDays=int(days))
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    arn = next(each["arn"] for each in found if each["logGroupName"] == name)
    return {"Ref": name, "Arn": arn}


def _text(value: Any) -> str:
    """Return an attribute of a queue as text, in the form of SQS."""
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
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": buckets.bucket,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SNS::Topic": _topic,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
}
