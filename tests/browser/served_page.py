"""payung served on this machine, with enrolled people, for a real browser.

Chromium comes from the system (`apt-get install chromium`), axe-core from `make browser`; where
either is missing, the tests that need it are skipped with a message, unless
PAYUNG_REQUIRE_BROWSER is set, as
CI sets it.
"""

import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.cloud import ACCOUNT, REGION
from local.users import User, id_token, make_users

ROOT = Path(__file__).parents[2]
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / "build" / "browser"
BUCKET = f"payung-dev-uploads-{ACCOUNT}"
PATIENCE = 60.0
PLAYWRIGHT = next(iter(getattr(find_spec("playwright"), "submodule_search_locations", ())), None)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def required(what: str | Path | None, reason: str) -> str:
    """Return the path of something that the tests need.

    Raises:
        RuntimeError: it is not there, and the environment says that it must be.
    """
    if what is not None and Path(what).exists():
        return str(what)
    if os.environ.get("PAYUNG_REQUIRE_BROWSER"):
        raise RuntimeError(reason)
    pytest.skip(reason)


def browser_path() -> str:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return required(found, "Chromium is not installed here: the page is not tried in a browser")


def axe_source() -> str:
    path = required(
        AXE, "axe-core is not installed here (make browser): accessibility is not judged"
    )
    return Path(path).read_text("utf-8")


@dataclass(frozen=True)
class Stage:
    """The running API and cloud, the users, and two enrolled people of a file.

    All tests of a process share it, in any order. So what a test changes is its own: `resent_nik`
    is the person to whom one test sends again.
    """

    url: str
    aws: str
    pool: str
    users: dict[str, User]
    batch: str
    nik: str
    reference: str
    resent_nik: str

    def client(self, service: str) -> Any:
        return _session().client(service, endpoint_url=self.aws)


@contextmanager
def staged(sample: Path) -> Iterator[Stage]:
    """Serve payung with one enrolled file of the bank 002."""
    with served() as (url, aws):
        yield _peopled(url, aws, sample)


@contextmanager
def without_people(*options: str) -> Iterator[Stage]:
    """Serve payung with its users alone; `options` are those of `serve`."""
    with served(*options) as (url, aws):
        pool, _, users = _users(aws)
        yield Stage(url, aws, pool, users, "", "", "", "")


@contextmanager
def served(*options: str) -> Iterator[tuple[str, str]]:
    """Serve payung; yield the addresses of its API and of its cloud."""
    aws_port, api_port = _free_port(), _free_port()
    aws, url = f"http://127.0.0.1:{aws_port}", f"http://127.0.0.1:{api_port}/"
    ports = ("--aws-port", str(aws_port), "--api-port", str(api_port))
    command = [sys.executable, "-m", "local", "serve", *ports, *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            patiently(
                lambda: process.poll() is not None or _answers(url), "payung does not come up"
            )
            yield url, aws
        finally:
            process.terminate()


def patiently(look: Callable[[], Any], complaint: str) -> Any:
    """Return the result of `look`, as soon as it is true."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.1)
    return found


def _users(aws: str) -> tuple[str, str, dict[str, User]]:
    """Return the user pool, its client, and the users by name."""
    cognito = _session().client("cognito-idp", endpoint_url=aws)
    pool = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    client = cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"]
    with _endpoint(aws):
        return pool, client, {each.name: each for each in make_users(_session(), pool)}


def _peopled(url: str, aws: str, sample: Path) -> Stage:
    pool, client, users = _users(aws)
    with _endpoint(aws):
        token = id_token(_session(), client, users["dinas"])
    s3 = _session().client("s3", endpoint_url=aws)
    s3.put_object(Bucket=BUCKET, Key=f"incoming/002/BPUM/{sample.name}", Body=sample.read_bytes())

    def finished() -> Any:
        files = _ask(url, "batches?bank=002", token)["batches"]
        done = files and files[0]["status"] == "completed" and not files[0]["sms"]["pending"]
        return files[0] if done and _results(s3, files[0]["batch"]) else None

    batch = patiently(finished, "the sample file was not enrolled")
    accepted = [
        each for each in _results(s3, batch["batch"]) if each["payung_status"] == "diterima"
    ]
    one, other = accepted[3:5]
    return Stage(
        url, aws, pool, users, batch["batch"], one["NIK"], one["payung_referensi"], other["NIK"]
    )


def _results(s3: Any, batch: str) -> list[dict[str, str]]:
    try:
        body = s3.get_object(Bucket=BUCKET, Key=f"results/002/{batch}/hasil.csv")["Body"].read()
    except s3.exceptions.NoSuchKey:
        return []
    return read_csv(body)


def read_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def _ask(url: str, path: str, token: str) -> Any:
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  # our own address
    with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
        return json.load(answer)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url):  # noqa: S310  # our own address
            return True
    except OSError:
        return False


def _session() -> boto3.Session:
    return boto3.Session("local", "local", region_name=REGION)


@contextmanager
def _endpoint(aws: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", aws)
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
