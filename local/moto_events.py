"""S3's announcements of new objects, completed.

moto leaves out the object's version and the sequencer, which S3 sends for a versioned bucket, and
stamps them with the machine's time instead of the one that the functions see.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.s3 import notifications

Clock = Callable[[], datetime]


@contextmanager
def mended(clock: Clock | None = None) -> Iterator[None]:
    """Let S3's events carry what AWS's carry; `clock` says when (UTC), else the machine does."""
    original = notifications._get_s3_event  # noqa: SLF001  # moto offers no other place to mend it
    counter = itertools.count(1)

    def event(name: str, bucket: Any, key: Any, notification: str) -> dict[str, Any]:
        made: dict[str, Any] = original(name, bucket, key, notification)
        for record in made["Records"]:
            stored = record["s3"]["object"]
            if bucket.is_versioned:
                stored["versionId"] = key.version_id
            stored["sequencer"] = f"{next(counter):016X}"
            now = clock() if clock else datetime.now(UTC)
            record["eventTime"] = (
                now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
            )
        return made

    notifications._get_s3_event = event  # type: ignore[assignment]  # noqa: SLF001  # as above
    try:
        yield
    finally:
        notifications._get_s3_event = original  # noqa: SLF001  # as above
