"""Items of newer code are never changed, and missing items are never created in part."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.dynamodb.gates import DynamoGates
from chalicelib.adapters.ports import Checkpoint, SmsChange, Superseded
from chalicelib.domain.file.batch import BatchStatus, Watch
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import SHARDS
from chalicelib.domain.messages.sending import Pause
from chalicelib.domain.person.enrollment import Enrollment, Erasure, Sms
from chalicelib.errors import NewerVersion
from tests.support.builders import (
    NOW,
    PROGRAMME,
    a_batch,
    a_nik,
    an_account,
    an_enrollment,
    replace,
)
from tests.support.dynamodb_local import client, make_tables

MONTH = "2026-11"
PAUSE = Pause(NOW, "a", "b")
BATCH = a_batch(fingerprint="f", status=BatchStatus.ENROLLING, chunks=1)


@dataclass
class Raw:
    """Both tables, with access to their stored items."""

    dynamodb: Any
    people: str
    files: str

    def __post_init__(self) -> None:
        self.gates = DynamoGates(self.dynamodb, table=self.files)
        self.enrollments = DynamoEnrollments(
            self.dynamodb, table=self.people, batches_table=self.files
        )
        self.batches = DynamoBatches(self.dynamodb, table=self.files)

    def items(self) -> list[dict[str, Any]]:
        return [
            item
            for table in (self.people, self.files)
            for item in self.dynamodb.scan(TableName=table)["Items"]
        ]

    def make_newer(self, *, version: int = 2, only: str = "") -> None:
        for table, keys in ((self.people, ("nik", "programme")), (self.files, ("batch", "part"))):
            if only not in {"", *keys}:
                continue
            for item in self.dynamodb.scan(TableName=table)["Items"]:
                self.dynamodb.update_item(
                    TableName=table,
                    Key={key: item[key] for key in keys},
                    UpdateExpression="SET v = :v",
                    ExpressionAttributeValues={":v": {"N": str(version)}},
                )


@pytest.fixture
def raw() -> Iterator[Raw]:
    with mock_aws():
        dynamodb = client(None)
        yield Raw(dynamodb, *make_tables(dynamodb))


@pytest.fixture
def newer(raw) -> Raw:
    """A file with one person; newer code wrote all items."""
    raw.batches.claim(BATCH)
    raw.batches.claim_fingerprint(BATCH)
    raw.enrollments.commit([an_enrollment(1, batch=BATCH.id)], step(0, 1))
    raw.enrollments.record_sms(
        raw.enrollments.claim_sms(PROGRAMME, a_nik(1), claim="c", now=NOW),
        Sms.SENT,
        now=NOW,
        message_id="m-1",
    )
    raw.gates.pause(PAUSE)
    raw.gates.pause(PAUSE, batch=BATCH.id)
    raw.gates.reserve(MONTH, "c", 1, shard=0, share=2)
    raw.make_newer()
    return raw


def step(start: int, end: int) -> Checkpoint:
    return Checkpoint(BATCH.id, 1, start, end, Tally(accepted=end - start), an_account())


def again(enrollment: Enrollment) -> SmsChange:
    return SmsChange(enrollment, replace(enrollment, sms=Sms.PENDING))


def sent() -> Enrollment:
    return an_enrollment(1, batch=BATCH.id, sms=Sms.SENT, sms_claim="c", sms_at=NOW)


WRITES = {
    "change_sms": lambda raw: raw.enrollments.change_sms([again(sent())]),
    "record_sms": lambda raw: raw.enrollments.record_sms(
        replace(sent(), sms=Sms.SENDING), Sms.FAILED, now=NOW
    ),
    "erase": lambda raw: raw.enrollments.erase(sent(), Erasure(NOW, "a", "b")),
    "pause": lambda raw: raw.gates.pause(replace(PAUSE, by="b")),
    "pause-batch": lambda raw: raw.gates.pause(replace(PAUSE, by="b"), batch=BATCH.id),
    "resume": lambda raw: raw.gates.resume(),
    "resume-batch": lambda raw: raw.gates.resume(batch=BATCH.id),
    "reserve": lambda raw: raw.gates.reserve(MONTH, "d", 1, shard=0, share=None),
    "reserve-again": lambda raw: raw.gates.reserve(MONTH, "c", 1, shard=0, share=None),
    "release": lambda raw: raw.gates.release(MONTH, "c", 1, shard=0),
    "claim_sms": lambda raw: raw.enrollments.claim_sms(PROGRAMME, a_nik(1), claim="c", now=NOW),
    "commit": lambda raw: raw.enrollments.commit([an_enrollment(2)], step(1, 2)),
    "commit-taken": lambda raw: raw.enrollments.commit([an_enrollment(1)], step(1, 2)),
    "claim": lambda raw: raw.batches.claim(BATCH),
    "advance": lambda raw: raw.batches.advance(
        replace(BATCH, status=BatchStatus.COMPLETED), BatchStatus.ENROLLING
    ),
    "close_chunk": lambda raw: raw.batches.close_chunk(BATCH.id, 1, rows=1),
    "watch": lambda raw: raw.batches.watch(BATCH.id, Watch("m", NOW), stuck="x"),
    "await_receipts": lambda raw: raw.batches.await_receipts(BATCH.id, NOW),
    "finish": lambda raw: raw.batches.finish(BATCH),
    "take_over_fingerprint": lambda raw: raw.batches.take_over_fingerprint(
        a_batch("incoming/002/BPUM/b.csv", fingerprint="f"), BATCH.id
    ),
}


@pytest.mark.parametrize("write", WRITES)
def test_no_write_changes_what_newer_code_wrote(newer, write):
    before = newer.items()
    try:
        answer = WRITES[write](newer)
    except NewerVersion:
        answer = None
    assert newer.items() == before
    assert answer in (None, False, Superseded())


@pytest.mark.parametrize(
    "read",
    [
        lambda raw: raw.enrollments.find(PROGRAMME, a_nik(1)),
        lambda raw: raw.enrollments.owners(PROGRAMME, [a_nik(1)]),
        lambda raw: raw.batches.get(BATCH.id),
        lambda raw: raw.batches.claim_fingerprint(BATCH),
        lambda raw: raw.batches.chunk(BATCH.id, 1),
        lambda raw: raw.batches.chunks(BATCH.id),
        lambda raw: raw.batches.totals(PROGRAMME),
        lambda raw: raw.enrollments.of_messages(["m-1"]),
        lambda raw: raw.gates.read(MONTH),
    ],
)
def test_no_read_parses_items_of_newer_code(newer, read):
    with pytest.raises(NewerVersion):
        read(newer)


def test_the_sweep_still_learns_of_files_that_newer_code_wrote(newer):
    assert newer.batches.unfinished() == [BATCH.id]


NEW_PEOPLE = {
    "commit": lambda raw: raw.enrollments.commit(
        [an_enrollment(2, batch=BATCH.id)], replace(step(0, 1), chunk=1 + SHARDS)
    ),
    "change_sms": lambda raw: raw.enrollments.change_sms([again(sent())]),
    "receipt": lambda raw: raw.enrollments.change_sms(
        [SmsChange(sent(), replace(sent(), sms=Sms.DELIVERED))]
    ),
    "erase": lambda raw: raw.enrollments.erase(sent(), Erasure(NOW, "a", "b")),
}


def test_a_message_that_is_out_is_noted_even_beside_newer_counts(raw):
    raw.batches.claim(BATCH)
    raw.enrollments.commit([an_enrollment(1, batch=BATCH.id)], step(0, 1))
    claimed = raw.enrollments.claim_sms(PROGRAMME, a_nik(1), claim="c", now=NOW)
    raw.make_newer()
    raw.make_newer(version=1, only="nik")

    assert raw.enrollments.record_sms(claimed, Sms.SENT, now=NOW, message_id="m-1")

    assert raw.enrollments.find(PROGRAMME, a_nik(1)).sms is Sms.SENT


@pytest.mark.parametrize("write", NEW_PEOPLE)
def test_people_wait_for_newer_code_where_only_the_totals_are_newer(newer, write):
    newer.make_newer(version=1, only="nik")
    before = newer.items()
    with pytest.raises(NewerVersion):
        NEW_PEOPLE[write](newer)
    assert newer.items() == before


def test_a_missing_item_is_never_created_in_part(raw):
    enrollment = an_enrollment(1, batch=BATCH.id, sms=Sms.SENT)
    raw.batches.finish(BATCH)
    raw.batches.finish(BATCH, receipts_due=NOW)
    raw.gates.release(MONTH, "c", 1, shard=0)
    raw.enrollments.change_sms([again(enrollment)])
    raw.batches.watch(BATCH.id, Watch("m", NOW), stuck=None)
    raw.batches.await_receipts(BATCH.id, NOW)
    raw.batches.close_chunk(BATCH.id, 1, rows=1)
    raw.enrollments.erase(enrollment, Erasure(NOW, "a", "b"))
    assert raw.items() == []
