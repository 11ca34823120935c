"""The rows of a file whose message failed, by the reason."""

import re

from tests.browser.served_page import BUCKET


def test_rows_are_shown_by_why_their_message_failed(visit, stage):
    staff = visit("dinas")
    key = "incoming/bri/BPUM/nomor.csv"
    lines = "NIK,Nama,Nilai Bantuan,No HP\n" + "".join(
        f"717105{day:02d}0190{number:04d},Penerima Uji {name},1200000,0812000{number}{end}\n"
        for day, number, name, end in (
            (3, 4001, "Satu", "99"),
            (4, 4002, "Dua", "99"),
            (5, 4003, "Tiga", "11"),
            (6, 4004, "Empat", "11"),
        )
    )
    bucket = BUCKET
    stage.client("s3").put_object(Bucket=bucket, Key=key, Body=lines.encode())
    staff.go("berkas", "Berkas")
    staff.page.get_by_role("link", name="nomor.csv").click()
    failed = staff.page.get_by_role("button", name=re.compile(r"^SMS gagal \(2\)$"))
    failed.wait_for()
    failed.click()
    reasons = staff.page.get_by_role("group", name="Pilih menurut sebab SMS gagal")
    reasons.get_by_role("button", name="(2)").click()
    rows = staff.page.locator("table.dense tbody tr")
    staff.page.wait_for_function("document.querySelectorAll('table.dense tbody tr').length === 2")
    assert rows.count() == 2
    assert rows.first.get_by_text("Pemilik nomor menolak SMS").is_visible()
    everything = reasons.get_by_role("button", name="Semua sebab")
    assert everything.get_attribute("aria-pressed") == "false"
    everything.click()
    assert everything.get_attribute("aria-pressed") == "true"
