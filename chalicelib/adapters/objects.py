"""The bucket."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import ObjectMissing

from .faults import busy_is_busy, code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PART_BYTES = 8 * 1024 * 1024  # S3 takes parts of 5 MiB or more, 10,000 at most
_COPY_BYTES = 1024 * 1024
_THERE = "PreconditionFailed"
_MISSING = frozenset({"NoSuchKey", "NoSuchVersion", "404", "NoSuchUpload"})


class S3Objects:
    """`Objects` on S3."""

    def __init__(self, client: "S3Client", *, bucket: str) -> None:
        """Take the client and the bucket's name."""
        self._client = client
        self._bucket = bucket

    def fetch(self, key: str, version: str | None, into: BinaryIO) -> Mapping[str, str]:
        """Copy an object into a file; return its metadata (names in lower case)."""
        with _missing_is_missing(), busy_is_busy():
            if version is None:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
            else:
                answer = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version)
            into.writelines(answer["Body"].iter_chunks(_COPY_BYTES))
        into.seek(0)
        return {name.lower(): value for name, value in answer["Metadata"].items()}

    def read(self, key: str) -> bytes:
        """Return a small object whole."""
        with _missing_is_missing(), busy_is_busy():
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def write(
        self, key: str, body: bytes, *, content_type: str, unless_there: bool = False
    ) -> None:
        """Store a small object; with `unless_there`, an object that is there stays as it is."""
        condition: Any = {"IfNoneMatch": "*"} if unless_there else {}
        try:
            with busy_is_busy():
                self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, **condition
                )
        except ClientError as error:
            if unless_there and code_of(error) == _THERE:
                return
            raise

    @contextmanager
    def writer(self, key: str, *, content_type: str) -> Iterator[BinaryIO]:
        """Return a file to write a large object into; it appears when closed without an error."""
        file = _PartsFile(self._client, self._bucket, key, content_type)
        try:
            yield cast("BinaryIO", file)
        except BaseException:
            file.abort()
            raise
        file.complete()

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        try:
            with busy_is_busy():
                self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if code_of(error) not in _MISSING:
                raise
            return False
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        """Iterate over the names that begin with a prefix, in their order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with busy_is_busy():
            for page in pages:
                for each in page.get("Contents", []):
                    yield each["Key"]


class _PartsFile(io.RawIOBase):
    """Bytes on their way into one object: in parts once they are many, so that memory stays."""

    def __init__(self, client: "S3Client", bucket: str, key: str, content_type: str) -> None:
        super().__init__()
        self._client = client
        self._bucket = bucket
        self._key = key
        self._content_type = content_type
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._etags: list[str] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all we are given
        self._buffer += data
        if len(self._buffer) >= _PART_BYTES:
            self._send_part()
        return len(data)

    def complete(self) -> None:
        if self._upload_id is None:
            with busy_is_busy():
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._key,
                    Body=bytes(self._buffer),
                    ContentType=self._content_type,
                )
            return
        if self._buffer:
            self._send_part()
        with busy_is_busy():
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
                MultipartUpload={
                    "Parts": [
                        {"PartNumber": place, "ETag": etag}
                        for place, etag in enumerate(self._etags, start=1)
                    ]
                },
            )

    def abort(self) -> None:
        if self._upload_id is None:
            return
        # What stopped the writing is what matters; parts left behind expire by the bucket's rule.
        with suppress(BotoCoreError, ClientError):
            self._client.abort_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload_id
            )

    def _send_part(self) -> None:
        with busy_is_busy():
            if self._upload_id is None:
                self._upload_id = self._client.create_multipart_upload(
                    Bucket=self._bucket, Key=self._key, ContentType=self._content_type
                )["UploadId"]
            answer = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
                PartNumber=len(self._etags) + 1,
                Body=bytes(self._buffer),
            )
        self._etags.append(answer["ETag"])
        self._buffer.clear()


@contextmanager
def _missing_is_missing() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) in _MISSING:
            raise ObjectMissing(code_of(error)) from None
        raise
