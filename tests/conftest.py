"""The one fixture that sets up AWS: the embedded cloud, made from the deployment template."""

from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest

from local.cloud import Cloud, build, embedded, read_template


@dataclass(frozen=True)
class Aws:
    """An AWS of one test's own: a session to make clients from, and what the template made."""

    session: boto3.Session
    cloud: Cloud


@pytest.fixture
def aws() -> Iterator[Aws]:
    with embedded() as session:
        yield Aws(session, build(session, read_template()))
