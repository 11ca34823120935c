"""The page on an old computer with a slow line: few requests, and nothing twice."""

from typing import Any

from tests.browser.served_page import Stage

MOST_REQUESTS = 8
_SENT = """
    performance.getEntriesByType("resource")
        .filter(each => each.transferSize).map(each => each.name)
"""


def _opened(page: Any, stage: Stage) -> list[str]:
    """Open the page; return what the browser asked for until the form can be filled in."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(stage.url)))
    page.goto(stage.url)
    page.get_by_label("Nama pengguna").wait_for()
    page.wait_for_load_state("networkidle")
    return asked


def test_the_form_needs_few_requests_and_the_next_visit_one(browser: Any, stage: Stage) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        assert 4 <= len(_opened(page, stage)) <= MOST_REQUESTS
        again = context.new_page()
        _opened(again, stage)
        assert again.evaluate(_SENT) == []
    finally:
        context.close()


def test_the_form_does_not_wait_for_the_views(browser: Any, stage: Stage) -> None:
    context = browser.new_context()
    held: list[Any] = []
    try:
        page = context.new_page()
        page.route("**/assets/views-*.js", lambda route: held.append(route))  # noqa: PLW0108  # as above
        page.goto(stage.url)
        page.get_by_label("Nama pengguna").fill("dinas")
        page.get_by_label("Kata sandi", exact=True).fill(stage.users["dinas"].password)
        page.get_by_role("button", name="Masuk").click()
        page.get_by_text("Memuat").wait_for()
        assert held
        for each in held:
            each.continue_()
        page.get_by_role("heading", name="Cari penerima").wait_for()
    finally:
        context.close()
