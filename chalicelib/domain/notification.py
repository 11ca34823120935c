"""What S3 tells when an object was created."""

import json
from datetime import datetime
from urllib.parse import quote_plus, unquote_plus

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .batch import Upload


class NotificationMalformed(ValueError):
    """The message is no notification of S3's."""


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


class _Notification(BaseModel):
    """What S3 tells; a test event (sent when the notification is set up) has no records."""

    event: str | None = Field(None, alias="Event")
    records: list[_Record] | None = Field(None, alias="Records")


def uploads_in(body: str) -> list[Upload]:
    """Return the uploads that an S3 notification speaks of: none in S3's own test event.

    Raises:
        NotificationMalformed: it is no S3 notification.
    """
    try:
        told = _Notification.model_validate_json(body)
    except ValidationError:
        raise NotificationMalformed("no S3 notification") from None
    if told.records is None:
        if told.event == "s3:TestEvent":
            return []
        raise NotificationMalformed("no S3 notification")
    return [
        _upload(record)
        for record in told.records
        # A key that ends in a slash is a folder that somebody made in a browser of the bucket.
        if record.event.startswith("ObjectCreated:")
        and not unquote_plus(record.s3.object.key).endswith("/")
    ]


def notification_of(upload: Upload) -> str:
    """Return a message that speaks of this upload, as S3's own does."""
    version = {"versionId": upload.version} if upload.versioned else {"eTag": upload.version}
    record = {
        "eventName": "ObjectCreated:Repeated",
        "eventTime": upload.at.isoformat(),
        "s3": {
            "bucket": {"name": upload.bucket},
            "object": {"key": quote_plus(upload.key, safe="/"), "size": upload.size, **version},
        },
    }
    return json.dumps({"Records": [record]})


def _upload(record: _Record) -> Upload:
    stored = record.s3.object
    return Upload(
        bucket=record.s3.bucket.name,
        # S3 encodes keys as a form does: a space is a plus sign.
        key=unquote_plus(stored.key),
        version=stored.version or stored.etag,
        size=stored.size,
        at=record.at,
        versioned=stored.version is not None,
    )
