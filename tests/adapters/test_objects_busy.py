"""The bucket while S3 is busy: every call can be made again, and objects are whole at the end."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber
from moto import mock_aws
from moto.s3 import models as moto_s3

from chalicelib.adapters.objects import S3Objects
from chalicelib.errors import Busy

BUCKET = "payung-test"
KIND = "text/csv"
PARTS = [b"first,", b"second,", b"third"]


class BusyS3:
    """Makes one call of an operation fail, before S3 gets it or after it took effect."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.made: list[str] = []
        self._failing: dict[tuple[str, int], str] = {}
        client.meta.events.register("before-call.s3", self._before)
        client.meta.events.register("after-call.s3", self._after)

    def fail(self, operation: str, *, nth: int = 1, when: str) -> None:
        self._failing[operation, nth] = when

    def _before(self, model: Any, **_: Any) -> None:
        self.made.append(model.name)
        self._fail(model.name, "before")

    def _after(self, model: Any, **_: Any) -> None:
        self._fail(model.name, "after")

    def _fail(self, name: str, when: str) -> None:
        if self._failing.get((name, self.made.count(name))) == when:
            raise ReadTimeoutError(endpoint_url="https://s3")


def patiently(call: Callable[[], Any], /) -> Any:
    """Call again once, as a deadline does while there is time."""
    try:
        return call()
    except Busy:
        return call()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[BusyS3]:
    monkeypatch.setattr(moto_s3, "S3_UPLOAD_PART_MIN_SIZE", 1)  # S3's own is 5 MiB
    with mock_aws():
        client = boto3.client(
            "s3",
            region_name="ap-southeast-3",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}),
        )
        client.create_bucket(
            Bucket=BUCKET,
            CreateBucketConfiguration={"LocationConstraint": "ap-southeast-3"},
        )
        yield BusyS3(client)


def write(s3: BusyS3, parts: list[bytes], **how: Any) -> bytes:
    objects = S3Objects(s3.client, bucket=BUCKET, part_bytes=5, **how)
    with objects.writer("a", content_type=KIND) as file:
        for part in parts:
            file.write(part)
    return objects.read("a")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("operation", "nth"),
    [
        ("CreateMultipartUpload", 1),
        ("UploadPart", 1),
        ("UploadPart", 3),
        ("CompleteMultipartUpload", 1),
    ],
)
def test_an_object_in_parts_is_whole_although_one_call_failed(s3, operation, nth, when):
    s3.fail(operation, nth=nth, when=when)
    assert write(s3, PARTS, again=patiently) == b"".join(PARTS)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_small_object_is_whole_although_its_call_failed(s3, when):
    s3.fail("PutObject", when=when)
    assert write(s3, [b"a"], again=patiently) == b"a"
    assert s3.made.count("PutObject") == 2


def test_without_patience_a_busy_part_is_raised_and_the_upload_is_given_up(s3):
    s3.fail("UploadPart", nth=2, when="before")
    with pytest.raises(Busy):
        write(s3, PARTS)
    assert s3.made[-1] == "AbortMultipartUpload"
    assert s3.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


@pytest.fixture
def stub() -> Iterator[Stubber]:
    """S3 with one stored part of an upload that is to be completed."""
    client = boto3.client(
        "s3",
        region_name="ap-southeast-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    with Stubber(client) as stub:
        stub.add_response("create_multipart_upload", {"UploadId": "u"})
        stub.add_response("upload_part", {"ETag": "e"})
        yield stub


def test_an_upload_that_s3_forgot_after_a_lost_answer_is_complete(stub):
    stub.add_client_error("complete_multipart_upload", "InternalError", http_status_code=500)
    stub.add_client_error("complete_multipart_upload", "NoSuchUpload", http_status_code=404)
    objects = S3Objects(stub.client, bucket=BUCKET, again=patiently, part_bytes=5)
    with objects.writer("a", content_type=KIND) as file:
        file.write(PARTS[0])
    stub.assert_no_pending_responses()


def test_an_upload_that_somebody_else_removed_is_not_taken_for_complete(stub):
    stub.add_client_error("complete_multipart_upload", "NoSuchUpload", http_status_code=404)
    objects = S3Objects(stub.client, bucket=BUCKET, again=patiently, part_bytes=5)
    writer = objects.writer("a", content_type=KIND)
    file = writer.__enter__()
    file.write(PARTS[0])
    with pytest.raises(ClientError, match="NoSuchUpload"):
        writer.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("GetObject", lambda objects: objects.read("a")),
        ("GetObject", lambda objects: objects.fetch("a", None, io.BytesIO())),
        ("PutObject", lambda objects: objects.write("b", b"", content_type=KIND)),
        (
            "PutObject",
            lambda objects: objects.write("b", b"", content_type=KIND, unless_there=True),
        ),
        ("HeadObject", lambda objects: objects.exists("a")),
        ("ListObjectsV2", lambda objects: objects.keys("")),
    ],
)
def test_a_call_whose_answer_was_lost_can_be_made_again(s3, operation, call):
    objects = S3Objects(s3.client, bucket=BUCKET, part_bytes=5)
    s3.client.put_object(Bucket=BUCKET, Key="a", Body=b"one")
    s3.made.clear()
    s3.fail(operation, when="after")
    with pytest.raises(Busy):
        call(objects)

    call(objects)

    assert s3.made == [operation, operation]
