import json

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.wire import sends_as_written

ITEMS = [
    {
        "Put": {
            "TableName": "people",
            "Item": {
                "nik": {"S": "7171015708800001"},
                "name": {"S": "Siti É"},
                "log": {"L": [{"S": "a"}]},
            },
        }
    }
]


def sent_by(client):
    """Return what the client sends when it is asked to write the items."""
    requests = []

    def answer(request, **_):
        requests.append(request)
        return AWSResponse(request.url, 200, {}, MockRawResponse(b"{}"))

    client.meta.events.register("before-send", answer)
    client.transact_write_items(TransactItems=ITEMS)
    (request,) = requests
    return json.loads(request.body), request.headers


def a_client():
    return boto3.client(
        "dynamodb",
        region_name="ap-southeast-3",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(parameter_validation=False),
    )


def test_the_same_is_sent_as_botocore_sends():
    body, headers = sent_by(sends_as_written(a_client()))
    expected, expected_headers = sent_by(a_client())
    token = body.pop("ClientRequestToken")
    assert token
    assert expected.pop("ClientRequestToken") != token
    assert body == expected
    assert headers["X-Amz-Target"] == expected_headers["X-Amz-Target"]
    assert headers["Content-Type"] == expected_headers["Content-Type"]


def test_a_callers_parameters_are_left_alone():
    items = json.loads(json.dumps(ITEMS))
    sent_by(sends_as_written(a_client()))
    assert items == ITEMS
