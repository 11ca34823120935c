"""What every test has: the embedded cloud when it asks for it, and somebody who reads the log.

The log's reader is there unasked: no line that any test has written may tell of a person.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest
from log_reader import telling

from local.cloud import Cloud, build, embedded, read_template

_OURS = {"chalicelib", "payung", "local", "app"}


@dataclass(frozen=True)
class Aws:
    """An AWS of one test's own: a session to make clients from, and what the template made."""

    session: boto3.Session
    cloud: Cloud


@pytest.fixture
def aws() -> Iterator[Aws]:
    with embedded() as session:
        yield Aws(session, build(session, read_template()))


@pytest.fixture(autouse=True)
def told_of_nobody() -> Iterator[list[logging.LogRecord]]:
    """Read every line that is logged meanwhile, of whatever level, with all that goes with it."""
    records: list[logging.LogRecord] = []
    make, ours = logging.getLogRecordFactory(), logging.getLogger("chalicelib")
    level = ours.level

    def kept(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.name.partition(".")[0] in _OURS:
            records.append(record)
        return record

    logging.setLogRecordFactory(kept)
    ours.setLevel(logging.DEBUG)
    try:
        yield records
    finally:
        logging.setLogRecordFactory(make)
        ours.setLevel(level)
    assert telling(records) == []
