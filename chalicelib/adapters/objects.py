"""The port `Objects` on S3: the bucket.

Every method can be called again after `Busy`: a second call starts from the beginning, and has the
same effect as the first. `writer` is the exception: its file repeats its own calls (`again`).
"""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Busy, ObjectMissing

from .aws_errors import busy_is_busy, code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Result = TypeVar("Result")

PART_BYTES = 8 * 1024 * 1024
"""The size of a part of a large object. S3 takes parts of 5 MiB or more, 10,000 at most."""
_COPY_BYTES = 1024 * 1024
_ALREADY_THERE = "PreconditionFailed"
_NO_SUCH_UPLOAD = "NoSuchUpload"
_MISSING = frozenset({"NoSuchKey", "NoSuchVersion", "404", _NO_SUCH_UPLOAD})


class Again(Protocol):
    """Calls something and returns its result; may call it again while it raises `Busy`."""

    def __call__(self, call: Callable[[], Result], /) -> Result:
        """Return what `call` returns."""


def once(call: Callable[[], Result], /) -> Result:
    """Call it once: the `Again` that lets every `Busy` through."""
    return call()


class S3Objects:
    """`Objects` on S3."""

    def __init__(
        self,
        client: "S3Client",
        *,
        bucket: str,
        again: Again = once,
        part_bytes: int = PART_BYTES,
    ) -> None:
        """Take the client and the bucket's name.

        `again` repeats the single calls of a file from `writer` while S3 is busy. A file of
        `part_bytes` or more is sent in parts of at least that size.
        """
        self._client = client
        self._bucket = bucket
        self._again = again
        self._part_bytes = part_bytes

    def fetch(self, key: str, version: str | None, into: BinaryIO) -> Mapping[str, str]:
        """Copy an object into a file, from its start; return its metadata (lower-case names)."""
        # An earlier try may have written a part of the object.
        into.seek(0)
        into.truncate()
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
        with _missing_is_missing(key), busy_is_busy():
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def write(
        self, key: str, body: bytes, *, content_type: str, unless_there: bool = False
    ) -> None:
        """Store a small object; with `unless_there`, an existing object stays as it is."""
        condition: Any = {"IfNoneMatch": "*"} if unless_there else {}
        try:
            with busy_is_busy():
                self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, **condition
                )
        except ClientError as error:
            # Another writer's object, or ours of an earlier try whose answer was lost.
            if unless_there and code_of(error) == _ALREADY_THERE:
                return
            raise

    @contextmanager
    def writer(self, key: str, *, content_type: str) -> Iterator[BinaryIO]:
        """Return a file to write a large object into; it appears when closed without an error."""
        file = _PartsFile(
            self._client,
            self._bucket,
            key,
            content_type,
            again=self._again,
            part_bytes=self._part_bytes,
        )
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

    def keys(self, prefix: str) -> list[str]:
        """Return the names that begin with a prefix, in their order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with busy_is_busy():
            return [each["Key"] for page in pages for each in page.get("Contents", [])]


class _PartsFile(io.RawIOBase):
    """A file whose bytes go into one object, in parts once they are many: memory stays small."""

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        key: str,
        content_type: str,
        *,
        again: Again,
        part_bytes: int,
    ) -> None:
        super().__init__()
        self._client = client
        self._bucket = bucket
        self._key = key
        self._content_type = content_type
        self._again = again
        self._part_bytes = part_bytes
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._etags: list[str] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # steps write bytes only
        self._buffer += data
        if len(self._buffer) >= self._part_bytes:
            self._send_part()
        return len(data)

    def complete(self) -> None:
        if self._upload_id is None:
            self._again(self._put_whole)
            return
        if self._buffer:
            self._send_part()
        self._join_parts(self._upload_id)

    def abort(self) -> None:
        if self._upload_id is None:
            return
        # The error that stopped the writing matters; the bucket's rule removes parts left behind.
        with suppress(BotoCoreError, ClientError):
            self._client.abort_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload_id
            )

    def _send_part(self) -> None:
        if self._upload_id is None:
            self._upload_id = self._again(self._begin_upload)
        upload_id = self._upload_id
        self._etags.append(self._again(lambda: self._upload_part(upload_id)))
        self._buffer.clear()

    def _join_parts(self, upload_id: str) -> None:
        answer_lost = False

        def join() -> None:
            nonlocal answer_lost
            try:
                with busy_is_busy():
                    self._complete_upload(upload_id)
            except Busy:
                answer_lost = True
                raise
            except ClientError as error:
                # S3 may forget an upload that is complete. Only this file knows the upload's id:
                # an earlier try has completed it, and its answer was lost.
                if not (answer_lost and code_of(error) == _NO_SUCH_UPLOAD):
                    raise

        self._again(join)

    # Each of these calls can be repeated. An upload begun twice leaves one without parts behind,
    # which the bucket's rule removes; a part of the same number replaces the earlier one.

    def _put_whole(self) -> None:
        with busy_is_busy():
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=bytes(self._buffer),
                ContentType=self._content_type,
            )

    def _begin_upload(self) -> str:
        with busy_is_busy():
            answer = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=self._key, ContentType=self._content_type
            )
        return answer["UploadId"]

    def _upload_part(self, upload_id: str) -> str:
        with busy_is_busy():
            answer = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=upload_id,
                PartNumber=len(self._etags) + 1,
                Body=bytes(self._buffer),
            )
        return answer["ETag"]

    def _complete_upload(self, upload_id: str) -> None:
        self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=upload_id,
            MultipartUpload={
                "Parts": [
                    {"PartNumber": place, "ETag": etag}
                    for place, etag in enumerate(self._etags, start=1)
                ]
            },
        )


@contextmanager
def _missing_is_missing(name: str = "") -> Iterator[None]:
    """Raise `ObjectMissing` with this name; a bank's own file name is no name to show."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in _MISSING:
            raise ObjectMissing(name or code_of(error)) from None
        raise
