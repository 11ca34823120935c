import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW, replace

from chalicelib import intake
from chalicelib.domain.batch import BatchStatus, Watch
from chalicelib.domain.jobs import ChunkJob
from chalicelib.errors import MessageMalformed, ObjectMissing, OutOfTime
from chalicelib.files import work


def notification(key: str, event: str = "ObjectCreated:Put", **stored: str) -> dict:
    return {
        "eventName": event,
        "eventTime": "2026-11-22T02:00:00.000Z",
        "s3": {"bucket": {"name": "b"}, "object": {"key": key, "size": 5, "eTag": "e"} | stored},
    }


def body(*records: dict) -> str:
    return json.dumps({"Records": records})


def codes(batch) -> list[str]:
    return [finding.code.value for finding in batch.errors]


def test_keys_come_back_as_the_bank_wrote_them():
    uploads = intake.uploads(body(notification("incoming/002/BPUM/a+b%2Bc%C3%A9.csv")))
    assert uploads[0].key == "incoming/002/BPUM/a b+cé.csv"


def test_the_version_tells_two_uploads_of_one_name_apart():
    one, two = intake.uploads(body(notification("k", versionId="1"), notification("k")))
    assert (one.version, one.versioned) == ("1", True)
    assert (two.version, two.versioned) == ("e", False)


def test_s3s_own_test_event_is_no_upload():
    assert intake.uploads('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}') == []


def test_removals_and_folder_marks_are_no_uploads():
    marks = [notification(key, size=0) for key in ("incoming/002/", "incoming%2F002%2FBPUM%2F")]
    events = body(*marks, notification("k", "ObjectRemoved:Delete"))
    assert intake.uploads(events) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"Records": [{"x": 1}]}', "\x00"])
def test_what_is_no_notification_is_malformed(text):
    with pytest.raises(MessageMalformed):
        intake.uploads(text)


def test_the_same_event_three_times_is_one_batch(world, line):
    upload = world.put([line(1)])
    ids = {world.take(upload).id for _ in range(3)}
    world.drive()

    assert len(ids) == len(world.tables.files) == 1
    assert len(world.texter.published) == 1


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
    world.remaining = 9.0  # less than is kept in reserve
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


def test_a_lost_answer_at_the_end_of_reading_does_not_hold_the_file_up(world, line, monkeypatch):
    plain = world.batches.advance

    def advanced_twice(batch, expected):
        plain(batch, expected)  # it took effect, and its answer was lost
        return plain(batch, expected)

    monkeypatch.setattr(world.batches, "advance", advanced_twice)
    world.take(world.put([line(n) for n in range(1, 10)]))
    assert len(world.chunk_queue.bodies) == 3


def test_an_object_that_vanished_is_said_so(world, line):
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


def test_a_file_counts_from_when_it_was_uploaded_however_late_it_is_read(world, line):
    upload = world.put([line(1)])
    world.now = NOW + timedelta(days=3)
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
    del world.objects.stored[work.rows_key(first.id, 2)]
    for body in world.chunk_queue.bodies:
        with suppress(ObjectMissing):
            world.enroll(ChunkJob.model_validate_json(body))
    world.chunk_queue.bodies.clear()
    refused = world.run(rows, "incoming/002/BPUM/terlalu-dini.csv")
    assert codes(refused) == ["file_repeated"]
    world.batches.watch(first.id, Watch("x", NOW), stuck="chunks: 1")

    again = world.run(rows, "incoming/002/BPUM/lagi.csv")

    assert again.status is BatchStatus.COMPLETED
    assert len(world.tables.people) == len(world.texter.published) == 9


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


def test_while_a_file_of_the_same_rows_is_being_read_it_is_asked_again_later(world, line):
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


def test_one_upload_that_fails_does_not_hold_up_the_others_of_its_message(world, line):
    gone, good = world.put([line(1)]), world.put([line(2)], "incoming/002/BPUM/b.csv")
    del world.objects.stored[gone.key]

    with pytest.raises(ObjectMissing):
        world.take_all([gone, good])
    world.drive()

    assert [each.status for each in world.tables.files.values()] == [
        BatchStatus.SPLITTING,
        BatchStatus.COMPLETED,
    ]
