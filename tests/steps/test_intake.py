import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Lease
from chalicelib.domain.file.batch import BatchStatus, Watch
from chalicelib.domain.jobs import MOST_TIMES_PUT_BACK, ChunkJob
from chalicelib.domain.person.reference import batch_id
from chalicelib.errors import Busy, MessageMalformed, NotYet, ObjectMissing, OutOfTime
from chalicelib.steps import intake
from tests.support.builders import NOW, replace


def notification(key: str, event: str = "ObjectCreated:Put", **stored: str) -> dict:
    return {
        "eventName": event,
        "eventTime": "2026-11-22T02:00:00.000Z",
        "s3": {"bucket": {"name": "b"}, "object": {"key": key, "size": 5, "eTag": "e"} | stored},
    }


def body(*records: dict) -> str:
    return json.dumps({"Records": records})


def codes(batch) -> list[str]:
    return [finding.code for finding in batch.errors]


def test_keys_come_back_as_the_bank_wrote_them():
    uploads = intake.uploads(body(notification("incoming/002/BPUM/a+b%2Bc%C3%A9.csv")))
    assert uploads[0].key == "incoming/002/BPUM/a b+cé.csv"


def test_two_versions_of_one_name_are_two_uploads():
    one, two = intake.uploads(body(notification("k", versionId="1"), notification("k")))
    assert (one.version, one.versioned) == ("1", True)
    assert (two.version, two.versioned) == ("e", False)


def test_s3s_own_test_event_is_no_upload():
    assert intake.uploads('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}') == []


def test_removals_and_folders_are_not_uploads():
    marks = [notification(key, size=0) for key in ("incoming/002/", "incoming%2F002%2FBPUM%2F")]
    events = body(*marks, notification("k", "ObjectRemoved:Delete"))
    assert intake.uploads(events) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"Records": [{"x": 1}]}', "\x00"])
def test_any_other_message_is_malformed(text):
    with pytest.raises(MessageMalformed):
        intake.uploads(text)


def test_the_same_event_three_times_is_one_batch(world, line):
    upload = world.put([line(1)])
    ids = {world.take(upload).id for _ in range(3)}
    world.drive()

    assert len(ids) == len(world.tables.files) == 1
    assert len(world.sms_sender.published) == 1


def test_an_event_after_the_file_was_completed_changes_nothing(world, line):
    upload = world.put([line(1)])
    world.take(upload)
    world.drive()
    before = dict(world.objects.stored)

    world.take(upload)

    assert not world.chunk_queue.bodies
    assert world.objects.stored == before


def test_a_new_version_of_the_object_is_a_new_batch(world, line):
    upload = world.put([line(1)])
    first = world.take(upload)
    world.put([line(2)])
    second = world.take(replace(upload, version="v2"))
    assert first.id != second.id


def test_two_uploads_with_the_same_short_id_both_get_their_own(world, line, monkeypatch):
    monkeypatch.setattr(
        intake, "batch_id", lambda *_, attempt: "AAAAAAAA" if attempt == 0 else "BBBBBBBB"
    )
    first = world.take(world.put([line(1)]))
    second = world.take(world.put([line(2)], "incoming/002/BPUM/b.csv"))
    assert (first.id, second.id) == ("AAAAAAAA", "BBBBBBBB")


def test_a_run_that_died_while_reading_is_read_again_from_the_start(world, line):
    upload = world.put([line(n) for n in range(1, 10)])
    world.remaining = 9.0  # less than the reserve
    with pytest.raises(OutOfTime):
        world.take(upload)
    assert not world.chunk_queue.bodies

    world.remaining = 600.0
    batch = world.take(upload)
    world.drive()

    assert world.tables.files[batch.id].status is BatchStatus.COMPLETED
    assert len(world.tables.people) == 9


def test_chunk_jobs_lost_by_a_crash_are_queued_by_the_repeated_event(world, line):
    upload = world.put([line(n) for n in range(1, 10)])
    world.take(upload)
    lost, world.chunk_queue.bodies = world.chunk_queue.bodies, []

    world.take(upload)

    assert world.chunk_queue.bodies == lost


def test_a_lost_answer_at_the_end_of_reading_does_not_delay_the_file(world, line, monkeypatch):
    plain = world.batches.advance

    def advanced_twice(batch, expected):
        plain(batch, expected)  # the call took effect, and its answer was lost
        return plain(batch, expected)

    monkeypatch.setattr(world.batches, "advance", advanced_twice)
    world.take(world.put([line(n) for n in range(1, 10)]))
    assert len(world.chunk_queue.bodies) == 3


def test_a_missing_object_is_reported(world, line):
    upload = world.put([line(1)])
    world.objects.stored.clear()
    with pytest.raises(ObjectMissing):
        world.take(upload)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("incoming/999/BPUM/a.csv", "bank_unknown"),
        ("incoming/a.csv", "bank_unknown"),
        ("incoming/../BPUM/a.csv", "bank_unknown"),
        ("incoming/002/KREDIT/a.csv", "scheme_unknown"),
        ("incoming/002/a.csv", "scheme_unknown"),
    ],
)
def test_a_file_in_the_wrong_place_is_refused(world, line, key, code):
    batch = world.run([line(1)], key)
    assert (batch.status, codes(batch)) == (BatchStatus.REFUSED, [code])
    summaries = [each for each in world.objects.stored if each.endswith("/ringkasan.json")]
    assert len(summaries) == 1
    assert ".." not in summaries[0]


@pytest.mark.parametrize("folder", ["002/BPUM", "bri/bpum", "BRI/Bpum"])
def test_a_bank_may_be_named_as_people_name_it(world, line, folder):
    batch = world.run([line(1)], f"incoming/{folder}/a.csv")
    assert (batch.bank, batch.scheme, batch.status) == ("002", "BPUM", BatchStatus.COMPLETED)


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        (datetime(2021, 9, 6, 15, 59, tzinfo=UTC), False),  # 23:59 in Manado, the day before
        (datetime(2021, 9, 6, 16, 0, tzinfo=UTC), True),
        (datetime(2021, 12, 31, 15, 59, tzinfo=UTC), True),
        (datetime(2021, 12, 31, 16, 0, tzinfo=UTC), False),
    ],
)
def test_files_are_taken_between_the_programmes_local_days(world, line, at, taken):
    world.now = at
    batch = world.run([line(1)])
    assert (batch.status is BatchStatus.COMPLETED) is taken
    assert taken or codes(batch) == ["programme_closed"]


def test_a_file_counts_from_its_upload_even_if_it_is_read_late(world, line):
    upload = world.put([line(1)])
    world.now = NOW + timedelta(days=3)
    assert world.take(upload).received_at == NOW


def test_a_file_from_the_future_counts_from_now(world, line):
    upload = replace(world.put([line(1)]), at=NOW + timedelta(seconds=1))
    assert world.take(upload).received_at == NOW


def test_rows_that_were_all_rejected_may_come_again(world, line):
    rows = [line(1, amount="x"), line(2, amount="x")]
    world.run(rows)
    again = world.run(rows, "incoming/002/BPUM/lagi.csv")
    assert again.status is BatchStatus.COMPLETED
    third = world.run(rows, "incoming/002/BPUM/lagi-lagi.csv")
    assert third.status is BatchStatus.COMPLETED


def test_rows_of_a_file_that_is_stuck_may_come_again_and_enroll_nobody_twice(world, line):
    rows = [line(n) for n in range(1, 10)]
    first = world.take(world.put(rows))
    del world.objects.stored[bucket_keys.rows(first.id, 2)]
    for body in world.chunk_queue.bodies:
        with suppress(ObjectMissing):
            world.enroll(ChunkJob.model_validate_json(body))
    world.chunk_queue.bodies.clear()
    refused = world.run(rows, "incoming/002/BPUM/terlalu-dini.csv")
    assert codes(refused) == ["file_repeated"]
    world.batches.watch(first.id, Watch("x", NOW), stuck="chunks: 1")

    again = world.run(rows, "incoming/002/BPUM/lagi.csv")

    assert again.status is BatchStatus.COMPLETED
    assert len(world.tables.people) == len(world.sms_sender.published) == 9


def test_a_header_alone_is_an_empty_file(world):
    assert codes(world.run([])) == ["file_empty"]


def test_a_file_larger_than_may_be_uploaded_is_not_even_fetched(world, line):
    upload = replace(world.put([line(1)]), size=201 * 1024 * 1024)
    world.objects.stored.clear()
    assert codes(world.take(upload)) == ["file_too_large"]


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ({"rows": "2", "total-amount": "2400000"}, BatchStatus.COMPLETED),
        ({"rows": "3"}, BatchStatus.REFUSED),
        ({"total-amount": "2400001"}, BatchStatus.REFUSED),
        ({"total-amount": "Rp2.400.000,-"}, BatchStatus.COMPLETED),
        ({"rows": "dua"}, BatchStatus.REFUSED),
    ],
)
def test_control_totals_in_the_metadata_must_agree(world, line, metadata, status):
    world.objects.metadata["incoming/002/BPUM/a.csv"] = metadata
    batch = world.run([line(1), line(2)])
    assert batch.status is status
    assert (status is BatchStatus.COMPLETED) or codes(batch) == ["control_total_mismatch"]


def test_a_total_may_hold_amounts_that_cannot_be_read(world, line):
    world.objects.metadata["incoming/002/BPUM/a.csv"] = {"total-amount": "2400000"}
    batch = world.run([line(1), line(2, amount="satu juta dua")])
    assert batch.status is BatchStatus.COMPLETED


def test_rows_of_a_file_that_was_refused_after_all_may_come_again(world, line):
    first = world.run([line(1)])
    world.tables.files[first.id] = replace(first, status=BatchStatus.REFUSED)
    again = world.run([line(1)], "incoming/002/BPUM/lagi.csv")
    assert again.status is BatchStatus.COMPLETED


def test_a_file_with_rows_that_are_being_read_is_tried_again_later(world, line):
    first = world.take(world.put([line(1)]))
    world.tables.files[first.id] = replace(first, status=BatchStatus.SPLITTING)
    lost, world.chunk_queue.bodies = world.chunk_queue.bodies, []

    again = world.take(world.put([line(1)], "incoming/002/BPUM/lagi.csv"))

    assert again.status is BatchStatus.SPLITTING
    assert world.intake_queue.delays == [timedelta(minutes=1)]
    world.tables.files[first.id] = first
    world.chunk_queue.bodies = lost
    world.drive()
    assert codes(world.tables.files[again.id]) == ["file_repeated"]


def test_a_file_is_put_back_so_often_and_then_fails(world, line):
    first = world.take(world.put([line(1)]))
    world.tables.files[first.id] = replace(first, status=BatchStatus.SPLITTING)
    upload = world.put([line(1)], "incoming/002/BPUM/lagi.csv")

    world.take(upload)
    (again,) = intake.uploads(world.intake_queue.bodies.pop())
    assert (again, again.again) == (upload, 1)

    with pytest.raises(NotYet):
        world.take(replace(again, again=MOST_TIMES_PUT_BACK))
    assert world.intake_queue.bodies == []


def test_one_failed_upload_does_not_block_the_others_of_its_message(world, line):
    gone, good = world.put([line(1)]), world.put([line(2)], "incoming/002/BPUM/b.csv")
    del world.objects.stored[gone.key]

    with pytest.raises(ObjectMissing):
        world.take_all([gone, good])
    world.drive()

    assert [each.status for each in world.tables.files.values()] == [
        BatchStatus.SPLITTING,
        BatchStatus.COMPLETED,
    ]


def cut_off(world, upload) -> None:
    """Let a reading end without an end, as when Lambda ends its function."""
    batch = world.tables.files.get(batch_id(upload.bucket, upload.key, upload.version))
    if batch is None:
        lease = Lease("other", world.now + timedelta(minutes=1))
        taken = [
            world.readers.take("002", each, now=world.now, share=2)
            for each in (lease, replace(lease, claim="b"))
        ]
        assert all(taken)
        batch = world.take(upload)
        world.intake_queue.bodies.clear()
    world.readers.begin(batch.id, Lease(f"{world.now}", world.now), now=world.now)
    world.now += timedelta(minutes=90)


def test_a_file_that_was_cut_off_twice_is_refused_in_words(world, line):
    upload = world.put([line(1)])
    cut_off(world, upload)
    cut_off(world, upload)

    batch = world.take(upload)
    world.drive()

    assert (batch.status, codes(batch)) == (BatchStatus.REFUSED, ["file_too_hard"])
    assert world.tables.people == {}
    assert any(key.endswith("/ringkasan.json") for key in world.objects.stored)


def test_a_file_that_was_cut_off_once_is_read(world, line):
    upload = world.put([line(1)])
    cut_off(world, upload)

    assert world.take(upload).status is BatchStatus.ENROLLING


def test_a_reading_without_time_that_had_much_was_cut_off(world, line):
    upload = world.put([line(1)])
    write = world.objects.write

    def slow(*args, **kwargs):
        world.remaining -= 400
        write(*args, **kwargs)

    world.objects.write = slow
    for _ in range(2):
        world.remaining = 700.0
        world.chunk_rows = 1
        upload = world.put([line(1), line(2), line(3)])
        with pytest.raises(OutOfTime):
            world.take(upload)
        world.now += timedelta(minutes=90)

    assert codes(world.take(upload)) == ["file_too_hard"]


@pytest.mark.parametrize("fault", [Busy("throttled"), RuntimeError("ours"), OutOfTime("late")])
def test_a_fault_that_is_not_the_files_is_not_counted(world, line, fault):
    upload = world.put([line(1)])

    def fail(*_args, **_kwargs):
        raise fault

    write, world.objects.write = world.objects.write, fail
    for _ in range(4):
        with pytest.raises(type(fault)):
            world.take(upload)
        world.now += timedelta(minutes=90)
    world.objects.write = write

    assert world.take(upload).status is BatchStatus.ENROLLING


def test_a_bank_has_two_readers_and_other_banks_theirs(world, line):
    until = world.now + timedelta(minutes=15)
    for name in "ab":
        world.readers.take("002", Lease(name, until), now=world.now, share=2)

    waiting = world.take(world.put([line(1)]))
    other = world.take(world.put([line(2)], "incoming/008/BPUM/b.csv"))

    assert (waiting.status, other.status) == (BatchStatus.SPLITTING, BatchStatus.ENROLLING)
    assert world.intake_queue.delays == [timedelta(seconds=30)]
    world.now = until + timedelta(seconds=1)
    world.drive()
    assert world.tables.files[waiting.id].status is BatchStatus.COMPLETED


def test_a_reading_gives_its_reader_back(world, line):
    for number in range(4):
        batch = world.take(world.put([line(number + 1)], f"incoming/002/BPUM/{number}.csv"))
        assert batch.status is BatchStatus.ENROLLING
