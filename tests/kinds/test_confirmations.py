"""Banks confirm their deductions: each row moves its person once, or says why it moves nobody."""

import json
from datetime import timedelta

import pytest

from chalicelib.adapters.ports import ErasedPremium
from chalicelib.domain.jobs import ChunkJob
from chalicelib.domain.money.standing import Cover, Leaf
from chalicelib.domain.person.reference import reference
from chalicelib.lambdas import erase as lambdas_erase
from chalicelib.steps.erase import EraseRequest
from tests.kinds.confirming import (
    PEOPLE,
    PREMIUM,
    TITLES,
    code,
    confirm,
    enrolled_world,
    money,
    person,
    row,
    rows_of,
    states,
    the_world,
)
from tests.support.builders import NOW, PROGRAMME, a_nik
from tests.support.world import World, a_line


@pytest.fixture
def world() -> World:
    return enrolled_world()


def test_the_form_has_the_accepted_rows_and_is_filled_in(world):
    form = rows_of(world.result(world.enrolled, "konfirmasi.csv"))

    assert list(form[0]) == TITLES.split(",")
    assert len(form) == PEOPLE
    assert form[0] == dict.fromkeys(TITLES.split(","), "") | {
        "payung_referensi": person(world, 1).reference,
        "payung_baris": "2",
        "NIK": a_nik(1),
        "Nama": person(world, 1).recipient.name,
        "payung_iuran": "33600",
    }
    for each in form:
        each["Status Potong"] = "dipotong"
    filled = [",".join(each.values()) for each in form]
    _, summary = confirm(world, *filled)
    assert summary["matched"]["deducted"] == PEOPLE
    assert states(world) == {(Cover.DEDUCTED, Leaf.TO_REMIT): PEOPLE}


def test_the_form_leaves_out_rows_that_owe_nothing():
    world = the_world()
    batch = world.run([a_line(1), a_line(2, nik="123"), a_line(1)])
    form = rows_of(world.result(batch, "konfirmasi.csv"))
    assert [each["payung_baris"] for each in form] == ["2"]
    assert f"results/002/{batch.id}/konfirmasi.xlsx" in world.objects.stored


def test_each_status_leads_to_its_state_and_leaf(world):
    rows, summary = confirm(
        world,
        row(world, 1, "dipotong", "33600", "22-11-2026", "J-1"),
        row(world, 2, "gagal", reason="rekening_tutup"),
        row(world, 3, "dikembalikan", reason="tidak_diambil"),
        row(world, 4, "ditunda"),
        row(world, 5, ""),
    )

    assert states(world) == {
        (Cover.DEDUCTED, Leaf.TO_REMIT): 1,
        (Cover.NOT_DEDUCTED, Leaf.FAILED): 1,
        (Cover.RETURNED, Leaf.RETURNED): 1,
        (Cover.ENROLLED, Leaf.DEFERRED): 1,
        (Cover.ENROLLED, Leaf.OPEN): 4,
    }
    assert summary["matched"] == {
        "deducted": 1, "failed": 1, "returned": 1, "deferred": 1, "blank": 1,
    }  # fmt: skip
    assert summary["breaks"] == {}
    assert (summary["kind"], summary["rows"], summary["accepted"]) == ("confirmations", 5, 5)
    assert [each["payung_potong"] for each in rows.values()] == [
        "dipotong", "gagal", "dikembalikan", "ditunda", "belum",
    ]  # fmt: skip
    assert rows[2]["payung_pesan"].startswith("Tercatat dipotong, iuran Rp33.600, ")
    sums = money(world)
    assert (sums["expected"], sums["open"]) == (PEOPLE * PREMIUM, 4 * PREMIUM)
    assert [sums[each] for each in ("deducted", "failed", "returned", "deferred")] == [PREMIUM] * 4


def test_the_ledger_says_when_by_which_row_what_and_why(world):
    confirm(world, row(world, 1, "gagal", "0", "22-11-2026", "J-9", "REK TUTUP"))
    (line,) = person(world, 1).ledger
    assert (line.before.leaf, line.after.leaf, line.amount) == (Leaf.OPEN, Leaf.FAILED, PREMIUM)
    assert (line.source.row, line.reason, line.words) == (2, "rekening_tutup", "REK TUTUP")
    assert (line.evidence, line.day.isoformat(), line.at) == ("J-9", "2026-11-22", NOW)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "PENDING"}, "status_unknown"),
        ({"status": "BELUM DIDEBET SUKSES"}, "status_unknown"),
        ({"status": "MENOLAK DIPOTONG"}, "status_unknown"),
        ({"status": "RETUR"}, "status_unknown"),
        ({"status": "00"}, "status_unknown"),
        ({"status": "D"}, "status_unknown"),
        ({"status": "Y"}, "status_unknown"),
        ({"status": "BERHASIL", "reason": "Saldo tidak cukup"}, "status_unknown"),
        ({"status": "BERHASIL", "reason": "debet sebagian"}, "status_unknown"),
        ({"status": "BERHASIL", "amount": "20000", "reason": "debet sebagian"}, "amount_differs"),
        ({"status": "", "reason": "rekening tutup"}, "status_unknown"),
        ({"status": "gagal"}, "reason_missing"),
        ({"status": "GAGAL SALUR"}, "reason_missing"),
        ({"status": "GAGAL SALUR", "reason": "hari libur"}, "status_unknown"),
        ({"status": "EXCLUDE", "reason": "rekening tutup"}, "status_unknown"),
        ({"status": "dipotong", "amount": "0"}, "amount_differs"),
        ({"status": "dipotong", "amount": "-"}, "amount_differs"),
        ({"status": "dipotong", "amount": "33.600 CR"}, "amount_differs"),
        ({"status": "dipotong", "amount": "36100"}, "amount_differs"),
        ({"status": "dikembalikan", "amount": "20000"}, "amount_differs"),
        ({"status": "dipotong", "day": "23-11-2026"}, "date_future"),
        ({"status": "dipotong", "day": "21-11-2026"}, "date_before_file"),
        ({"status": "dipotong", "nik": a_nik(99)}, "reference_nik_differs"),
        ({"status": "dipotong", "nik": a_nik(2)}, "reference_nik_differs"),
    ],
)
def test_what_is_not_certain_moves_nobody_and_says_why(world, changes, expected):
    rows, summary = confirm(world, row(world, 1, **changes))

    assert code(rows) == expected
    assert summary["breaks"] == {expected: 1}
    assert (rows[2]["payung_potong"], rows[2]["payung_status"]) == ("", "ditolak")
    assert len(rows[2]["payung_pesan"]) > 40
    assert states(world) == {(Cover.ENROLLED, Leaf.OPEN): PEOPLE}
    assert money(world)["open"] == PEOPLE * PREMIUM


@pytest.mark.parametrize(
    ("status", "reason", "recorded"),
    [
        ("Sukses", "", ("deducted", "")),
        ("  sudah   dipotong ", "biaya ditanggung bank", ("deducted", "")),
        ("TIDAK BERHASIL", "Saldo tidak cukup", ("not_deducted", "saldo_kurang")),
        ("DITOLAK", "Nama tidak sesuai", ("not_deducted", "data_tidak_sesuai")),
        ("GAGAL", "Nama Tidak Sesuai;Seharusnya : X", ("not_deducted", "data_tidak_sesuai")),
        ("GAGAL", "tutup; pasif?", ("not_deducted", "lain")),
        ("GAGAL", "REK TUTUP / SALDO KURANG", ("not_deducted", "lain")),
        ("GAGAL", "REK TUTUP / MENINGGAL DUNIA", ("not_deducted", "meninggal")),
        ("GAGAL", "DITOLAK BANK", ("not_deducted", "lain")),
        ("GAGAL", "saldo_kurang", ("not_deducted", "saldo_kurang")),
        ("EXCLUDE", "MENINGGAL", ("not_deducted", "meninggal")),
        ("GAGAL BUREKOL", "NIK tidak padan", ("not_deducted", "data_tidak_sesuai")),
        ("KEMBALI KE KAS NEGARA", "", ("returned", "")),
        ("TUNDA SALUR", "", ("enrolled", "")),
    ],
)
def test_words_are_compared_as_a_whole(world, status, reason, recorded):
    confirm(world, row(world, 1, status, reason=reason))
    line = person(world, 1).ledger[-1]
    assert (person(world, 1).cover, line.reason) == recorded


@pytest.mark.parametrize(
    ("amount", "matched"), [("", 1), ("33.600,00 DB", 1), ("Rp33.600,-", 1), ("33,600.00", 1)]
)
def test_only_an_empty_amount_or_the_premium_is_the_premium(world, amount, matched):
    _, summary = confirm(world, row(world, 1, "dipotong", f'"{amount}"'))
    assert summary["matched"]["deducted"] == matched


@pytest.mark.parametrize("day", ["22/11/26", "11/22/2026", "22-NOV-2026", "2026-11-22 08:15:22"])
def test_a_day_that_may_be_read_in_two_ways_is_the_one_that_can_be(world, day):
    confirm(world, row(world, 1, "dipotong", day=day))
    assert person(world, 1).ledger[-1].day.isoformat() == "2026-11-22"


def test_an_unreadable_day_is_a_warning(world):
    rows, summary = confirm(world, row(world, 1, "dipotong", day="kemarin"))
    assert (code(rows), rows[2]["payung_status"]) == ("date_unreadable", "diterima")
    assert (summary["matched"]["deducted"], summary["breaks"], summary["warnings"]) == (1, {}, 1)


def test_a_person_is_found_by_reference_alone(world):
    ref = reference(world.enrolled.id, 3)
    _, summary = confirm(world, f"{ref},DIPOTONG", titles="Referensi Payung,Status Debet")
    assert summary["matched"]["deducted"] == 1
    assert person(world, 2).cover is Cover.DEDUCTED


def test_a_masked_nik_does_no_harm_beside_a_reference(world):
    _, summary = confirm(world, row(world, 1, "dipotong", nik="7171********0002"))
    assert summary["matched"]["deducted"] == 1


def test_a_nik_alone_finds_only_the_banks_own_people(world):
    titles = "NIK,Status Debet"
    world.run([a_line(20)], "incoming/008/BPUM/b.csv")
    rows, summary = confirm(
        world, f"{a_nik(3)},SUKSES", f"{a_nik(20)},SUKSES", "7171********0003,SUKSES", titles=titles
    )
    assert summary["matched"]["deducted"] == 1
    assert [code(rows, line) for line in (2, 3, 4)] == ["", "person_unknown", "person_unknown"]
    assert person(world, 20).cover is Cover.ENROLLED
    assert "disamarkan" in rows[4]["payung_pesan"]


def test_a_nik_that_ends_in_0_has_to_fit_the_name():
    world = the_world()
    nik = a_nik(9)
    assert nik.endswith("0")
    world.run([a_line(9, name="Maria Rekaan Awan")])
    titles = "NIK,Nama,Status Debet"
    rows, _ = confirm(world, f"{nik},Johannes Lain Sekali,SUKSES", titles=titles)
    assert code(rows) == "person_unknown"
    _, summary = confirm(world, f"{nik},MARIA REKAAN AWAN,SUKSES", name="b", titles=titles)
    assert summary["matched"]["deducted"] == 1


def test_each_kind_of_wrong_reference_has_its_code(world):
    other = world.run([a_line(30)], "incoming/008/BPUM/b.csv")
    mistyped = reference(world.enrolled.id, 2)[:-1] + "?"
    rows, summary = confirm(
        world,
        f"{mistyped},dipotong",
        f"{reference(other.id, 2)},dipotong",
        f"{reference(world.enrolled.id, 99)},dipotong",
        f"{reference('AAAAAAAA', 2)},dipotong",
        titles="payung_referensi,Status Potong",
    )
    codes = [code(rows, line) for line in (2, 3, 4, 5)]
    assert codes == ["reference_mistyped", *["reference_unknown"] * 3]
    assert summary["rows"] == 4


def test_a_nik_in_two_programmes_is_ambiguous_without_a_reference(world):
    world.now = NOW - timedelta(days=5 * 365)
    world.run([a_line(1)], "incoming/002/BPUM/2021.csv")
    world.now = NOW
    rows, _ = confirm(world, f"{a_nik(1)},dipotong", titles="NIK,Status Potong")
    assert code(rows) == "person_ambiguous"
    _, summary = confirm(world, row(world, 1, "dipotong"), name="b")
    assert summary["matched"]["deducted"] == 1


def test_equal_rows_count_once_and_other_rows_not_at_all(world):
    rows, summary = confirm(
        world,
        row(world, 1, "dipotong"),
        row(world, 1, "dipotong"),
        row(world, 2, "dipotong"),
        row(world, 3, "dipotong"),
        row(world, 2, "gagal", reason="saldo_kurang"),
        row(world, 2, "dipotong"),
    )
    assert [code(rows, line) for line in range(2, 8)] == [
        "", "confirm_twice_in_file", "confirm_twice_in_file", "", "confirm_twice_in_file",
        "confirm_twice_in_file",
    ]  # fmt: skip
    assert "kedua baris tidak dicatat" not in rows[3]["payung_pesan"]
    assert "kedua baris tidak dicatat" in rows[4]["payung_pesan"]
    assert summary["matched"]["deducted"] == 2
    assert person(world, 2).cover is Cover.ENROLLED
    assert [rows[line]["payung_status"] for line in (3, 4)] == ["duplikat", "konflik"]


def test_a_contradiction_in_another_chunk_counts_too():
    world = World(now=NOW, chunk_rows=2)
    world.enrolled = world.run([a_line(n) for n in range(1, 6)])
    lines = [row(world, n, "dipotong") for n in range(1, 6)]
    _, summary = confirm(world, *lines, row(world, 1, "ditunda"))
    assert summary["matched"]["deducted"] == 4
    assert summary["breaks"] == {"confirm_twice_in_file": 2}


def test_a_second_booking_is_money_owed_to_the_person(world):
    rows, _ = confirm(
        world,
        row(world, 1, "dipotong", evidence="J-1"),
        row(world, 1, "dipotong", evidence="J-2"),
    )
    assert [code(rows, line) for line in (2, 3)] == ["", "deducted_not_due"]
    assert "dua kali" in rows[3]["payung_pesan"]
    assert rows[3]["payung_wajib_kembali"] == "33600"
    sums = json.loads(world.result(world.enrolled, "ringkasan.json"))
    assert (sums["money"]["deducted"], sums["not_due"]) == (PREMIUM, PREMIUM)

    again, _ = confirm(world, row(world, 1, "dipotong", evidence="J-2"), name="b")
    same, _ = confirm(world, row(world, 1, "dipotong", evidence="J-1"), name="c")
    assert (code(again), code(same)) == ("confirm_same", "confirm_same")
    assert world.batches.moved(world.enrolled.id).not_due.rupiah == PREMIUM


def test_a_deduction_from_a_row_that_owes_nothing_is_owed_once():
    world = the_world()
    world.run([a_line(1), a_line(3)], "incoming/008/BPUM/first.csv")
    young = "7171011708150002"
    bad = a_line(2, nik=young)
    batch = world.enrolled = world.run([a_line(1), bad, a_line(4)])
    titles = "NIK,Status Debet,Nominal Debet"
    rows, summary = confirm(
        world,
        f"{a_nik(1)},SUKSES,33600",
        f"{young},SUKSES,",
        f"{a_nik(3)},SUKSES,33600",
        f"{a_nik(4)},GAGAL,",
        titles=titles,
    )
    assert [code(rows, line) for line in (2, 3, 4, 5)] == [
        "deducted_not_due", "deducted_not_due", "person_unknown", "reason_missing",
    ]  # fmt: skip
    assert "duplikat" in rows[2]["payung_pesan"]
    assert "ditolak" in rows[3]["payung_pesan"]
    moved = world.batches.moved(batch.id)
    assert (moved.not_due.people, moved.not_due.rupiah) == (2, 2 * PREMIUM)
    assert money(world)["deducted"] == 0
    assert json.loads(world.result(batch, "ringkasan.json"))["not_due"] == 2 * PREMIUM
    assert summary["breaks"]["deducted_not_due"] == 2

    again, _ = confirm(world, f"{a_nik(1)},SUKSES,33600", titles=titles, name="b")
    assert code(again) == "confirm_same"
    assert world.batches.moved(batch.id).not_due.people == 2


def test_many_files_in_any_order_end_at_the_last_possible_state(world):
    steps = [
        ("ditunda", "", ""),
        ("gagal", "saldo_kurang", ""),
        ("gagal", "saldo_kurang", "confirm_same"),
        ("ditunda", "", "confirm_changes_final"),
        ("dipotong", "", ""),
        ("dipotong", "", "confirm_same"),
        ("gagal", "saldo_kurang", "confirm_changes_final"),
        ("dikembalikan", "", ""),
        ("dipotong", "", "confirm_changes_final"),
        ("dikembalikan", "", "confirm_same"),
    ]
    for number, (status, reason, expected) in enumerate(steps):
        other = f",,{a_nik(2)},Berkas {number},,,,,,"  # not the same file again
        rows, _ = confirm(world, row(world, 1, status, reason=reason), other, name=f"f{number}")
        assert code(rows) == expected, status
        assert money(world)["expected"] == PEOPLE * PREMIUM
    assert [each.after.leaf for each in person(world, 1).ledger] == [
        Leaf.DEFERRED, Leaf.FAILED, Leaf.TO_REMIT, Leaf.RETURNED,
    ]  # fmt: skip


def test_a_failure_that_turns_out_to_be_a_death_is_recorded(world):
    confirm(world, row(world, 1, "gagal", reason="tidak_diambil"))
    confirm(world, row(world, 1, "gagal", reason="MENINGGAL"), name="b")
    assert [each.reason for each in person(world, 1).ledger] == ["tidak_diambil", "meninggal"]
    assert money(world)["failed"] == PREMIUM


def test_one_file_confirms_people_of_many_files(world):
    second = world.run([a_line(n) for n in range(40, 45)], "incoming/002/KUR/b.csv")
    lines = [row(world, n, "dipotong") for n in (1, 2)]
    lines += [f"{reference(second.id, n)},,,,,dipotong,,,," for n in (2, 3, 4)]
    _, summary = confirm(world, *lines)
    assert summary["matched"]["deducted"] == 5
    assert json.loads(world.result(second, "ringkasan.json"))["money"]["deducted"] == 3 * PREMIUM
    assert money(world)["deducted"] == 2 * PREMIUM
    by_scheme = {
        each.account.scheme: each.balance.deducted for each in world.batches.totals(PROGRAMME)
    }
    assert by_scheme == {"BPUM": 2 * PREMIUM, "KUR": 3 * PREMIUM}


def test_a_thousand_rows_give_exactly_these_counts_and_a_sentence_each():
    world = the_world()
    young = [f"71710117081{n}0001" for n in range(5, 10)]
    people = [a_line(n) for n in range(1, 991)]
    rejected = [a_line(n, nik=nik) for n, nik in enumerate(young, 1)]
    batch = world.enrolled = world.run([*people, *rejected])
    ref = {each.recipient.nik: each.reference for each in world.tables.people.values()}

    def line(n, status, amount="", reason=""):
        return f"{ref[a_nik(n)]},,{a_nik(n)},,,{status},{amount},,,{reason}"

    lines = [line(n, "dipotong", "33600") for n in range(1, 901)]
    lines += [line(n, "gagal", "", "saldo_kurang") for n in range(901, 941)]
    lines += [line(n, "dikembalikan") for n in range(941, 961)]
    lines += [line(n, "ditunda") for n in range(961, 981)]
    lines += [line(n, "dipotong", "36100") for n in range(981, 991)]
    lines += [f",,{nik},,,dipotong,33600,,," for nik in young]
    lines += [f",,{a_nik(n)},,,dipotong,33600,,," for n in range(2001, 2006)]
    rows, summary = confirm(world, *lines)

    assert summary["rows"] == 1000
    assert summary["matched"] == {
        "deducted": 900, "failed": 40, "returned": 20, "deferred": 20, "blank": 0,
    }  # fmt: skip
    assert summary["breaks"] == {"amount_differs": 10, "deducted_not_due": 5, "person_unknown": 5}
    assert all(each["payung_pesan"] for each in rows.values())
    sums = money(world)
    assert [sums[each] // PREMIUM for each in ("expected", "open", "deducted", "failed")] == [
        990, 10, 900, 40,
    ]  # fmt: skip
    assert (sums["returned"] // PREMIUM, sums["deferred"] // PREMIUM) == (20, 20)
    assert json.loads(world.result(batch, "ringkasan.json"))["not_due"] == 5 * 33_600


def test_a_chunk_that_is_delivered_again_moves_nobody_twice(world):
    content = "\n".join((TITLES, *(row(world, n, "dipotong") for n in (1, 2)), row(world, 3, "?")))
    batch = world.take(world.put(content, "incoming/002/KONFIRMASI/a.csv"))
    for _ in range(2):
        world.enroll(ChunkJob(batch=batch.id, chunk=1))
    world.objects.stored.pop(f"work/{batch.id}/outcomes/00001.jsonl.gz")
    world.enroll(ChunkJob(batch=batch.id, chunk=1))
    world.drive()

    summary = json.loads(world.result(batch, "ringkasan.json"))
    assert (summary["matched"]["deducted"], summary["breaks"]) == (2, {"status_unknown": 1})
    assert [len(person(world, n).ledger) for n in (1, 2, 3)] == [1, 1, 0]


def test_the_same_file_again_is_refused_and_says_which_was_first(world):
    confirm(world, row(world, 1, "dipotong"))
    _, summary = confirm(world, row(world, 1, "dipotong"), name="b")
    assert [each["code"] for each in summary["errors"]] == ["file_repeated"]


def test_a_file_without_a_status_is_refused(world):
    _, summary = confirm(world, f"{a_nik(1)},33600", titles="NIK,Nominal Debet")
    assert summary["errors"][0]["code"] == "header_missing"
    assert "Status Potong" in summary["errors"][0]["message"]


def test_a_bank_confirms_only_its_own_people(world):
    rows, _ = confirm(world, row(world, 1, "dipotong"), bank="008")
    assert code(rows) == "reference_unknown"
    assert person(world, 1).cover is Cover.ENROLLED


def test_a_confirmation_corrects_no_file_of_recipients(world):
    confirm(world, row(world, 1, "dipotong"))
    assert world.tables.files[world.enrolled.id].corrected_by == ()


def erase(world, number):
    request = EraseRequest(nik=a_nik(number), by="admin", reason="UU 27/2022")
    lambdas_erase.step(world.ports).run(request)
    world.drive()


def test_a_statement_about_an_erased_person_says_so_and_moves_nothing(world):
    confirm(world, row(world, 1, "gagal", reason="menolak"))
    erase(world, 1)
    rows, summary = confirm(
        world, row(world, 1, "gagal", reason="menolak"), row(world, 2, "ditunda"), name="b"
    )
    assert code(rows) == "person_erased"
    assert "dihapus atas permintaannya" in rows[2]["payung_pesan"]
    assert summary["matched"]["deferred"] == 1
    assert (money(world)["failed"], money(world)["expected"]) == (PREMIUM, PEOPLE * PREMIUM)


@pytest.mark.parametrize("nik", [None, ""])
def test_a_deduction_from_an_erased_person_is_owed_once(world, nik):
    erase(world, 1)
    rows, _ = confirm(world, row(world, 1, "dipotong", evidence="J-1", nik=nik))
    assert (code(rows), rows[2]["payung_wajib_kembali"]) == ("deducted_not_due", str(PREMIUM))
    assert "sudah dihapus atas permintaannya" in rows[2]["payung_pesan"]
    again, _ = confirm(
        world, row(world, 1, "dipotong", evidence="J-1", nik=nik), row(world, 2, ""), name="b"
    )
    assert code(again) == "confirm_same"
    sums = json.loads(world.result(world.enrolled, "ringkasan.json"))
    assert (sums["not_due"], sums["money"]["open"]) == (PREMIUM, PEOPLE * PREMIUM)


@pytest.mark.parametrize("stated", ["dipotong,", "gagal,saldo_kurang", "ditunda,"])
def test_an_erased_person_is_not_found_by_the_nik_alone(world, stated):
    """Nothing leads from a NIK to an erased person; the reference still does."""
    erase(world, 1)
    lines = (f"{a_nik(1)},{stated}", f"{a_nik(2)},ditunda,")
    rows, summary = confirm(world, *lines, titles="NIK,Status,Alasan")
    assert (code(rows), rows[2]["payung_wajib_kembali"]) == ("person_unknown", "0")
    assert "Isi payung_referensi dari konfirmasi.xlsx" in rows[2]["payung_pesan"]
    assert (summary["matched"]["deferred"], money(world)["expected"]) == (1, PEOPLE * PREMIUM)


def test_an_erased_person_who_enrolls_again_has_a_second_premium(world):
    erase(world, 1)
    old = row(world, 1, "dipotong")
    world.enrolled = world.run([a_line(1)], "incoming/002/BPUM/baru.csv")
    rows, summary = confirm(world, old, row(world, 1, "dipotong"))
    assert [code(rows, line) for line in (2, 3)] == ["deducted_not_due", ""]
    assert summary["matched"]["deducted"] == 1
    assert person(world, 1).cover is Cover.DEDUCTED


def test_what_remains_of_an_erased_person_has_no_identity(world):
    erase(world, 1)
    batch = world.enrolled.id
    assert world.ledger.erased(batch, 2) == ErasedPremium(PREMIUM, Leaf.OPEN)
    assert world.ledger.erased(batch, 3) is None
