"""One served payung and one browser for all tests of this folder; each test has its own window."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.served_page import (
    PLAYWRIGHT,
    ROOT,
    Stage,
    axe_source,
    browser_path,
    required,
    staged,
)
from tests.browser.visitor import Visitor

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = browser_path()
    required(PLAYWRIGHT, "playwright is not installed: the page is not tried in a browser")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only if it is installed

    with sync_playwright() as playwright:
        # Chromium's own sandbox does not work where tests run as root.
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def stage(browser: Any) -> Iterator[Stage]:
    with staged(ROOT / "samples" / "bpum-excel-berantakan.csv") as made:
        yield made


@pytest.fixture(scope="session")
def axe(browser: Any) -> str:
    return axe_source()


@pytest.fixture
def visit(browser: Any, stage: Stage) -> Iterator[Callable[..., Visitor]]:
    """Open a window; an error of the page on the console fails the test."""
    opened: list[Visitor] = []

    def visit(who: str | None = None, *, phone: bool = False, dark: bool = False) -> Visitor:
        context = browser.new_context(
            base_url=stage.url,
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            locale="id-ID",
            # The page's times are those of North Sulawesi, wherever the computer is.
            timezone_id="America/Lima",
            accept_downloads=True,
        )
        context.set_default_timeout(30_000)
        visitor = Visitor(context.new_page(), stage)
        opened.append(visitor)
        visitor.open()
        if who is not None:
            visitor.sign_in(who)
        return visitor

    yield visit
    for each in opened:
        # An answer that a test is still changing would make the next call to the browser fail.
        each.page.unroute_all(behavior="wait")
        each.page.context.close()
    assert [each.complaints for each in opened] == [[] for _ in opened]
