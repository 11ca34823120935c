"""Hundreds of unfinished files make no list, gate or estimate slow: the calls are counted."""

from datetime import timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.gates import DynamoGates
from chalicelib.api.cursor import Cursors
from chalicelib.api.operations.listing import BatchesQuery, list_batches
from chalicelib.api.operations.outlook import Outlook
from chalicelib.api.permissions import Caller, Role
from chalicelib.domain.file.batch import BatchStatus, SmsEstimate
from chalicelib.steps.gate import sending_state, waiting_beside
from tests.support.builders import NOW, a_batch, an_upload
from tests.support.dynamodb_local import make_tables
from tests.support.world import AGREEMENTS, ALWAYS

FILES = 250
ALPHABET = "ABCDEFGHJKMNPQRTVWXYZ"


@pytest.fixture(scope="module")
def files():
    with mock_aws():
        client = boto3.client(
            "dynamodb",
            region_name="ap-southeast-3",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        _, table = make_tables(client)
        batches = DynamoBatches(client, table=table)
        for number in range(FILES):
            id_ = f"7K3M9Q{ALPHABET[number // 20]}{ALPHABET[number % 20]}"
            batches.claim(
                a_batch(
                    id=id_,
                    upload=an_upload(f"incoming/002/BPUM/{number}.csv"),
                    received_at=NOW + timedelta(seconds=number),
                    status=BatchStatus.ENROLLING,
                    programme="sulut-2026",
                    rows=1,
                    chunks=1,
                    estimate=SmsEstimate(1, 45_000),
                )
            )
        calls = []
        client.meta.events.register(
            "before-call.dynamodb", lambda model, **_: calls.append(model.name)
        )
        gates = DynamoGates(client, table=table)
        yield SimpleNamespace(batches=batches, gates=gates, calls=calls)


@pytest.fixture(autouse=True)
def _no_calls_yet(files):
    files.calls.clear()


def clock():
    return NOW + timedelta(hours=1)


def test_the_gate(files):
    state = sending_state(gates=files.gates, batches=files.batches, sending=ALWAYS, clock=clock)
    assert state.waiting == 0  # nobody is enrolled yet
    assert len(files.calls) <= 10


def test_the_list(files):
    outlook = Outlook(gates=files.gates, batches=files.batches, sending=ALWAYS, clock=clock)
    found = list_batches(
        BatchesQuery(bank="002", limit=50),
        caller=Caller("ani", Role.DINAS),
        batches=files.batches,
        agreements=AGREEMENTS,
        outlook=outlook,
        cursors=Cursors(b"x"),
    )
    assert len(found.batches) == 50
    assert len(files.calls) <= 12


def test_the_estimate_of_a_new_file(files):
    assert waiting_beside(a_batch(id="0000AAAA"), batches=files.batches) == FILES
    assert len(files.calls) <= 10
