"""A bank confirms on the page; a look-up before and after; a reversal by two users."""

import re

import pytest

from local.sample import sample
from tests.browser.served_page import SHOTS, read_csv

NEVER = re.compile(r"\bYA\b|(?<!belum )(?<!tidak )(?<!berarti )terlindungi (?:sampai|dalam)")
"""Nobody is protected before BPJS has the premium, so no view may say these words."""


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "penerima.csv"
    sample(path, 12, seed=1901, faults=0, scheme="BPUM")
    return path


def upload(bank, scheme, path):
    bank.page.get_by_role("link", name="Unggah").click()
    bank.page.get_by_label("Skema").select_option(scheme)
    bank.page.get_by_label("Berkas penerima").set_input_files(path)
    bank.page.get_by_role("button", name="Unggah").click()
    bank.page.locator(".badge.batch-completed").wait_for()


def look_up(somebody, nik):
    somebody.page.get_by_role("link", name="Cari").click()
    somebody.look_up(nik)
    said = somebody.answer()
    assert said in {"BELUM terlindungi", "TIDAK terlindungi"}
    text = str(somebody.page.locator(".answer").inner_text())
    assert NEVER.search(text) is None
    return text


def shoot(somebody, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    assert NEVER.search(somebody.page.locator("main").inner_text()) is None
    somebody.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def order(somebody, button, reason):
    somebody.page.get_by_role("button", name=button, exact=True).click()
    dialog = somebody.page.get_by_role("dialog")
    dialog.get_by_label("Alasan").fill(reason)
    dialog.locator("button[type=submit]").click()
    dialog.wait_for(state="detached")


def test_a_bank_confirms_and_two_users_reverse_it(visit, people, tmp_path):
    bank = visit("bri")
    upload(bank, "BPUM", people)
    rows = read_csv(bank.download("konfirmasi.csv").path().read_bytes())
    nik = rows[0]["NIK"]
    assert "bank belum melaporkan pemotongan" in look_up(bank, nik)

    filled = tmp_path / "konfirmasi.csv"
    lines = [f"{each['payung_referensi']},{each['NIK']},dipotong," for each in rows[:8]]
    lines[7] += "1"  # an amount that is not the premium
    head = "payung_referensi,NIK,Status Potong,Jumlah Dipotong"
    filled.write_text("\n".join((head, *lines)) + "\n")
    upload(bank, "KONFIRMASI", filled)
    address = bank.page.url.partition("#")[2]
    figures = bank.page.locator(".figures").inner_text().split()
    assert figures[:4] == ["8", "Baris", "7", "Dipotong"]
    bank.page.get_by_text("Jumlah bukan iuran: 1 baris").click()
    bank.page.locator("details table tbody tr").first.wait_for()
    shoot(bank, "konfirmasi-desk")
    assert "sudah dipotong, belum diterima BPJS" in look_up(bank, nik)
    shoot(bank, "cari-dipotong-desk")

    bank.page.go_back()
    order(bank, "Usulkan pembatalan", "Berkas uji terunggah")
    bank.page.get_by_text("Belum ada yang berubah").wait_for()
    assert bank.page.get_by_role("button", name="Setujui pembatalan").count() == 0

    staff = visit("dinas", phone=True)
    staff.go("konfirmasi", "Konfirmasi potongan")
    staff.page.get_by_text("Usul pembatalan yang menunggu").wait_for()
    shoot(staff, "konfirmasi-daftar-phone")
    staff.page.locator(f'a[href="#{address}"]').click()
    order(staff, "Setujui pembatalan", "Sudah dicocokkan dengan bank")
    staff.page.get_by_text("Berkas ini sudah dibatalkan: 7 orang").wait_for()
    choices = staff.page.get_by_role("group", name="Pilih baris menurut hasilnya")
    choices.get_by_role("button", name=re.compile("^Diterima")).click()
    staff.page.get_by_text("Catatan dari baris ini sudah dibatalkan").first.wait_for()
    shoot(staff, "pembatalan-phone")
    assert "bank belum melaporkan pemotongan" in look_up(staff, nik)
    assert "dibatalkan oleh dua petugas" in staff.page.locator(".person").inner_text()
    shoot(staff, "cari-dibatalkan-phone")


@pytest.mark.parametrize("phone", [False, True])
def test_no_view_calls_anybody_protected_who_is_not(visit, stage, phone):
    staff = visit("dinas", phone=phone)
    size = "phone" if phone else "desk"
    views = {
        "berkas": ("berkas", "Berkas"),
        "satu-berkas": (f"berkas/{stage.batch}", re.compile("berantakan")),
        "konfirmasi": ("konfirmasi", "Konfirmasi potongan"),
        "rekap": ("rekap", "Rekap"),
    }
    for name, (place, heading) in views.items():
        staff.go(place, heading)
        staff.page.wait_for_function(
            "() => !document.querySelector('main').innerText.includes('Memuat')"
        )
        width = staff.page.evaluate("document.documentElement.scrollWidth")
        assert width <= (360 if phone else 1280), name
        shoot(staff, f"benar-{name}-{size}")
    staff.go("cari", "Cari penerima")
    staff.look_up(stage.nik)
    assert staff.answer() == "BELUM terlindungi"
    shoot(staff, f"benar-cari-{size}")
