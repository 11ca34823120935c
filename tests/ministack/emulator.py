"""Starts and stops MiniStack, an emulator of AWS that deploys CloudFormation and enforces IAM.

It runs in an environment of its own (`make ministack`), with the Python of the deployed functions:
it runs their handlers with its own interpreter.
"""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.cloud import environment
from local.deploy import REGION, ROOT

PROGRAM = ROOT / "build" / "ministack" / "bin" / "ministack"
REQUIRED = "PAYUNG_REQUIRE_MINISTACK"
ACCOUNT = "123456789012"
_ADMINISTRATOR = "administrator"  # the key that MiniStack takes for the account's root
_SECRET = "not-a-secret"  # MiniStack checks no signature of its root
_STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator. `endpoint` is its address; it exists in this process's environment."""

    endpoint: str
    log: Path

    def administrator(self) -> boto3.Session:
        """Return a session of somebody who may do everything."""
        return self.session(_ADMINISTRATOR, _SECRET)

    def session(self, key: str, secret: str) -> boto3.Session:
        """Return a session of the owner of an access key."""
        return boto3.Session(
            region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret
        )


@contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """Run an emulator with an empty account; point AWS's SDK in this process at it.

    Its files and its log are in the folder.
    """
    program = _program()
    port = _free_port()
    endpoint = f"http://127.0.0.1:{port}"
    log = folder / "ministack.log"
    (folder / "state").mkdir()
    given = {
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": _ADMINISTRATOR,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "HOME": str(folder),
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder / "state"),
    }
    with log.open("wb") as output:
        process = subprocess.Popen([program], cwd=folder, env=given, stdout=output, stderr=output)
    try:
        _wait_until_ready(endpoint, process, log)
        with environment({"AWS_ENDPOINT_URL": endpoint}):
            yield Emulator(endpoint, log)
    finally:
        process.terminate()  # it ends the functions' processes, too
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def get(url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Any:
    """Send a request; return status, headers and body, also of a refusal."""
    asked = urllib.request.Request(url, data=body, headers=headers or {})  # noqa: S310  # this machine
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310  # this machine
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, dict(refusal.headers), refusal.read()


def _program() -> Path:
    if not PROGRAM.exists():
        if os.environ.get(REQUIRED):
            pytest.fail(f"{PROGRAM} is required here: make ministack")
        pytest.skip("MiniStack is not there: make test-ministack")
    return PROGRAM


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_ready(endpoint: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=5):  # noqa: S310  # this machine
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"MiniStack did not start:\n{log.read_text(errors='replace')[-3000:]}")
