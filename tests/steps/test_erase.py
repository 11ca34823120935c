import csv
import io
import json

import pytest
from builders import a_nik

from chalicelib.domain.jobs import ChunkJob, OutreachJob
from chalicelib.erase import EraseRequest, erase_person
from chalicelib.errors import MessageMalformed, NotYet
from chalicelib.files import work


def erase(world, nik: str, **changes: object):
    values = {"nik": nik, "by": "petugas", "reason": "permintaan tertulis"}
    return erase_person(
        EraseRequest(**(values | changes)),
        enrollments=world.enrollments,
        batches=world.batches,
        objects=world.objects,
        report_queue=world.report_queue,
        clock=world.clock,
        deadline=world.deadline,
    )


def holding(world, text: str) -> list[str]:
    """Return the keys of our objects in which a text stands."""
    import gzip  # noqa: PLC0415  # only here

    found = []
    for key, body in world.objects.stored.items():
        plain = gzip.decompress(body) if key.endswith(".gz") else body
        if text.encode() in plain and not key.startswith("incoming/"):
            found.append(key)
    return found


def test_the_person_is_gone_from_table_and_objects(world, line):
    world.run([line(n) for n in range(1, 10)])
    assert holding(world, a_nik(6))

    erased = erase(world, a_nik(6))

    assert [row for _, _, row in erased.enrollments] == [7]
    assert world.enrollments.of_person(a_nik(6)) == []
    assert holding(world, a_nik(6)) == []
    assert holding(world, "81200000006") == []


def test_what_the_person_earns_is_gone_as_well(world):
    header = "NIK,Nama,Nilai Bantuan,No HP,Penghasilan"
    world.run(f"{header}\n{a_nik(1)},Maria Contoh,1200000,081200000001,1234567\n")
    assert holding(world, "1234567")

    erase(world, a_nik(1))

    assert holding(world, "1234567") == []
    rows = work.decode_rows(world.objects.stored[next(iter(holding(world, "[[2,")))])
    assert (rows[0].premium, rows[0].rule, rows[0].income) == (0, "", 0)


def test_the_files_counts_stay_and_say_how_many_were_erased(world, line):
    batch = world.run([line(1), line(2)])
    erase(world, a_nik(1))
    world.drive()

    summary = json.loads(world.result(batch, "ringkasan.json"))
    assert (summary["rows"], summary["accepted"], summary["erased"]) == (2, 2, 1)
    assert world.tables.erasures[batch.id, 2].reason == "permintaan tertulis"


def test_the_row_keeps_its_place_and_what_payung_said_of_it(world, line):
    batch = world.run([line(1), line(2)])
    before = list(csv.DictReader(io.StringIO(world.result(batch, "hasil.csv"))))
    erase(world, a_nik(1))
    after = list(csv.DictReader(io.StringIO(world.result(batch, "hasil.csv"))))

    assert after[1] == before[1]
    assert after[0]["NIK"] == after[0]["Nama"] == ""
    assert after[0]["payung_referensi"] == before[0]["payung_referensi"]


def test_repeated_and_rejected_rows_of_the_person_are_emptied_too(world, line):
    world.run([line(1), line(1), line(1, amount="x"), line(2)])
    erase(world, a_nik(1))
    assert holding(world, a_nik(1)) == []


def test_files_that_were_told_of_a_duplicate_are_named_by_whoever_asks(world, line):
    world.run([line(1)])
    second = world.run([line(1), line(2)], "incoming/127/BPUM/a.csv")
    erase(world, a_nik(1), also_in=(second.id,))
    assert holding(world, a_nik(1)) == []


def test_erasing_twice_does_no_harm(world, line):
    batch = world.run([line(1), line(2)])
    erase(world, a_nik(1))
    assert erase(world, a_nik(1), also_in=(batch.id,)).model_dump() == {
        "enrollments": [],
        "objects": [],
    }


def test_whoever_is_not_enrolled_can_be_erased_from_a_file_that_rejected_them(world, line):
    batch = world.run([line(1, amount="x"), line(2)])
    erased = erase(world, a_nik(1), also_in=(batch.id,))
    assert erased.enrollments == []
    assert holding(world, a_nik(1)) == []


def test_nobody_is_erased_while_their_message_is_on_its_way(world, line):
    world.take(world.put([line(1)]))
    world.enroll(ChunkJob.model_validate_json(world.chunk_queue.bodies.pop()))
    with pytest.raises(NotYet):
        erase(world, a_nik(1))


def test_what_expired_is_not_missed(world, line):
    batch = world.run([line(1)])
    for key in [key for key in world.objects.stored if key.startswith("work/")]:
        del world.objects.stored[key]
    assert erase(world, a_nik(1)).objects == [f"results/002/{batch.id}/hasil.csv"]


def test_a_huge_cell_in_somebody_elses_row_is_no_hindrance(world, line):
    world.run([line(1), line(2, name="A" * 300_000)])
    erase(world, a_nik(1))
    assert holding(world, a_nik(1)) == []


@pytest.mark.parametrize("nik", ["", "123"])
def test_a_request_without_a_nik_is_refused_without_repeating_it(world, nik):
    with pytest.raises(MessageMalformed):
        erase(world, nik)


def test_an_unknown_file_is_refused(world):
    with pytest.raises(MessageMalformed, match="no such file"):
        erase(world, a_nik(1), also_in=("AAAAAAAA",))


def test_field_officers_lists_are_written_anew_for_every_bank_that_has_some(world, line):
    world.run([line(1), line(2)])
    for bank in ("002", "008"):
        world.objects.stored[f"outreach/{bank}/7171-kota-manado.csv"] = b"..."
    for _ in ("once", "and again, when the person is known no longer"):
        world.report_queue.bodies.clear()
        erase(world, a_nik(1))
        jobs = [each for each in world.report_queue.bodies if "outreach" in each]
        assert jobs == [OutreachJob(outreach=bank).model_dump_json() for bank in ("002", "008")]
