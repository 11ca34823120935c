"""How long functions take to start: what is imported, from the package as it is deployed."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from statistics import median

from bench.measure import ROOT, Figure, Run

_PACKAGE_MB, _RATIO = 60.0, 1.5
_PEER = """
import time; begun = time.process_time()
import boto3, pydantic, chalice
boto3.client("dynamodb", region_name="ap-southeast-3")
print(time.process_time() - begun)
"""
_OURS = """
import time; begun = time.process_time()
import app
{client}
print(time.process_time() - begun)
"""
_CLIENT = "from chalicelib import wiring; wiring.world().batches"


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
    """Every function imports app.py: one figure is that of the slowest."""
    path = str(ROOT)
    ours, bare, peer = [], [], []
    for _ in range(max(run.times, 5)):
        ours.append(_took(_OURS.format(client=_CLIENT), path))
        bare.append(_took(_OURS.format(client=""), path))
        peer.append(_took(_PEER, path))
    ratio = median(ours) / median(peer)
    return [
        Figure(
            "import of a function's module and one client, beside boto3, pydantic, chalice and one",
            f"{ratio:.2f} x",
            f"<= {_RATIO} x",
            ratio <= _RATIO,
            f"{median(ours) * 1000:.0f} ms against {median(peer) * 1000:.0f} ms; "
            f"without the client {median(bare) * 1000:.0f} ms",
        )
    ]


def _took(code: str, path: str) -> float:
    environment = {**os.environ, **_settings(), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, cwd=path
    )
    return float(done.stdout.split()[-1])


def _settings() -> dict[str, str]:
    """Return an environment that the functions start in."""
    from local.cloud import build, embedded, read_template  # noqa: PLC0415  # moto is heavy

    if not _SETTINGS:
        with embedded() as session:
            _SETTINGS.update(build(session, read_template()).environment)
        _SETTINGS.update(_NOBODY)
    return _SETTINGS


_NOBODY = {
    "AWS_DEFAULT_REGION": "ap-southeast-3",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
}
_SETTINGS: dict[str, str] = {}


def _built(run: Run) -> Path | None:
    """Unzip the package that `make package` made; None where there is none."""
    made = sorted((ROOT / "build").glob("**/deployment.zip"))
    if not made:
        return None
    folder = run.folder / "package"
    with zipfile.ZipFile(made[-1]) as archive:
        archive.extractall(folder)
    return folder
