"""The permissions of each AWS call, from the services' authorization references."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.cloud import ACCOUNT, REGION, Cloud
from tests.deploy.iam import Need

Parameters = Mapping[str, Any]

_TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"
_TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_PARTS = {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}
_ANYTHING = "*"
"""The resource of an action for which IAM has no resources."""
_END_USER_MESSAGING = {
    "Publish": "SendTextMessage",
    "CheckIfPhoneNumberIsOptedOut": "DescribeOptedOutNumbers",
}
"""The actions of AWS End User Messaging that SNS takes in the name of its caller, as in AWS's own
policy AmazonSNSFullAccess (version 2, 24 September 2024)."""


class UnknownCall(Exception):
    """A call without a known action: add it to the tables here."""


def needs(service: str, operation: str, given: Parameters, cloud: Cloud) -> Iterator[Need]:
    """Iterate over the permissions that a call needs.

    Raises:
        UnknownCall: it is not known here.
    """
    try:
        of_service = _SERVICES[service]
    except KeyError:
        raise UnknownCall(f"{service} {operation}") from None
    yield from of_service(operation, given, cloud)


def _dynamodb(operation: str, given: Parameters, _cloud: Cloud) -> Iterator[Need]:
    match operation:
        case "TransactWriteItems":
            for item in given["TransactItems"]:
                ((kind, body),) = item.items()
                yield _on_table(_TRANSACTED[kind], body)
        case "TransactGetItems":
            for item in given["TransactItems"]:
                yield _on_table("GetItem", item["Get"])
        case "BatchGetItem" | "BatchWriteItem":
            for table in given["RequestItems"]:
                yield Need(f"dynamodb:{operation}", f"{_TABLE}/{table}")
        case "Query" | "Scan" if "IndexName" in given:
            index = f"{_TABLE}/{given['TableName']}/index/{given['IndexName']}"
            yield Need(f"dynamodb:{operation}", index)
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query" | "Scan":
            yield _on_table(operation, given)
        case _:
            raise UnknownCall(f"dynamodb {operation}")


def _on_table(operation: str, given: Parameters) -> Need:
    table = f"{_TABLE}/{given['TableName']}"
    leading = _leading_key(given)
    context = (("dynamodb:LeadingKeys", leading),) if leading else ()
    return Need(f"dynamodb:{operation}", table, context)


def _leading_key(given: Parameters) -> str | None:
    """Return the kind of the partition; none for people, whose partitions are all alike."""
    item = given.get("Item") or given.get("Key") or {}
    if "KeyConditionExpression" in given:
        named = re.search(r"(#?\w+) = (:\w+)", given["KeyConditionExpression"])
        if named is None:
            return None
        name = given.get("ExpressionAttributeNames", {}).get(named[1], named[1])
        item = {name: given["ExpressionAttributeValues"][named[2]]}
    if "batch" not in item:
        return None
    kind, mark, _ = item["batch"]["S"].partition("#")
    return f"{kind}#…" if mark else (kind if kind == "gate" else "a file")


def _s3(operation: str, given: Parameters, _cloud: Cloud) -> Iterator[Need]:
    bucket = f"arn:aws:s3:::{given['Bucket']}"
    key = f"{bucket}/{given.get('Key')}"
    match operation:
        case "GetObject" | "HeadObject":
            yield Need("s3:GetObjectVersion" if "VersionId" in given else "s3:GetObject", key)
        case "PutObject":
            yield Need("s3:PutObject", key)
        case "CreateBucket":
            # botocore looks up the address of an upload form with this call, but never sends it.
            yield Need("s3:PutObject", f"{bucket}/incoming/form")
        case "DeleteObject":
            yield Need("s3:DeleteObjectVersion" if "VersionId" in given else "s3:DeleteObject", key)
        case "AbortMultipartUpload":
            yield Need("s3:AbortMultipartUpload", key)
        case "ListObjectsV2":
            yield Need("s3:ListBucket", bucket, (("s3:prefix", given.get("Prefix", "")),))
        case "ListObjectVersions":
            yield Need("s3:ListBucketVersions", bucket, (("s3:prefix", given.get("Prefix", "")),))
        case _ if operation in _PARTS:
            yield Need("s3:PutObject", key)
        case _:
            raise UnknownCall(f"s3 {operation}")


def _sqs(operation: str, given: Parameters, cloud: Cloud) -> Iterator[Need]:
    arns = {each["Ref"]: each["Arn"] for each in cloud.made.values() if "QueueName" in each}
    yield Need(f"sqs:{operation.removesuffix('Batch')}", arns[given["QueueUrl"]])


def _sns(operation: str, given: Parameters, _cloud: Cloud) -> Iterator[Need]:
    # A message to a phone number has no resource; one to a topic has the topic's.
    yield Need(f"sns:{operation}", given.get("TopicArn", _ANYTHING))
    # A topic is no phone: what is published there is mail.
    if "TopicArn" not in given and (through := _END_USER_MESSAGING.get(operation)):
        yield Need(f"sms-voice:{through}", _ANYTHING, (("aws:CalledViaLast", "sns.amazonaws.com"),))


def _lambda(operation: str, given: Parameters, _cloud: Cloud) -> Iterator[Need]:
    mapping = f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{given['UUID']}"
    yield Need(f"lambda:{operation}", mapping)


def _logs(operation: str, given: Parameters, _cloud: Cloud) -> Iterator[Need]:
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{given['logGroupName']}"
    if operation == "FilterLogEvents":
        yield Need(f"logs:{operation}", f"{group}:*")
        return
    yield Need(f"logs:{operation}", f"{group}:log-stream:{given['logStreamName']}")


def _secretsmanager(operation: str, given: Parameters, cloud: Cloud) -> Iterator[Need]:
    refs = {each.get("Ref"): each.get("Arn", each.get("Ref")) for each in cloud.made.values()}
    yield Need(f"secretsmanager:{operation}", refs.get(given["SecretId"]) or given["SecretId"])


def _cognito(operation: str, given: Parameters, cloud: Cloud) -> Iterator[Need]:
    (arn,) = (e["Arn"] for e in cloud.made.values() if e.get("UserPoolId") == given["UserPoolId"])
    yield Need(f"cognito-idp:{operation}", arn)


_SERVICES: Mapping[str, Callable[[str, Parameters, Cloud], Iterator[Need]]] = {
    "cognito-idp": _cognito,
    "dynamodb": _dynamodb,
    "lambda": _lambda,
    "logs": _logs,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sns": _sns,
    "sqs": _sqs,
}
