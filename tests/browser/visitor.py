"""A user of the page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.browser.served_page import Stage

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Download, Page, Route


_DAY = re.compile(r" pada \d{1,2} [A-Z][a-z]+ \d{4}$")


class Visitor:
    """Uses the page as people do, through what they see: labels, headings, buttons."""

    def __init__(self, page: "Page", stage: Stage) -> None:
        self.page = page
        self.stage = stage
        self.complaints: list[str] = []
        self.console: list[str] = []
        self.revoked: list[str] = []
        self.refusals_expected = False
        page.context.route(f"{stage.aws}/", self._revoke)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, place: str = "") -> None:
        self.page.goto(f"{self.stage.url}{place}")

    def sign_in(self, who: str, password: str | None = None) -> None:
        user = self.stage.users.get(who)
        self.page.get_by_label("Nama pengguna").fill(who)
        secret = password or (user.password if user else "")
        self.page.get_by_label("Kata sandi", exact=True).fill(secret)
        self.page.get_by_role("button", name="Masuk").click()
        if password is None:
            self.heading("Cari penerima")

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Keluar").click()
        self.heading("Masuk")

    def go(self, place: str, heading: str | re.Pattern[str]) -> None:
        self.open(f"#/{place}")
        self.heading(heading)

    def heading(self, name: str | re.Pattern[str]) -> None:
        exact = isinstance(name, str)
        self.page.get_by_role("heading", name=name, exact=exact).first.wait_for()

    def look_up(self, text: str) -> None:
        self.page.get_by_label("NIK atau nomor referensi").fill(text)
        self.page.get_by_role("button", name="Cari", exact=True).click()

    def answer(self) -> str:
        """Return the verdict without its day."""
        found = self.page.locator(".answer h2")
        found.wait_for()
        return _DAY.sub("", " ".join(found.inner_text().split()))

    def download(self, name: str) -> "Download":
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=f"Unduh {name}").click()
        return waiting.value

    def focused(self) -> str:
        text: str = self.page.evaluate(
            "(e => (e.labels?.[0]?.textContent ?? e.textContent).trim())(document.activeElement)"
        )
        return " ".join(text.split())

    def stored(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.page.evaluate(
            "({session: {...sessionStorage}, local: {...localStorage}, cookie: document.cookie})"
        )
        return kept

    @contextmanager
    def refused(self) -> Iterator[None]:
        """In this context, the browser may report refused requests."""
        self.refusals_expected = True
        yield
        self.refusals_expected = False

    def session_over(self) -> None:
        """Make every token invalid, as after a day."""
        self.page.context.route("**/*", self._refuse)

    def session_possible(self) -> None:
        self.page.context.unroute("**/*", self._refuse)

    def _revoke(self, route: "Route") -> None:
        """Answer as Cognito does: the embedded user pool cannot revoke."""
        request = route.request
        if request.headers.get("x-amz-target", "").endswith(".RevokeToken"):
            body: Any = request.post_data_json
            self.revoked.append(body["Token"])
            route.fulfill(json={}, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    def _refuse(self, route: "Route") -> None:
        request = route.request
        if "REFRESH_TOKEN_AUTH" in (request.post_data or ""):
            route.fulfill(
                status=400,
                json={"__type": "NotAuthorizedException", "message": "Refresh Token has expired"},
                headers={"Access-Control-Allow-Origin": "*"},
            )
        elif "authorization" in request.headers:
            route.fulfill(status=401, json={"message": "Unauthorized"})
        else:
            route.fallback()

    def _console(self, message: "ConsoleMessage") -> None:
        self.console.append(message.text)
        refusal = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not (refusal and self.refusals_expected):
            self.complaints.append(message.text)
