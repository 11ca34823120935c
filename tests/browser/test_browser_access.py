"""Accessibility: with the keyboard only, with a screen reader, on a phone, on paper."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.served_page import SHOTS

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

_JUDGED = """
    async (only) => (await axe.run(document, {
        resultTypes: ['violations'], ...(only ? {runOnly: only} : {}),
    })).violations
"""


def _person(somebody: "Visitor") -> None:
    somebody.look_up(somebody.stage.nik)
    somebody.answer()


def _file(somebody: "Visitor") -> None:
    somebody.go(f"berkas/{somebody.stage.batch}", re.compile("berantakan"))
    somebody.page.locator("tbody tr").first.wait_for()
    somebody.page.locator("summary").click()


def _dialog(somebody: "Visitor") -> None:
    somebody.go("sms", "SMS konfirmasi")
    somebody.page.get_by_role("button", name="Jeda semua SMS").click()
    somebody.page.get_by_role("dialog").get_by_role("button", name="Jeda").click()
    somebody.page.get_by_text("Tuliskan alasannya").wait_for()


def _totals(somebody: "Visitor") -> None:
    somebody.go("rekap/bank", "Rekap")
    somebody.page.locator("tfoot").first.wait_for()


def _account(somebody: "Visitor") -> None:
    somebody.go("akun", "Akun saya")
    somebody.page.get_by_role("button", name="Aktifkan kode keamanan").click()
    somebody.page.get_by_label("Kode 6 angka").wait_for()


def _files(somebody: "Visitor") -> None:
    somebody.go("berkas", "Berkas")
    somebody.page.locator("tbody tr").first.wait_for()


def _sending(somebody: "Visitor") -> None:
    somebody.go("sms", "SMS konfirmasi")
    somebody.page.locator(".gate").wait_for()


VIEWS: dict[str, tuple[str | None, Callable[["Visitor"], Any]]] = {
    "masuk": (None, lambda somebody: somebody.heading("Masuk")),
    "cari": ("dinas", _person),
    "berkas": ("dinas", _files),
    "satu-berkas": ("dinas", _file),
    "rekap": ("dinas", _totals),
    "sms": ("dinas", _sending),
    "dialog": ("dinas", _dialog),
    "akun": ("dinas", _account),
    "unggah": ("bri", lambda somebody: somebody.go("unggah", "Unggah berkas")),
}


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_every_view_is_free_of_violations_and_fits_the_screen(visit, axe, phone):
    """Screenshots are in build/browser."""
    visitors: dict[str | None, Visitor] = {}
    found = {}
    SHOTS.mkdir(parents=True, exist_ok=True)
    for name, (who, show) in VIEWS.items():
        if who not in visitors:
            visitors[who] = visit(who, phone=phone)
        somebody = visitors[who]
        show(somebody)
        somebody.page.screenshot(path=SHOTS / f"{name}-{'phone' if phone else 'desk'}.png")
        found[name, "light"] = _violations(somebody, axe)
        somebody.page.emulate_media(color_scheme="dark")
        found[name, "dark"] = _violations(somebody, axe, only="color-contrast")
        somebody.page.emulate_media(color_scheme="light")
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        found[name, "too wide by"] = somebody.page.evaluate(wider)
        somebody.page.keyboard.press("Escape")
    assert {key: each for key, each in found.items() if each} == {}


def _violations(somebody: "Visitor", axe: str, *, only: str | None = None) -> list[str]:
    if not somebody.page.evaluate("'axe' in window"):
        somebody.page.evaluate(axe)
    somebody.page.evaluate("() => Promise.all(document.getAnimations().map(each => each.finished))")
    return [
        f"{each['impact']} {each['id']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in somebody.page.evaluate(_JUDGED, [only] if only else None)
        if each["impact"] in {"serious", "critical", "moderate"}
    ]


def test_the_whole_way_by_keyboard_alone(visit, stage):
    somebody: Visitor = visit()
    press, write = somebody.page.keyboard.press, somebody.page.keyboard.type
    somebody.heading("Masuk")
    assert somebody.focused() == "Nama pengguna"
    write("dinas")
    press("Tab")
    write(stage.users["dinas"].password)
    press("Enter")
    somebody.heading("Cari penerima")
    assert somebody.focused().startswith("NIK atau nomor referensi")
    write(stage.nik)
    press("Enter")
    somebody.answer()
    assert somebody.focused().startswith("BELUM terlindungi pada ")
    _tab_to(somebody, "Kirim ulang SMS konfirmasi")
    press("Enter")
    somebody.page.get_by_role("dialog").wait_for()
    assert somebody.focused().startswith("Nomor ponsel yang benar")
    press("Escape")
    somebody.page.get_by_role("dialog").wait_for(state="detached")
    assert somebody.focused() == "Kirim ulang SMS konfirmasi"

    somebody.page.reload()
    somebody.heading("Cari penerima")
    press("Tab")
    assert somebody.focused() == "Langsung ke isi"
    assert somebody.page.locator(".skip").bounding_box()["y"] >= 0  # visible with the focus
    press("Enter")
    assert somebody.page.evaluate("document.activeElement.id") == "isi"
    assert somebody.page.evaluate("location.hash") in {"", "#/", "#/cari"}
    _tab_to(somebody, "Berkas", back=True)
    press("Enter")
    somebody.heading("Berkas")
    assert somebody.focused() == "Berkas"
    somebody.page.locator("tbody tr").first.wait_for()
    _tab_to(somebody, re.compile("berantakan"))
    press("Enter")
    somebody.heading(re.compile("berantakan"))
    _tab_to(somebody, re.compile("^Ditolak"))
    press("Space")
    somebody.page.get_by_role("button", name=re.compile("^Ditolak"), pressed=True).wait_for()
    _tab_to(somebody, "Keluar", back=True)
    press("Enter")
    somebody.heading("Masuk")


def _tab_to(somebody: "Visitor", name: str | re.Pattern[str], *, back: bool = False) -> None:
    """Press the tab key until the element has the focus, which must always be visible."""
    for _ in range(60):
        somebody.page.keyboard.press("Shift+Tab" if back else "Tab")
        focused = somebody.focused()
        shown = somebody.page.evaluate(
            "document.activeElement === document.body"
            " || getComputedStyle(document.activeElement).outlineStyle !== 'none'"
        )
        assert shown, f"the focus does not show on {focused!r}"
        if re.fullmatch(name, focused) if isinstance(name, str) else name.search(focused):
            return
    raise AssertionError(f"no way to {name!r} by keyboard")


def test_an_answer_prints_on_one_sheet_without_the_page_around_it(visit, stage):
    somebody: Visitor = visit("dinas", dark=True)
    somebody.look_up(stage.nik)
    somebody.answer()
    sheet = somebody.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    somebody.page.emulate_media(media="print")
    assert somebody.page.get_by_text(re.compile("^Dicetak .* WITA oleh dinas")).is_visible()
    for unwanted in ("navigation", "button", "textbox"):
        assert somebody.page.get_by_role(unwanted).count() == 0
    ground = somebody.page.locator(".answer").evaluate("e => getComputedStyle(e).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


def test_times_are_those_of_the_province(visit, stage):
    somebody: Visitor = visit("dinas")
    somebody.go(f"berkas/{stage.batch}", re.compile("berantakan"))
    text = somebody.page.locator(".facts").first.inner_text()
    assert re.search(r"\d{1,2} [A-Z][a-z]+ \d{4} \d\d\.\d\d WITA", text)
