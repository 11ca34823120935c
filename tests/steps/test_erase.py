import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from chalicelib.domain.jobs import ChunkJob, OutreachJob, ReportJob
from chalicelib.errors import MessageMalformed, NotYet
from chalicelib.files import work
from chalicelib.kinds.recipients.rows import RecipientRow
from chalicelib.lambdas import erase as erase_lambda
from chalicelib.steps.erase import EraseRequest
from tests.support.builders import a_nik
from tests.support.fakes import MemoryEnrollments


class Died(BaseException):
    """The process died: nothing catches this."""


def erase(world, nik: str, **changes: object):
    values = {"nik": nik, "by": "petugas", "reason": "permintaan tertulis"}
    return erase_lambda.step(world.ports).run(EraseRequest(**(values | changes)))


def holding(world, text: str) -> list[str]:
    """Return the keys of our objects that contain a text."""
    import gzip  # noqa: PLC0415  # only here

    found = []
    for key, body in world.objects.stored.items():
        plain = gzip.decompress(body) if key.endswith(".gz") else body
        if key.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(body)) as parts:
                plain = b"".join(map(parts.read, parts.namelist()))
        if text.encode() in plain and not key.startswith("incoming/"):
            found.append(key)
    return found


def test_the_person_is_deleted_from_table_and_objects(world, line):
    world.run([line(n) for n in range(1, 10)])
    assert holding(world, a_nik(6))

    erased = erase(world, a_nik(6))

    assert [row for _, _, row in erased.enrollments] == [7]
    assert world.enrollments.of_person(a_nik(6)) == []
    assert holding(world, a_nik(6)) == []
    assert holding(world, "81200000006") == []


def test_the_income_of_the_person_is_deleted_too(world):
    header = "NIK,Nama,Nilai Bantuan,No HP,Penghasilan"
    world.run(f"{header}\n{a_nik(1)},Maria Contoh,1200000,081200000001,1234567\n")
    assert holding(world, "1234567")

    erase(world, a_nik(1))

    assert holding(world, "1234567") == []
    rows = work.decode_rows(world.objects.stored[next(iter(holding(world, "[[2,")))], RecipientRow)
    assert (rows[0].premium, rows[0].rule, rows[0].income_used) == (0, "", 0)


def test_the_counts_of_the_file_stay_and_show_the_erased(world, line):
    batch = world.run([line(1), line(2)])
    erase(world, a_nik(1))
    world.drive()

    summary = json.loads(world.result(batch, "ringkasan.json"))
    assert (summary["rows"], summary["accepted"], summary["erased"]) == (2, 2, 1)
    assert world.tables.erasures[batch.id, 2].reason == "permintaan tertulis"


def test_the_row_keeps_its_place_and_its_result(world, line):
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


def test_the_request_names_other_files_with_the_person(world, line):
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


def test_a_run_that_died_after_the_erasure_still_brings_it_into_the_summary(
    world, line, monkeypatch
):
    batch = world.run([line(1), line(2)])
    plain = MemoryEnrollments.erase

    def dying(self, enrollment, erasure):
        assert plain(self, enrollment, erasure)
        raise Died

    monkeypatch.setattr(MemoryEnrollments, "erase", dying)
    with pytest.raises(Died):
        erase(world, a_nik(1))
    monkeypatch.undo()

    # The next run finds no enrollment, so it cannot know the file.
    assert erase(world, a_nik(1)).enrollments == []
    assert (world.report_queue.bodies[-1], world.report_queue.delays[-1]) == (
        ReportJob(batch=batch.id).model_dump_json(),
        timedelta(minutes=15),
    )
    world.drive()
    assert json.loads(world.result(batch, "ringkasan.json"))["erased"] == 1


def test_a_rejected_person_can_be_erased_from_the_file(world, line):
    batch = world.run([line(1, amount="x"), line(2)])
    erased = erase(world, a_nik(1), also_in=(batch.id,))
    assert erased.enrollments == []
    assert holding(world, a_nik(1)) == []


def test_a_person_is_not_erased_while_their_message_is_being_sent(world, line):
    world.take(world.put([line(1)]))
    world.enroll(ChunkJob.model_validate_json(world.chunk_queue.bodies.pop()))
    with pytest.raises(NotYet):
        erase(world, a_nik(1))


def test_expired_objects_are_no_error(world, line):
    batch = world.run([line(1)])
    for key in [key for key in world.objects.stored if key.startswith("work/")]:
        del world.objects.stored[key]
    assert erase(world, a_nik(1)).objects == [
        f"results/002/{batch.id}/hasil.xlsx",
        f"results/002/{batch.id}/hasil.csv",
        f"results/002/{batch.id}/konfirmasi.xlsx",
        f"results/002/{batch.id}/konfirmasi.csv",
    ]


def test_a_huge_cell_in_another_row_is_no_error(world, line):
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


def test_the_outreach_lists_of_every_bank_are_written_again(world, line):
    world.run([line(1), line(2)])
    for bank in ("002", "008"):
        world.objects.stored[f"outreach/{bank}/7171-kota-manado.csv"] = b"..."
    for _ in ("once", "and again, when the person is known no longer"):
        world.report_queue.bodies.clear()
        erase(world, a_nik(1))
        jobs = [each for each in world.report_queue.bodies if "outreach" in each]
        assert jobs == [OutreachJob(outreach=bank).model_dump_json() for bank in ("002", "008")]


def test_a_workbook_keeps_what_payung_said_and_everybody_else(world, line):
    batch = world.run([line(1), line(2, amount="x"), line(3)])
    before = sheet(world, batch, "hasil.xlsx")

    erase(world, a_nik(1))

    after = sheet(world, batch, "hasil.xlsx")
    place = before[0].index("payung_baris")
    guard = before[0].index("payung_nik")
    assert [after[0], *after[2:]] == [before[0], *before[2:]]
    assert after[1][:place] == [""] * place
    assert after[1][guard] == ""
    kept = [at for at in range(place, len(before[0])) if at != guard]
    assert [after[1][at] for at in kept] == [before[1][at] for at in kept]


def sheet(world, batch, name: str) -> list[list[str]]:
    body = world.objects.stored[f"results/{batch.bank}/{batch.id}/{name}"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def test_a_person_whose_premium_is_on_its_way_waits_and_their_confirmations_are_blanked(
    world, line
):
    world.run([line(1), line(2)])
    titles = "NIK,Status Potong,Alasan"
    world.run(f"{titles}\n{a_nik(1)},dipotong,\n{a_nik(2)},gagal,menolak\n", "incoming/002/KONFIRMASI/a.csv")  # fmt: skip  # noqa: E501  # one file
    with pytest.raises(NotYet, match="premium"):
        erase(world, a_nik(1))
    erase(world, a_nik(2))
    assert holding(world, a_nik(2)) == []
    assert holding(world, a_nik(1)) != []
