"""Downloads the functions' dependencies for Lambda's machines.

Chalice would download them, too, but without a hash check for wheels of another machine than this
one: it requests those by name. Here pip accepts only files whose hash is in `requirements.txt`.
"""

import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

from . import DeployError, sdk

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""The names of machines in wheels, by Lambda's names."""

# Lambda's Python 3.13 runs on Amazon Linux 2023, which has glibc 2.34. Older wheels fit, too.
_GLIBC_MINORS = range(17, 35)
PYTHON = (3, 13)
"""The Python of the deployed functions."""


def here() -> str:
    """Return Lambda's name for this machine's architecture.

    Raises:
        DeployError: Lambda has no such architecture.
    """
    names = {machine: name for name, machine in MACHINES.items()}
    try:
        return names[platform.machine()]
    except KeyError:
        raise DeployError(f"Lambda does not run on {platform.machine()}") from None


def must_be_lambdas_python() -> None:
    """Refuse a Python version other than Lambda's: Chalice deploys the version that it runs on.

    Raises:
        DeployError: this Python has another version.
    """
    if sys.version_info[:2] != PYTHON:
        wanted = ".".join(map(str, PYTHON))
        raise DeployError(f"payung is deployed for Python {wanted}; package it with that")


def fetch(requirements: Path, architecture: str, into: Path) -> list[Path]:
    """Download the wheels that a requirements file pins; return them sorted by name.

    Raises:
        DeployError: a wheel is not available, or its hash is wrong.
    """
    machine = MACHINES[architecture]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC_MINORS]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--implementation=cp"]
    command += [f"--python-version={'.'.join(map(str, PYTHON))}"]
    command += [f"--abi={abi}" for abi in ("cp{}{}".format(*PYTHON), "abi3", "none")]
    command += [f"--platform={each}" for each in (*platforms, f"manylinux2014_{machine}")]
    command += ["--dest", str(into), "--requirement", str(requirements)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # a fixed command
    if done.returncode:
        raise DeployError(f"the dependencies could not be fetched:\n{done.stderr.strip()}")
    return sorted(into.glob("*.whl"))


def unpack(wheels: list[Path], into: Path) -> Mapping[str, str]:
    """Unpack wheels so that Lambda can import them; return the project of each file by its name.

    Raises:
        DeployError: two projects have a file of the same name.
    """
    owners: dict[str, str] = {}
    for wheel in wheels:
        project, version = wheel.name.split("-")[:2]
        data = f"{project}-{version}.data/"
        with ZipFile(wheel) as archive:
            for entry in archive.infolist():
                name = _place(entry.filename, data)
                if entry.is_dir() or name is None:
                    continue
                if owners.setdefault(name, project) != project:
                    raise DeployError(f"{name} is in {owners[name]} and in {project}")
                target = into / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    return owners


def _place(name: str, data: str) -> str | None:
    """Return the path of a wheel's file; None for files that no function needs, such as scripts."""
    if not name.startswith(data):
        return name if sdk.is_needed(name) else None
    kind, _, place = name.removeprefix(data).partition("/")
    return place if kind in {"purelib", "platlib"} else None
