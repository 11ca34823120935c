"""Measures the start of functions: from the package, each in a new process, as Lambda does it.

The import is that of `app` in the process of one function, with the modules that this function
needs. The first client is DynamoDB's, which all functions make. The first call uses the smallest
event (`first_events`): the function parses it, makes its other clients, and calls AWS. The answers
come from inside the process (`first_call`).
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench.first_events import FIRST_EVENTS
from bench.measure import ROOT, Figure, Run
from local.deploy import wheels
from tests.support.tokens import VARIABLES

_PACKAGE_MB, _RATIO = 60.0, 1.5
# It has only what Lambda provides. `make deploy-tools` installs it.
_LAMBDA = ROOT / "build" / "lambda" / "bin" / "python"
# It makes packages. `make package` installs it.
_PACKAGING = ROOT / "build" / "python3.13" / "bin" / "python"
_FIRST_CALL = Path(__file__).with_name("first_call.py")
# Our own program has imported the same modules before its clock starts.
_PEER = """
import importlib, json, sys, time, types, typing; begun = time.process_time()
import boto3, pydantic, chalice
boto3.client("dynamodb")
print(time.process_time() - begun)
"""
_QUEUE = "https://sqs.ap-southeast-3.amazonaws.com/123456789012/payung"
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_DEFAULT_REGION": "ap-southeast-3",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SECRET_ACCESS_KEY": "x",
    "PATH": os.defpath,
    "PAYUNG_AUDIT_LOG": "audit",
    "PAYUNG_BATCHES_TABLE": "batches",
    "PAYUNG_BUCKET": "uploads",
    "PAYUNG_ENROLLMENTS_TABLE": "enrollments",
    "PAYUNG_KEEP_DAYS": "0",
    "PAYUNG_SECRET": "secret",
    "PAYUNG_SINGLE_SMS_WORKERS": "2",
    "PAYUNG_SMS_BUDGET": "0",
    "PAYUNG_SMS_COUNTRIES": "62",
    "PAYUNG_SMS_MAPPINGS": "4f9d4c4a,1b2c3d4e",
    "PAYUNG_SMS_MAX_PRICE": "0.50",
    "PAYUNG_SMS_ONLY_TO": "",
    "PAYUNG_SMS_PRICES": "",
    "PAYUNG_SMS_RATE": "20",
    "PAYUNG_SMS_SENDER_ID": "PAYUNG",
    "PAYUNG_SMS_TIMEZONE": "Asia/Makassar",
    "PAYUNG_SMS_WINDOW": "08:00-20:00",
    "PAYUNG_SMS_WORKERS": "5",
    "PAYUNG_STAGE": "bench",
    **VARIABLES,
    **{
        f"PAYUNG_{name}_QUEUE_URL": f"{_QUEUE}-{name.lower()}"
        for name in ("INTAKE", "CHUNK", "SMS", "SINGLE_SMS", "REPORT", "RESEND", "RECEIPT")
    },
    # On Lambda, the folder of the code is read-only.
    "PYTHONDONTWRITEBYTECODE": "1",
}


def package(run: Run) -> list[Figure]:
    built = _built(run)
    if built is None:
        return [Figure("unzipped package", "not measured: make package", "", None)]
    size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) / 1e6
    return [
        Figure(
            "unzipped package", f"{size:.1f} MB", f"<= {_PACKAGE_MB:.0f} MB", size <= _PACKAGE_MB
        )
    ]


def imports(run: Run) -> list[Figure]:
    """Measure every function. The figure is that of the slowest."""
    code, where = _code(run)
    peers: list[float] = []
    starts: dict[str, list[float]] = {name: [] for name in FIRST_EVENTS}
    calls: dict[str, list[float]] = {name: [] for name in FIRST_EVENTS}
    for _ in range(max(run.times, 5)):
        peers.append(float(_run(["-c", _PEER], code)))
        for name in FIRST_EVENTS:
            times = first_call(name, code)
            starts[name].append(times["import"] + times["client"])
            calls[name].append(times["call"])
    for name in FIRST_EVENTS:
        run.found[f"start_{name}_ms"] = (median(starts[name]) + median(calls[name])) * 1000
    peer = median(peers)
    slowest = max(median(each) for each in starts.values())
    each = ", ".join(
        f"{name} {median(starts[name]) * 1000:.0f} + {median(calls[name]) * 1000:.0f}"
        for name in FIRST_EVENTS
    )
    return [
        Figure(
            "import and first client of the slowest function / boto3, pydantic, chalice and a"
            " client",
            f"{slowest / peer:.2f} x",
            f"<= {_RATIO} x",
            slowest / peer <= _RATIO,
            f"import and client + first call in ms, {where}: {each}; peer {peer * 1000:.0f}",
        )
    ]


def first_call(name: str, code: Path) -> dict[str, Any]:
    """Start a function from a folder and call it once; return the result of `first_call`."""
    handler, event = FIRST_EVENTS[name]
    output = _run([str(_FIRST_CALL), handler], code, event, {"_HANDLER": handler})
    result: dict[str, Any] = json.loads(output)
    return result


def _run(
    arguments: list[str],
    code: Path,
    event: Mapping[str, Any] | None = None,
    more: Mapping[str, str] | None = None,
) -> str:
    """Run Python with a folder's code; return the last line that it prints."""
    done = subprocess.run(
        [_LAMBDA if _LAMBDA.exists() and code != ROOT else sys.executable, "-s", *arguments],
        cwd=code,
        env={**_ENVIRONMENT, "PYTHONPATH": str(code), **(more or {})},
        input=json.dumps(event),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{arguments[-1]}: {done.stderr[-3000:]}")
    return done.stdout.splitlines()[-1]


def _code(run: Run) -> tuple[Path, str]:
    """Return the unzipped package for this machine, or the source tree; and a label for it."""
    made = run.folder / "made"
    command = [_PACKAGING, "-m", "local.deploy", "package", "--stage", "dev", "--out", made]
    command += ["--architecture", wheels.here()]
    if not (_PACKAGING.exists() and _LAMBDA.exists()):
        return ROOT, "from the source tree, because Lambda's Python is not there"
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    archive = made / "dev" / "deployment.zip"
    return _unzipped(archive, run.folder / "task"), "from the package, Lambda's Python alone"


def _built(run: Run) -> Path | None:
    """Unzip the package of `make package`. None if there is none."""
    made = ROOT / "build" / "dev" / "deployment.zip"
    return _unzipped(made, run.folder / "package") if made.exists() else None


def _unzipped(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder
