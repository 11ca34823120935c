"""Signing in and out, and a session that ends during work."""

from typing import TYPE_CHECKING

import pytest

from local.moto_patches.passwords import CODE

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

TEMPORARY, OWN, NEW = "Sementara-2026x", "Milik-Sendiri-2026", "Kata-Sandi-Baru-1"


@pytest.fixture
def newcomer(stage):
    """A user of the department who has never signed in."""
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


def test_a_wrong_password_is_reported_and_the_input_stays(visit):
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


def with_mail(stage, name, group="bpjs"):
    cognito = stage.client("cognito-idp")
    cognito.admin_create_user(
        UserPoolId=stage.pool,
        Username=name,
        UserAttributes=[
            {"Name": "email", "Value": f"{name}@example.org"},
            {"Name": "email_verified", "Value": "true"},
        ],
        MessageAction="SUPPRESS",
    )
    cognito.admin_set_user_password(
        UserPoolId=stage.pool, Username=name, Password=OWN, Permanent=True
    )
    cognito.admin_add_user_to_group(UserPoolId=stage.pool, Username=name, GroupName=group)


@pytest.fixture
def forgetful(stage):
    """A user of BPJS with a mail address."""
    with_mail(stage, "lupa")
    yield "lupa"
    stage.client("cognito-idp").admin_delete_user(UserPoolId=stage.pool, Username="lupa")


def fill_reset(somebody, code, password):
    somebody.heading("Buat kata sandi baru")
    somebody.page.get_by_label("Kode dari surel").fill(code)
    somebody.page.get_by_label("Kata sandi baru", exact=True).fill(password)
    somebody.page.get_by_label("Ulangi kata sandi baru").fill(password)
    somebody.page.get_by_role("button", name="Simpan dan masuk").click()


def test_a_forgotten_password_is_replaced_with_the_code_from_the_mail(visit, forgetful):
    somebody: Visitor = visit()
    somebody.page.get_by_label("Nama pengguna").fill(forgetful)
    somebody.page.get_by_role("button", name="Lupa kata sandi?").click()
    somebody.heading("Lupa kata sandi")
    assert somebody.focused() == "Nama pengguna"
    assert somebody.page.get_by_label("Nama pengguna").input_value() == forgetful
    somebody.page.get_by_role("button", name="Kirim kode").click()
    somebody.page.get_by_text("kodenya sudah dikirim").wait_for()
    with somebody.refused():
        fill_reset(somebody, "000000", NEW)
        somebody.page.get_by_text("Kode tidak cocok. Periksa surel").wait_for()
    fill_reset(somebody, CODE, NEW)
    somebody.heading("Cari penerima")
    somebody.sign_out()
    with somebody.refused():
        somebody.sign_in(forgetful, OWN)
        somebody.page.get_by_text("Nama pengguna atau kata sandi salah").wait_for()


def test_a_password_that_the_administrator_reset_is_finished_on_the_page(visit, stage, forgetful):
    stage.client("cognito-idp").admin_reset_user_password(UserPoolId=stage.pool, Username=forgetful)
    somebody: Visitor = visit()
    with somebody.refused():
        somebody.sign_in(forgetful, OWN)
        somebody.page.get_by_text("Pengelola sistem mengatur ulang").wait_for()
    fill_reset(somebody, CODE, NEW)
    somebody.heading("Cari penerima")


def test_the_page_tells_nobody_who_has_an_account(visit):
    somebody: Visitor = visit()
    somebody.page.get_by_role("button", name="Lupa kata sandi?").click()
    somebody.page.get_by_label("Nama pengguna").fill("tidak-ada")
    with somebody.refused():
        somebody.page.get_by_role("button", name="Kirim kode").click()
        somebody.page.get_by_text("Jika akun itu punya alamat surel").wait_for()
    somebody.page.get_by_role("button", name="Kembali").click()
    somebody.heading("Masuk")


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
    assert somebody.answer() == "BELUM terlindungi"
    renewed = somebody.page.evaluate("JSON.parse(sessionStorage['payung.session']).id")
    assert renewed.count(".") == first.count(".") == 2


def test_after_an_expired_session_the_work_continues(visit, stage):
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
        assert somebody.answer() == "BELUM terlindungi"


def test_the_next_user_sees_nothing_of_the_one_before(visit, stage):
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
