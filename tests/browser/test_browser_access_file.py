"""Who asked for whose data: the department orders the file, waits for it, and downloads it."""

import io

import openpyxl


def test_the_department_orders_and_downloads_the_file(visit, stage):
    bank = visit("bri")
    bank.look_up(stage.nik)
    bank.answer()
    staff = visit("dinas")
    staff.go("akses", "Catatan akses")
    staff.page.get_by_label("NIK atau nomor referensi").fill(stage.reference)
    staff.page.get_by_label("Alasan").fill("Ditanyakan penerima di loket")
    staff.page.get_by_role("button", name="Susun berkas").click()
    staff.page.locator("table").get_by_text("Selesai", exact=True).wait_for()
    with staff.page.expect_download() as waiting:
        staff.page.get_by_role("button", name="Unduh XLSX").first.click()
    assert waiting.value.suggested_filename.startswith("catatan-akses-")
    content = waiting.value.path().read_bytes()
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    found = {(row[1], row[2], row[3]) for row in rows}
    assert ("bri", "Bank BRI", "Mencari penerima") in found
    assert ("dinas", "Dinas Koperasi", "Meminta catatan akses") in found
    assert stage.nik not in str(rows)


def test_a_wrong_day_says_what_is_wrong_and_nothing_is_ordered(visit):
    staff = visit("dinas")
    staff.go("akses", "Catatan akses")
    first, last = (
        staff.page.get_by_label("Sejak tanggal"),
        staff.page.get_by_label("Sampai tanggal"),
    )
    for text, said in (
        ("31/02/2026", "Tanggal 31/02/2026 tidak ada."),
        ("11/22/2026", "Bulan 22 tidak ada"),
        ("1/1/26", "Tulis tahun dengan empat angka"),
        ("kemarin", "Tulis tanggal sebagai hari/bulan/tahun"),
        ("1/1/2999", "Tanggal itu belum tiba."),
    ):
        last.fill(text)
        staff.page.get_by_label("Alasan").fill("Pemeriksaan berkala")
        staff.page.get_by_role("button", name="Susun berkas").click()
        staff.page.get_by_text(said).wait_for()
        assert staff.focused().startswith("Sampai tanggal")
    for text, shown in (
        ("5-1-2026", "05/01/2026"),
        ("05012026", "05/01/2026"),
        ("5 Januari 2026", "05/01/2026"),
        ("2026-01-05", "05/01/2026"),
    ):
        first.fill(text)
        first.blur()
        assert first.input_value() == shown
    assert staff.page.locator("input[type=date]").count() == 0


def test_a_bank_has_no_such_page(visit):
    bank = visit("bri")
    assert bank.page.get_by_role("link", name="Catatan akses").count() == 0
    bank.go("akses", "Halaman tidak ada")
