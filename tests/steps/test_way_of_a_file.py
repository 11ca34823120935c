"""A file through all the steps over memory, and its invariants at the end."""

import csv
import io
import json
from datetime import timedelta

import pytest

from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.person.enrollment import Sms
from chalicelib.kinds.recipients.codes import DepartmentCode
from chalicelib.kinds.recipients.rows import recipient_store
from tests.support.builders import a_nik


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_rows_in_are_rows_out_and_the_money_adds_up(world, line):
    batch = world.run(
        [line(1), line(2, phone=""), line(1), line(3, amount="x"), line(1, name="Budi Lain Sekali")]
    )

    summary = json.loads(world.result(batch, "ringkasan.json"))
    assert summary["status"] == "completed"
    counts = [summary[each] for each in ("accepted", "duplicate", "conflict", "rejected")]
    assert (summary["rows"], counts) == (5, [2, 1, 1, 1])
    results = rows_of(world.result(batch, "hasil.csv"))
    assert [row["payung_status"] for row in results] == [
        "diterima", "diterima", "duplikat", "ditolak", "konflik",
    ]  # fmt: skip
    assert (
        summary["premium_total"] == sum(int(row["payung_iuran"]) for row in results) == 2 * 33_600
    )
    assert summary["net_aid_total"] == 2 * (1_200_000 - 33_600)


def test_everyone_accepted_with_a_phone_gets_one_message(world, line):
    world.run([line(1), line(2, phone=""), line(1)])

    assert [phone for phone, _ in world.sms_sender.published] == ["+6281200000001"]
    assert world.enrollments.find("sulut-2026", a_nik(2)).sms is Sms.NOT_POSSIBLE


def test_the_summary_counts_the_messages_once_they_are_settled(world, line):
    batch = world.run([line(n) for n in range(1, 10)])

    sms = json.loads(world.result(batch, "ringkasan.json"))["sms"]
    assert (sms["sent"], sms["pending"], sms["not_possible"]) == (9, 0, 0)


def test_rejected_rows_keep_their_original_and_can_be_corrected(world, line):
    batch = world.run([line(1), line(2, amount="x")])
    rejected = world.result(batch, "ditolak.csv")
    assert [row["NIK"] for row in rows_of(rejected)] == [a_nik(2)]

    corrected = world.run(rejected.replace(",x,", ",1200000,"), "incoming/002/BPUM/corrected.csv")

    summary = json.loads(world.result(corrected, "ringkasan.json"))
    assert (summary["accepted"], summary["rows"]) == (1, 1)


def test_a_rejected_row_does_not_make_the_next_of_its_person_a_duplicate(world, line):
    batch = world.run([line(1, amount="x"), line(1)])

    statuses = [row["payung_status"] for row in rows_of(world.result(batch, "hasil.csv"))]
    assert statuses == ["ditolak", "diterima"]


def test_a_repeated_row_in_a_later_chunk_names_the_first(world, line):
    batch = world.run([*(line(n) for n in range(1, 9)), line(2)])

    last = rows_of(world.result(batch, "hasil.csv"))[-1]
    assert last["payung_kode"] == "duplicate_in_file"
    assert "baris 3" in last["payung_pesan"]


def test_the_same_rows_under_another_name_are_refused_and_point_to_the_first(world, line):
    first = world.run([line(1)])
    again = world.run([line(1)], "incoming/002/BPUM/lagi.csv")

    summary = json.loads(world.result(again, "ringkasan.json"))
    assert summary["status"] == "refused"
    assert [error["code"] for error in summary["errors"]] == ["file_repeated"]
    assert first.id in summary["errors"][0]["message"]
    assert len(world.sms_sender.published) == 1


def test_a_second_file_with_the_same_people_deducts_nothing_and_sends_nothing(world, line):
    world.run([line(1), line(2)])
    again = world.run([line(2), line(1)], "incoming/002/BPUM/lagi.csv")

    summary = json.loads(world.result(again, "ringkasan.json"))
    assert (summary["accepted"], summary["duplicate"], summary["premium_total"]) == (0, 2, 0)
    assert len(world.sms_sender.published) == 2
    results = rows_of(world.result(again, "hasil.csv"))
    assert {row["payung_kode"] for row in results} == {"duplicate_same_bank"}


@pytest.mark.parametrize("changes", [{}, {"name": "Johannes Lain Sekali"}])
@pytest.mark.parametrize("key", ["incoming/127/BPUM/a.csv", "incoming/127/KUR/a.csv"])
def test_another_bank_learns_only_that_the_person_is_enrolled(world, line, key, changes):
    """Whatever agrees or differs, the second bank gets the same bytes."""
    world.run([line(1)])
    world.now += timedelta(days=3)
    second = world.run([line(1, **changes)], key)

    row = rows_of(world.result(second, "hasil.csv"))[0]
    assert (row["payung_status"], row["payung_kode"]) == ("duplikat", "duplicate_other_bank")
    said = "JANGAN potong iuran: orang ini sudah terdaftar melalui bank lain."
    assert row["payung_pesan"] == said
    summary = json.loads(world.result(second, "ringkasan.json"))
    assert summary["codes"] == {"duplicate_other_bank": 1}
    assert (summary["duplicate"], summary["conflict"]) == (1, 0)
    assert len(world.tables.people) == len(world.sms_sender.published) == 1


def test_what_disagrees_across_banks_is_kept_for_the_department(world, line):
    world.run([line(1), line(2)])
    second = world.run([line(1, name="Johannes Lain Sekali"), line(2)], "incoming/127/KUR/a.csv")

    outcomes = recipient_store(world.objects).outcomes(second.id, 1)
    assert [[each.code for each in outcome.noted] for outcome in outcomes] == [
        [DepartmentCode.CONFLICT, DepartmentCode.BPUM_AND_KUR],
        [DepartmentCode.BPUM_AND_KUR],
    ]
    assert outcomes[0].noted[0].params == {"bank": "BRI", "date": "22-11-2026"}
    codes = world.batches.chunk(second.id, 1).tally.codes
    assert codes == {
        "duplicate_other_bank": 2,
        "department_conflict_other_bank": 1,
        "department_bpum_and_kur": 2,
    }


def test_bpum_and_kur_of_one_bank_is_one_enrollment_and_a_finding(world, line):
    world.run([line(1)])
    second = world.run([line(1)], "incoming/002/KUR/a.csv")

    row = rows_of(world.result(second, "hasil.csv"))[0]
    assert row["payung_kode"] == "duplicate_same_bank;bpum_and_kur"
    assert json.loads(world.result(second, "ringkasan.json"))["codes"]["bpum_and_kur"] == 1


def test_a_refused_file_enrolls_nobody_and_may_come_again(world, line):
    refused = world.run(f"NIK,Nama\n{line(1)}\n")
    assert refused.status is BatchStatus.REFUSED
    assert not world.tables.people

    taken = world.run([line(1)], "incoming/002/BPUM/b.csv")
    assert taken.status is BatchStatus.COMPLETED


def test_the_reference_in_the_message_leads_back_to_the_row(world, line):
    batch = world.run([line(1)])

    _, text = world.sms_sender.published[0]
    reference = rows_of(world.result(batch, "hasil.csv"))[0]["payung_referensi"]
    assert reference.startswith(f"{batch.id}-2")
    assert reference in text


def test_result_files_have_the_original_columns_and_then_ours(world, line):
    batch = world.run([line(1), line(2, amount="x")])
    ours = (
        "payung_baris,payung_status,payung_kode,payung_pesan,payung_iuran,payung_bantuan_bersih,"
        "payung_mulai,payung_sampai,payung_referensi,payung_nik,payung_berkas"
    )
    for name in ("hasil.csv", "ditolak.csv"):
        header = world.result(batch, name).splitlines()[0]
        assert header == f"NIK,Nama,Nilai Bantuan,No HP,{ours}"


def test_a_row_wider_than_the_header_keeps_its_surplus(world, line):
    batch = world.run([line(1), line(2) + ",lebih"])
    first, second = rows_of(world.result(batch, "hasil.csv"))
    assert (first["payung_kelebihan"], second["payung_kelebihan"]) == ("", "lebih")
    assert second["payung_kode"] == "row_shape"
