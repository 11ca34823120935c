"""Files of deductions as banks make them: titles, amounts, days, people, totals, host records."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest

from chalicelib.domain.money.standing import Cover, Leaf
from chalicelib.domain.person.reference import reference
from tests.kinds.confirming import (
    PREMIUM,
    code,
    confirm,
    enrolled_world,
    money,
    person,
    row,
    the_world,
)
from tests.support.builders import NOW, a_nik
from tests.support.world import World, a_line

STATED = ("deducted", "failed", "returned", "deferred")
PLAIN = "NIK,Nominal Debet,Status Debet,Keterangan,No Jurnal"


@pytest.fixture
def world() -> World:
    return enrolled_world()


def plain(number, amount="33600", status="BERHASIL", remark="", journal=""):
    return f'{a_nik(number)},"{amount}",{status},{remark},{journal}'


def matched(summary) -> int:
    return sum(summary["matched"][each] for each in STATED)


def refused(summary) -> list[str]:
    return [each["code"] for each in summary["errors"]]


# Titles: which column is the status, which the money, which the NIK.


@pytest.mark.parametrize(
    "title",
    ["Status Salur", "Status Pencairan", "Status SP2D", "Status Rekening", "STATUS_BUREKOL",
     "Status Autodebet", "Hasil Verifikasi", "Db/Cr"],
)  # fmt: skip
def test_the_state_of_something_else_is_no_status(world, title):
    _, summary = confirm(world, f"{a_nik(1)},BERHASIL", titles=f"NIK,{title}")
    assert refused(summary)[0] == "header_missing"
    assert person(world, 1).cover is Cover.ENROLLED


def test_the_state_of_the_aid_beside_the_status_is_left_out(world):
    titles = "NIK,Status Salur,Status Potong"
    rows, _ = confirm(world, f"{a_nik(1)},BERHASIL,", f"{a_nik(2)},GAGAL,SUKSES", titles=titles)
    assert [rows[line]["payung_potong"] for line in (2, 3)] == ["belum", "dipotong"]


@pytest.mark.parametrize("titles", ["Iuran,Jumlah Dipotong", "Nominal Debet,Potongan"])
def test_two_columns_that_both_fit_refuse_the_file(world, titles):
    _, summary = confirm(world, f"{a_nik(1)},BERHASIL,33600,36100", titles=f"NIK,Status,{titles}")
    assert refused(summary) == ["header_repeated"]


def test_the_total_with_the_fee_is_not_the_deduction(world):
    rows, _ = confirm(
        world,
        f"{a_nik(1)},BERHASIL,33600,2500,36100",
        f"{a_nik(2)},BERHASIL,,2500,36100",
        f"{a_nik(3)},BERHASIL,,2500,33600",
        f"{a_nik(4)},BERHASIL,,0,33600",
        titles="NIK,Status,Iuran,Biaya Adm,Total Debet",
    )
    codes = [code(rows, line) for line in (2, 3, 4, 5)]
    assert codes == ["", "amount_differs", "amount_differs", ""]


def test_a_total_alone_is_compared_too(world):
    titles = "NIK,Status,Total Debet"
    rows, _ = confirm(world, f"{a_nik(1)},SUKSES,36100", f"{a_nik(2)},SUKSES,33600", titles=titles)
    assert [code(rows, line) for line in (2, 3)] == ["amount_differs", ""]


def test_the_aid_is_no_deduction(world):
    titles = "NIK,Status Potong,Nilai Bantuan,Saldo,Jumlah Peserta"
    _, summary = confirm(world, f"{a_nik(1)},dipotong,1200000,50000,12", titles=titles)
    assert summary["matched"]["deducted"] == 1


def test_debit_and_credit_may_be_two_columns(world):
    rows, _ = confirm(
        world,
        f"{a_nik(1)},SUKSES,33600,0",
        f"{a_nik(2)},SUKSES,,33600",
        f"{a_nik(3)},SUKSES,0,33600",
        titles="NIK,Status,Debet,Kredit",
    )
    assert [code(rows, line) for line in (2, 3, 4)] == ["", "status_unknown", "amount_differs"]


def test_the_side_of_a_booking_may_be_a_column(world):
    titles = "NIK,Status,Amount,Db/Cr"
    rows, _ = confirm(
        world, f"{a_nik(1)},SUKSES,33600,D", f"{a_nik(2)},SUKSES,33600,C", titles=titles
    )
    assert [code(rows, line) for line in (2, 3)] == ["", "status_unknown"]


def test_the_value_date_is_not_the_day_of_the_deduction(world):
    _, summary = confirm(
        world, f"{a_nik(1)},SUKSES,23-11-2026,22-11-2026", titles="NIK,Status,TGL_EFEKTIF,TGL_TRAN"
    )  # fmt: skip
    assert summary["matched"]["deducted"] == 1


def test_a_number_of_staff_is_no_nik(world):
    rows, _ = confirm(world, "12345,SUKSES", "7171,SUKSES", titles="NIK,Status Debet")
    assert [code(rows, line) for line in (2, 3)] == ["person_unknown"] * 2
    _, summary = confirm(world, f"12345,{a_nik(1)},SUKSES", name="b", titles="NIK,No KTP,Status")
    assert summary["matched"]["deducted"] == 1


def test_names_and_accounts_find_nobody(world):
    name = person(world, 1).recipient.name
    _, summary = confirm(world, f"{name},0001,SUKSES", titles="Nama,No Rekening,Status Debet")
    assert refused(summary)[0] == "header_missing"


# Amounts: exactly the premium, or an empty cell.


@pytest.mark.parametrize(
    "amount",
    ["33600", "33.600", "33,600", "33.600,00", "33,600.00", "Rp33.600", "Rp. 33.600,-", "IDR 33600",
     "33600.00", "33 600", "33.600 DB", "33600D", "33.600,00 DR", "33600.0", "", " "],
)  # fmt: skip
def test_forms_of_the_premium(world, amount):
    _, summary = confirm(world, plain(1, amount), titles=PLAIN)
    assert summary["matched"]["deducted"] == 1


@pytest.mark.parametrize(
    "amount",
    ["0", "0,00", "Rp 0,00", "-", "nihil", "36100", "20.000", "50.400,00", "33599", "33601", "33.6",
     "336", "3360000", "33.600,50", "33.600 CR", "33600C", "-33600", "(33600)", "33600-",
     "3,36E+04", "33600+2500", "tiga puluh tiga ribu", "33.600/bulan", "?"],
)  # fmt: skip
def test_any_other_amount_is_a_break(world, amount):
    rows, summary = confirm(world, plain(1, amount), titles=PLAIN)
    assert (code(rows), matched(summary)) == ("amount_differs", 0)
    assert money(world)["open"] == 8 * PREMIUM


@pytest.mark.parametrize("amount", ["33600", "0", "", "36100", "20.000", "?"])
def test_the_amount_of_a_failed_row_is_not_looked_at(world, amount):
    _, summary = confirm(world, plain(1, amount, "GAGAL", "REK TUTUP"), titles=PLAIN)
    assert summary["matched"]["failed"] == 1


def test_two_instalments_are_never_added_up(world):
    rows, summary = confirm(
        world, plain(1, "20000", journal="J-1"), plain(1, "13600", journal="J-2"), titles=PLAIN
    )
    assert [code(rows, line) for line in (2, 3)] == ["confirm_twice_in_file"] * 2
    assert matched(summary) == 0


# Days: the deduction comes after the file of recipients, and not after today.


@pytest.mark.parametrize(
    "day",
    ["22-11-2026", "22/11/2026", "22.11.2026", "22-NOV-2026", "22-Nov-26", "22 November 2026",
     "22 Nopember 2026", "2026-11-22", "2026-11-22T08:15:22+08:00", "20261122", "22112026",
     "221126", "22/11/26 08:15", "11/22/2026", "46348"],
)  # fmt: skip
def test_forms_of_a_day(world, day):
    confirm(world, row(world, 1, "dipotong", day=day))
    assert person(world, 1).ledger[-1].day.isoformat() == "2026-11-22"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("23-11-2026", "date_future"),
        ("22-11-2027", "date_future"),
        ("11/12/2026", "date_future"),  # 11 December: the 12th of November is not guessed
        ("11/12/26", "date_future"),
        ("21-11-2026", "date_before_file"),
        ("22-11-2025", "date_before_file"),
        ("12/11/2026", "date_before_file"),
    ],
)
def test_a_day_that_cannot_be_true_is_a_break(world, day, expected):
    rows, summary = confirm(world, row(world, 1, "dipotong", day=day))
    assert (code(rows), matched(summary)) == (expected, 0)


@pytest.mark.parametrize("status", ["gagal", "dikembalikan", "ditunda"])
def test_a_day_counts_for_every_status(world, status):
    rows, _ = confirm(world, row(world, 1, status, day="23-11-2026", reason="rekening_tutup"))
    assert code(rows) == "date_future"


# People: by reference, else by a whole NIK held as text.


@pytest.mark.parametrize(
    "damage",
    [str.lower, lambda ref: f" {ref} ", lambda ref: ref.replace("-", ""), lambda ref: f"'{ref}",
     lambda ref: ref.replace("-", " "), lambda ref: f"Ref {ref}"],
)  # fmt: skip
def test_a_reference_may_be_written_otherwise(world, damage):
    ref = damage(reference(world.enrolled.id, 2))
    _, summary = confirm(world, f"{ref},dipotong", titles="payung_referensi,Status Potong")
    assert summary["matched"]["deducted"] == 1


@pytest.mark.parametrize(
    "damage",
    [lambda ref: ref[:-1], lambda ref: ref[1:], lambda ref: f"{ref[:-1]}?", lambda _: "#REF!",
     lambda _: "#N/A", lambda ref: ref.replace("-2", "-3")],
)  # fmt: skip
def test_a_damaged_reference_finds_nobody(world, damage):
    line = f"{damage(reference(world.enrolled.id, 2))},{a_nik(1)},dipotong"
    rows, summary = confirm(world, line, titles="payung_referensi,NIK,Status Potong")
    assert (code(rows), matched(summary)) == ("reference_mistyped", 0)


@pytest.mark.parametrize("nothing", ["", "-", " "])
def test_without_a_reference_the_nik_counts(world, nothing):
    titles = "payung_referensi,NIK,Status Potong"
    _, summary = confirm(world, f"{nothing},{a_nik(1)},dipotong", titles=titles)
    assert summary["matched"]["deducted"] == 1


@pytest.mark.parametrize(
    "nik",
    ["7171********0002", "••••0002", a_nik(1)[:-1], f"{a_nik(1)}0", f"0{a_nik(1)}", "7,17101E+15",
     "717101170180000O", "-", "0", "7171011701809999"],
)  # fmt: skip
def test_anything_but_a_whole_nik_of_the_banks_people_finds_nobody(world, nik):
    line = f'"{nik}",{person(world, 1).recipient.name},SUKSES'
    rows, summary = confirm(world, line, titles="NIK,Nama,Status Debet")
    assert (code(rows), matched(summary)) == ("person_unknown", 0)


@pytest.mark.parametrize("nik", [f"'{a_nik(1)}", f"{a_nik(1)} ", f'=""{a_nik(1)}""'])
def test_a_nik_as_text_may_be_wrapped(world, nik):
    _, summary = confirm(world, f'"{nik}",SUKSES', titles="NIK,Status Debet")
    assert summary["matched"]["deducted"] == 1


def test_a_row_with_only_a_name_is_not_lost(world):
    lines = (",Siti Contoh,SUKSES,33600", f"{a_nik(1)},Siti,SUKSES,33600")
    rows, summary = confirm(world, *lines, titles="NIK,Nama,Status,Iuran")
    assert (code(rows), summary["rows"]) == ("person_unknown", 2)


def numeric(*niks):
    """Return a workbook whose NIKs are numbers, as Excel rounds them."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["No", "NIK", "Nama", "Terpotong (Y/T)", "Jumlah Potongan", "Alasan"])
    for number, (nik, name, taken, reason) in enumerate(niks, 1):
        sheet.append([number, nik, name, taken, 33600, reason])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_nik_that_excel_rounded_never_finds_the_one_it_looks_like():
    world = the_world()
    trusted, rounded = a_nik(9), f"{a_nik(9)[:-1]}3"
    assert trusted.endswith("0")
    world.enrolled = world.run([a_line(9), a_line(10, nik=rounded), a_line(11), a_line(12)])
    content = numeric(
        (int(trusted), "Siti", "Y", None),
        (int(trusted), "Kembar", "T", "Rekening tutup"),
        (a_nik(11), "Siti", "Y", None),
        (a_nik(12), "Siti", "T", "Tidak diambil"),
    )
    batch = world.run(content, "incoming/002/KONFIRMASI/a.xlsx")
    assert batch.status.value == "completed"
    assert [person(world, n).cover for n in (9, 11, 12)] == [
        Cover.ENROLLED, Cover.DEDUCTED, Cover.NOT_DEDUCTED,
    ]  # fmt: skip


def test_one_rounded_nik_with_two_names_is_neither():
    world = the_world()
    world.enrolled = world.run([a_line(9, name="Kembar Satu"), a_line(1)])
    rows, summary = confirm(
        world,
        f"{a_nik(9)},Kembar Satu,SUKSES",
        f"{a_nik(9)},Kembar Dua,SUKSES",
        titles="NIK,Nama,Status Debet",
    )
    assert [code(rows, line) for line in (2, 3)] == ["confirm_twice_in_file"] * 2
    assert matched(summary) == 0


def test_one_person_in_two_programmes_has_two_premiums():
    world = the_world()
    world.now = NOW - timedelta(days=5 * 365)
    first = world.run([a_line(1)], "incoming/002/BPUM/2021.csv")
    world.now = NOW
    second = world.run([a_line(1)])
    lines = [f"{reference(each.id, 2)},{a_nik(1)},dipotong" for each in (first, second)]
    rows, summary = confirm(world, *lines, titles="payung_referensi,NIK,Status Potong")
    assert [code(rows, line) for line in (2, 3)] == ["", ""]
    assert summary["matched"]["deducted"] == 2


# Several rows of one person: what contradicts is never applied.


@pytest.mark.parametrize(
    "second",
    [
        {"status": "REVERSAL"}, {"status": "KOREKSI"}, {"status": "BATAL"}, {"status": "RETUR"},
        {"status": "PENDING"}, {"status": "DIKEMBALIKAN"}, {"status": "TUNDA"}, {"status": "GAGAL"},
        {"status": "GAGAL", "remark": "SALDO KURANG"}, {"amount": "-33600"}, {"amount": "33600 CR"},
        {"amount": "0"}, {"amount": "36100"}, {"remark": "debet sebagian"}, {"remark": "RETUR"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_first", [True, False])
def test_a_row_that_contradicts_another_leaves_the_person_as_before(world, second, is_first):
    lines = [plain(1, journal="J-1"), plain(1, journal="J-2", **second)]
    rows, summary = confirm(world, *(lines if is_first else lines[::-1]), plain(2), titles=PLAIN)
    assert [code(rows, line) for line in (2, 3)] == ["confirm_twice_in_file"] * 2
    assert [rows[line]["payung_status"] for line in (2, 3)] == ["konflik"] * 2
    assert summary["matched"]["deducted"] == 1
    assert (person(world, 1).cover, person(world, 1).leaf) == (Cover.ENROLLED, Leaf.OPEN)


def test_a_third_row_does_not_outvote_a_contradiction(world):
    rows, _ = confirm(
        world, plain(1), plain(1), plain(1, status="REVERSAL"), plain(1), titles=PLAIN
    )
    assert {code(rows, line) for line in (2, 3, 4, 5)} == {"confirm_twice_in_file"}
    assert person(world, 1).cover is Cover.ENROLLED


def test_rows_that_all_are_uncertain_keep_their_own_codes(world):
    lines = (plain(1, status="PENDING"), plain(1, status="RETUR"), plain(1, amount="x"))
    rows, _ = confirm(world, *lines, titles=PLAIN)
    codes = [code(rows, line) for line in (2, 3, 4)]
    assert codes == ["status_unknown", "status_unknown", "amount_differs"]


@pytest.mark.parametrize("status", ["", "BELUM", "-"])
def test_a_row_that_says_nothing_contradicts_nobody(world, status):
    _, summary = confirm(world, plain(1), plain(1, status=status), titles=PLAIN)
    assert (summary["matched"]["deducted"], summary["matched"]["blank"]) == (1, 1)


def test_a_deduction_after_a_return_is_owed_to_the_person(world):
    confirm(world, plain(1, journal="J-1"), titles=PLAIN)
    confirm(world, plain(1, status="DIKEMBALIKAN", journal="J-2"), name="b", titles=PLAIN)
    rows, _ = confirm(world, plain(1, journal="J-3"), name="c", titles=PLAIN)
    assert (code(rows), rows[2]["payung_wajib_kembali"]) == ("deducted_not_due", "33600")
    assert "sudah dikembalikan, lalu dipotong lagi" in rows[2]["payung_pesan"]
    late, _ = confirm(world, plain(1, journal="J-1"), plain(2), name="d", titles=PLAIN)
    assert code(late) == "confirm_changes_final"
    assert (money(world)["returned"], money(world)["expected"]) == (PREMIUM, 8 * PREMIUM)


# Totals and records of hosts: a file that broke off changes nobody.


@pytest.mark.parametrize(
    "closing",
    [
        ",TOTAL,100800,,", ",TOTAL BERHASIL,67200,,", "JUMLAH DATA,3,,,", "Jumlah Data : 3,,,,",
        "BERHASIL,2,67200,,", "TOTAL,3,100800,2,67200", "T,3,100800,2,67200", "MF,3,,,",
        "MF000,3,,,", "TRAILER,3,2,1,", "TOTAL DATA 3 BERHASIL 2 GAGAL 1,,,,", ",TOTAL,67200,,",
    ],
)  # fmt: skip
def test_a_closing_line_is_nobody(world, closing):
    lines = [
        f"{a_nik(n)},Siti,33600,{status},{reason}"
        for n, status, reason in ((1, "SUKSES", ""), (2, "SUKSES", ""), (3, "GAGAL", "REK TUTUP"))
    ]
    _, summary = confirm(world, *lines, closing, titles="NIK,Nama,Nominal Debet,Status,Alasan")
    assert (summary["rows"], matched(summary), summary["breaks"]) == (3, 3, {})


@pytest.mark.parametrize(
    "closing",
    [
        ",TOTAL,134400,,", ",TOTAL BERHASIL,30000,,", "JUMLAH DATA,4,,,", "Jumlah record : 4,,,,",
        "T,4,134400,3,100800", "MF,4,,,", "TRAILER,4,3,1,", "TOTAL DATA 4 BERHASIL 3 GAGAL 1,,,,",
    ],
)  # fmt: skip
def test_a_closing_line_that_disagrees_refuses_the_file(world, closing):
    lines = [
        f"{a_nik(n)},Siti,33600,{status},{reason}"
        for n, status, reason in ((1, "SUKSES", ""), (2, "SUKSES", ""), (3, "GAGAL", "REK TUTUP"))
    ]
    _, summary = confirm(world, *lines, closing, titles="NIK,Nama,Nominal Debet,Status,Alasan")
    assert refused(summary) == ["control_total_mismatch"]
    assert money(world)["open"] == 8 * PREMIUM


@pytest.mark.parametrize(
    "opening", ["H|20261122|002|2", "MH000|KF01|22/11/2026|2", "HEADER|2|67200"]
)
def test_a_file_of_records_needs_its_closing_record(world, opening):
    titles = f"{opening}\nNIK|NOMINAL|STATUS"
    lines = [f"{a_nik(n)}|33600|SUKSES" for n in (1, 2)]
    _, summary = confirm(world, *lines, titles=titles)
    assert refused(summary) == ["control_total_mismatch"]
    assert "rekaman penutup tidak ada" in summary["errors"][0]["message"]
    _, summary = confirm(world, *lines, "T|2|67200", name="b", titles=titles)
    assert summary["matched"]["deducted"] == 2


def test_records_without_titles_are_refused(world):
    lines = [f"MD000.{a_nik(n)}. 0001.0000000000033600.1.SITI" for n in (1, 2)]
    _, summary = confirm(world, *lines, titles="MH000.KF2611.22/11/2026.0000000000000002")
    assert refused(summary)[0] == "header_missing"


def test_an_html_report_with_title_rows_is_read(world):
    cells = "".join(
        f"<tr><td>{n}</td><td>&nbsp;{a_nik(n)}</td><td>Rp {amount}</td><td>Rp 2.500,00</td>"
        f"<td>{status}</td><td>{reason}</td></tr>"
        for n, amount, status, reason in (
            (1, "33.600,00", "Sukses", ""),
            (2, "0,00", "Gagal", "Saldo tidak cukup"),
            (3, "50.400,00", "Sukses", ""),
            (4, "0,00", "Tunda", "Menunggu aktivasi"),
        )
    )
    titles = "".join(
        f"<th>{each}</th>" for each in ("No", "NIK", "Iuran", "Biaya Adm", "Status", "Alasan")
    )
    table = (
        f"<html><body><table><tr><td colspan=6>BANK REKAAN</td></tr><tr>{titles}</tr>{cells}"
        "<tr><td colspan=2>Total</td><td>Rp 84.000,00</td><td>Rp 10.000,00</td>"
        "<td colspan=2></td></tr></table></body></html>"
    )
    batch = world.run(table, "incoming/002/KONFIRMASI/a.xls")
    assert batch.status.value == "completed"
    assert [person(world, n).leaf for n in (1, 2, 3, 4)] == [
        Leaf.TO_REMIT, Leaf.FAILED, Leaf.OPEN, Leaf.DEFERRED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "file_empty"),
        ("NIK,Status Debet\n", "file_empty"),
        ("NIK,Nominal\n7171011701800002,33600\n", "header_missing"),
        ("NIK,Status Potong,Status Debet\n7171011701800002,a,b\n", "header_repeated"),
    ],
)
def test_a_refused_confirmation_speaks_of_deductions(world, content, expected):
    batch = world.run(content, "incoming/002/KONFIRMASI/a.csv")
    errors = json.loads(world.result(batch, "ringkasan.json"))["errors"]
    assert expected in [each["code"] for each in errors]
    for each in errors:
        assert "didaftarkan" not in each["message"]
        assert "daftar penerima" not in each["message"]
    assert any("potongan yang dicatat" in each["message"] for each in errors)
