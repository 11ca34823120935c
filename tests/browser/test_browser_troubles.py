"""Without a connection, or with a failing server, the page says so and loses nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor


def test_a_lost_connection_is_reported_and_work_continues_when_it_is_back(visit, stage):
    somebody: Visitor = visit("dinas")
    somebody.page.context.set_offline(True)
    somebody.page.get_by_text("tidak tersambung ke internet").wait_for()
    with somebody.refused():
        somebody.look_up(stage.nik)
        somebody.page.get_by_text("Tidak tersambung ke server").wait_for()
        somebody.page.context.set_offline(False)
        somebody.page.get_by_role("button", name="Cari", exact=True).click()
        assert somebody.answer() == "BELUM terlindungi"
    assert somebody.page.get_by_text("tidak tersambung ke internet").count() == 0


def test_an_error_is_shown_with_its_text_and_request_id(visit, stage):
    somebody: Visitor = visit("dinas")
    error = {"code": "internal", "message": "Ada gangguan. Coba lagi.", "request_id": "ab12-cd34"}
    somebody.page.route(
        "**/enrollments/lookup", lambda route: route.fulfill(status=500, json={"error": error})
    )
    with somebody.refused():
        somebody.look_up(stage.nik)
        alert = somebody.page.get_by_role("alert")
        alert.wait_for()
    assert "Ada gangguan. Coba lagi." in alert.inner_text()
    assert "No. permintaan: ab12-cd34" in alert.inner_text()
    assert somebody.page.get_by_label("NIK atau nomor referensi").input_value() == stage.nik


def test_an_answer_that_is_not_ours_still_gets_a_message(visit):
    somebody: Visitor = visit("dinas")
    somebody.page.route(
        "**/batches?*", lambda route: route.fulfill(status=504, body="<html>Gateway</html>")
    )
    with somebody.refused():
        somebody.go("berkas", "Berkas")
        somebody.page.get_by_text("Ada gangguan pada server").wait_for()
        somebody.page.unroute("**/batches?*")
        somebody.page.get_by_role("button", name="Coba lagi").click()
        somebody.page.get_by_role("table").wait_for()


def test_data_are_never_rendered_as_markup(visit, stage):
    somebody: Visitor = visit("dinas")

    def spoiled(route):
        answer = route.fetch()
        content = answer.json()
        content["enrollments"][0]["name"] = "<img src=x onerror=alert(1)>"
        route.fulfill(response=answer, json=content)

    somebody.page.route("**/enrollments/lookup", spoiled)
    somebody.look_up(stage.nik)
    somebody.answer()
    assert "<img src=x" in somebody.page.locator(".person").inner_text()
    assert somebody.page.locator("main img").count() == 0


def test_a_file_that_was_refused_says_what_to_do(visit, stage):
    somebody: Visitor = visit("bri")

    def refused(route):
        answer = route.fetch()
        content = {**answer.json(), "status": "refused", "rows": 0, "accepted": 0}
        content["errors"] = [{"code": "header_missing", "message": "Kolom NIK tidak ditemukan."}]
        route.fulfill(response=answer, json=content)

    somebody.page.route(f"**/batches/{stage.batch}", refused)
    somebody.go(f"berkas/{stage.batch}", "Berkas ini ditolak seluruhnya")
    assert somebody.page.get_by_text("Kolom NIK tidak ditemukan.").is_visible()
    assert somebody.page.get_by_role("button", name="Unduh hasil.csv").count() == 0


def test_a_file_moves_by_itself_until_it_is_done(visit, stage):
    somebody: Visitor = visit("bri")
    asked = []

    def moving(route):
        answer = route.fetch()
        content = answer.json()
        asked.append(1)
        share = len(asked) / 3
        if share < 1:
            content = {**content, "status": "enrolling", "progress": share, "accepted": len(asked)}
        route.fulfill(response=answer, json=content)

    somebody.page.route(f"**/batches/{stage.batch}", moving)
    somebody.open(f"#/berkas/{stage.batch}")
    somebody.page.get_by_text("33,3% selesai").first.wait_for()
    somebody.page.get_by_text("66,7% selesai").first.wait_for()
    somebody.page.locator(".badge.batch-completed").wait_for()
    spoken = somebody.page.locator("#polite")
    somebody.page.wait_for_function("document.getElementById('polite').textContent !== ''")
    assert spoken.inner_text().startswith("Berkas Selesai.")


def test_a_page_that_did_not_arrive_whole_says_so(visit):
    somebody: Visitor = visit()
    somebody.page.route("**/assets/main-*.js", lambda route: route.abort())
    with somebody.refused():
        somebody.page.reload()
        somebody.page.get_by_text("tidak termuat seluruhnya").wait_for()
    assert somebody.page.get_by_role("alert").count() == 1
    somebody.page.unroute("**/assets/main-*.js")
    somebody.page.reload()
    somebody.heading("Masuk")
    assert somebody.page.get_by_role("alert").count() == 0


def test_views_that_did_not_arrive_are_asked_for_again(visit):
    somebody: Visitor = visit()
    somebody.page.route("**/assets/views-*.js", lambda route: route.abort())
    with somebody.refused():
        somebody.page.reload()
        somebody.sign_in("bpjs", somebody.stage.users["bpjs"].password)
        somebody.page.get_by_text("Ada gangguan pada halaman ini").wait_for()
        somebody.page.unroute("**/assets/views-*.js")
        somebody.page.get_by_role("button", name="Coba lagi").click()
        somebody.heading("Cari penerima")


def test_while_only_messages_go_out_a_file_is_polled_less_and_less(visit, stage):
    """Messages take hours, and each poll counts against the request limit of the whole province."""
    somebody: Visitor = visit("bri")
    asked = []

    def sending(route):
        answer = route.fetch()
        content = answer.json()
        asked.append(1)
        content["sms"] = {**content["sms"], "pending": 1000 - len(asked), "sent": len(asked)}
        route.fulfill(response=answer, json=content)

    somebody.page.clock.install()
    somebody.page.route(f"**/batches/{stage.batch}", sending)
    somebody.open(f"#/berkas/{stage.batch}")
    somebody.page.get_by_text("Menunggu dikirim").wait_for()
    for _ in range(60):
        somebody.page.clock.run_for(1_000)
        somebody.page.wait_for_timeout(20)
    assert 3 < len(asked) < 12
