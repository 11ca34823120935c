"""The page at `/`: its one HTML file and what that loads, as they lie in `page/`.

Nothing here is about anybody, and so it is open to all; what the page shows it asks for itself.
"""

import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from chalicelib.settings import Settings

FOLDER = Path(__file__).with_name("page")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}
"""What is served, all of it text: other kinds would have to be encoded on their way."""
_SAFE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Kept, but asked for again each time: a new version is seen at once, and all of it together.
    "Cache-Control": "no-cache",
}
_UNCHANGED = 304
_NOT_THERE = 404


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser gets."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def index(settings: Settings, *, base: str, known: str | None) -> Page:
    """Return the page, as it is served under `base` (a path that ends with a slash).

    `known` is the version that the browser has already, as it says itself.
    """
    config = {
        "cognito": settings.cognito_endpoint,
        "client": settings.user_pool_client,
        "stage": settings.stage,
    }
    body = (
        _files()["index.html"]
        .replace("{{base}}", html.escape(base))
        .replace("{{config}}", html.escape(json.dumps(config)))
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy(settings),
    }
    return _page(body, headers, known)


def asset(name: str, *, known: str | None) -> Page:
    """Return one of the files that the page loads; names are looked up, never opened."""
    body = _files().get(f"assets/{name}")
    if body is None:
        return Page(_NOT_THERE, "", {**_SAFE, "Content-Type": TYPES[".txt"]})
    headers = {
        "Content-Type": TYPES[Path(name).suffix],
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    return _page(body, headers, known)


def policy(settings: Settings) -> str:
    """Return what the page may load and talk to: itself, the sign-in service and the bucket."""
    talks_to = ["'self'", settings.cognito_endpoint, settings.bucket_origin]
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src {' '.join(filter(None, talks_to))}",
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


@cache
def _files() -> Mapping[str, str]:
    """Return the files that are there, by their names; read once a process."""
    found = {"index.html": FOLDER / "index.html"}
    for path in sorted((FOLDER / "assets").iterdir()):
        if path.suffix in TYPES:
            found[f"assets/{path.name}"] = path
    return {name: path.read_text("utf-8") for name, path in found.items()}


def _page(body: str, headers: Mapping[str, str], known: str | None) -> Page:
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    every = {**_SAFE, **headers, "ETag": tag}
    if known is not None and tag in known:
        return Page(_UNCHANGED, "", every)
    return Page(200, body, every)
