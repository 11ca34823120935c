"""Fetches the functions' dependencies as Lambda's machines need them.

Chalice would fetch them too, but checks no hash of a wheel that is for another machine than this
one: it asks for those by name. Here pip takes only what `requirements.txt` has the hash of.
"""

import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

from . import DeployError

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Names of machines in wheels, by Lambda's names."""

# Lambda's Python 3.11 runs on Amazon Linux 2.
_GLIBC_MINORS = range(17, 27)
_PYTHON = (3, 11)


def here() -> str:
    """Return Lambda's name for this machine's architecture.

    Raises:
        DeployError: Lambda has no such machines.
    """
    names = {machine: name for name, machine in MACHINES.items()}
    try:
        return names[platform.machine()]
    except KeyError:
        raise DeployError(f"Lambda does not run on {platform.machine()}") from None


def must_be_lambdas_python() -> None:
    """Refuse another Python than the functions': Chalice names the one it runs under.

    Raises:
        DeployError: it is another one.
    """
    if sys.version_info[:2] != _PYTHON:
        wanted = ".".join(map(str, _PYTHON))
        raise DeployError(f"payung is deployed for Python {wanted}; package it with that")


def fetch(requirements: Path, architecture: str, into: Path) -> list[Path]:
    """Download the wheels that a requirements file pins; return them in the order of their names.

    Raises:
        DeployError: one is not to be had, or is not what its hash says.
    """
    machine = MACHINES[architecture]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC_MINORS]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--implementation=cp"]
    command += [f"--python-version={'.'.join(map(str, _PYTHON))}"]
    command += [f"--abi={abi}" for abi in ("cp311", "abi3", "none")]
    command += [f"--platform={each}" for each in (*platforms, f"manylinux2014_{machine}")]
    command += ["--dest", str(into), "--requirement", str(requirements)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # our own words
    if done.returncode:
        raise DeployError(f"the dependencies could not be fetched:\n{done.stderr.strip()}")
    return sorted(into.glob("*.whl"))


def unpack(wheels: list[Path], into: Path) -> Mapping[str, str]:
    """Unpack wheels as Lambda imports them; return the wheel's project by each file's name.

    Raises:
        DeployError: a file of two projects has the same name.
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
    """Return where a wheel's file belongs; None for what no function needs, such as scripts."""
    if not name.startswith(data):
        return name
    kind, _, place = name.removeprefix(data).partition("/")
    return place if kind in {"purelib", "platlib"} else None
