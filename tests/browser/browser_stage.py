"""payung served on this machine, with people in it, for a real browser to look at.

Chromium comes from the system (`apt-get install chromium`), axe-core from `make browser`; where
either is not there, what needs it is skipped and says so, unless PAYUNG_REQUIRE_BROWSER is set, as
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
    """The running API and cloud, who can sign in, and one person of a file that was enrolled."""

    url: str
    aws: str
    pool: str
    users: dict[str, User]
    batch: str
    nik: str
    reference: str

    def client(self, service: str) -> Any:
        return _session().client(service, endpoint_url=self.aws)


@contextmanager
def staged(sample: Path) -> Iterator[Stage]:
    """Serve payung, and have one file of the bank 002 enrolled in it."""
    aws_port, api_port = _free_port(), _free_port()
    aws, url = f"http://127.0.0.1:{aws_port}", f"http://127.0.0.1:{api_port}/"
    ports = ("--aws-port", str(aws_port), "--api-port", str(api_port))
    command = [sys.executable, "-m", "local", "serve", *ports]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            patiently(
                lambda: process.poll() is not None or _answers(url), "payung does not come up"
            )
            yield _peopled(url, aws, sample)
        finally:
            process.terminate()


def patiently(look: Callable[[], Any], complaint: str) -> Any:
    """Return what `look` finds, as soon as it finds anything."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.1)
    return found


def _peopled(url: str, aws: str, sample: Path) -> Stage:
    cognito = _session().client("cognito-idp", endpoint_url=aws)
    pool = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    client = cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"]
    with _endpoint(aws):
        users = {each.name: each for each in make_users(_session(), pool)}
        token = id_token(_session(), client, users["dinas"])
    s3 = _session().client("s3", endpoint_url=aws)
    s3.put_object(Bucket=BUCKET, Key=f"incoming/002/BPUM/{sample.name}", Body=sample.read_bytes())

    def finished() -> Any:
        files = _ask(url, "batches?bank=002", token)["batches"]
        done = files and files[0]["status"] == "completed" and not files[0]["sms"]["pending"]
        return files[0] if done and _results(s3, files[0]["batch"]) else None

    batch = patiently(finished, "the sample file was not enrolled")
    told = [each for each in _results(s3, batch["batch"]) if each["payung_status"] == "diterima"]
    one = told[3]
    return Stage(url, aws, pool, users, batch["batch"], one["NIK"], one["payung_referensi"])


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
