"""Lists of files and rows: nothing is cut off, and what needs work comes first."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

WIDTHS = (320, 360, 768, 1024, 1152, 1153, 1280, 1366, 1920)
_TOO_WIDE = """
    [...document.querySelectorAll(".wide-table, html")]
        .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.scrollWidth)
"""
_IN_FIRST_SCREEN = (
    "(e => e.getBoundingClientRect().top < innerHeight)(document.querySelector('td'))"
)
_COUNTS = {"rows": 150_000, "accepted": 119_232, "duplicate": 10_578, "conflict": 1_190}


def _large(route):
    """Answer with counts of the largest file, in its longest states."""
    answer = route.fetch()
    content = answer.json()
    for each in content["batches"]:
        each |= {**_COUNTS, "rejected": 19_000, "sms_paused": True, "premium_total": 4_006_195_200}
        each["sms"] = {**each["sms"], "delivered": 100_000, "failed": 12_345}
    refused = {**content["batches"][0], "batch": "ZZZZZZZZ", "status": "refused"}
    route.fulfill(response=answer, json={**content, "batches": [*content["batches"], refused]})


def _mixed(route):
    answer = route.fetch()
    content = answer.json()
    for number, each in enumerate(content["rows"]):
        each |= {"premium": 50_400, "sms": "failed", "sms_explanation": "Nomor tidak dikenal."}
        each |= {"starts": f"2026-11-{10 + number % 2}", "ends": "2027-02-28"}
        each |= {"reference": "7K3M9QX2-151A", "name": "Among Firmansyah Wulandari Sumampouw"}
    route.fulfill(response=answer, json=content)


@pytest.mark.parametrize("who", ["dinas", "bri"])
def test_no_column_is_cut_off_at_any_width(visit, stage, who):
    somebody: Visitor = visit(who)
    somebody.page.route("**/batches?*", _large)
    somebody.page.route(f"**/batches/{stage.batch}/rows?*", _mixed)
    for place, heading in (("berkas", "Berkas"), (f"berkas/{stage.batch}/semua", None)):
        somebody.go(place, heading or re.compile("berantakan"))
        somebody.page.locator("tbody tr").first.wait_for()
        for width in WIDTHS:
            somebody.page.set_viewport_size({"width": width, "height": 900})
            assert somebody.page.evaluate(_TOO_WIDE) == [], (place, width)


def test_on_a_phone_the_list_comes_before_the_filters(visit):
    somebody: Visitor = visit("dinas", phone=True)
    somebody.go("berkas", "Berkas")
    somebody.page.get_by_role("table").wait_for()
    assert not somebody.page.get_by_label("Masuk sejak").is_visible()
    assert somebody.page.evaluate(_IN_FIRST_SCREEN)
    somebody.page.get_by_text("Pilih menurut status").click()
    somebody.page.get_by_label("Status").select_option("stuck")
    somebody.page.get_by_role("button", name="Saring").click()
    somebody.page.get_by_text("Tidak ada berkas yang cocok").wait_for()
    somebody.page.reload()
    somebody.page.get_by_text("Tidak ada berkas yang cocok").wait_for()
    assert somebody.page.get_by_label("Status").is_visible()  # a filter is at work


def test_a_file_opens_on_the_rows_that_need_work_and_its_tiles_choose_others(visit, stage):
    bank: Visitor = visit("bri")
    bank.go(f"berkas/{stage.batch}", re.compile("berantakan"))
    badges = bank.page.locator("tbody .badge:not([class*=sms-])")
    badges.first.wait_for()
    assert set(badges.all_inner_texts()) == {"Ditolak"}
    bank.page.get_by_role("button", name=re.compile("Diterima: tampilkan")).click()
    bank.page.locator("tbody .of-accepted").first.wait_for()
    assert set(badges.all_inner_texts()) == {"Diterima"}
    assert bank.page.url.endswith("/accepted")
    period = bank.page.get_by_text("Masa perlindungan yang direncanakan: ")
    assert period.count() == 1
    assert bank.page.get_by_role("columnheader", name="Perlindungan").count() == 0
    bank.page.get_by_role("button", name=re.compile("Baris: tampilkan")).click()
    bank.page.locator("tbody .of-rejected").first.wait_for()
    bank.page.reload()
    bank.page.locator("tbody .of-accepted").first.wait_for()  # the choice is kept


def test_periods_that_differ_are_shown_with_each_row(visit, stage):
    bank: Visitor = visit("bri")
    bank.page.route(f"**/batches/{stage.batch}/rows?*", _mixed)
    bank.go(f"berkas/{stage.batch}", re.compile("berantakan"))
    bank.page.get_by_role("cell", name="10-11-2026").first.wait_for()
    assert bank.page.get_by_text("Masa perlindungan yang direncanakan").count() == 0


def test_each_row_says_what_became_of_its_message(visit, stage):
    bank: Visitor = visit("bri")
    bank.go(f"berkas/{stage.batch}/accepted", re.compile("berantakan"))
    states = bank.page.locator("tbody .badge[class*=sms-]")
    states.first.wait_for()
    assert states.count() == bank.page.locator(".dense tbody tr").count()
    bank.page.route(f"**/batches/{stage.batch}/rows?*", _mixed)
    bank.page.reload()
    bank.page.get_by_text("Nomor tidak dikenal.").first.wait_for()


def test_a_print_of_part_of_the_rows_says_so(visit, stage):
    bank: Visitor = visit("bri")
    bank.go(f"berkas/{stage.batch}/semua", re.compile("berantakan"))
    bank.page.get_by_role("button", name="Tampilkan baris berikutnya").wait_for()
    bank.page.emulate_media(media="print")
    sheet = bank.page.locator("main").inner_text()
    assert "Lembar ini memuat 50 baris pertama; semua baris ada di hasil.xlsx." in sheet
