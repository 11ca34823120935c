"""The port `Links` on S3: presigned addresses of single objects."""

from datetime import timedelta
from typing import TYPE_CHECKING

from .ports import UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Links:
    """`Links` on S3. The client must sign with version 4 and put the bucket into the host name."""

    def __init__(self, client: "S3Client", *, bucket: str) -> None:
        """Take the client and the bucket's name."""
        self._client = client
        self._bucket = bucket

    def upload(self, key: str, *, size: int, valid: timedelta) -> UploadForm:
        """Return a form that stores an object of exactly this key and size (bytes)."""
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            # botocore adds the condition on the key; the range counts the file without the form.
            Conditions=[["content-length-range", size, size]],
            ExpiresIn=int(valid.total_seconds()),
        )
        return form["url"], form["fields"]

    def download(self, key: str, *, name: str, valid: timedelta) -> str:
        """Return an address that downloads an object, to be saved as `name`."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{name}"',
            },
            ExpiresIn=int(valid.total_seconds()),
        )
