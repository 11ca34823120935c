"""The main way of a bank and of a counter, in the system's own Firefox."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.sample import sample
from tests.browser.firefox import Firefox, running
from tests.browser.served_page import Stage, required

QUERY = "NIK atau nomor referensi"
_CUT = """
    [...document.querySelectorAll(".wide-table, html")]
        .filter(each => each.scrollWidth > each.clientWidth + 1).length
"""


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    path = required(
        shutil.which("firefox-esr"), "firefox-esr is not installed here: only Chromium is tried"
    )
    profile = tmp_path / "profile"
    profile.mkdir()
    with running(path, profile) as window:
        yield window


def _sign_in(window: Firefox, stage: Stage, who: str) -> None:
    window.open(stage.url)
    window.type("textbox", "Nama pengguna", who)
    window.evaluate("document.querySelector('input[type=password]').focus()")
    window.type_here(stage.users[who].password)
    window.click("button", "Masuk")
    window.find("heading", "Cari penerima")


def test_a_bank_hands_over_a_file_and_finds_its_person_in_firefox(
    firefox: Firefox, stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "penerima Desember.xlsx"
    sample(path, 30, seed=78, faults=20, scheme="BPUM")
    _sign_in(firefox, stage, "bri")
    firefox.click("link", "Unggah")
    firefox.find("heading", "Unggah berkas")
    firefox.type("combobox", "Skema", "BPUM")
    firefox.choose("input[type=file]", path)
    firefox.wait("document.querySelector('.chosen').textContent.includes('penerima Desember')")
    firefox.click("button", "Unggah")
    firefox.wait("document.querySelector('.badge.batch-completed') !== null")
    firefox.wait("document.querySelector('tbody .of-rejected') !== null")
    for width in (360, 1153, 1280):
        firefox.size(width, 900)
        assert firefox.evaluate(_CUT) == 0, width
    firefox.click("link", "Cari")
    firefox.type("textbox", QUERY, stage.reference)
    firefox.click("button", "Cari")
    verdict = firefox.wait("document.querySelector('.answer h2')?.innerText")
    assert verdict.split()[:2] == ["BELUM", "terlindungi"]
    firefox.type("textbox", QUERY, "7")
    assert firefox.evaluate("document.querySelectorAll('.answer, .person').length") == 0
    assert firefox.complaints == []
