"""How long functions take to start: from the package, in a fresh process each, as Lambda does it.

The import is of `app` in a process that is one function's: it brings what that function needs. The
first client is DynamoDB's, which all of them make. The first call is the least that the function
can be asked (`first_events`): it parses that, makes the clients that it comes to need besides, and
asks with them; AWS's answers come from within the process (`first_call`).
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
from local.deploy import DeployError, artefact, wheels

_PACKAGE_MB, _RATIO = 60.0, 1.5
# With nothing in it but what Lambda brings: make deploy-tools.
_LAMBDA = ROOT / "build" / "lambda" / "bin" / "python"
_FIRST_CALL = Path(__file__).with_name("first_call.py")
# Ours has imported as much before its clock starts.
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
    "PAYUNG_SECRET": "secret",
    "PAYUNG_SMS_MAPPING": "4f9d4c4a",
    **{
        f"PAYUNG_{name}_QUEUE_URL": f"{_QUEUE}-{name.lower()}"
        for name in ("INTAKE", "CHUNK", "SMS", "REPORT", "RESEND")
    },
    # Lambda's folder of the code is read-only.
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
    """Measure every function; the figure is that of the slowest."""
    code, where = _code(run)
    peers: list[float] = []
    starts: dict[str, list[float]] = {name: [] for name in FIRST_EVENTS}
    calls: dict[str, list[float]] = {name: [] for name in FIRST_EVENTS}
    for _ in range(max(run.times, 5)):
        peers.append(float(_run(["-c", _PEER], code)))
        for name in FIRST_EVENTS:
            told = first_call(name, code)
            starts[name].append(told["import"] + told["client"])
            calls[name].append(told["call"])
    peer = median(peers)
    slowest = max(median(each) for each in starts.values())
    each = ", ".join(
        f"{name} {median(starts[name]) * 1000:.0f} + {median(calls[name]) * 1000:.0f}"
        for name in FIRST_EVENTS
    )
    return [
        Figure(
            "the slowest function's import and first client, beside boto3, pydantic, chalice and"
            " one",
            f"{slowest / peer:.2f} x",
            f"<= {_RATIO} x",
            slowest / peer <= _RATIO,
            f"import and client + first call in ms, {where}: {each}; the other {peer * 1000:.0f}",
        )
    ]


def first_call(name: str, code: Path) -> dict[str, Any]:
    """Start a function from a folder and call it once; return what `first_call` tells of it."""
    handler, event = FIRST_EVENTS[name]
    said = _run([str(_FIRST_CALL), handler], code, event, {"_HANDLER": handler})
    told: dict[str, Any] = json.loads(said)
    return told


def _run(
    arguments: list[str],
    code: Path,
    event: Mapping[str, Any] | None = None,
    more: Mapping[str, str] | None = None,
) -> str:
    """Run Python on a folder's code; return the last line that it prints."""
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
    """Return the unzipped package for this machine, or else the tree; and which of them it is."""
    try:
        made = artefact.build("dev", run.folder / "made", architecture=wheels.here())
    except DeployError:
        return ROOT, "from the tree, as no package could be made"
    python = "Lambda's Python alone" if _LAMBDA.exists() else "this environment's Python"
    return _unzipped(made.archive, run.folder / "task"), f"from the package, {python}"


def _built(run: Run) -> Path | None:
    """Unzip the package that `make package` made; None where there is none."""
    made = ROOT / "build" / "dev" / "deployment.zip"
    return _unzipped(made, run.folder / "package") if made.exists() else None


def _unzipped(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder
