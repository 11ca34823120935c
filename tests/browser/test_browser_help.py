"""Help where the work is: the template, whom to ask, and what each reason means."""

import re
from typing import TYPE_CHECKING

import pytest

from chalicelib.api import site
from tests.browser.served_page import ROOT

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor


def test_the_template_is_the_one_among_the_samples():
    sample = ROOT / "samples" / "template-penerima.xlsx"
    assert site.TEMPLATE.read_bytes() == sample.read_bytes()


@pytest.mark.parametrize("place", ["unggah", "bantuan"])
def test_a_bank_gets_the_template_where_it_needs_it(visit, place):
    bank: Visitor = visit("bri")
    bank.go(place, re.compile("Unggah berkas|Bantuan"))
    with bank.page.expect_download() as waiting:
        bank.page.get_by_role("button", name="Unduh template").click()
    assert waiting.value.suggested_filename == "template-penerima.xlsx"
    assert waiting.value.path().read_bytes() == site.TEMPLATE.read_bytes()


def test_a_reason_leads_to_what_it_means_and_what_to_do(visit, stage):
    bank: Visitor = visit("bri")
    bank.go(f"berkas/{stage.batch}", re.compile("berantakan"))
    link = bank.page.locator("tbody").get_by_role("link", name=re.compile("^Bantuan: ")).first
    code = (link.get_attribute("href") or "").rpartition("/")[2]
    link.click()
    bank.heading("Bantuan")
    entry = bank.page.locator(f"#kode-{code}[open]")
    entry.wait_for()
    assert "Lakukan: " in entry.inner_text()
    bank.page.get_by_label("Cari kode atau kata").fill("kata sandi")
    assert 0 < bank.page.locator("details.panel:visible").count() < 6


def test_everybody_finds_whom_to_ask(visit):
    for who in ("dinas", "bsg"):
        somebody: Visitor = visit(who)
        somebody.page.get_by_role("contentinfo").get_by_role("link", name="Bantuan").click()
        somebody.heading("Bantuan")
        assert "Bertanya kepada: Dinas Koperasi" in somebody.page.locator("main").inner_text()
        assert somebody.page.get_by_role("button", name="Unduh template").count() == (who == "bsg")


def test_the_file_chooser_speaks_indonesian(visit, tmp_path):
    path = tmp_path / "penerima.csv"
    path.write_bytes(b"NIK,Nama,Nilai Bantuan\n")
    bank: Visitor = visit("bri")
    bank.go("unggah", "Unggah berkas")
    shown = bank.page.get_by_label("Berkas penerima").bounding_box()
    assert shown["width"] <= 1  # the browser's own button
    with bank.page.expect_file_chooser() as waiting:
        bank.page.get_by_text("Pilih berkas …").click()
    waiting.value.set_files(path)
    bank.page.get_by_text("penerima.csv, 23 byte").wait_for()


def test_a_refused_file_names_files_as_the_bank_did_and_leads_on(visit, stage):
    bank: Visitor = visit("bri")
    message = f"Isinya sama dengan 20261129T095312Z-e6f15f12-penerima.xlsx ({stage.batch})."

    def refused(route):
        answer = route.fetch()
        content = {**answer.json(), "status": "refused", "rows": 0, "accepted": 0}
        content["errors"] = [{"code": "file_repeated", "message": message}]
        route.fulfill(response=answer, json=content)

    bank.page.route(f"**/batches/{stage.batch}", refused)
    bank.go(f"berkas/{stage.batch}", "Berkas ini ditolak seluruhnya")
    said = bank.page.locator(".box.bad")
    assert f"Isinya sama dengan penerima.xlsx ({stage.batch})." in said.inner_text()
    assert said.get_by_role("link", name=stage.batch).count() == 1
    said.get_by_role("link", name="Unggah lagi").click()
    bank.heading("Unggah berkas")
