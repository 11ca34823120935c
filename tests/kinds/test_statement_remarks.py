"""Remarks beside a status: what contradicts it, what adds a reason, and what says nothing."""

import pytest

from tests.kinds.stating import read


@pytest.mark.parametrize(
    "reason", ["MENINGGAL", "Meninggal dunia; dana kembali", "alm.", "sdh wafat"]
)
@pytest.mark.parametrize("status", ["", "-", "BELUM", "TUNDA"])
def test_death_counts_also_where_nothing_else_is_stated(statements, status, reason):
    assert read(statements, status=status, reason=reason) == ("failed", "meninggal", "")


@pytest.mark.parametrize("reason", ["istri meninggal", "belum meninggal", "Alma Rekaan"])
def test_the_death_of_somebody_else_is_no_death(statements, reason):
    assert read(statements, reason=reason) == ("", "", "")
    assert read(statements, status="BERHASIL", reason="anak meninggal")[0] == "deducted"


@pytest.mark.parametrize(
    "remark",
    [
        "saldo terdebet", "transaksi gagal, saldo terdebet", "TIMEOUT", "time out", "SUSPECT",
        "pending", "masih dalam proses", "cek mutasi", "sudah dipotong", "REVERSAL", "timed out",
        "sudah di debet", "BERHASIL", "sukses didebet", "SALDO KURANG; TIMEOUT",
        "Timeout - saldo tidak cukup", "Saldo tidak cukup, sudah dipotong sebagian", "rollback",
    ],
)  # fmt: skip
def test_a_failure_after_which_money_may_have_moved_is_uncertain(statements, remark):
    assert read(statements, status="GAGAL", reason=remark) == ("", "", "status_unknown")
    assert read(statements, status="GAGAL", reason="REK TUTUP", detail=remark)[1:] == (
        "",
        "status_unknown",
    )


@pytest.mark.parametrize(
    "remark",
    [
        "belum didebet", "tidak berhasil didebet", "gagal dipotong", "belum pernah dipotong",
        "blm sempat di potong",
    ],
)  # fmt: skip
def test_a_failure_may_say_that_nothing_was_taken(statements, remark):
    assert read(statements, status="GAGAL", reason=remark) == ("failed", "lain", "")


@pytest.mark.parametrize(
    "remark", ["00", "51", "68", "0", "014", "-", "--", "#N/A", "tidak ada", "."]
)
def test_codes_and_signs_for_nothing_are_no_reason(statements, remark):
    assert read(statements, status="GAGAL", reason=remark) == ("", "", "reason_missing")


@pytest.mark.parametrize(
    "remark",
    [
        "Saldo tidak cukup", "debet sebagian", "BELUM LUNAS", "akan didebet besok", "GAGAL",
        "REVERSAL", "RETUR", "dibatalkan", "dana kembali", "REK TUTUP", "MENINGGAL",
        "kurang 3.600", "salah debet", "hold s.d. verifikasi", "TDK DIDEBIT", "request in progress",
        "di reverse", "rollback", "pengembalian dana", "double debet", "dobel potong",
        "terpotong 2x", "dipotong dua kali", "not debited", "declined", "error", "Almarhum",
        "nasabah alm.", "wafat", "separuh", "baru setengah", "tertunda", "cek mutasi",
        "Transaction timed out", "di-retur", "masih diproses", "di batalkan",
    ],
)  # fmt: skip
def test_a_remark_that_contradicts_a_success_makes_it_uncertain(statements, remark):
    assert read(statements, status="BERHASIL", reason=remark) == ("deducted", "", "doubt")
    assert read(statements, status="BERHASIL", detail=remark)[2] in {"doubt", "status_unknown"}


@pytest.mark.parametrize(
    "remark",
    [
        "biaya ditanggung bank", "teller 12", "auto", "-", "00", "TIDAK ADA", "tdk ada kendala",
        "tanpa biaya", "Berhasil diproses", "telah diproses", "sukses", "SUDAH DIPOTONG", "#N/A",
        "tidak ada keterangan", "Nihil",
    ],
)  # fmt: skip
def test_other_remarks_beside_a_success_change_nothing(statements, remark):
    assert read(statements, status="BERHASIL", reason=remark) == ("deducted", "", "")


@pytest.mark.parametrize(
    "remark",
    [
        "masih proses pengembalian", "batal dikembalikan", "gagal di kembalikan",
        "belum diterima nasabah", "akan ditransfer",
    ],
)  # fmt: skip
def test_a_return_that_has_not_come_about_is_uncertain(statements, remark):
    assert read(statements, status="DIKEMBALIKAN", reason=remark)[2] == "doubt"


@pytest.mark.parametrize("remark", ["tidak diambil", "KUR batal", "diterima nasabah", "MENINGGAL"])
def test_a_return_with_its_reason_counts(statements, remark):
    assert read(statements, status="DIKEMBALIKAN", reason=remark)[::2] == ("returned", "")


@pytest.mark.parametrize("remark", ["sudah terpotong", "saldo terdebet", "BERHASIL"])
def test_money_that_has_moved_contradicts_a_delay_and_a_blank(statements, remark):
    assert read(statements, status="DITUNDA", reason=remark)[2] == "doubt"
    assert read(statements, status="BELUM", reason=remark)[2] == "status_unknown"
    assert read(statements, reason=remark)[2] == "status_unknown"


@pytest.mark.parametrize("remark", ["masih diproses", "belum dipotong", "menunggu dana"])
def test_a_delay_may_say_that_it_goes_on(statements, remark):
    assert read(statements, status="DITUNDA", reason=remark)[::2] == ("deferred", "")
