"""AWS's answers to the commands of docs/operations.md, in the shape of botocore's description.

What a command shows is what the page says to look at; the rest of an answer is left out.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.deploy.guide_commands import ACCOUNT, FILLED

_REGION = "ap-southeast-3"
_QUEUES = f"https://sqs.{_REGION}.amazonaws.com/{ACCOUNT}/payung-prod"
_AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{_REGION}:{ACCOUNT}:{name}"


def _mapping(queue: str) -> dict[str, Any]:
    return {
        "UUID": FILLED["$UUID"],
        "EventSourceArn": _arn("sqs", f"payung-prod-{queue}-1A2B"),
        "FunctionArn": _arn("lambda", "function:payung-prod-Notify-1A2B"),
        "State": "Enabled",
    }


_RULE = {"Name": "payung-prod-GateGateEvent-1A2B", "State": "ENABLED"}
_RESOURCE = {
    "StackName": "payung-prod",
    "LogicalResourceId": "Erase",
    "PhysicalResourceId": "payung-prod-Erase-1A2B",
    "ResourceType": "AWS::Lambda::Function",
    "LastUpdatedTimestamp": _AT,
    "ResourceStatus": "UPDATE_COMPLETE",
}
_TABLE = {
    "LogicalResourceId": "BatchesTable",
    "PhysicalResourceId": "payung-prod-BatchesTable-1A2B",
    "ResourceType": "AWS::DynamoDB::Table",
    "Timestamp": _AT,
    "ResourceStatus": "UPDATE_COMPLETE",
}
_FUNCTION = {
    "LogicalResourceId": "Erase",
    "ResourceType": "AWS::Lambda::Function",
    "Timestamp": _AT,
    "ResourceStatus": "UPDATE_COMPLETE",
}

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "cloudformation.DescribeStackResource": {"StackResourceDetail": _RESOURCE},
    "cloudformation.DescribeStackResources": {"StackResources": [_TABLE, _FUNCTION]},
    "cloudtrail.DescribeTrails": {"trailList": [{"LogFileValidationEnabled": True}]},
    "cloudwatch.DescribeAlarms": {
        "MetricAlarms": [{"AlarmName": "payung-prod-FunctionsFail-1A2B", "StateValue": "ALARM"}]
    },
    "events.ListRules": {"Rules": [_RULE]},
    "lambda.GetAccountSettings": {
        "AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 997}
    },
    "lambda.Invoke": {"StatusCode": 200, "Payload": b"{}"},
    "lambda.ListEventSourceMappings": {
        "EventSourceMappings": [_mapping("ChunkQueue"), _mapping("SmsQueue")]
    },
    "logs.FilterLogEvents": {"events": [{"timestamp": 1, "message": '{"level": "ERROR"}'}]},
    "s3.ListObjectsV2": {"Contents": [{"Key": "AWSLogs/1.json.gz", "Size": 1}]},
    "secretsmanager.GetRandomPassword": {"RandomPassword": "x" * 64},
    "secretsmanager.GetSecretValue": {"SecretString": "x" * 64},
    "sns.GetSMSAttributes": {
        "attributes": {
            "DeliveryStatusIAMRole": _arn("iam", "role/payung-account-SmsLogRole-1A2B"),
            "MonthlySpendLimit": "7500",
        }
    },
    "sqs.GetQueueAttributes": {
        "Attributes": {
            "ApproximateNumberOfMessages": "3",
            "QueueArn": _arn("sqs", "payung-prod-ChunkDeadLetters-1A2B"),
        }
    },
    "sqs.ListQueues": {
        "QueueUrls": [f"{_QUEUES}-ChunkDeadLetters-1A2B", f"{_QUEUES}-ChunkQueue-1A2B"]
    },
    "sts.GetCallerIdentity": {"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/ani"},
}

LOOKED_FOR = {
    "cloudtrail.DescribeTrails": ("trailList[0].LogFileValidationEnabled",),
    "cloudwatch.DescribeAlarms": ("MetricAlarms[0].AlarmName",),
    "lambda.GetAccountSettings": ("AccountLimit.ConcurrentExecutions",),
    "lambda.Invoke": ("StatusCode",),
    "logs.FilterLogEvents": ("events[0].message",),
    "s3.ListObjectsV2": ("Contents[0].Key",),
    "sns.GetSMSAttributes": ("attributes.DeliveryStatusIAMRole", "attributes.MonthlySpendLimit"),
    "sqs.GetQueueAttributes": ("Attributes.ApproximateNumberOfMessages", "Attributes.QueueArn"),
}
"""What a reader looks for in the answers to commands without `--query` (JMESPath)."""

NAMED_ON_THE_PAGE = {
    "AccountLimit.ConcurrentExecutions",
    "attributes.DeliveryStatusIAMRole",
    "attributes.MonthlySpendLimit",
    "Attributes.ApproximateNumberOfMessages",
    "Attributes.QueueArn",
}
"""Those of them that the page names by their last part."""

ACTS = {
    "account.EnableRegion",
    "apigateway.UpdateStage",
    "dynamodb.RestoreTableToPointInTime",
    "events.DisableRule",
    "events.EnableRule",
    "iam.AttachRolePolicy",
    "iam.CreateRole",
    "iam.UpdateAccessKey",
    "kms.DisableKey",
    "kms.EnableKey",
    "lambda.UpdateEventSourceMapping",
    "logs.PutRetentionPolicy",
    "secretsmanager.CreateSecret",
    "secretsmanager.PutSecretValue",
    "sns.Subscribe",
    "sqs.StartMessageMoveTask",
}
"""Calls that change something; nobody looks at their answers."""
