"""Makes the package that is deployed: `deployment.zip` and `sam.yaml`.

Chalice packages a copy of the project. The copy holds only the files of the package, and the
template and the policies from `local/assembly`. After that, this module compiles every Python
module and normalises the archive, so the same commit gives the same bytes. So a second deployment
of the same commit changes nothing, and a running package can be compared with its code.
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

from local.assembly.assemble import MERGED, assemble
from local.assembly.files import AssemblyError

from . import REGION, ROOT, DeployError, bytecode, wheels

ARCHITECTURE = "arm64"
"""Of Lambda's two architectures, the one that is cheaper by a fifth."""

MAX_BYTES = 15_000_000
"""A larger archive holds something by mistake; Lambda's own limit is 50 MB."""

_CONFIG = ".chalice"
_CODE = ("app.py", "chalicelib")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP archive can hold
_FILE = 0o100644 << 16  # the same mode for every user and umask


@dataclass(frozen=True, slots=True)
class Artefact:
    """A package. `sizes` is compressed bytes by dependency; `payung` is payung's own code."""

    archive: Path
    template: Path
    sizes: Mapping[str, int]

    @property
    def size(self) -> int:
        """The size of the archive in bytes."""
        return self.archive.stat().st_size


def build(
    stage: str, out: Path, *, architecture: str = ARCHITECTURE, project: Path = ROOT
) -> Artefact:
    """Package a stage into a folder; the old content of the folder is deleted.

    Raises:
        DeployError: packaging failed, or the archive is too large.
    """
    wheels.must_be_lambdas_python()
    with tempfile.TemporaryDirectory(prefix="payung-package-") as temporary:
        copy = Path(temporary) / "project"
        fetched = Path(temporary) / "wheels"
        fetched.mkdir()
        copy_project(project, copy, architecture)
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


def size_report(artefact: Artefact) -> Iterator[str]:
    """Return the lines of a report: the size of each dependency, largest first, and the total."""
    for name, size in sorted(artefact.sizes.items(), key=lambda each: (-each[1], each[0])):
        yield f"{size / 1000:9,.0f} kB  {name}"
    yield f"{artefact.size / 1000:9,.0f} kB  {artefact.archive}"


def copy_project(project: Path, copy: Path, architecture: str) -> None:
    """Copy what a package is made of, with the assembled template and policies."""
    copy.mkdir()
    for name in _CODE:
        source = project / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=_LEFT_OUT)
        else:
            shutil.copyfile(source, copy / name)
    (copy / _CONFIG).mkdir()
    settings = json.loads((project / _CONFIG / "config.json").read_text(encoding="utf-8"))
    settings["lambda_architecture"] = architecture
    (copy / _CONFIG / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    try:
        assemble(project / _CONFIG).write(copy / _CONFIG)
    except AssemblyError as error:
        raise DeployError(str(error)) from None


def _package(project: Path, stage: str, out: Path) -> None:
    chalice = ["-c", "from chalice.cli import main; main()"]
    command = [sys.executable, *chalice, "package", "--stage", stage, "--template-format", "yaml"]
    command += ["--merge-template", f"{_CONFIG}/{MERGED}", str(out)]
    # Byte code from Chalice's process would hold times and paths. Names of AWS services in the
    # template contain the region.
    given = {"PYTHONDONTWRITEBYTECODE": "1", "AWS_DEFAULT_REGION": REGION}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(  # noqa: S603  # a fixed command
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
    """Copy an archive: compiled, sorted, without times, owners or modes of this machine."""
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
    entry.create_system = 3  # Unix, also if the package is built on another system
    entry.compress_type = ZIP_DEFLATED
    return entry


def _compiled(name: str, content: bytes) -> bytes:
    try:
        return bytecode.compiled(name, content)
    except SyntaxError as error:
        raise DeployError(f"{name} cannot be compiled by this Python: {error.msg}") from None


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
