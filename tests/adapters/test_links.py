"""Signed links name the region's own host and one object."""

import base64
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.adapters.links import S3Links
from chalicelib.lambdas.clients import FOR_LINKS

FIVE = timedelta(minutes=5)


def links(endpoint=None):
    client = boto3.client(
        "s3",
        region_name="ap-southeast-3",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        endpoint_url=endpoint,
        config=FOR_LINKS,
    )
    return S3Links(client, bucket="payung-test")


def test_a_download_is_of_one_object_and_saved_under_its_name():
    url = urlsplit(links().download("results/002/X/hasil.csv", name="X-hasil.csv", valid=FIVE))
    asked = parse_qs(url.query)
    assert url.netloc == "payung-test.s3.ap-southeast-3.amazonaws.com"
    assert url.path == "/results/002/X/hasil.csv"
    assert asked["response-content-disposition"] == ['attachment; filename="X-hasil.csv"']
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]


def test_a_form_is_for_one_object_of_one_size():
    url, fields = links().upload("incoming/002/BPUM/a.csv", size=1000, valid=FIVE)
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert url == "https://payung-test.s3.ap-southeast-3.amazonaws.com/"
    assert fields["key"] == "incoming/002/BPUM/a.csv"
    assert {"key": "incoming/002/BPUM/a.csv"} in conditions
    assert {"bucket": "payung-test"} in conditions
    assert ["content-length-range", 1000, 1000] in conditions
    assert not [each for each in conditions if "starts-with" in each]


@pytest.mark.parametrize("path", ["upload", "download"])
def test_at_home_they_lead_to_the_embedded_cloud(path):
    at_home = links("http://127.0.0.1:4566")
    if path == "upload":
        url = at_home.upload("k", size=1, valid=FIVE)[0]
    else:
        url = at_home.download("k", name="k", valid=FIVE)
    assert url.startswith("http://127.0.0.1:4566/payung-test")
