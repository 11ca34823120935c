"""Makes the package that is deployed: `deployment.zip` and `sam.yaml`.

Chalice does the packaging, in a copy of the project that holds nothing but what belongs into it.
Afterwards every module is compiled, and the archive put into one form, so that the same commit
gives the same bytes: then deploying what is deployed already changes nothing, and what runs can be
checked against the code.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from . import REGION, ROOT, DeployError, bytecode, wheels

ARCHITECTURE = "arm64"
"""The cheaper of Lambda's machines, by a fifth."""

MAX_BYTES = 15_000_000
"""More than this was added by mistake; Lambda itself takes 50 MB."""

_CONFIG = ".chalice"
_CODE = ("app.py", "chalicelib")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that an archive can name
_FILE = 0o100644 << 16  # whoever builds, under whatever umask


@dataclass(frozen=True, slots=True)
class Artefact:
    """A package. `sizes` is compressed bytes by dependency, `payung` being our own code."""

    archive: Path
    template: Path
    sizes: Mapping[str, int]

    @property
    def size(self) -> int:
        """The archive's bytes."""
        return self.archive.stat().st_size


def build(
    stage: str, out: Path, *, architecture: str = ARCHITECTURE, project: Path = ROOT
) -> Artefact:
    """Package a stage into a folder, which is made anew.

    Raises:
        DeployError: something does not let itself be packaged, or came out too large.
    """
    wheels.must_be_lambdas_python()
    with tempfile.TemporaryDirectory(prefix="payung-package-") as temporary:
        copy = Path(temporary) / "project"
        fetched = Path(temporary) / "wheels"
        fetched.mkdir()
        _copy_project(project, copy, architecture)
        found = wheels.fetch(project / "requirements.txt", architecture, fetched)
        owners = wheels.unpack(found, copy / "vendor")
        packaged = Path(temporary) / "packaged"
        _package(copy, stage, packaged)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        made = Artefact(out / "deployment.zip", out / "sam.yaml", {})
        _normalise(packaged / "deployment.zip", made.archive)
        shutil.copyfile(packaged / "sam.yaml", made.template)
    made = Artefact(made.archive, made.template, _sizes(made.archive, owners))
    if made.size > MAX_BYTES:
        raise DeployError(f"{made.archive} has {made.size} bytes, more than {MAX_BYTES}")
    return made


def told(artefact: Artefact) -> Iterator[str]:
    """Say what an artefact's size is made of, the largest first."""
    for name, size in sorted(artefact.sizes.items(), key=lambda each: (-each[1], each[0])):
        yield f"{size / 1000:9,.0f} kB  {name}"
    yield f"{artefact.size / 1000:9,.0f} kB  {artefact.archive}"


def _copy_project(project: Path, copy: Path, architecture: str) -> None:
    copy.mkdir()
    for name in _CODE:
        source = project / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=_LEFT_OUT)
        else:
            shutil.copyfile(source, copy / name)
    config = project / _CONFIG
    shutil.copytree(config, copy / _CONFIG, ignore=shutil.ignore_patterns("deployments", "venv"))
    settings = json.loads((config / "config.json").read_text(encoding="utf-8"))
    settings["lambda_architecture"] = architecture
    (copy / _CONFIG / "config.json").write_text(json.dumps(settings), encoding="utf-8")


def _package(project: Path, stage: str, out: Path) -> None:
    chalice = ["-c", "from chalice.cli import main; main()"]
    command = [sys.executable, *chalice, "package", "--stage", stage, "--template-format", "yaml"]
    command += ["--merge-template", f"{_CONFIG}/resources.yaml", str(out)]
    # Its byte code would hold times and paths; the region is in names of AWS's own services.
    given = {"PYTHONDONTWRITEBYTECODE": "1", "AWS_DEFAULT_REGION": REGION}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(  # noqa: S603  # our own words
        command,
        cwd=project,
        env={**environment, **given},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise DeployError(f"chalice could not package {stage}:\n{done.stdout}{done.stderr}")


def _normalise(source: Path, target: Path) -> None:
    """Write an archive anew: compiled, sorted, without times, owners or modes of this machine."""
    with ZipFile(source) as given, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as written:
        names = sorted(name for name in given.namelist() if _belongs(name))
        if len(names) != len(set(names)):
            raise DeployError("two files in the package have the same name")
        for name in names:
            content = given.read(name)
            written.writestr(_entry(name), content)
            if name.endswith(".py"):
                written.writestr(_entry(bytecode.place(name)), _compiled(name, content))


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EARLIEST)
    entry.external_attr = _FILE
    entry.create_system = 3  # Unix, also where it is built on another system
    entry.compress_type = ZIP_DEFLATED
    return entry


def _compiled(name: str, content: bytes) -> bytes:
    try:
        return bytecode.compiled(name, content)
    except SyntaxError as error:
        raise DeployError(f"{name} is not for this version of Python: {error.msg}") from None


def _belongs(name: str) -> bool:
    path = PurePosixPath(name)
    return not name.endswith("/") and path.suffix != ".pyc" and "__pycache__" not in path.parts


def _sizes(archive: Path, owners: Mapping[str, str]) -> Mapping[str, int]:
    sizes: Counter[str] = Counter()
    with ZipFile(archive) as opened:
        for entry in opened.infolist():
            name = bytecode.source(entry.filename)
            ours = "chalice" if name.startswith("chalice/") else "payung"
            sizes[owners.get(name, ours)] += entry.compress_size
    return dict(sizes)
