"""The bucket: the same contract for the fake and moto."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.adapters.objects import S3Objects
from chalicelib.errors import Busy, ObjectMissing
from tests.support.fakes import MemoryObjects

BUCKET = "payung-test"
KIND = "application/json"


def s3() -> Any:
    return boto3.client(
        "s3",
        region_name="ap-southeast-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture(params=["memory", "moto"])
def objects(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryObjects()
        return
    with mock_aws():
        client = s3()
        client.create_bucket(
            Bucket=BUCKET,
            CreateBucketConfiguration={"LocationConstraint": "ap-southeast-3"},
        )
        yield S3Objects(client, bucket=BUCKET)


def test_a_written_object_is_read_back(objects):
    objects.write("a", b"one", content_type=KIND)
    objects.write("a", b"two", content_type=KIND)
    assert objects.read("a") == b"two"
    assert objects.exists("a")


def test_an_object_that_was_not_written_is_missing(objects):
    with pytest.raises(ObjectMissing):
        objects.read("a")
    assert not objects.exists("a")


def test_an_object_that_is_there_stays_where_it_is_asked_for(objects):
    objects.write("a", b"one", content_type=KIND, unless_there=True)
    objects.write("a", b"two", content_type=KIND, unless_there=True)
    assert objects.read("a") == b"one"


def test_names_come_in_their_order(objects):
    for key in ("b/2", "a/1", "b/1"):
        objects.write(key, b"", content_type=KIND)
    assert objects.keys("b/") == ["b/1", "b/2"]


def test_a_large_object_appears_whole_when_its_file_is_closed(objects):
    with objects.writer("a", content_type=KIND) as file:
        file.write(b"one")
        file.write(b"two")
        assert not objects.exists("a")
    assert objects.read("a") == b"onetwo"


def test_an_object_whose_file_was_left_with_an_error_does_not_appear(objects):
    def fail() -> None:
        with objects.writer("a", content_type=KIND) as file:
            file.write(b"one")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not objects.exists("a")


def test_a_fetched_object_replaces_what_an_earlier_try_left(objects):
    objects.write("a", b"one", content_type=KIND)
    file = io.BytesIO(b"of an earlier try")
    file.seek(7)

    objects.fetch("a", None, file)

    assert (file.tell(), file.getvalue()) == (0, b"one")


def test_two_who_write_at_once_try_again():
    client = s3()
    with Stubber(client) as stub:
        stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
        with pytest.raises(Busy):
            S3Objects(client, bucket=BUCKET).write("a", b"", content_type=KIND, unless_there=True)
