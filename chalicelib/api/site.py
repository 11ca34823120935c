"""The page at `/`: one HTML file and the assets that it loads, made of the folder `page/`.

The assets hold no personal data, so everybody may load them. The page requests its data from the
API. An asset's name holds a hash of all files: a browser keeps the asset for good, and a new
version of the page names new assets.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from chalicelib.api import bundle
from chalicelib.kinds.registry import KINDS
from chalicelib.settings import BrowserServices

FOLDER = Path(__file__).with_name("page")
TEMPLATE = FOLDER / "template-penerima.xlsx"
"""A workbook for recipients. Its cells are text: a spreadsheet keeps all digits of a NIK."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}
"""The content types that are served. All are text: binary content would need an encoding."""
_SAFE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Browsers keep the page but revalidate it each time. It names the assets, which they keep.
_REVALIDATED = {"Cache-Control": "no-cache"}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_HELP = "help.json"
_SHEETS = ("page.css", "parts.css")
"""The style sheets that are served as one, in this order."""
_UNCHANGED = 304
_NOT_THERE = 404


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a browser."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def index(
    services: BrowserServices, *, client: str, stage: str, base: str, known: str | None
) -> Page:
    """Return the page, which signs users in for this client of the user pool.

    `base` is the path that the page is served under, with a slash at the end. `known` is the
    version that the browser already has, from its request.
    """
    config = {
        "cognito": services.cognito_endpoint,
        "client": client,
        "stage": stage,
        "help": f"assets/{_made().help}",
        "contact": services.help_contact,
    }
    body = (
        _made()
        .index.replace("{{base}}", html.escape(base))
        .replace("{{config}}", html.escape(json.dumps(config)))
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy(services),
        **_REVALIDATED,
    }
    return _page(body, headers, known)


def asset(name: str, *, known: str | None) -> Page:
    """Return one asset of the page. The name is only looked up; it is never opened as a path."""
    body = _made().assets.get(name)
    if body is None:
        return Page(_NOT_THERE, "", {**_SAFE, **_REVALIDATED, "Content-Type": TYPES[".txt"]})
    headers = {
        "Content-Type": TYPES[Path(name).suffix],
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        **_KEPT,
    }
    return _page(body, headers, known)


def assets() -> Mapping[str, str]:
    """Return the assets by the names under which they are served."""
    return _made().assets


def policy(services: BrowserServices) -> str:
    """Return the content security policy of the page.

    The page loads its own files only. It connects to its own server, the sign-in service and the
    bucket.
    """
    talks_to = ("'self'", services.cognito_endpoint, services.bucket_origin)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src {' '.join(talks_to)}",
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


@dataclass(frozen=True, slots=True)
class Made:
    """The page as it is served: its HTML with the names of its assets, and the assets by name.

    `help` is the name of the help's content, which the page loads when somebody opens the help.
    """

    index: str
    assets: Mapping[str, str]
    help: str


def made(files: Mapping[str, str], index: str) -> Made:
    """Make the page of its files, by name, and of its HTML."""
    every = json.dumps([index, sorted(files.items())]).encode()
    version = hashlib.sha256(every).hexdigest()[:16]

    def named(name: str) -> str:
        stem, _, kind = name.rpartition(".")
        return f"{stem}-{version}.{kind}"

    whole = {name: text for name, text in files.items() if not name.endswith(".js")}
    whole |= {"starting.js": files["starting.js"], **bundle.scripts(files, "main.js", named)}
    whole["page.css"] = "".join(whole.pop(each) for each in _SHEETS)
    for name in whole:
        index = index.replace(f'"assets/{name}"', f'"assets/{named(name)}"')
    return Made(index, {named(name): text for name, text in whole.items()}, named(_HELP))


@cache
def _made() -> Made:
    """Return the page; its files are read and joined once in a process."""
    folder = FOLDER / "assets"
    files = {
        each.name: each.read_text("utf-8") for each in folder.iterdir() if each.suffix in TYPES
    }
    files[_HELP] = _help()
    return made(files, (FOLDER / "index.html").read_text("utf-8"))


def _help() -> str:
    """Return the help's codes, each with cause and cure, and the template in base64, as JSON."""
    codes = [
        {"code": str(code), "severity": each.severity.value, "cause": each.cause, "cure": each.cure}
        for code in KINDS.catalogue
        if (each := KINDS.catalogue[code])
    ]
    template = base64.b64encode(TEMPLATE.read_bytes()).decode()
    return json.dumps({"codes": codes, "template": template}, ensure_ascii=False)


def _page(body: str, headers: Mapping[str, str], known: str | None) -> Page:
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    every = {**_SAFE, **headers, "ETag": tag}
    if known is not None and tag in known:
        return Page(_UNCHANGED, "", every)
    return Page(200, body, every)
