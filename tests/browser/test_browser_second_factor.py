"""Users of the department set up a second factor before anything else, where payung demands it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.served_page import Stage, without_people

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

PASSWORD = "Payung-lokal-2026"


@pytest.fixture(scope="module")
def stage(browser: Any) -> Iterator[Stage]:
    with without_people("--second-factor") as made:
        yield made


def test_the_office_sets_up_a_second_factor_and_loses_its_phone(visit, stage):
    somebody: Visitor = visit()
    somebody.sign_in("dinas", PASSWORD)
    somebody.heading("Akun saya")
    somebody.page.get_by_text("wajib memakai kode keamanan").wait_for()
    assert somebody.page.locator("#menu a").count() == 0
    somebody.page.goto(f"{stage.url}#/berkas")
    somebody.heading("Akun saya")

    somebody.page.get_by_role("button", name="Aktifkan kode keamanan").click()
    somebody.page.get_by_label("Kode 6 angka").fill("123456")
    somebody.page.get_by_role("button", name="Periksa dan aktifkan").click()
    somebody.heading("Berkas")
    somebody.page.get_by_role("link", name="Akun saya").click()
    somebody.page.get_by_text("Aktif: setiap kali masuk").wait_for()
    assert somebody.page.get_by_role("button", name="Matikan").count() == 0

    somebody.sign_out()
    somebody.sign_in("dinas", PASSWORD)
    somebody.page.get_by_text("Ponsel hilang").wait_for()
    somebody.page.get_by_label("Kode 6 angka").fill("123456")
    somebody.page.get_by_role("button", name="Masuk").click()
    somebody.heading("Cari penerima")


def test_a_bank_needs_none(visit):
    somebody: Visitor = visit()
    somebody.sign_in("bri", PASSWORD)
    somebody.heading("Cari penerima")
