"""Files that are given up, and people whom a later file takes over from one without results."""

import csv
import io
import json
from datetime import timedelta

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import ChunkJob, ReportJob
from chalicelib.domain.person.enrollment import Sms
from tests.stateful.premiums import premiums_not_in_one_result
from tests.support.builders import a_nik

FIRST, SECOND = "incoming/002/BPUM/a.csv", "incoming/002/BPUM/b.csv"
PREMIUM = 33_600


def results(world, batch) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(world.result(batch, "hasil.csv"))))


def summary(world, batch) -> dict:
    return json.loads(world.result(batch, "ringkasan.json"))


def taken(queue) -> list[str]:
    bodies, queue.bodies = queue.bodies, []
    return bodies


def sweep_for(world, minutes: int) -> None:
    for _ in range(minutes // 5 + 1):
        world.sweep()
        world.now += timedelta(minutes=5)


def applied(world, lines, chunks, key=FIRST):
    """Take a file in, and apply only these of its chunks; their messages go out."""
    batch = world.take(world.put(lines, key))
    for body in taken(world.chunk_queue):
        if ChunkJob.model_validate_json(body).chunk in chunks:
            world.chunk_queue.bodies.append(body)
    world.drive()
    return batch


def stored(world, batch):
    return world.tables.files[batch.id]


def stuck(world, batch):
    """Let the sweep find no progress until the file is stuck; its jobs are lost."""
    for _ in range(30):
        world.sweep()
        taken(world.chunk_queue)
        taken(world.report_queue)
        world.now += timedelta(minutes=5)
    assert stored(world, batch).stuck
    return stored(world, batch)


def test_a_file_with_a_missing_object_is_given_up_and_reports_what_it_settled(world, line):
    batch = applied(world, [line(n) for n in range(1, 11)], {1, 3})
    del world.objects.stored[bucket_keys.rows(batch.id, 2)]

    sweep_for(world, 15)
    world.drive()

    file = stored(world, batch)
    assert (file.status, file.shown_status) == (BatchStatus.COMPLETED, BatchStatus.STUCK)
    assert file.given_up == f"objects_missing: {bucket_keys.rows(batch.id, 2)}"
    assert [row["payung_status"] for row in results(world, batch)] == ["diterima"] * 6
    shown = summary(world, batch)
    assert (shown["status"], shown["given_up"]) == ("stuck", True)
    assert shown["lost"] == {"rows": 4, "accepted": 0, "premium_total": 0}
    assert shown["premium_total"] == 6 * PREMIUM
    assert [each["code"] for each in shown["file_warnings"]] == ["file_given_up", "file_rows_lost"]
    assert premiums_not_in_one_result(world) == []


def test_rows_that_were_not_applied_are_rejected_and_may_come_again(world, line):
    batch = applied(world, [line(n) for n in range(1, 10)], {1})
    stuck(world, batch)
    world.now += timedelta(hours=24)
    world.sweep()
    world.drive()

    rows = results(world, batch)
    assert [row["payung_kode"] for row in rows] == [""] * 4 + ["not_processed"] * 5
    assert "Unggah kembali" in rows[-1]["payung_pesan"]
    shown = summary(world, batch)
    assert (shown["rows"], shown["accepted"], shown["rejected"]) == (9, 4, 5)
    assert shown["lost"] == {"rows": 0, "accepted": 0, "premium_total": 0}
    rejected = world.result(batch, "ditolak.csv")
    again = world.run(rejected, SECOND)
    assert summary(world, again)["accepted"] == 5
    assert premiums_not_in_one_result(world) == []


def test_the_report_of_a_given_up_file_is_final(world, line):
    lines = [line(n) for n in range(1, 10)]
    batch = world.take(world.put(lines))
    jobs = taken(world.chunk_queue)
    world.chunk_queue.bodies = jobs[:1]
    world.drive()
    stuck(world, batch)
    world.now += timedelta(hours=24)
    world.sweep()
    world.drive()
    before = world.result(batch, "hasil.csv")

    world.chunk_queue.bodies = list(jobs)  # a redrive that comes too late
    world.report(ReportJob(batch=batch.id))
    world.drive()
    again = world.run([*lines, line(20)], SECOND)

    assert world.result(batch, "hasil.csv") == before
    assert summary(world, again)["duplicate"] == 4
    assert premiums_not_in_one_result(world) == []


def test_a_file_that_was_only_slow_is_completed_without_a_trace(world, line):
    batch = applied(world, [line(n) for n in range(1, 10)], {1, 2, 3})
    world.batches.give_up(batch.id, "chunks: 1")
    file = world.run([line(n) for n in range(20, 29)], SECOND)
    assert stored(world, file).given_up is None
    assert stored(world, batch).shown_status is BatchStatus.COMPLETED


@pytest.fixture
def stalled(world, line):
    """A file of three chunks whose first two are applied; it makes no progress."""
    lines = [line(n, phone="" if n == 2 else f"0812{n:08d}") for n in range(1, 10)]
    batch = applied(world, lines, {1, 2})
    return stuck(world, batch)


def test_the_next_file_takes_people_over_from_one_that_never_reported(world, line, stalled):
    again = world.run([line(n) for n in range(1, 13)], SECOND)

    rows = results(world, again)
    assert [row["payung_status"] for row in rows] == ["diterima"] * 12
    assert [row["payung_kode"] for row in rows] == ["moved_from_earlier_file"] * 8 + [""] * 4
    assert summary(world, again)["premium_total"] == 12 * PREMIUM
    people = {nik: each for (nik, _), each in world.tables.people.items()}
    assert {each.batch for each in people.values()} == {again.id}
    assert people[a_nik(1)].earlier == (f"{stalled.id}-{people[a_nik(1)].earlier[0][9:]}",)
    assert (people[a_nik(1)].sms, people[a_nik(2)].sms) == (Sms.SENT, Sms.NOT_POSSIBLE)
    assert len(world.sms_sender.published) == 11, "a message went out twice, or not at all"
    assert premiums_not_in_one_result(world) == []


def test_the_earlier_file_says_where_its_people_went_when_it_continues(world, line, stalled):
    again = world.run([line(n) for n in range(1, 7)], SECOND)
    world.outbox.enroll(stalled.id, [3])
    world.drive()

    rows = results(world, stalled)
    assert [row["payung_status"] for row in rows] == ["duplikat"] * 6 + ["diterima"] * 3
    assert rows[0]["payung_kode"] == "moved_to_later_file"
    assert rows[0]["payung_pesan"].startswith("JANGAN potong iuran")
    assert results(world, again)[0]["payung_referensi"] in rows[0]["payung_pesan"]
    shown = summary(world, stalled)
    assert (shown["status"], shown["accepted"], shown["duplicate"]) == ("completed", 3, 6)
    assert shown["codes"]["moved_to_later_file"] == 6
    assert shown["premium_total"] == 3 * PREMIUM
    assert shown["warnings"] == 0
    assert premiums_not_in_one_result(world) == []


def test_nobody_is_taken_over_once_the_report_has_begun(world, line, stalled):
    """The second file reads the first as stalled; before it writes, the report begins."""
    again = world.take(world.put([line(n) for n in range(1, 5)], SECOND))
    plain = world.enrollments.commit

    def commit(group, checkpoint, takeovers=()):
        if takeovers:
            world.batches.seal(stalled.id)
        return plain(group, checkpoint, takeovers)

    world.enrollments.commit = commit
    world.drive()
    world.outbox.enroll(stalled.id, [3])
    world.drive()

    assert [row["payung_status"] for row in results(world, again)] == ["duplikat"] * 4
    assert summary(world, stalled)["accepted"] == 9
    assert premiums_not_in_one_result(world) == []


def test_a_person_who_was_erased_meanwhile_is_enrolled_as_new(world, line, stalled):
    plain = world.enrollments.commit

    def commit(group, checkpoint, takeovers=()):
        world.enrollments.commit = plain if takeovers else commit
        if takeovers:
            world.tables.people.pop((a_nik(1), "sulut-2026"))
        return plain(group, checkpoint, takeovers)

    world.enrollments.commit = commit
    again = world.run([line(1), line(3)], SECOND)
    assert [row["payung_kode"] for row in results(world, again)] == ["", "moved_from_earlier_file"]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("incoming/008/BPUM/b.csv", {}),  # another bank
        ("incoming/002/KUR/b.csv", {}),  # another scheme: the aid is another one
        (SECOND, {"name": "Johannes Lain Sekali"}),  # somebody else
        (SECOND, {"amount": "33599"}),  # less than the premium
    ],
)
def test_only_the_same_person_of_the_same_bank_and_scheme_is_taken_over(
    world, line, stalled, key, change
):
    again = world.run([line(1, **change), line(30)], key)
    assert summary(world, again)["accepted"] == 1
    assert world.enrollments.find("sulut-2026", a_nik(1)).batch == stalled.id


def test_nobody_is_taken_over_from_a_file_that_makes_progress(world, line):
    first = applied(world, [line(n) for n in range(1, 10)], {1})
    again = world.run([line(1), line(30)], SECOND)
    assert summary(world, again)["duplicate"] == 1
    assert world.enrollments.find("sulut-2026", a_nik(1)).batch == first.id


def test_an_earlier_file_takes_nobody_back(world, line, stalled):
    again = applied(world, [line(n) for n in range(1, 13)], {1}, SECOND)
    stuck(world, again)
    world.outbox.enroll(stalled.id, [3])
    world.drive()
    assert world.enrollments.find("sulut-2026", a_nik(1)).batch == again.id
    assert premiums_not_in_one_result(world, finished=[stalled.id]) == []


def test_people_of_rows_that_are_lost_are_taken_over_from_a_final_report(world, line):
    lines = [line(n) for n in range(1, 10)]
    batch = applied(world, lines, {1, 2, 3})
    # As if the report had never come: its file is still being applied.
    lost = applied(world, [line(n) for n in range(21, 30)], {1, 2}, SECOND)
    del world.objects.stored[bucket_keys.rows(lost.id, 1)]
    sweep_for(world, 15)
    world.drive()
    assert summary(world, lost)["lost"] == {"rows": 4, "accepted": 4, "premium_total": 4 * PREMIUM}
    assert summary(world, lost)["accepted"] == 4

    third = world.run([line(n) for n in range(21, 30)], "incoming/002/BPUM/c.csv")

    codes = [row["payung_kode"] for row in results(world, third)]
    assert codes[:4] == ["moved_from_earlier_file"] * 4
    assert codes[4:8] == ["duplicate_same_bank"] * 4
    assert premiums_not_in_one_result(world) == []
    assert summary(world, batch)["accepted"] == 9


def test_a_file_whose_header_is_gone_loses_all_its_rows_and_no_person(world, line, stalled):
    del world.objects.stored[bucket_keys.header(stalled.id)]
    world.batches.give_up(stalled.id, "objects_missing")
    world.outbox.enroll(stalled.id, [3])
    world.drive()
    assert summary(world, stalled)["lost"]["accepted"] == 8
    again = world.run([line(n) for n in range(1, 10)], SECOND)
    assert summary(world, again)["accepted"] == 9
    assert premiums_not_in_one_result(world) == []


@pytest.mark.parametrize("limit", [2, 3, 6, 8])
def test_a_transaction_with_takeovers_has_room_for_their_counts(
    world, line, stalled, limit, monkeypatch
):
    monkeypatch.setattr("chalicelib.kinds.recipients.applying.PEOPLE_PER_TRANSACTION", limit)
    world.chunk_rows = 100
    again = world.run([line(n) for n in range(1, 13)], SECOND)
    assert summary(world, again)["accepted"] == 12
    assert premiums_not_in_one_result(world) == []


def test_the_summary_of_lost_rows_follows_when_the_run_that_moved_their_people_died(world, line):
    lines = [line(n) for n in range(1, 10)]
    lost = applied(world, lines, {1, 2})
    del world.objects.stored[bucket_keys.rows(lost.id, 1)]
    sweep_for(world, 15)
    world.drive()
    assert summary(world, lost)["lost"]["accepted"] == 4
    again = world.take(world.put(lines, SECOND))
    jobs = [ChunkJob.model_validate_json(body) for body in taken(world.chunk_queue)]
    plain = world.objects.write
    world.objects.write = None  # every run dies behind its transactions
    for job in jobs:
        with pytest.raises(TypeError):
            world.enroll(job)
    world.objects.write = plain
    for job in jobs:
        world.enroll(job)
    world.drive()

    assert summary(world, again)["accepted"] == 5
    assert summary(world, lost)["lost"]["accepted"] == 0
    assert premiums_not_in_one_result(world) == []
