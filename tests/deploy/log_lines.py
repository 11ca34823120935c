"""The lines that functions log, as CloudWatch gets them."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.logs.models import logs_backends

from chalicelib.lambdas import telemetry
from local.cloud import ACCOUNT, REGION, Cloud

Line = Mapping[str, Any]


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@contextmanager
def kept_lines() -> Iterator[list[Line]]:
    """Keep each line of the functions, in the format in which they print it."""
    ours, handler = logging.getLogger("chalicelib"), _Kept()
    handler.setFormatter(telemetry.logger.registered_formatter)
    ours.addHandler(handler)
    try:
        yield handler.lines
    finally:
        ours.removeHandler(handler)


def audit_lines(cloud: Cloud) -> list[Line]:
    """Return the lines of the audit trail."""
    streams = logs_backends[ACCOUNT][REGION].groups[cloud.environment["PAYUNG_AUDIT_LOG"]].streams
    return [json.loads(event.message) for each in streams.values() for event in each.events]
