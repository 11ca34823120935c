"""The titles, amounts and days of a bank's own lists."""

import pytest

from chalicelib.domain.money.standing import Cover
from tests.kinds.confirming import code, confirm, enrolled_world, person, row
from tests.support.builders import a_nik
from tests.support.world import World

PLAIN = "NIK,Nominal Debet,Status Debet"


@pytest.fixture
def world() -> World:
    return enrolled_world()


@pytest.mark.parametrize(
    "title",
    [
        "STATUS_DEBET", "Sts Debet", "Hasil Pendebetan", "Hasil Pemotongan", "Status Potong Iuran",
        "Status Pendebetan Iuran", "Status Trx", "Transaction Status", "Status Potong *",
        "Status Potong (dipotong/gagal/dikembalikan/ditunda)", "Status\nPotong", "Hasil Transaksi",
    ],
)  # fmt: skip
def test_titles_of_a_status(world, title):
    _, summary = confirm(world, f"{a_nik(1)},SUKSES", titles=f'NIK,"{title}"')
    assert summary["matched"]["deducted"] == 1


@pytest.mark.parametrize(
    "title",
    [
        "Jumlah Potongan Iuran", "Jml Potong", "Jml. Potongan", "JML DEBET", "Nilai Potongan",
        "Nilai Debet", "Iuran BPJS", "Iuran (Rp)", "Potongan BPJS", "Debit Amount",
        "Besaran Potongan",
        "Jumlah Terdebet", "Nominal Terpotong", "Amount (IDR)",
    ],
)  # fmt: skip
def test_an_amount_under_any_of_these_titles_is_compared(world, title):
    rows, _ = confirm(world, f"{a_nik(1)},SUKSES,36100", titles=f'NIK,Status,"{title}"')
    assert code(rows) == "amount_differs"


@pytest.mark.parametrize(
    "title",
    ["Tgl Trx", "Transaction Date", "Tgl Pendebetan", "Waktu Transaksi", "TGL. POSTING"],
)  # fmt: skip
def test_titles_of_a_day(world, title):
    rows, _ = confirm(world, f"{a_nik(1)},SUKSES,22-11-2027", titles=f"NIK,Status,{title}")
    assert code(rows) == "date_future"


@pytest.mark.parametrize(
    "title",
    [
        "Alasan Gagal Debet", "Alasan Penolakan", "Keterangan Gagal Debet", "Catatan",
        "Failure Reason",
        "Penyebab", "Sebab Gagal", "Keterangan Bank", "Error Message", "Alasan Tidak Terpotong",
    ],
)  # fmt: skip
def test_titles_of_a_reason(world, title):
    confirm(world, f"{a_nik(1)},GAGAL,REK TUTUP", titles=f"NIK,Status,{title}")
    assert person(world, 1).ledger[-1].reason == "rekening_tutup"


@pytest.mark.parametrize(
    "title",
    [
        "No. Ref", "Ref No", "NO REFF", "Reference Number", "Trx ID", "Transaction ID",
        "No Transaksi",
        "No. Arsip", "No. Referensi Bank",
    ],
)  # fmt: skip
def test_titles_of_a_booking(world, title):
    rows, _ = confirm(
        world, f"{a_nik(1)},SUKSES,J-1", f"{a_nik(1)},SUKSES,J-2", titles=f"NIK,Status,{title}"
    )
    assert code(rows, 3) == "deducted_not_due"


@pytest.mark.parametrize("titles", ["Alasan,Keterangan", "Keterangan,Alasan"])
def test_a_remark_beside_the_reason_is_read_too(world, titles):
    reason_first = titles.startswith("Alasan")

    def cells(reason, remark):
        return f"{reason},{remark}" if reason_first else f"{remark},{reason}"

    rows, _ = confirm(
        world,
        f"{a_nik(1)},SUKSES,{cells('', 'debet sebagian')}",
        f"{a_nik(2)},GAGAL,{cells('', 'saldo kurang')}",
        f"{a_nik(3)},GAGAL,{cells('rek tutup', 'cabang Bitung')}",
        f"{a_nik(4)},GAGAL,{cells('rek tutup', 'saldo terdebet')}",
        f"{a_nik(5)},GAGAL,{cells('saldo kurang', 'sudah meninggal')}",
        f"{a_nik(6)},SUKSES,{cells('', 'cabang Bitung')}",
        titles=f"NIK,Status,{titles}",
    )
    assert [code(rows, line) for line in range(2, 8)] == [
        "status_unknown", "", "", "status_unknown", "", "",
    ]  # fmt: skip
    reasons = [person(world, n).ledger[-1].reason for n in (2, 3, 5)]
    assert reasons == ["saldo_kurang", "rekening_tutup", "meninggal"]


def test_of_two_columns_of_a_status_both_have_to_agree(world):
    titles = "NIK,Status Potong,Status Debet"
    _, summary = confirm(world, f"{a_nik(1)},SUKSES,SUKSES", titles=titles)
    assert summary["matched"]["deducted"] == 1
    _, summary = confirm(world, f"{a_nik(2)},SUKSES,GAGAL", titles=titles, name="b")
    assert [each["code"] for each in summary["errors"]] == ["header_repeated"]


@pytest.mark.parametrize(
    "amount",
    ["DB 33.600", "D 33600", "DR33.600,00", "+33600", "33600.", "33600 DB.", "33.600,-", "33600,-"],
)
def test_a_debit_may_be_marked_before_or_behind_its_amount(world, amount):
    _, summary = confirm(world, f'{a_nik(1)},"{amount}",SUKSES', titles=PLAIN)
    assert summary["matched"]["deducted"] == 1


@pytest.mark.parametrize(
    "amount",
    ["CR 33600", "K 33600", "33 D 600", "D", "DB", "+", "2 x 16800", "16.800 + 16.800", "0033600",
     "33600/33600", "n/a", "NULL", "#N/A", "=33600", "Rp", "67200", "3360", "D 36100", "-D 33600"],
)  # fmt: skip
def test_what_is_no_debit_of_the_premium_is_a_break(world, amount):
    rows, _ = confirm(world, f'{a_nik(1)},"{amount}",SUKSES', titles=PLAIN)
    assert code(rows) == "amount_differs"


@pytest.mark.parametrize(
    "day",
    ["20261122081522", "202611220815", "22-11-2026 08:15 WITA", "22-11-2026 08:15:22 WIB",
     "22/Nov/2026", "22 11 2026", "Nov 22, 2026"],
)  # fmt: skip
def test_forms_of_a_day_with_its_time(world, day):
    rows, _ = confirm(world, row(world, 1, "dipotong", day=f'"{day}"'))
    assert (code(rows), person(world, 1).ledger[-1].day.isoformat()) == ("", "2026-11-22")


@pytest.mark.parametrize("day", ["00-00-0000", "0000-00-00", "N/A", "-", "00/01/1900"])
def test_signs_for_a_missing_day_are_no_warning(world, day):
    rows, _ = confirm(world, row(world, 1, "dipotong", day=day))
    assert (code(rows), person(world, 1).ledger[-1].day) == ("", None)


def test_an_unknown_amount_beside_the_form_moves_nobody_else(world):
    confirm(world, f"{a_nik(1)},SUKSES,1200000", titles="NIK,Status,Nilai Bantuan")
    assert person(world, 1).cover is Cover.DEDUCTED
