"""Signing in and out, and a session that ends while somebody is at work."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from visitor import Visitor

TEMPORARY, OWN = "Sementara-2026x", "Milik-Sendiri-2026"


@pytest.fixture
def newcomer(stage):
    """Somebody of the department who has never signed in."""
    cognito = stage.client("cognito-idp")
    cognito.admin_create_user(
        UserPoolId=stage.pool,
        Username="baru",
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
    )
    cognito.admin_add_user_to_group(UserPoolId=stage.pool, Username="baru", GroupName="dinas")
    yield "baru"
    cognito.admin_delete_user(UserPoolId=stage.pool, Username="baru")


def test_a_wrong_password_is_told_and_what_was_typed_stays(visit):
    somebody: Visitor = visit()
    with somebody.refused():
        somebody.sign_in("dinas", "Salah-semua-1")
        somebody.page.get_by_text("Nama pengguna atau kata sandi salah").wait_for()
    assert somebody.page.get_by_label("Nama pengguna").input_value() == "dinas"


def test_a_newcomer_makes_a_password_then_an_authenticator_and_signs_in_with_both(visit, newcomer):
    somebody: Visitor = visit()
    somebody.sign_in(newcomer, TEMPORARY)
    somebody.heading("Buat kata sandi baru")
    somebody.page.get_by_label("Kata sandi baru", exact=True).fill("pendek")
    somebody.page.get_by_role("button", name="Simpan dan masuk").click()
    somebody.page.get_by_text("belum memenuhi syarat").wait_for()
    somebody.page.get_by_label("Kata sandi baru", exact=True).fill(OWN)
    somebody.page.get_by_label("Ulangi kata sandi baru").fill(OWN)
    somebody.page.get_by_role("button", name="Simpan dan masuk").click()
    somebody.heading("Cari penerima")

    somebody.page.get_by_role("link", name="Akun saya").click()
    somebody.page.get_by_role("button", name="Aktifkan kode keamanan").click()
    somebody.page.get_by_role("img", name="Gambar untuk dipindai").wait_for()
    somebody.page.get_by_label("Kode 6 angka").fill("123 456")
    somebody.page.get_by_role("button", name="Periksa dan aktifkan").click()
    somebody.page.get_by_text("Aktif: setiap kali masuk").wait_for()

    somebody.sign_out()
    somebody.sign_in(newcomer, OWN)
    somebody.page.get_by_label("Kode 6 angka").fill("654321")
    somebody.page.get_by_role("button", name="Masuk").click()
    somebody.heading("Cari penerima")


def test_signing_out_revokes_the_session(visit):
    somebody: Visitor = visit("bpjs")
    refresh = somebody.page.evaluate("JSON.parse(sessionStorage['payung.session']).refresh")
    somebody.sign_out()
    assert somebody.revoked == [refresh]
    assert somebody.stored()["session"] == {}


def test_tokens_are_renewed_before_they_end(visit, stage):
    somebody: Visitor = visit("bpjs")
    first = somebody.page.evaluate("JSON.parse(sessionStorage['payung.session']).id")
    somebody.page.evaluate(
        "sessionStorage['payung.session'] = JSON.stringify("
        "{...JSON.parse(sessionStorage['payung.session']), id: 'stale', until: 0})"
    )
    somebody.look_up(stage.nik)
    assert somebody.answer() == "YA terlindungi hari ini"
    renewed = somebody.page.evaluate("JSON.parse(sessionStorage['payung.session']).id")
    assert renewed.count(".") == first.count(".") == 2


def test_a_session_that_ends_is_taken_up_again_above_what_was_being_done(visit, stage):
    somebody: Visitor = visit("bpjs")
    somebody.session_over()
    with somebody.refused():
        somebody.look_up(stage.nik)
        dialog = somebody.page.get_by_role("dialog", name="Masuk kembali")
        dialog.wait_for()
        somebody.session_possible()
        assert dialog.get_by_label("Nama pengguna").input_value() == "bpjs"
        dialog.get_by_label("Kata sandi", exact=True).fill(stage.users["bpjs"].password)
        dialog.get_by_role("button", name="Masuk").click()
        assert somebody.answer() == "YA terlindungi hari ini"


def test_somebody_else_who_takes_over_sees_nothing_of_the_one_before(visit, stage):
    somebody: Visitor = visit("bpjs")
    somebody.look_up(stage.nik)
    somebody.answer()
    somebody.session_over()
    with somebody.refused():
        somebody.page.get_by_role("button", name="Perbarui").click()
        dialog = somebody.page.get_by_role("dialog", name="Masuk kembali")
        dialog.wait_for()
        somebody.session_possible()
        dialog.get_by_label("Nama pengguna").fill("bsg")
        dialog.get_by_label("Kata sandi", exact=True).fill(stage.users["bsg"].password)
        dialog.get_by_role("button", name="Masuk").click()
        somebody.page.get_by_role("link", name="Unggah").wait_for()
    assert somebody.page.locator(".person").count() == 0
    assert somebody.page.get_by_label("NIK atau nomor referensi").input_value() == ""
