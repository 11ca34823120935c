"""Clients without HTTP: they build each request completely, and get an answer at once."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.direct import sends_directly

_HEADERS = {"Content-Type": "application/x-amz-json-1.0"}
WHO = {
    "region_name": "ap-southeast-3",
    "aws_access_key_id": "bench",
    "aws_secret_access_key": "bench",
}


def answered(request: Any, body: bytes = b'{"UnprocessedItems":{}}', **_: Any) -> AWSResponse:
    """Return DynamoDB's answer of success."""
    return AWSResponse(request.url, 200, _HEADERS, MockRawResponse(body))


def client(
    config: Config, answer: Callable[..., AWSResponse] = answered, *, service: str = "dynamodb"
) -> Any:
    """Return a client, as it is deployed, that gets all answers from inside the process."""
    made = boto3.client(service, config=config, **WHO)  # type: ignore[call-overload]  # by name
    made.meta.events.register("before-send", answer)
    return sends_directly(made, Credentials("bench", "bench"))


def table(name: str) -> Any:
    """Return boto3's table with botocore's own settings and the same answers."""
    made = boto3.resource("dynamodb", **WHO).Table(name)
    made.meta.client.meta.events.register("before-send", answered)
    return made
