import csv
import io
from contextlib import contextmanager
from datetime import timedelta

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import OutreachJob
from chalicelib.domain.person.enrollment import Erasure, Sms
from chalicelib.errors import ObjectMalformed, OutOfTime
from chalicelib.lambdas import report
from chalicelib.steps.staff import outreach
from tests.support.builders import PROGRAMME, a_nik, replace
from tests.support.counting import count_now

HEADER = "NIK,Nama,Nilai Bantuan,No HP,Alamat,Kode Kab/Kota"
MANADO = "outreach/002/7171-kota-manado.csv"
BITUNG = "outreach/002/7172-kota-bitung.csv"
ELSEWHERE = "outreach/002/0000-wilayah-lain.csv"


@pytest.fixture
def file(world, line):
    """Return a way to enroll people, each given as (number, phone, address, regency)."""

    def enroll(*people, key="incoming/002/BPUM/a.csv"):
        lines = [
            ",".join((line(number, phone=phone), f'"{address}"', regency))
            for number, phone, address, regency in people
        ]
        batch = world.take(world.put("\n".join((HEADER, *lines)) + "\n", key))
        world.drive_chunks()
        world.sms_queue.bodies.clear()
        return batch

    return enroll


def finish_sms(world, number: int, state: Sms, reason: str | None = None) -> None:
    world.claims += 1
    claimed = world.enrollments.claim_sms(
        PROGRAMME, a_nik(number), claim=f"claim-{world.claims}", now=world.now
    )
    assert world.enrollments.record_sms(claimed, state, now=world.now, reason=reason)
    count_now(world.enrollments, claimed)


def write(world, bank: str = "002") -> list[str]:
    return report.outreach_step(world.ports).run(OutreachJob(outreach=bank))


def people(world, key: str) -> list[dict[str, str]]:
    text = world.objects.stored[key].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def a_person(number: int, phone: str | None = None, address: str = "", regency: str = "7171"):
    return number, phone if phone is not None else f"0812{number:08d}", address, regency


def test_what_a_bank_has_deducted_is_no_file_of_people_to_reach(world, file):
    file(a_person(1, phone=""))
    confirmation = f"NIK,Status Potong\n{a_nik(1)},dipotong\n"
    world.take(world.put(confirmation, "incoming/002/KONFIRMASI/potong.csv"))
    world.drive_chunks()
    assert write(world) == [MANADO]
    assert len(people(world, MANADO)) == 1


@contextmanager
def counted(owner, method: str):
    real, calls = getattr(owner, method), []

    def call(*args, **kwargs):
        calls.append((args, kwargs))
        return real(*args, **kwargs)

    setattr(owner, method, call)
    yield calls
    setattr(owner, method, real)


def test_a_list_has_the_people_to_call_and_the_reason(world, file):
    batch = file(a_person(1, address="Jl. Sudirman 1, Wenang"))
    finish_sms(world, 1, Sms.FAILED, "unreachable")
    owner = world.enrollments.find(PROGRAMME, a_nik(1))

    assert write(world) == [MANADO]

    (row,) = people(world, MANADO)
    assert row == {
        "nama": owner.recipient.name,
        "nik": f"{a_nik(1)[:4]}********{a_nik(1)[-4:]}",
        "alamat": "Jl. Sudirman 1, Wenang",
        "telepon": "0812-0000-0001",
        "kabupaten_kota": "Kota Manado",
        "bank": world.agreements.bank("002").name,
        "skema": "BPUM",
        "perlindungan_mulai": "2026-11-22",
        "perlindungan_sampai": "2027-02-21",
        "referensi": owner.reference,
        "alasan": "Ponsel tidak aktif atau di luar jangkauan. Coba kirim ulang besok.",
        "sms_status": "gagal",
    }
    assert row["referensi"].startswith(batch.id)


def test_the_people_of_all_lists_are_counted_by_reason(world, file):
    file(*(a_person(n) for n in range(1, 5)), a_person(5, phone="-", regency="7172"))
    for number in (1, 2):
        finish_sms(world, number, Sms.FAILED, "unreachable")
    finish_sms(world, 3, Sms.UNCONFIRMED)

    write(world)

    rows = people(world, "outreach/002/jumlah-menurut-alasan.csv")
    assert [(row["sms_status"], row["orang"]) for row in rows] == [
        ("gagal", "2"),
        ("tidak dapat dikirim", "1"),
        ("belum pasti sampai", "1"),
    ]
    assert rows[0]["alasan"].startswith("Ponsel tidak aktif")


def test_only_people_whom_no_message_reached_are_listed(world, file):
    file(*(a_person(n) for n in range(1, 9)), a_person(9, phone="-"))
    states = (
        Sms.FAILED, Sms.UNCONFIRMED, Sms.SENT, Sms.DELIVERED, Sms.HELD, Sms.UNKNOWN,
    )  # fmt: skip
    for number, state in enumerate(states, start=1):
        finish_sms(world, number, state)

    write(world)

    assert [(row["telepon"], row["sms_status"]) for row in people(world, MANADO)] == [
        ("0812-0000-0001", "gagal"),
        ("0812-0000-0002", "belum pasti sampai"),
        ("", "tidak dapat dikirim"),
    ]
    assert all(row["alasan"] for row in people(world, MANADO))


def test_each_regency_has_its_list(world, file):
    file(
        a_person(1, phone="", regency="7172"),
        a_person(2, phone="", regency="Kota Manado"),
        a_person(3, phone="", regency=""),  # the NIK was first given in Manado
    )
    assert write(world) == [MANADO, BITUNG]
    assert len(people(world, MANADO)) == 2
    assert [row["kabupaten_kota"] for row in people(world, BITUNG)] == ["Kota Bitung"]


def test_people_without_a_known_regency_are_in_one_list(world, file):
    nik = "3273" + a_nik(1)[4:]
    world.take(world.put(f"{HEADER}\n{nik},Maria Contoh,1200000,,Jl. Baru 2,\n"))
    world.drive_chunks()

    assert write(world) == [ELSEWHERE]

    (row,) = people(world, ELSEWHERE)
    assert row["kabupaten_kota"] == "Jawa Barat (menurut NIK)"
    assert row["alamat"] == "Jl. Baru 2"


def test_an_unknown_regency_is_no_error(world, file):
    file(a_person(1, phone=""))
    key = (a_nik(1), PROGRAMME)
    stored = world.tables.people[key]
    world.tables.people[key] = replace(stored, counted_regency="9999")
    assert write(world) == [ELSEWHERE]
    assert people(world, ELSEWHERE)[0]["kabupaten_kota"] == "Sulawesi Utara (menurut NIK)"


def test_a_list_is_ordered_by_file_and_row(world, file):
    world.now += timedelta(days=1)
    file(*(a_person(n, phone="") for n in (9, 8, 7, 6, 5)), key="incoming/002/BPUM/late.csv")
    world.now -= timedelta(days=1)
    file(*(a_person(n, phone="") for n in (4, 1)), key="incoming/002/KUR/early.csv")
    world.now += timedelta(days=1)

    write(world)

    found = [row["nik"] for row in people(world, MANADO)]
    assert [nik[-1] for nik in found] == [a_nik(n)[-1] for n in (4, 1, 9, 8, 7, 6, 5)]


def test_an_address_that_looks_like_a_formula_is_made_safe(world, file):
    file(a_person(1, phone="", address="=HYPERLINK(1)"))
    write(world)
    assert people(world, MANADO)[0]["alamat"] == "'=HYPERLINK(1)"


def test_a_file_without_addresses_leaves_them_empty(world, line):
    world.take(world.put([line(1, phone="")]))
    world.drive_chunks()
    write(world)
    assert people(world, MANADO)[0]["alamat"] == ""


def test_a_corrected_number_is_the_one_to_call(world, file):
    file(a_person(1))
    finish_sms(world, 1, Sms.FAILED)
    key = (a_nik(1), PROGRAMME)
    stored = world.tables.people[key]
    world.tables.people[key] = replace(
        stored, recipient=replace(stored.recipient, phone="+6281311112222")
    )
    write(world)
    assert people(world, MANADO)[0]["telepon"] == "0813-1111-2222"


def test_a_person_who_was_reached_since_is_removed_and_an_empty_list_keeps_its_header(world, file):
    file(a_person(1), a_person(2, regency="7172", phone=""))
    finish_sms(world, 1, Sms.FAILED)
    assert write(world) == [MANADO, BITUNG]

    key = (a_nik(1), PROGRAMME)
    world.tables.people[key] = replace(world.tables.people[key], sms=Sms.DELIVERED)

    assert write(world) == [MANADO, BITUNG]
    assert people(world, MANADO) == []
    assert world.objects.stored[MANADO].decode("utf-8-sig").startswith("nama,nik,")
    assert len(people(world, BITUNG)) == 1


def test_an_erased_person_is_not_listed(world, file):
    file(a_person(1, phone=""), a_person(2, phone=""))
    write(world)
    owner = world.enrollments.find(PROGRAMME, a_nik(1))
    world.enrollments.erase(owner, Erasure(world.now, "admin", "permintaan"))

    write(world)

    assert [row["referensi"] for row in people(world, MANADO)] == [
        world.enrollments.find(PROGRAMME, a_nik(2)).reference
    ]


def test_a_person_whom_another_file_enrolled_is_not_listed_twice(world, file):
    file(a_person(1, phone=""))
    file(a_person(1, phone=""), a_person(2, phone=""), key="incoming/002/BPUM/b.csv")
    file(a_person(1, phone=""), a_person(3, phone=""), key="incoming/008/BPUM/c.csv")
    write(world)
    assert len(people(world, MANADO)) == 2


def test_only_the_banks_own_people_are_listed(world, file):
    file(a_person(1, phone=""))
    file(a_person(2, phone=""), key="incoming/008/BPUM/b.csv")
    assert write(world, "008") == ["outreach/008/7171-kota-manado.csv"]
    assert MANADO not in world.objects.stored


def test_a_bank_without_files_has_no_lists(world):
    assert write(world) == []
    assert not world.objects.stored


def test_an_unfinished_file_is_listed_as_far_as_it_is_settled(world, line):
    lines = [line(n, phone="") for n in range(1, 10)]
    world.take(world.put(lines))
    first, *_ = world.chunk_queue.bodies
    world.chunk_queue.bodies = [first]
    world.drive_chunks()

    write(world)

    assert len(people(world, MANADO)) == world.chunk_rows


def test_files_that_enroll_nobody_are_skipped(world, file):
    batch = file(a_person(1, phone=""))
    refused = file(a_person(1, phone=""), key="incoming/002/BPUM/twice.csv")
    assert refused.status is BatchStatus.REFUSED
    with counted(world.batches, "chunks") as calls:
        write(world)
    assert [args for args, _ in calls] == [(batch.id,)]


def test_only_chunks_with_listed_people_are_read(world, line):
    batch = world.take(
        world.put([line(n, phone="" if n == 6 else "0812000000") for n in range(1, 9)])
    )
    world.drive_chunks()
    with counted(world.objects, "read") as calls:
        write(world)
    read = [args[0] for args, _ in calls]
    assert read == [bucket_keys.header(batch.id), bucket_keys.rows(batch.id, 2)]


def test_many_files_are_paged_through(world, file, monkeypatch):
    monkeypatch.setattr(outreach, "_PAGE", 2)
    for number in range(1, 8):
        world.now += timedelta(minutes=1)
        file(a_person(number, phone=""), key=f"incoming/002/BPUM/{number}.csv")
    write(world)
    assert len(people(world, MANADO)) == 7


def test_many_files_of_one_moment_are_paged_through(world, file, monkeypatch):
    monkeypatch.setattr(outreach, "_PAGE", 2)
    for number in range(1, 8):
        file(a_person(number, phone=""), key=f"incoming/002/BPUM/{number}.csv")
    world.now += timedelta(minutes=1)
    file(a_person(8, phone=""), key="incoming/002/BPUM/8.csv")
    write(world)
    assert len(people(world, MANADO)) == 8


def test_expired_rows_are_no_error(world, file, caplog):
    old = file(a_person(1, phone=""), key="incoming/002/BPUM/old.csv")
    file(a_person(2, phone=""))
    for key in list(world.objects.stored):
        if key.startswith(f"work/{old.id}/"):
            del world.objects.stored[key]
    write(world)
    assert len(people(world, MANADO)) == 1
    assert "rows of a file are gone" in caplog.text


def test_without_time_no_list_is_written(world, file):
    file(a_person(1, phone=""))
    world.remaining = 10.0
    with pytest.raises(OutOfTime):
        write(world)
    assert MANADO not in world.objects.stored


def test_a_fault_leaves_the_old_lists_unchanged(world, file):
    file(a_person(1, phone=""))
    second = file(a_person(2, phone=""), key="incoming/002/KUR/b.csv")
    write(world)
    before = world.objects.stored[MANADO]
    world.objects.stored[bucket_keys.rows(second.id, 1)] = b"broken"
    with pytest.raises(ObjectMalformed):
        write(world)
    assert world.objects.stored[MANADO] == before


def test_a_repeated_job_writes_the_same(world, file):
    file(a_person(1, phone=""), a_person(2, phone="", regency="7172"))
    write(world)
    before = {key: world.objects.stored[key] for key in (MANADO, BITUNG)}
    write(world)
    assert {key: world.objects.stored[key] for key in (MANADO, BITUNG)} == before


def test_the_keys_of_a_bank_begin_alike():
    assert MANADO.startswith(bucket_keys.outreach_folder("002"))
    assert not MANADO.startswith(bucket_keys.outreach_folder("00"))
