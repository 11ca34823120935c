import json
from datetime import timedelta

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import ChunkJob, ReportJob
from chalicelib.errors import ObjectMalformed
from chalicelib.files import work
from chalicelib.kinds.recipients.rows import RecipientOutcome
from chalicelib.steps.report import CountsDoNotClose


@pytest.fixture
def enrolled(world, line) -> ReportJob:
    """A file of three closed chunks, without a report so far."""
    world.take(world.put([line(n) for n in range(1, 10)]))
    for body in world.chunk_queue.bodies:
        world.enroll(ChunkJob.model_validate_json(body))
    return ReportJob.model_validate_json(world.report_queue.bodies.pop())


def test_nothing_is_written_while_a_chunk_is_open(world, line):
    batch = world.take(world.put([line(n) for n in range(1, 10)]))
    world.enroll(ChunkJob(batch=batch.id, chunk=1))
    before = dict(world.objects.stored)

    world.report(ReportJob(batch=batch.id))

    assert world.objects.stored == before
    assert [key for key in before if key.startswith("results/")] == [
        f"results/002/{batch.id}/ringkasan.json"
    ]
    assert world.tables.files[batch.id].status is BatchStatus.ENROLLING


def test_a_file_whose_counts_do_not_add_up_is_never_completed(world, enrolled):
    world.tables.progress[enrolled.batch, 2].tally.accepted -= 1
    with pytest.raises(CountsDoNotClose):
        world.report(enrolled)
    assert world.tables.files[enrolled.batch].status is BatchStatus.ENROLLING


def test_a_report_written_twice_is_the_same(world, enrolled):
    world.report(enrolled)
    before = dict(world.objects.stored)
    world.report(enrolled)
    assert world.objects.stored == before


def test_rows_are_in_file_order(world, enrolled):
    world.report(enrolled)
    text = world.result(world.tables.files[enrolled.batch], "hasil.csv")
    assert [line.split(",")[4] for line in text.splitlines()[1:]] == [str(n) for n in range(2, 11)]


def test_outcomes_that_do_not_match_their_rows_are_poison(world, enrolled):
    key = bucket_keys.outcomes(enrolled.batch, 1)
    outcomes = work.decode_outcomes(world.objects.stored[key], RecipientOutcome)
    world.objects.stored[key] = work.encode_outcomes(outcomes[1:])
    with pytest.raises(ObjectMalformed):
        world.report(enrolled)


def test_an_unknown_file_is_poison(world):
    with pytest.raises(ObjectMalformed):
        world.report(ReportJob(batch="AAAAAAAA"))


def summary_of(world, batch: str) -> dict:
    return json.loads(world.result(world.tables.files[batch], "ringkasan.json"))


def test_a_file_with_messages_to_send_is_not_finished(world, enrolled):
    world.report(enrolled)
    assert list(world.batches.unfinished()) == [enrolled.batch]


def test_once_all_is_sent_a_file_waits_for_receipts_for_three_days(world, enrolled):
    world.drive()
    assert list(world.batches.unfinished()) == []
    assert list(world.batches.awaiting_receipts()) == [enrolled.batch]
    due = world.now + timedelta(hours=72)
    assert world.tables.files[enrolled.batch].receipts_due == due

    world.now += timedelta(hours=1)
    world.report(enrolled)

    assert world.tables.files[enrolled.batch].receipts_due == due


def test_without_sent_messages_no_receipt_is_expected(world, line):
    batch = world.run([line(1, phone=""), line(2, phone="")])
    assert list(world.batches.unfinished()) == []
    assert list(world.batches.awaiting_receipts()) == []
    assert batch.receipts_due is None


def test_the_summary_shows_the_estimate_for_messages(world, enrolled):
    world.report(enrolled)
    estimate = summary_of(world, enrolled.batch)["sms_estimate"]
    assert estimate == {"parts": 9}


def test_no_result_of_a_bank_says_what_messages_cost(world, enrolled):
    world.report(enrolled)
    for key, body in world.objects.stored.items():
        if key.startswith("results/"):
            assert b"usd" not in body.lower(), key


def test_a_refused_file_has_no_estimate(world):
    batch = world.run([])
    assert summary_of(world, batch.id)["sms_estimate"] is None
