import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from local.cloud import ACCOUNT, REGION
from local.sample import sample

ROOT = Path(__file__).parents[2]
BUCKET = f"payung-dev-uploads-{ACCOUNT}"
PATIENCE = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(*words, stderr=subprocess.PIPE):
    return subprocess.Popen(
        [sys.executable, "-m", "local", "serve", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


@contextmanager
def serving(stderr=subprocess.PIPE, more=()):
    """Serve; give the process, the addresses of its AWS and its API, and its output."""
    aws, api = free_port(), free_port()
    process = command("--aws-port", aws, "--api-port", api, *more, stderr=stderr)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "curl -H" in line:
            break
    try:
        yield process, f"http://127.0.0.1:{aws}", f"http://127.0.0.1:{api}", "".join(lines)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def served():
    with serving() as (process, endpoint, _, output):
        yield process, endpoint, output


def client_of(service, endpoint):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def test_a_file_from_any_s3_client_is_processed_and_it_stops_cleanly(served):
    process, endpoint, output = served
    assert endpoint in output
    assert BUCKET in output
    for name, group in (("dinas", "dinas"), ("bpjs", "bpjs"), ("bri", "bank-002")):
        assert re.search(rf"^  {name} +\S{{12,}} +\({group}\)$", output, re.MULTILINE)
    page = re.search(r"Buka (http\S+) di peramban", output)
    with urllib.request.urlopen(page[1]) as answer:  # noqa: S310  # our own, on loopback
        assert b"<html" in answer.read()
    s3 = client_of("s3", endpoint)
    rows = (ROOT / "samples" / "bpum-bersih.csv").read_bytes().splitlines(keepends=True)[:4]
    s3.put_object(Bucket=BUCKET, Key="incoming/bri/BPUM/a b.csv", Body=b"".join(rows))
    end = time.monotonic() + PATIENCE
    found = []
    while not found and time.monotonic() < end:
        time.sleep(0.2)
        try:
            listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="results/002/")
        except ClientError:
            continue
        found = [o["Key"] for o in listed.get("Contents", []) if "hasil.csv" in o["Key"]]
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE)
    assert found, errors
    assert process.returncode == 0


def test_a_taken_port_is_said_to_be_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = command("--aws-port", taken.getsockname()[1], "--api-port", free_port())
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "is taken" in errors


class Pollers:
    """Clients that request the list of files repeatedly, and keep every answer."""

    def __init__(self, api, token, many=4):
        self._request = urllib.request.Request(  # noqa: S310  # our own, on loopback
            f"{api}/batches", headers={"Authorization": f"Bearer {token}"}
        )
        self.answers = []
        """The status and body of each answer."""
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._poll) for _ in range(many)]

    def __enter__(self):
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for each in self._threads:
            each.join()

    def until(self, reached, seconds):
        """Wait until the file has reached that state, or does not change for so many seconds.

        Return it from the last answer. On a busy machine it changes slowly.
        """
        end = time.monotonic() + seconds
        found = []
        while time.monotonic() < end and not (found and reached(found[0])):
            time.sleep(0.1)
            before, found = counts(found), self.files(self.answers[-1:])
            if counts(found) != before:
                end = time.monotonic() + seconds
        return found[0]

    @staticmethod
    def files(answers):
        listed = [json.loads(body)["batches"] for status, body in answers if status == 200]
        return [batches[0] for batches in listed if batches]

    def _poll(self):
        while not self._stop.wait(0.05):
            try:
                with urllib.request.urlopen(self._request, timeout=PATIENCE) as answer:  # noqa: S310  # as above
                    self.answers.append((answer.status, answer.read()))
            except urllib.error.HTTPError as error:
                with error:
                    self.answers.append((error.code, error.read()))


def watch(tmp_path, rows, reached, seconds):
    """Upload a file, and poll until `reached`; return every batch seen, and the errors."""
    path = tmp_path / "penerima.csv"
    sample(path, rows, seed=1, faults=0, scheme="BPUM")
    with (
        (tmp_path / "errors").open("w+") as errors,
        serving(errors, ("--mail", tmp_path / "mail")) as (process, endpoint, api, output),
    ):
        password = re.search(r"^  dinas +(\S{12,}) ", output, re.MULTILINE)[1]
        signed_in = client_of("cognito-idp", endpoint).initiate_auth(
            ClientId=re.search(r"--client-id (\S+)", output)[1],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "dinas", "PASSWORD": password},
        )
        client_of("s3", endpoint).put_object(
            Bucket=BUCKET, Key="incoming/bri/BPUM/penerima.csv", Body=path.read_bytes()
        )
        with Pollers(api, signed_in["AuthenticationResult"]["IdToken"]) as pollers:
            last = pollers.until(reached, seconds)
        assert f"ditulis ke folder {tmp_path / 'mail'}/\n" in output
        mail = first_mail(tmp_path / "mail")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0
        errors.seek(0)
        logged = errors.read()
    assert {status for status, _ in pollers.answers} == {200}
    assert (mail.name, "diterima" in mail.read_text("utf-8")) == ("01-002.txt", True)
    assert "Traceback" not in logged
    assert reached(last), last
    return [*pollers.files(pollers.answers), last]


def first_mail(folder):
    """Wait for the first mail to a bank; return its file."""
    end = time.monotonic() + PATIENCE
    while not (found := sorted(folder.glob("*.txt"))):
        assert time.monotonic() < end, "no mail came"
        time.sleep(0.1)
    return found[0]


def counts(batches):
    """Return what only work changes, and no clock."""
    return [(each["status"], each["accepted"], each["sms"]) for each in batches]


def sums_up(batch):
    """Whether a batch's counts are consistent, as they must be in every answer."""
    rows = sum(batch[name] for name in ("accepted", "duplicate", "conflict", "rejected"))
    settled = batch["status"] != "completed" or rows == batch["rows"]
    return settled and sum(batch["sms"].values()) == batch["accepted"]


def out(many):
    return lambda batch: batch["status"] == "completed" and batch["sms"]["pending"] <= many


def test_clients_that_poll_meanwhile_see_whole_changes_and_exact_counts(tmp_path):
    seen = watch(tmp_path, 60, out(0), PATIENCE)
    assert all(map(sums_up, seen))
    assert (seen[-1]["rows"], seen[-1]["accepted"], seen[-1]["sms"]["pending"]) == (60, 60, 0)
    assert seen[-1]["premium_total"] == 60 * 33_600


@pytest.mark.slow
def test_clients_that_poll_a_large_file_see_whole_changes(tmp_path):
    rows, sent = 5_000, 300
    seen = watch(tmp_path, rows, out(rows - sent), PATIENCE)
    assert all(map(sums_up, seen))
    assert (seen[-1]["rows"], seen[-1]["accepted"]) == (rows, rows)
    assert seen[-1]["premium_total"] == rows * 33_600
