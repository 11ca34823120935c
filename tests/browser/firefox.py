"""The system's own Firefox, driven over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Playwright drives only a Firefox that it has built itself. These few calls are enough to use the
page as people do: keys, the pointer, names of controls.
"""

import base64
import json
import os
import re
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.browser.served_page import PATIENCE, patiently

_LISTENING = re.compile(r"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)")
_LAST, _TEXT, _MASKED = 0x80, 0x1, 0x80
_PING, _PONG = 0x9, 0xA
_SHORT, _TWO_BYTES, _EIGHT_BYTES = 126, 126, 127


class Refused(Exception):
    """Firefox refused a command, or answered in an unknown way."""


class _Socket:
    """A WebSocket of this machine, for texts only (RFC 6455)."""

    def __init__(self, port: int) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._connection.sendall(
            f"GET /session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._incoming = self._connection.makefile("rb")
        status = self._incoming.readline()
        if b" 101 " not in status:
            raise Refused(status.decode())
        while self._incoming.readline().strip():
            pass

    def send(self, text: str, kind: int = _TEXT) -> None:
        content, mask = text.encode(), secrets.token_bytes(4)
        size = len(content)
        if size < _SHORT:
            head = bytes([_LAST | kind, _MASKED | size])
        elif size < 1 << 16:
            head = bytes([_LAST | kind, _MASKED | _TWO_BYTES]) + size.to_bytes(2)
        else:
            head = bytes([_LAST | kind, _MASKED | _EIGHT_BYTES]) + size.to_bytes(8)
        masked = bytes(each ^ mask[at % 4] for at, each in enumerate(content))
        self._connection.sendall(head + mask + masked)

    def receive(self) -> str:
        parts = b""
        while True:
            first, size = self._incoming.read(2)
            if size >= _SHORT:
                size = int.from_bytes(self._incoming.read(2 if size == _TWO_BYTES else 8))
            content = self._incoming.read(size)
            if first & 0xF == _PING:
                self.send(content.decode(), _PONG)
                continue
            parts += content
            if first & _LAST:
                return parts.decode()

    def close(self) -> None:
        self._incoming.close()
        self._connection.close()


class Firefox:
    """One window of Firefox."""

    def __init__(self, port: int) -> None:
        """Begin a session with a Firefox that listens on this port."""
        self._socket = _Socket(port)
        self._last = 0
        self.complaints: list[str] = []
        """The errors and warnings of the page's console."""
        self._call("session.new", capabilities={})
        self._window = self._call("browsingContext.getTree")["contexts"][0]["context"]
        self._call("session.subscribe", events=["log.entryAdded"])

    def open(self, address: str) -> None:
        """Open an address, and wait until it has loaded."""
        self._call("browsingContext.navigate", context=self._window, url=address, wait="complete")

    def size(self, width: int, height: int) -> None:
        """Give the window this size, in CSS pixels."""
        size = {"width": width, "height": height}
        self._call("browsingContext.setViewport", context=self._window, viewport=size)

    def evaluate(self, expression: str) -> Any:
        """Return what an expression gives, which must be representable as JSON."""
        answer = self._call(
            "script.evaluate",
            expression=f"JSON.stringify(({expression}) ?? null)",
            target={"context": self._window},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise Refused(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait(self, expression: str) -> Any:
        """Return what an expression gives as soon as it is true.

        Raises:
            TimeoutError: it has not become true.
        """
        return patiently(lambda: self.evaluate(expression), expression)

    def find(self, role: str, name: str) -> str:
        """Return the first control with this role and accessible name, once there is one."""
        value = {"role": role, "name": name}
        locator = {"type": "accessibility", "value": value}

        def look() -> Any:
            found = self._call("browsingContext.locateNodes", context=self._window, locator=locator)
            return found["nodes"]

        node: str = patiently(look, f"{role} {name!r}")[0]["sharedId"]
        return node

    def click(self, role: str, name: str) -> None:
        """Click a control in its middle."""
        node = self.find(role, name)
        self._on(node, "each => each.scrollIntoView({block: 'center'})")
        origin = {"type": "element", "element": {"sharedId": node}}
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": steps})

    def type(self, role: str, name: str, text: str) -> None:
        """Type into a field, behind what it holds."""
        self._on(self.find(role, name), "each => each.focus()")
        self.type_here(text)

    def type_here(self, text: str) -> None:
        """Type into the field that has the focus."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": keys})

    def choose(self, selector: str, path: Path) -> None:
        """Choose a file for a file input."""
        locator = {"type": "css", "value": selector}
        found = self._call("browsingContext.locateNodes", context=self._window, locator=locator)
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        self._call("input.setFiles", context=self._window, element=element, files=[str(path)])

    def close(self) -> None:
        """End the session."""
        self._call("browser.close")
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _on(self, node: str, function: str) -> None:
        self._call(
            "script.callFunction",
            functionDeclaration=function,
            target={"context": self._window},
            arguments=[{"sharedId": node}],
            awaitPromise=False,
        )

    def _act(self, *sources: Any) -> None:
        self._call("input.performActions", context=self._window, actions=list(sources))

    def _call(self, method: str, **parameters: Any) -> Any:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.receive())
            if answer["type"] == "event":
                entry = answer["params"]
                if entry["level"] in {"error", "warn"}:
                    self.complaints.append(str(entry["text"]))
            elif answer.get("id") == self._last:
                if answer["type"] == "error":
                    raise Refused(f"{method}: {answer['message']}")
                return answer["result"]


@contextmanager
def running(path: str, profile: Path) -> Iterator[Firefox]:
    """Start a Firefox with an empty profile, without a window."""
    command = [path, "--headless", "--no-remote", "--profile", str(profile)]
    environment = {**os.environ, "MOZ_CRASHREPORTER_DISABLE": "1", "HOME": str(profile)}
    errors_of = profile / "stderr.txt"
    with (
        errors_of.open("w") as errors,
        subprocess.Popen(
            [*command, "--remote-debugging-port=0"],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=environment,
        ) as process,
    ):
        try:
            port = patiently(lambda: _LISTENING.search(errors_of.read_text("utf-8")), "no Firefox")[
                1
            ]
            with Firefox(int(port)) as window:
                yield window
        finally:
            process.terminate()
