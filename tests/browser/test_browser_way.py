"""A bank's file and a staff's look-up, through a real browser."""

import re

import pytest

from local.sample import sample
from tests.browser.served_page import read_csv


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    path = tmp_path_factory.mktemp("bank") / "penerima November.xlsx"
    sample(path, 80, seed=77, faults=25, scheme="BPUM")
    return path


def test_a_bank_hands_over_a_messy_workbook_and_follows_it_to_the_end(visit, messy):
    bank = visit("bri")
    bank.page.get_by_role("link", name="Unggah").click()
    bank.page.get_by_label("Skema").select_option("BPUM")
    bank.page.get_by_label("Berkas penerima").set_input_files(messy)
    bank.page.get_by_role("button", name="Unggah").click()
    bank.heading(re.compile("penerima-November.xlsx"))
    bank.page.locator(".badge.batch-completed").wait_for()
    assert re.search(r"#/berkas/[0-9A-Z]{8}$", bank.page.url)

    bank.page.get_by_role("button", name=re.compile("^Ditolak")).click()
    refused = bank.page.locator(".dense tbody tr")
    refused.first.wait_for()
    rejected = read_csv(bank.download("ditolak.csv").path().read_bytes())
    assert refused.count() == len(rejected) > 0
    assert rejected[0]["payung_pesan"].split(".")[0] in refused.first.inner_text()

    everybody = read_csv(bank.download("hasil.csv").path().read_bytes())
    assert len(everybody) == 80
    figures = bank.page.locator(".figures").inner_text().split()
    assert figures[:2] == ["80", "Baris"]
    accepted = [each for each in everybody if each["payung_status"] == "diterima"]
    for asked in (accepted[0]["NIK"], accepted[0]["payung_referensi"]):
        bank.page.get_by_role("link", name="Cari").click()
        bank.look_up(asked)
        assert bank.answer() == "BELUM terlindungi"
        assert (
            accepted[0]["Nama Lengkap"].upper() in bank.page.locator(".person").inner_text().upper()
        )

    bank.sign_out()
    assert bank.stored() == {"session": {}, "local": {}, "cookie": ""}
    assert not any(each["NIK"] in line for each in accepted for line in bank.console)


def test_the_page_says_that_a_person_is_not_enrolled(visit):
    staff = visit("dinas")
    with staff.refused():
        staff.look_up("7171014101800099")
        assert staff.answer() == "TIDAK terdaftar"
        assert "NIK 7171********0099" in staff.page.locator(".answer").inner_text()


def test_a_person_looked_up_leaves_no_trace_in_address_history_or_storage(visit, stage):
    staff = visit("dinas")
    staff.look_up(stage.nik)
    staff.answer()
    staff.page.get_by_role("link", name="Berkas").click()
    staff.heading("Berkas")
    staff.page.go_back()
    staff.heading("Cari penerima")
    # The query stays on the page, so that it can be sent again, and nowhere else.
    assert staff.page.get_by_label("NIK atau nomor referensi").input_value() == stage.nik
    assert staff.answer() == "BELUM terlindungi"
    assert stage.nik not in staff.page.url
    assert stage.nik not in str(staff.stored())
    assert stage.reference not in staff.page.url
    assert not any(stage.nik in line for line in staff.console)


def test_a_row_of_a_file_leads_to_its_person(visit, stage):
    staff = visit("bpjs")
    staff.go(f"berkas/{stage.batch}/accepted", re.compile("berantakan"))
    # One reference can begin with another: …-75 and …-75V.
    staff.page.get_by_role("button", name=f"Cari penerima {stage.reference}", exact=True).click()
    assert staff.answer() == "BELUM terlindungi"
    assert stage.reference in staff.page.locator(".person").inner_text()
    assert stage.reference not in staff.page.url


def test_full_data_are_shown_for_a_reason_only(visit, stage):
    staff = visit("dinas")
    staff.look_up(stage.reference)
    person = staff.page.locator(".person")
    assert stage.nik not in person.inner_text()
    staff.page.get_by_role("button", name="Tampilkan data lengkap").click()
    dialog = staff.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Tampilkan").click()
    assert "Tuliskan alasannya" in dialog.inner_text()
    dialog.get_by_label("Alasan").fill("Penerima datang ke loket")
    dialog.get_by_role("button", name="Tampilkan").click()
    dialog.wait_for(state="detached")
    staff.page.get_by_text(stage.nik).wait_for()
    staff.page.get_by_role("button", name="Samarkan kembali").click()
    staff.page.get_by_role("button", name="Tampilkan data lengkap").wait_for()
    assert stage.nik not in person.inner_text()


def test_a_message_is_sent_again_to_a_corrected_number(visit, stage):
    staff = visit("dinas")
    staff.look_up(stage.resent_nik)
    staff.page.get_by_role("button", name="Kirim ulang SMS").click()
    dialog = staff.page.get_by_role("dialog")
    dialog.get_by_label("Nomor ponsel yang benar").fill("0431 123456")
    dialog.get_by_label("Alasan").fill("Nomor di berkas salah")
    with staff.refused():
        dialog.get_by_role("button", name="Kirim ulang").click()
        dialog.get_by_role("alert").wait_for()
    # After a refusal the input is still there.
    assert dialog.get_by_label("Alasan").input_value() == "Nomor di berkas salah"
    dialog.get_by_label("Nomor ponsel yang benar").fill("0812 1111 2222")
    dialog.get_by_role("button", name="Kirim ulang").click()
    dialog.wait_for(state="detached")
    staff.page.get_by_text("Petugas meminta SMS dikirim ulang ke nomor yang diperbaiki").wait_for()
    assert staff.focused().startswith("Perlindungan Penerima Bantuan")


def test_all_messages_are_paused_and_resumed_with_a_reason(visit):
    staff = visit("dinas")
    staff.go("sms", "SMS konfirmasi")
    for label, heading in (("Jeda semua SMS", "TERTUTUP"), ("Lanjutkan pengiriman SMS", "TERBUKA")):
        staff.page.get_by_role("button", name=label).click()
        dialog = staff.page.get_by_role("dialog")
        dialog.get_by_label("Alasan").fill("Gangguan pada operator")
        dialog.get_by_role("button", name=label.split()[0]).click()
        staff.page.get_by_role("heading", name=re.compile(heading)).wait_for()


def test_a_list_of_people_to_visit_is_ordered_and_fetched(visit):
    staff = visit("dinas")
    staff.go("sms", "SMS konfirmasi")
    staff.page.get_by_label("Bank").select_option("009")  # no test orders a list of this bank
    staff.page.get_by_role("button", name="Tampilkan daftar").click()
    staff.page.get_by_text("Tuliskan alasannya").wait_for()
    staff.page.get_by_label("Alasan").fill("Kunjungan ke rumah penerima")
    staff.page.get_by_role("button", name="Tampilkan daftar").click()
    staff.page.get_by_text("Belum ada daftar").wait_for()
    staff.page.get_by_label("Bank").select_option("002")
    staff.page.get_by_role("button", name="Buat daftar baru").click()
    first = staff.page.locator(".downloads button").first
    first.wait_for()
    with staff.page.expect_download() as waiting:
        first.click()
    assert b"alasan" in waiting.value.path().read_bytes()


def test_totals_are_shown_by_each_key(visit):
    staff = visit("bpjs")
    staff.go("rekap", "Rekap")
    for by, line in (("Skema", "Bantuan Produktif"), ("Kabupaten/Kota", "Manado"), ("Bank", "BRI")):
        staff.page.get_by_role("button", name=by, exact=True).click()
        staff.page.get_by_role("rowheader", name=re.compile(line)).first.wait_for()
        assert staff.page.locator("tfoot").first.inner_text().startswith("Jumlah")


def test_the_sums_of_a_period_are_saved_for_a_spreadsheet(visit):
    staff = visit("dinas")
    staff.go("rekap/regency", "Rekap")
    staff.page.get_by_role("rowheader", name=re.compile("Manado")).first.wait_for()
    for form in ("XLSX", "CSV"):
        with staff.page.expect_download() as waiting:
            staff.page.get_by_role("button", name=f"Unduh {form}", exact=True).click()
        name = f"rekap-sulut-2026-regency.{form.lower()}"
        assert waiting.value.suggested_filename == name
    assert "Manado" in waiting.value.path().read_text("utf-8-sig")
    until = staff.page.get_by_label("Sampai")
    until.fill("31/01/2020")
    until.press("Tab")
    staff.page.get_by_text("Belum ada penerima").wait_for()
    assert "to=2020-01-31" in staff.page.url


def test_files_are_filtered(visit, stage):
    staff = visit("dinas")
    staff.go("berkas", "Berkas")
    staff.page.get_by_role("link", name=re.compile("berantakan")).wait_for()
    staff.page.get_by_label("Status").select_option("stuck")
    staff.page.get_by_role("button", name="Saring").click()
    staff.page.get_by_text("Tidak ada berkas yang cocok").wait_for()
    assert "status=stuck" in staff.page.url
    staff.page.reload()
    staff.page.get_by_text("Tidak ada berkas yang cocok").wait_for()
    staff.page.get_by_role("button", name="Semua berkas").click()
    staff.page.get_by_role("link", name=re.compile("berantakan")).wait_for()


@pytest.mark.parametrize(
    ("who", "menu"),
    [
        ("dinas", ["Cari", "Berkas", "Konfirmasi", "Rekap", "SMS", "Catatan akses"]),
        ("bpjs", ["Cari", "Berkas", "Konfirmasi", "Rekap", "SMS"]),
        ("bsg", ["Cari", "Berkas", "Unggah", "Konfirmasi", "Rekap"]),
    ],
)
def test_actions_without_permission_are_not_shown(visit, stage, who, menu):
    somebody = visit(who)
    nav = somebody.page.get_by_role("navigation", name="Menu utama")
    assert nav.get_by_role("link").all_inner_texts() == menu
    if who == "bsg":
        with somebody.refused():
            somebody.look_up(stage.nik)  # another bank's person, who is protected
            assert somebody.answer() == "Bukan penerima Bank SulutGo"
            said = somebody.page.locator(".answer")
            assert "elsewhere" in (said.get_attribute("class") or "")
            assert "tidak terlihat di sini" in said.inner_text()
            assert "BRI" not in said.inner_text()
        somebody.go("sms", "Halaman tidak ada")
        return
    somebody.look_up(stage.nik)
    somebody.answer()
    assert somebody.page.get_by_role("button", name="Kirim ulang SMS").count() == (who == "dinas")
    somebody.go("sms", "SMS konfirmasi")
    somebody.page.locator(".gate").wait_for()
    assert somebody.page.get_by_role("button", name="Jeda semua SMS").count() == (who == "dinas")
    assert somebody.page.get_by_role("heading", name="Daftar kunjungan").count() == (who == "dinas")


@pytest.mark.parametrize("who", ["dinas", "bpjs"])
def test_staff_say_why_before_they_download_a_whole_file(visit, stage, who):
    staff = visit(who)
    staff.go(f"berkas/{stage.batch}", re.compile("berantakan"))
    staff.page.get_by_role("button", name="Unduh hasil.csv").click()
    dialog = staff.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Unduh").click()
    assert "Tuliskan alasannya" in dialog.inner_text()
    reason = dialog.get_by_label("Alasan")
    # The API finds what the page does not.
    with staff.refused():
        reason.fill("Diminta nol delapan satu dua tiga empat lima enam tujuh delapan")
        dialog.get_by_role("button", name="Unduh").click()
        dialog.get_by_text("Jangan tulis NIK").wait_for()
    reason.fill("Diminta bank untuk pencocokan")
    with staff.page.expect_download() as waiting:
        dialog.get_by_role("button", name="Unduh").click()
    assert len(read_csv(waiting.value.path().read_bytes())) > 1
    # The reason counts for the other files of this page, too.
    assert staff.download("ringkasan.json").path().read_bytes()


def test_the_department_says_why_before_it_sees_a_list_of_people_to_visit(visit, stage):
    staff = visit("dinas")
    staff.go("sms", "SMS konfirmasi")
    panel = staff.page.get_by_role("region", name="Daftar kunjungan")
    panel.get_by_label("Bank").select_option(label="BRI")
    panel.get_by_role("button", name="Tampilkan daftar").click()
    assert "Tuliskan alasannya" in panel.inner_text()
    panel.get_by_label("Alasan").fill("Kunjungan petugas bulan ini")
    panel.get_by_role("button", name="Buat daftar baru").click()
    panel.get_by_role("button", name=re.compile("^Unduh .*csv")).first.wait_for()
    with staff.page.expect_download() as waiting:
        panel.get_by_role("button", name=re.compile("^Unduh .*csv")).first.click()
    assert "telepon" in waiting.value.path().read_text("utf-8-sig")


def test_an_impossible_list_of_recipients_is_refused_before_the_upload(visit, tmp_path):
    scan = tmp_path / "ktp.pdf"
    scan.write_bytes(b"%PDF-1.7")
    empty = tmp_path / "kosong.csv"
    empty.touch()
    bank = visit("bri")
    bank.go("unggah", "Unggah berkas")
    for path, words in ((scan, "tidak dapat dibaca"), (empty, "Berkas ini kosong")):
        bank.page.get_by_label("Berkas penerima").set_input_files(path)
        bank.page.get_by_text(re.compile(words)).wait_for()
    bank.page.get_by_role("button", name="Unggah").click()
    bank.page.get_by_text("Pilih skema.").wait_for()
    assert bank.page.locator(".under-way").inner_text() == ""
