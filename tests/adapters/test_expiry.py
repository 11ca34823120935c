from datetime import UTC, date, datetime

import pytest
from builders import NOW, a_batch, an_enrollment
from dynamodb_local import client, make_tables
from moto import mock_aws

from chalicelib.adapters.batches import DynamoBatches
from chalicelib.adapters.enrollments import DynamoEnrollments
from chalicelib.adapters.expiry import expiry
from chalicelib.adapters.protocols import Checkpoint
from chalicelib.domain.outcome import Tally


def seconds(*when: int) -> dict:
    return {"expires_at": {"N": str(int(datetime(*when, tzinfo=UTC).timestamp()))}}


def test_nothing_expires_unless_days_are_set():
    assert expiry(0, NOW) == {}


def test_a_day_counts_in_full():
    assert expiry(1, date(2027, 2, 21)) == seconds(2027, 2, 23)


def test_a_moment_counts_from_itself():
    assert expiry(30, datetime(2026, 11, 22, 2, tzinfo=UTC)) == seconds(2026, 12, 22, 2)


@pytest.mark.parametrize(("keep_days", "expiring"), [(0, False), (365, True)])
def test_people_files_chunks_and_fingerprints_expire_together_or_never(keep_days, expiring):
    with mock_aws():
        dynamodb = client(None)
        people, files = make_tables(dynamodb)
        enrollments = DynamoEnrollments(
            dynamodb, table=people, batches_table=files, keep_days=keep_days
        )
        batches = DynamoBatches(dynamodb, table=files, keep_days=keep_days)
        batch = a_batch(fingerprint="f")
        batches.claim(batch)
        batches.claim_fingerprint(batch)
        step = Checkpoint(batch.id, 1, 0, 1, Tally(accepted=1), received_at=NOW)
        enrollments.commit([an_enrollment(1, batch=batch.id)], step)

        items = [
            item for each in (people, files) for item in dynamodb.scan(TableName=each)["Items"]
        ]

    assert len(items) == 4
    assert all(("expires_at" in item) is expiring for item in items)
