"""Completes S3's events for new objects.

moto leaves out the object's version and the sequencer, which S3 sends for a versioned bucket, and
stamps the event with the machine's time instead of the time that the functions see.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from .patch import Kind, Patch

Clock = Callable[[], datetime]

TOPIC = "events"


def _utc_now() -> datetime:
    return datetime.now(UTC)


_clock: Clock = _utc_now


@contextmanager
def clock_is(clock: Clock | None) -> Iterator[None]:
    """Take the events' time (UTC) from a clock in a context; None means the machine's clock."""
    global _clock  # noqa: PLW0603  # the server's threads read it, so no context variable can hold it
    before, _clock = _clock, clock or _utc_now
    try:
        yield
    finally:
        _clock = before


def _get_s3_event(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    counter = itertools.count(1)

    def event(name: str, bucket: Any, key: Any, notification: str) -> dict[str, Any]:
        made = original(name, bucket, key, notification)
        for record in made["Records"]:
            stored = record["s3"]["object"]
            if bucket.is_versioned:
                stored["versionId"] = key.version_id
            stored["sequencer"] = f"{next(counter):016X}"
            now = _clock()
            record["eventTime"] = (
                now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
            )
        return made

    return event


PATCHES = (
    Patch(
        TOPIC,
        "moto.s3.notifications._get_s3_event",
        "S3 sends an object's version and sequencer; moto does not.",
        Kind.CORRECTNESS,
        "moto/s3/notifications.py",
        _get_s3_event,
    ),
)
