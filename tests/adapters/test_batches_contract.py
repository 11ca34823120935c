"""The files' table: the same contract for the fake, moto and the real engine."""

from datetime import timedelta

import pytest

from chalicelib.adapters.ports import Checkpoint, SmsChange
from chalicelib.domain.file.batch import BatchStatus, SmsEstimate, Watch
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.person.enrollment import Sms, SmsEvent
from tests.support.builders import (
    NOW,
    PROGRAMME,
    a_batch,
    an_account,
    an_enrollment,
    an_upload,
    replace,
)


def test_the_first_claim_stays(stores):
    first = a_batch(chunk_rows=10)
    assert stores.batches.claim(first) == first

    again = stores.batches.claim(replace(first, chunk_rows=99))

    assert again == first
    assert stores.batches.get(first.id) == first


def test_an_unknown_batch_is_none(stores):
    assert stores.batches.get("AAAAAAAA") is None


def test_every_field_comes_back_as_it_was(stores):
    batch = a_batch(
        upload=an_upload("incoming/002/BPUM/penerima bulan ini.csv"),
        status=BatchStatus.ENROLLING,
        programme="sulut-2026",
        rows=7,
        chunks=2,
        starts=(0, 3),
        errors=(Finding.of(Code.FILE_EMPTY),),
        warnings=(Finding.of(Code.SHEETS_IGNORED, sheet="Penerima"),),
        fingerprint="abc",
        estimate=SmsEstimate(7, 315_000, 1_000_000),
        corrects="361TW2C6",
    )
    stores.batches.claim(batch)
    assert stores.batches.get(batch.id) == batch


def test_an_estimate_without_a_budget_comes_back_without(stores):
    batch = stores.batches.claim(a_batch(estimate=SmsEstimate(7, 315_000)))
    assert stores.batches.get(batch.id).estimate == SmsEstimate(7, 315_000, None)


def test_a_status_is_left_only_for_the_next_one(stores):
    batch = stores.batches.claim(a_batch())
    splitting = replace(batch, status=BatchStatus.SPLITTING)

    assert stores.batches.advance(splitting, BatchStatus.RECEIVED)
    assert not stores.batches.advance(splitting, BatchStatus.RECEIVED)
    assert stores.batches.get(batch.id) == splitting


def test_a_file_keeps_each_of_its_corrections_once(stores):
    batch = stores.batches.claim(a_batch())
    for by in ("BBBBBBBB", "AAAAAAAA", "BBBBBBBB"):
        stores.batches.note_correction(batch.id, by=by)
    stores.batches.advance(replace(batch, status=BatchStatus.SPLITTING), BatchStatus.RECEIVED)

    assert stores.batches.get(batch.id).corrected_by == ("AAAAAAAA", "BBBBBBBB")


def test_a_correction_of_no_file_makes_none(stores):
    stores.batches.note_correction("AAAAAAAA", by="BBBBBBBB")

    assert stores.batches.get("AAAAAAAA") is None


def test_a_batch_that_was_never_claimed_does_not_advance(stores):
    assert not stores.batches.advance(a_batch(), BatchStatus.RECEIVED)


def test_a_fingerprint_belongs_to_the_batch_that_claimed_it_first(stores):
    first, second = a_batch(fingerprint="f"), a_batch("incoming/002/BPUM/b.csv", fingerprint="f")

    assert stores.batches.claim_fingerprint(first) == first.id
    assert stores.batches.claim_fingerprint(second) == first.id
    assert stores.batches.claim_fingerprint(first) == first.id


def test_a_fingerprint_is_taken_over_only_from_the_one_that_has_it(stores):
    first, second, third = (
        a_batch(f"incoming/002/BPUM/{name}.csv", fingerprint="f") for name in "abc"
    )
    stores.batches.claim_fingerprint(first)

    assert stores.batches.take_over_fingerprint(second, first.id)
    assert stores.batches.take_over_fingerprint(second, first.id)
    assert not stores.batches.take_over_fingerprint(third, first.id)

    assert stores.batches.claim_fingerprint(third) == second.id


def test_without_a_fingerprint_there_is_nothing_to_claim(stores):
    with pytest.raises(ValueError, match="no fingerprint"):
        stores.batches.claim_fingerprint(a_batch())


def enroll(stores, batch, chunk, *people):
    checkpoint = Checkpoint(
        batch.id, chunk, 0, len(people), Tally(accepted=len(people)), an_account()
    )
    stores.enrollments.commit(
        [an_enrollment(n, batch=batch.id, chunk=chunk) for n in people], checkpoint
    )


def test_a_chunk_is_closed_once_and_counted_once(stores):
    batch = stores.batches.claim(a_batch(status=BatchStatus.ENROLLING, chunks=2))
    enroll(stores, batch, 1, 1, 2)

    assert stores.batches.close_chunk(batch.id, 1, rows=2)
    assert not stores.batches.close_chunk(batch.id, 1, rows=2)

    assert stores.batches.get(batch.id).chunks_done == 1
    assert stores.batches.chunk(batch.id, 1).done


def test_a_chunk_with_rows_to_do_stays_open(stores):
    batch = stores.batches.claim(a_batch(status=BatchStatus.ENROLLING, chunks=1))
    enroll(stores, batch, 1, 1, 2)

    assert not stores.batches.close_chunk(batch.id, 1, rows=3)

    assert stores.batches.get(batch.id).chunks_done == 0


def test_a_new_state_does_not_turn_the_closed_chunks_back(stores):
    batch = stores.batches.claim(a_batch(status=BatchStatus.ENROLLING, chunks=1))
    enroll(stores, batch, 1, 1)
    stores.batches.close_chunk(batch.id, 1, rows=1)

    completed = replace(batch, status=BatchStatus.COMPLETED)
    assert stores.batches.advance(completed, BatchStatus.ENROLLING)

    assert stores.batches.get(batch.id).chunks_done == 1


def test_chunks_come_in_their_order_and_only_of_their_batch(stores):
    batch, other = a_batch(), a_batch("incoming/002/BPUM/b.csv")
    for each in (batch, other):
        stores.batches.claim(each)
    enroll(stores, batch, 2, 1)
    enroll(stores, batch, 1, 2)
    enroll(stores, other, 1, 3)

    assert [chunk.chunk for chunk in stores.batches.chunks(batch.id)] == [1, 2]


def test_many_files_and_their_chunks_are_read_together(stores):
    files = [
        a_batch(
            id=id_,
            upload=an_upload(f"incoming/002/BPUM/{id_}.csv"),
            received_at=NOW + timedelta(minutes=minute),
            status=BatchStatus.ENROLLING,
            chunks=chunks,
        )
        for id_, minute, chunks in (("BBBBBBBB", 2, 1), ("AAAAAAAA", 1, 2), ("CCCCCCCC", 0, 0))
    ]
    for each in files:
        stores.batches.claim(each)
    assert [each.id for each in stores.batches.unfinished_files()] == [
        "CCCCCCCC",
        "AAAAAAAA",
        "BBBBBBBB",
    ]
    for batch, chunk in (("AAAAAAAA", 2), ("AAAAAAAA", 1)):
        checkpoint = Checkpoint(batch, chunk, 0, 1, Tally(rejected=1), an_account())
        stores.enrollments.commit([], checkpoint)
    progress = stores.batches.progress(files)
    assert progress == {each.id: stores.batches.chunks(each.id) for each in files}
    assert [each.chunk for each in progress["AAAAAAAA"]] == [1, 2]
    assert stores.batches.progress([]) == {}


def test_a_new_file_is_unfinished_until_it_needs_nothing_more(stores):
    batches = [stores.batches.claim(a_batch(f"incoming/002/BPUM/{n}.csv")) for n in (1, 2)]

    stores.batches.finish(batches[0])

    assert stores.batches.unfinished() == [batches[1].id]
    assert stores.batches.get(batches[0].id) == batches[0]


def test_a_file_waits_for_receipts_until_the_time_that_was_set_first(stores):
    batch = stores.batches.claim(a_batch())
    due = NOW + timedelta(hours=72)

    stores.batches.finish(batch, receipts_due=due)
    stores.batches.finish(batch, receipts_due=due + timedelta(hours=1))

    assert stores.batches.get(batch.id) == replace(batch, receipts_due=due)
    assert stores.batches.unfinished() == []
    assert stores.batches.awaiting_receipts() == [batch.id]


def test_a_file_that_waits_for_receipts_is_watched_too_and_ends(stores):
    batch = stores.batches.claim(a_batch())
    stores.batches.finish(batch, receipts_due=NOW)

    stores.batches.watch(batch.id, Watch("receipts/1", NOW), stuck=None)
    assert stores.batches.get(batch.id).watch == Watch("receipts/1", NOW)

    stores.batches.finish(batch)
    assert stores.batches.awaiting_receipts() == []
    assert stores.batches.get(batch.id) == batch


def test_receipts_are_looked_for_again_at_another_time_unless_the_file_is_finished(stores):
    batch = stores.batches.claim(a_batch())
    later = NOW + timedelta(hours=5)

    stores.batches.await_receipts(batch.id, later)
    assert stores.batches.get(batch.id) == replace(batch, receipts_due=later)
    assert stores.batches.unfinished() == [batch.id]

    stores.batches.finish(batch)
    stores.batches.await_receipts(batch.id, later)
    assert stores.batches.get(batch.id) == batch


@pytest.mark.parametrize("receipts_due", [None, NOW])
def test_a_file_that_was_opened_again_since_it_was_read_stays_open(stores, receipts_due):
    batch = stores.batches.claim(a_batch())
    enroll(stores, batch, 1, 1)
    for _ in range(2):
        order_again(stores, batch)
        read = stores.batches.get(batch.id)
        stores.batches.finish(batch, receipts_due=receipts_due)
        assert stores.batches.unfinished() == [batch.id]

    stores.batches.finish(read, receipts_due=receipts_due)

    assert stores.batches.unfinished() == []
    assert stores.batches.get(batch.id).reopened == 2


def order_again(stores, batch) -> None:
    nik = an_enrollment(1).recipient.nik
    claimed = stores.enrollments.claim_sms(PROGRAMME, nik, claim="a", now=NOW)
    stores.enrollments.record_sms(claimed, Sms.FAILED, now=NOW)
    failed = stores.enrollments.find(PROGRAMME, nik)
    again = SmsEvent(NOW, Sms.PENDING, "salah", "petugas")
    after = replace(failed, sms=Sms.PENDING, sms_log=(*failed.sms_log, again))
    assert stores.enrollments.change_sms([SmsChange(failed, after)])


def test_a_new_state_does_not_overwrite_concurrent_fields(stores):
    batch = stores.batches.claim(a_batch(status=BatchStatus.ENROLLING, chunks=1))
    enroll(stores, batch, 1, 1)
    order_again(stores, batch)
    stores.batches.finish(stores.batches.get(batch.id), receipts_due=NOW)

    completed = replace(batch, status=BatchStatus.COMPLETED)
    assert stores.batches.advance(completed, BatchStatus.ENROLLING)

    assert stores.batches.get(batch.id) == replace(completed, reopened=1, receipts_due=NOW)


def test_an_unclaimed_batch_cannot_be_finished(stores):
    stores.batches.finish(a_batch())
    assert stores.batches.get(a_batch().id) is None


def test_the_observation_of_the_sweep_is_kept_with_the_state(stores):
    batch = stores.batches.claim(a_batch())
    watch = Watch("splitting/0", NOW, tries=2)

    stores.batches.watch(batch.id, watch, stuck="intake")
    stores.batches.advance(replace(batch, status=BatchStatus.SPLITTING), BatchStatus.RECEIVED)

    found = stores.batches.get(batch.id)
    assert (found.watch, found.stuck, found.status) == (watch, "intake", BatchStatus.SPLITTING)
    stores.batches.watch(batch.id, watch, stuck=None)
    assert stores.batches.get(batch.id).stuck is None


def test_a_file_that_is_finished_by_now_is_no_longer_watched(stores):
    batch = stores.batches.claim(a_batch())
    stores.batches.finish(batch)

    stores.batches.watch(batch.id, Watch("enrolling/0", NOW), stuck="report")

    assert stores.batches.get(batch.id) == batch


def test_a_banks_files_come_the_latest_first(stores):
    ours = [
        a_batch(f"incoming/002/BPUM/{day}.csv", received_at=an_upload().at.replace(day=day))
        for day in (3, 1, 2)
    ]
    for each in [*ours, a_batch("incoming/127/BPUM/x.csv", bank="127")]:
        stores.batches.claim(each)

    found = stores.batches.of_bank("002", limit=2)

    assert [each.received_at.day for each in found] == [3, 2]


def test_a_banks_files_go_on_where_the_last_page_ended(stores):
    days = [NOW.replace(day=day) for day in (1, 2, 3)]
    for day in days:
        stores.batches.claim(a_batch(f"incoming/002/BPUM/{day:%d}.csv", received_at=day))

    found = stores.batches.of_bank("002", before=days[1])

    assert [each.received_at for each in found] == [days[1], days[0]]
