from datetime import UTC, date, datetime

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.dynamodb.items import expiry
from chalicelib.adapters.ports import Checkpoint
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.person.enrollment import Sms
from tests.support.builders import NOW, PROGRAMME, a_batch, a_nik, an_account, an_enrollment
from tests.support.dynamodb_local import client, make_tables

TALLY = Tally(accepted=1)


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
    items = [item for item in items_of_a_file(keep_days) if not is_totals(item)]

    assert len(items) == 4
    assert all(("expires_at" in item) is expiring for item in items)


def test_totals_are_kept_for_ever():
    (totals,) = (item for item in items_of_a_file(365) if is_totals(item))
    assert "expires_at" not in totals


def test_a_message_leads_to_its_person_for_a_month_whatever_else_is_kept():
    with mock_aws():
        dynamodb = client(None)
        people, files = make_tables(dynamodb)
        enrollments = DynamoEnrollments(dynamodb, table=people, batches_table=files)
        enrollments.commit([an_enrollment()], Checkpoint("7K3M9QX2", 1, 0, 1, TALLY, an_account()))
        claimed = enrollments.claim_sms(PROGRAMME, a_nik(), claim="a", now=NOW)
        enrollments.record_sms(claimed, Sms.SENT, now=NOW, message_id="m-1")

        key = {"batch": {"S": "sms#m-1"}, "part": {"S": "sms"}}
        item = dynamodb.get_item(TableName=files, Key=key)["Item"]

    assert seconds(2026, 12, 22, 2).items() <= item.items()


def items_of_a_file(keep_days: int) -> list[dict]:
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
        step = Checkpoint(batch.id, 1, 0, 1, TALLY, an_account(), received_at=NOW)
        enrollments.commit([an_enrollment(1, batch=batch.id)], step)
        return [item for each in (people, files) for item in dynamodb.scan(TableName=each)["Items"]]


def is_totals(item: dict) -> bool:
    return item.get("batch", {"S": ""})["S"].startswith("totals#")
