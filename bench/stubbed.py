"""Clients that do everything but talk: what they would send is built, and answered at once."""

from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.wire import sends_as_written

_HEADERS = {"Content-Type": "application/x-amz-json-1.0"}
_WHO = {
    "region_name": "ap-southeast-3",
    "aws_access_key_id": "bench",
    "aws_secret_access_key": "bench",
}


def client(config: Config) -> Any:
    """Return a DynamoDB client whose every call is answered, as done, within the process."""
    made = boto3.client("dynamodb", config=config, **_WHO)
    made.meta.events.register("before-send", _answer)
    return sends_as_written(made)


def table(name: str) -> Any:
    """Return boto3's table, with botocore's own settings, answered likewise."""
    made = boto3.resource("dynamodb", **_WHO).Table(name)
    made.meta.client.meta.events.register("before-send", _answer)
    return made


def _answer(request: Any, **_: Any) -> AWSResponse:
    return AWSResponse(request.url, 200, _HEADERS, MockRawResponse(b'{"UnprocessedItems":{}}'))
