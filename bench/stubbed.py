"""Clients that do everything but talk: what they would send is built, and answered at once."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.wire import sends_as_written

_HEADERS = {"Content-Type": "application/x-amz-json-1.0"}
WHO = {
    "region_name": "ap-southeast-3",
    "aws_access_key_id": "bench",
    "aws_secret_access_key": "bench",
}


def answered(request: Any, body: bytes = b'{"UnprocessedItems":{}}', **_: Any) -> AWSResponse:
    """Return DynamoDB's answer to a request: that it was done."""
    return AWSResponse(request.url, 200, _HEADERS, MockRawResponse(body))


def client(config: Config, answer: Callable[..., AWSResponse] = answered) -> Any:
    """Return a DynamoDB client whose every call is answered within the process."""
    made = boto3.client("dynamodb", config=config, **WHO)
    made.meta.events.register("before-send", answer)
    return sends_as_written(made)


def table(name: str) -> Any:
    """Return boto3's table, with botocore's own settings, answered likewise."""
    made = boto3.resource("dynamodb", **WHO).Table(name)
    made.meta.client.meta.events.register("before-send", answered)
    return made
