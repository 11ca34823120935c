"""S3's notification about a new object."""

import json
from datetime import datetime
from urllib.parse import quote_plus, unquote_plus

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .batch import Upload


class NotificationMalformed(ValueError):
    """The message is not a notification from S3."""


class _Bucket(BaseModel):
    name: str


class _Object(BaseModel):
    key: str
    size: int = 0
    etag: str = Field("", alias="eTag")
    version: str | None = Field(None, alias="versionId")


class _S3(BaseModel):
    bucket: _Bucket
    object: _Object


class _Record(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    event: str = Field(alias="eventName")
    at: datetime = Field(alias="eventTime")
    s3: _S3
    again: int = Field(0, ge=0)  # ours: how often the job was put back


class _Notification(BaseModel):
    """A notification. The test event, sent when notifications are configured, has no records."""

    event: str | None = Field(None, alias="Event")
    records: list[_Record] | None = Field(None, alias="Records")


def uploads_in(body: str) -> list[Upload]:
    """Return the uploads in an S3 notification; S3's own test event has none.

    Raises:
        NotificationMalformed: `body` is not an S3 notification.
    """
    try:
        notification = _Notification.model_validate_json(body)
    except ValidationError:
        raise NotificationMalformed("no S3 notification") from None
    if notification.records is None:
        if notification.event == "s3:TestEvent":
            return []
        raise NotificationMalformed("no S3 notification")
    return [
        _upload(record)
        for record in notification.records
        # A key that ends in a slash is a folder that a person created in the S3 console.
        if record.event.startswith("ObjectCreated:")
        and not unquote_plus(record.s3.object.key).endswith("/")
    ]


def notification_of(upload: Upload) -> str:
    """Return a message about this upload, in the format of S3's own notification."""
    version = {"versionId": upload.version} if upload.versioned else {"eTag": upload.version}
    record: dict[str, object] = {
        "eventName": "ObjectCreated:Repeated",
        "eventTime": upload.at.isoformat(),
        "s3": {
            "bucket": {"name": upload.bucket},
            "object": {"key": quote_plus(upload.key, safe="/"), "size": upload.size, **version},
        },
    }
    if upload.again:
        record["again"] = upload.again
    return json.dumps({"Records": [record]})


def _upload(record: _Record) -> Upload:
    stored = record.s3.object
    return Upload(
        bucket=record.s3.bucket.name,
        # S3 encodes keys like form data: a space is a plus sign.
        key=unquote_plus(stored.key),
        version=stored.version or stored.etag,
        size=stored.size,
        at=record.at,
        versioned=stored.version is not None,
        again=record.again,
    )
