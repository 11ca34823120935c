"""Who may talk to the servers on loopback: this computer's programs and payung's own page.

A web page that a developer visits can send requests to 127.0.0.1, and its name can resolve to
127.0.0.1. The browser says where a request comes from: in `Host`, `Origin` and `Sec-Fetch-Site`.
Programs such as boto3 and curl send no `Origin`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from moto.moto_server import werkzeug_app
from moto.server import ThreadedMotoServer

HOST = "127.0.0.1"
OWN_HEADER = "X-Payung-Local"
"""A page of another origin cannot send this header without asking first, and is refused then."""

_NAMES = (HOST, "localhost")
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, OPTIONS",
    "Access-Control-Max-Age": "600",
    "Access-Control-Expose-Headers": "ETag",
}

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Visitors:
    """The requests that a server on this port takes; `page` is the port of payung's page."""

    port: int
    page: int

    def refusal(self, headers: Mapping[str, str], *, is_page: bool = False) -> str | None:
        """Return why a request is refused; None if it is taken.

        `headers` have lower-case names. `is_page` is whether a browser may open the address by a
        link on any other page, because it shows nobody and changes nothing.
        """
        if not self._is_host(headers.get("host", "")):
            return "this server has another name"
        origin = headers.get("origin")
        if origin is not None and origin not in self.origins:
            return "requests from other pages are not taken"
        if headers.get("sec-fetch-site") == "cross-site" and not is_page:
            return "requests from other pages are not taken"
        return None

    @property
    def origins(self) -> set[str]:
        """The origins of payung's page."""
        return {f"http://{name}:{port}" for name in _NAMES for port in {self.page, self.port}}

    def _is_host(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        # Clients of S3 put the name of the bucket in front. Every `.localhost` is this computer.
        return port == self.port and (name in _NAMES or name.endswith(".localhost"))


class GuardedMoto(ThreadedMotoServer):
    """moto's server, which answers this computer's programs and payung's page alone."""

    def __init__(self, port: int, visitors: Visitors) -> None:
        """Take the port, and who may call."""
        super().__init__(ip_address=HOST, port=port, verbose=False)
        self._visitors = visitors

    def _server_entry(self) -> None:
        make = werkzeug_app.create_backend_app
        dispatcher = werkzeug_app.DomainDispatcherApplication

        def guarded(_make: Any) -> Application:
            return _guarded(dispatcher(make), self._visitors)

        # moto answers pages of every origin, unless this is set.
        with (
            patch.object(werkzeug_app, "DISABLE_GLOBAL_CORS", new=True),
            patch(f"{ThreadedMotoServer.__module__}.DomainDispatcherApplication", guarded),
        ):
            super()._server_entry()


def _guarded(app: Application, visitors: Visitors) -> Application:
    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        if why := visitors.refusal(headers):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [why.encode()]
        origin = headers.get("origin")
        if origin is None:
            return app(environ, start_response)
        ours = {"Access-Control-Allow-Origin": origin, "Vary": "Origin", **_ALLOWED}
        if environ["REQUEST_METHOD"] == "OPTIONS":
            wanted = headers.get("access-control-request-headers", "")
            given = {**ours, "Access-Control-Allow-Headers": wanted}
            start_response("204 No Content", list(given.items()))
            return []

        def start(status: str, theirs: list[tuple[str, str]], *rest: Any) -> Any:
            others = [(name, value) for name, value in theirs if name not in ours]
            return start_response(status, [*others, *ours.items()], *rest)

        return app(environ, start)

    return answer
