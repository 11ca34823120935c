"""The common fixtures: the embedded cloud on request, and a reader of the log.

The log reader runs in every test: no line that a test logs may contain personal data.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
import botocore.session
import pytest
from hypothesis import settings
from joserfc.jwk import RSAKey
from moto.cognitoidp import models

from chalicelib.files.formats import workbook
from local.cloud import Cloud, build, embedded, read_template
from tests.support import dynamodb_local
from tests.support.log_reader import telling
from tests.support.same_process import Processes

# Property tests draw the same examples in each run, and a busy machine is no failure.
settings.register_profile("payung", derandomize=True, deadline=None)
settings.load_profile("payung")

_FIRST = ("tests/races/", "tests/browser/", "tests/local/", "tests/files/")
"""Folders with long files. Such a file at the end of a run would leave the other cores idle."""
_OURS = {"chalicelib", "payung", "local", "app"}


@dataclass(frozen=True)
class Aws:
    """The AWS of one test: a session that makes clients, and the resources of the template."""

    session: boto3.Session
    cloud: Cloud


@pytest.fixture(scope="session", autouse=True)
def shared_by_clouds() -> Iterator[None]:
    """Let all clouds of a process share what none of them changes, and what takes half their time.

    These are the descriptions of AWS's services, of which each session keeps a copy of its own, and
    the only key of moto's user pools, which OpenSSL checks for a fifth of a second.
    """
    keys: dict[str, RSAKey] = {}

    def key(parts: dict[str, Any]) -> RSAKey:
        if parts["n"] not in keys:
            keys[parts["n"]] = RSAKey.import_key(parts)
        return keys[parts["n"]]

    loader = cache(botocore.session.create_loader)
    jwk = SimpleNamespace(RSAKey=SimpleNamespace(import_key=key))
    with patch.object(botocore.session, "create_loader", loader), patch.object(models, "jwk", jwk):
        yield


@pytest.fixture
def aws() -> Iterator[Aws]:
    with embedded() as session:
        yield Aws(session, build(session, read_template()))


@pytest.fixture(scope="session")
def dynamodb_local_endpoint() -> Iterator[str]:
    if not dynamodb_local.available():
        pytest.skip("DynamoDB Local is not installed (make dynamodb-local)")
    with dynamodb_local.running() as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def same_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse workbooks in this process, but for tests that are about the process of their own."""
    if not request.node.get_closest_marker("own_process"):
        monkeypatch.setattr(workbook, "subprocess", Processes)


@pytest.fixture(autouse=True)
def log_records() -> Iterator[list[logging.LogRecord]]:
    """Check every log record of the test, of any level and with all its fields."""
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


@pytest.hookimpl(trylast=True)  # after the order was made random
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the folders with long files come first; everything else keeps its random order."""
    items.sort(key=lambda item: not item.nodeid.startswith(_FIRST))


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Say how to repeat the random order of a run that failed: `-q` hides the seed."""
    seed = getattr(config.option, "randomly_seed", None)
    if exitstatus and seed is not None:
        terminalreporter.write_line(f"repeat this order with --randomly-seed={seed}")
