"""The question at the counter: an answer belongs to the query on the screen, and is true."""

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

QUERY = "NIK atau nomor referensi"
DAY = r"\d{1,2} [A-Z][a-z]+ \d{4}"


def test_a_keystroke_removes_the_answer_to_the_former_query(visit, stage):
    staff: Visitor = visit("dinas")
    staff.look_up(stage.nik)
    assert staff.answer() == "BELUM terlindungi"
    staff.page.get_by_label(QUERY).press_sequentially("7")
    assert staff.page.locator(".answer, .person").count() == 0


def test_a_refused_query_leaves_no_former_answer_beside_it(visit, stage):
    staff: Visitor = visit("dinas")
    staff.look_up(stage.nik)
    staff.answer()
    # Without a keystroke: a browser fills in a field by itself, too.
    staff.page.get_by_label(QUERY).evaluate("each => { each.value = '710205'; }")
    staff.page.get_by_role("button", name="Cari", exact=True).click()
    staff.page.get_by_text("NIK terdiri atas 16 angka").wait_for()
    assert staff.page.locator(".answer, .person").count() == 0
    staff.page.get_by_label(QUERY).press_sequentially("1")
    assert staff.page.get_by_text("NIK terdiri atas 16 angka").count() == 0


def test_an_answer_that_comes_after_another_query_began_is_not_shown(visit, stage):
    staff: Visitor = visit("dinas")
    waiting = []

    def hold(route):
        waiting.append(route)

    staff.page.route("**/enrollments/lookup", hold)
    staff.look_up(stage.nik)
    staff.page.wait_for_timeout(200)
    staff.page.get_by_label(QUERY).fill("7171")
    for route in waiting:
        route.continue_()
    staff.page.wait_for_timeout(500)
    assert len(waiting) == 1
    assert staff.page.locator(".answer, .person").count() == 0
    assert staff.page.get_by_role("button", name="Cari", exact=True).count() == 1


def test_the_verdict_repeats_what_was_asked_and_for_which_day(visit, stage):
    staff: Visitor = visit("dinas")
    for asked, repeated in (
        (stage.nik, f"NIK {stage.nik[:4]}********{stage.nik[-4:]}"),
        (stage.reference, f"nomor referensi {stage.reference}"),
    ):
        staff.look_up(asked)
        staff.answer()
        said = staff.page.locator(".answer").inner_text()
        assert f"Jawaban untuk {repeated}." in said
        assert re.search(rf"terlindungi pada {DAY}", said)
        assert "hari ini" not in said


@pytest.mark.parametrize(
    "written",
    [
        "NIK {nik}",
        "{misread}",
        "Ref {reference}",
        "Ref: {reference},",
        "({reference})",
        "{dashed}",
    ],
)
def test_what_people_copy_or_misread_finds_the_person(visit, stage, written):
    staff: Visitor = visit("dinas")
    misread = stage.nik.replace("0", "O").replace("1", "l")
    dashed = stage.reference.replace("-", " \u2013 ")
    staff.look_up(
        written.format(nik=stage.nik, misread=misread, reference=stage.reference, dashed=dashed)
    )
    assert staff.answer() == "BELUM terlindungi"


def test_a_person_of_another_bank_is_neither_denied_nor_named(visit, stage):
    bank: Visitor = visit("bsg")
    with bank.refused():
        bank.look_up(stage.nik)
        assert bank.answer() == "Bukan penerima Bank SulutGo"
    said = bank.page.locator(".answer")
    assert "elsewhere" in (said.get_attribute("class") or "")
    for never in ("TIDAK", "BRI", "belum terdaftar"):
        assert never not in said.inner_text()


@pytest.mark.parametrize("found", [True, False])
def test_a_printed_answer_says_who_when_and_that_the_system_is_a_trial(visit, stage, found):
    staff: Visitor = visit("dinas")
    nik = stage.nik if found else "7171014101800099"
    with staff.refused():
        staff.look_up(nik)
        staff.answer()
    staff.page.emulate_media(media="print")
    sheet = staff.page.locator("main").inner_text()
    assert f"NIK {nik[:4]}********{nik[-4:]}" in sheet
    assert re.search(rf"pada {DAY}", sheet)
    assert re.search(rf"Dicetak {DAY} \d\d\.\d\d WITA oleh dinas", sheet)
    assert "UJI COBA" in sheet
    assert ("Bila terjadi kecelakaan kerja atau kematian" in sheet) == found


def test_the_escape_key_clears_the_answer_for_the_next_person(visit, stage):
    staff: Visitor = visit("dinas")
    assert staff.focused().startswith(QUERY)
    staff.page.keyboard.type(stage.nik)
    staff.page.keyboard.press("Enter")
    staff.answer()
    staff.page.keyboard.press("Escape")
    assert staff.page.locator(".answer, .person").count() == 0
    assert staff.page.get_by_label(QUERY).input_value() == ""
    assert staff.focused().startswith(QUERY)


def test_a_phone_offers_digits_and_letters_on_demand(browser, stage):
    context = browser.new_context(
        base_url=stage.url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    try:
        page = context.new_page()
        page.goto(stage.url)
        page.get_by_label("Nama pengguna").fill("dinas")
        page.get_by_label("Kata sandi", exact=True).fill(stage.users["dinas"].password)
        page.get_by_role("button", name="Masuk").click()
        query = page.get_by_label(QUERY)
        assert query.get_attribute("inputmode") == "numeric"
        page.get_by_role("button", name="Ketik huruf").click()
        assert query.get_attribute("inputmode") == "text"
        page.get_by_role("button", name="Ketik angka").click()
        assert query.get_attribute("inputmode") == "numeric"
    finally:
        context.close()


def test_a_sighted_user_sees_that_an_action_succeeded(visit):
    staff: Visitor = visit("dinas")
    staff.go("sms", "SMS konfirmasi")
    for label, words in (("Jeda semua SMS", "dijeda"), ("Lanjutkan pengiriman SMS", "dilanjutkan")):
        staff.page.get_by_role("button", name=label).click()
        assert staff.page.locator("#done p").count() == 0  # the former success is gone
        dialog = staff.page.get_by_role("dialog")
        dialog.get_by_label("Alasan").fill("Gangguan pada operator")
        dialog.get_by_role("button", name=label.split()[0]).click()
        banner = staff.page.locator("#done p")
        banner.wait_for()
        assert words in banner.inner_text()
        assert banner.is_visible()
    staff.page.get_by_role("button", name="Tutup pemberitahuan").click()
    assert staff.page.locator("#done p").count() == 0


def test_the_card_follows_a_message_that_is_sent_again(visit, stage):
    staff: Visitor = visit("dinas")

    def pending(route):
        answer = route.fetch()
        content = answer.json()
        content["enrollments"][0]["messages"][0]["state"] = "failed"
        route.fulfill(response=answer, json=content)

    def ordered(route):
        (message,) = seen["enrollments"][0]["messages"]
        message |= {"state": "pending", "explanation": None}
        route.fulfill(json={**seen["enrollments"][0], "messages": [message]})

    seen = {}

    def keep(response):
        if response.url.endswith("enrollments/lookup") and response.ok:
            seen.update(response.json())

    staff.page.on("response", keep)
    staff.page.route("**/enrollments/lookup", pending)
    staff.page.route("**/enrollments/resend", ordered)
    staff.page.clock.install()
    staff.look_up(stage.nik)
    staff.answer()
    staff.page.get_by_role("button", name="Kirim ulang SMS").click()
    dialog = staff.page.get_by_role("dialog")
    dialog.get_by_label("Alasan").fill("Nomor di berkas salah")
    dialog.get_by_role("button", name="Kirim ulang").click()
    badge = staff.page.locator(".sms-state .badge")
    staff.page.locator(".sms-state .badge.sms-pending").wait_for()
    staff.page.unroute("**/enrollments/lookup")
    for _ in range(10):
        staff.page.clock.run_for(1_000)
        staff.page.wait_for_timeout(20)
    staff.page.locator(".sms-state .badge:not(.sms-pending)").wait_for()
    assert badge.count() == 1


def test_each_message_has_its_own_line_and_is_sent_again_by_itself(visit, stage):
    staff: Visitor = visit("dinas")
    asked: list[dict[str, Any]] = []
    later = [
        {
            "kind": "active",
            "about": "SMS tentang perlindungan yang berlaku",
            "state": "failed",
            "at": "2026-11-25T02:00:00Z",
            "reason": "unreachable",
            "explanation": "Ponsel tidak aktif atau di luar jangkauan. Coba kirim ulang besok.",
        },
        {
            "kind": "withdrawn",
            "about": "SMS tentang pembatalan",
            "state": "pending",
            "at": None,
            "reason": None,
            "explanation": None,
        },
    ]
    seen: dict[str, Any] = {}

    def with_later(route):
        answer = route.fetch()
        seen.update(answer.json())
        seen["enrollments"][0]["messages"] += later
        route.fulfill(response=answer, json=seen)

    def ordered(route):
        asked.append(route.request.post_data_json)
        route.fulfill(json=seen["enrollments"][0])

    staff.page.route("**/enrollments/lookup", with_later)
    staff.page.route("**/enrollments/resend", ordered)
    staff.look_up(stage.nik)
    staff.answer()

    first, active, withdrawn = staff.page.locator(".sms-state").all()
    assert first.get_by_role("heading").inner_text() == "SMS konfirmasi"
    said = active.inner_text()
    assert active.get_by_role("heading").inner_text() == "SMS tentang perlindungan yang berlaku"
    assert all(each in said for each in ("Gagal", "25 November 2026", "Ponsel tidak aktif"))
    assert "Menunggu dikirim" in withdrawn.inner_text()
    assert withdrawn.get_by_role("button").count() == 0

    active.get_by_role("button", name="Kirim ulang SMS tentang perlindungan yang berlaku").click()
    dialog = staff.page.get_by_role("dialog")
    dialog.get_by_label("Alasan").fill("Ponsel sudah aktif lagi")
    dialog.get_by_role("button", name="Kirim ulang").click()
    staff.page.locator("#done p").wait_for()
    assert [(each["kind"], each["reason"]) for each in asked] == [
        ("active", "Ponsel sudah aktif lagi")
    ]


@pytest.mark.parametrize(
    ("phase", "protected", "verdict", "look"),
    [
        ("active", True, "YA terlindungi", "yes"),
        ("deducted", False, "BELUM terlindungi", "waits"),
        ("withdrawn", False, "TIDAK terlindungi", "no"),
    ],
)
def test_the_verdict_follows_the_standing_of_the_person(
    visit, stage, phase, protected, verdict, look
):
    staff: Visitor = visit("dinas")

    def standing(route):
        answer = route.fetch()
        content = answer.json()
        content["protected"] = protected
        content["enrollments"][0] |= {"phase": phase, "protected": protected, "answer": "Kalimat."}
        route.fulfill(response=answer, json=content)

    staff.page.route("**/enrollments/lookup", standing)
    staff.look_up(stage.nik)
    assert staff.answer() == verdict
    said = staff.page.locator(".answer")
    assert look in (said.get_attribute("class") or "").split()
    assert "Kalimat." in said.inner_text()


def test_a_past_day_is_answered_with_what_was_known_then(visit, stage):
    staff: Visitor = visit("dinas")
    staff.page.get_by_text("Untuk tanggal lain").click()
    staff.page.get_by_label("Tanggal").fill("2026-01-31")
    staff.look_up(stage.nik)
    assert staff.answer() == "BELUM terlindungi"
    said = staff.page.locator(".answer").inner_text()
    assert "pada 31 Januari 2026" in said
    assert "Pada 31 Januari 2026 orang ini belum terdaftar." in said


def test_sums_of_a_file_that_is_not_finished_are_not_shown(visit, stage):
    bank: Visitor = visit("bri")

    def halfway(route):
        answer = route.fetch()
        route.fulfill(
            response=answer, json={**answer.json(), "status": "enrolling", "progress": 0.5}
        )

    bank.page.route(f"**/batches/{stage.batch}", halfway)
    bank.open(f"#/berkas/{stage.batch}")
    bank.page.get_by_text("jangan memotong sebelum itu").wait_for()
    assert bank.page.get_by_text("Iuran yang harus dipotong").count() == 0
    assert "US$" not in bank.page.locator("main").inner_text()  # what messages cost is not theirs
