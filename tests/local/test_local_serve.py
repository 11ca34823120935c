import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from local.cloud import ACCOUNT, REGION

ROOT = Path(__file__).parents[2]
BUCKET = f"payung-dev-uploads-{ACCOUNT}"
PATIENCE = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(*words):
    return subprocess.Popen(
        [sys.executable, "-m", "local", "serve", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


@pytest.fixture
def served():
    aws, api = free_port(), free_port()
    process = command("--aws-port", aws, "--api-port", api)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "curl" in line:
            break
    yield process, f"http://127.0.0.1:{aws}", "".join(lines)
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_a_file_from_any_s3_client_is_processed_and_it_stops_cleanly(served):
    process, endpoint, told = served
    assert endpoint in told
    assert BUCKET in told
    for name, group in (("dinas", "dinas"), ("bpjs", "bpjs"), ("bri", "bank-002")):
        assert re.search(rf"^  {name} +\S{{12,}} +\({group}\)$", told, re.MULTILINE)
    page = re.search(r"Buka (http\S+) di peramban", told)
    with urllib.request.urlopen(page[1]) as answer:  # noqa: S310  # our own, on loopback
        assert b"<html" in answer.read()
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
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
