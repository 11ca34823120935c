"""Links with which a browser reads or writes one object of the bucket, for some minutes."""

from datetime import timedelta
from typing import TYPE_CHECKING

from .protocols import UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Links:
    """`Links` on S3. The client must sign with version 4 and name the bucket in the host."""

    def __init__(self, client: "S3Client", *, bucket: str) -> None:
        """Take the client and the bucket's name."""
        self._client = client
        self._bucket = bucket

    def upload(self, key: str, *, size: int, valid: timedelta) -> UploadForm:
        """Return a form with which an object of this very key and size can be stored."""
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            # That the key is this one is a condition by itself; the range is of the file alone.
            Conditions=[["content-length-range", size, size]],
            ExpiresIn=int(valid.total_seconds()),
        )
        return form["url"], form["fields"]

    def download(self, key: str, *, name: str, valid: timedelta) -> str:
        """Return an address from which an object is downloaded, to be saved under `name`."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{name}"',
            },
            ExpiresIn=int(valid.total_seconds()),
        )
