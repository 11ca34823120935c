from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.dynamodb.gates import DynamoGates
from chalicelib.adapters.dynamodb.money.ledger import DynamoLedger
from chalicelib.adapters.dynamodb.money.remittances import DynamoRemittances
from chalicelib.adapters.dynamodb.money.reversals import DynamoReversals
from chalicelib.adapters.readers import DynamoReaders
from chalicelib.adapters.use_counts import DynamoUseCounts
from tests.support.dynamodb_local import client, make_tables
from tests.support.fake_money.ledger import MemoryLedger, MemoryReversals
from tests.support.fake_money.remittances import MemoryRemittances
from tests.support.fakes import (
    MemoryBatches,
    MemoryEnrollments,
    MemoryGates,
    MemoryReaders,
    MemoryTables,
    MemoryUseCounts,
)


@dataclass
class Stores:
    """Both tables behind one kind of adapter."""

    kind: str
    enrollments: Any
    batches: Any
    gates: Any
    readers: Any
    ledger: Any
    reversals: Any
    remittances: Any
    uses: Any


@pytest.fixture(params=["memory", "moto", "dynamodb-local"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "memory":
        tables = MemoryTables()
        yield Stores(
            "memory",
            MemoryEnrollments(tables),
            MemoryBatches(tables),
            MemoryGates(tables),
            MemoryReaders(tables),
            MemoryLedger(tables),
            MemoryReversals(tables),
            MemoryRemittances(tables),
            MemoryUseCounts(),
        )
    elif request.param == "moto":
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        with mock_aws():
            yield on_dynamodb("moto", boto3.client("dynamodb", region_name="ap-southeast-3"))
    else:
        endpoint = request.getfixturevalue("dynamodb_local_endpoint")
        yield on_dynamodb("dynamodb-local", client(endpoint))


def on_dynamodb(kind: str, dynamodb: Any) -> Stores:
    people, files = make_tables(dynamodb)
    return Stores(
        kind,
        DynamoEnrollments(dynamodb, table=people, batches_table=files),
        DynamoBatches(dynamodb, table=files),
        DynamoGates(dynamodb, table=files),
        DynamoReaders(dynamodb, table=files),
        DynamoLedger(dynamodb, table=people, batches_table=files),
        DynamoReversals(dynamodb, table=people, batches_table=files),
        DynamoRemittances(dynamodb, table=people, batches_table=files),
        DynamoUseCounts(dynamodb, table=files),
    )
