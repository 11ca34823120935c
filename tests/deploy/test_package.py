"""The deployed archive: its content, and its reproducible bytes."""

import hashlib
import importlib.machinery
import importlib.util
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from local.deploy import ROOT, DeployError, bytecode, sdk, wheels
from local.deploy.artefact import MAX_BYTES, Artefact, build, size_report

pytestmark = pytest.mark.slow

GLIBC_MINOR = 34  # Amazon Linux 2023
AARCH64 = 183  # the machine's number in an ELF file
_MACHINE_AT = slice(18, 20)
UNCHECKED_HASH = 1  # the flags of PEP 552
DESCRIPTIONS = "botocore", "data"
OURS = {"app.py", "chalicelib", "chalice"}


def digest(artefact: Artefact) -> str:
    return hashlib.sha256(artefact.archive.read_bytes()).hexdigest()


def names(artefact: Artefact) -> list[str]:
    with ZipFile(artefact.archive) as archive:
        return archive.namelist()


def test_two_builds_of_the_same_code_give_the_same_bytes(
    packages: Mapping[str, Artefact], tmp_path: Path
) -> None:
    before = os.umask(0o077)
    try:
        again = build("dev", tmp_path / "again")
    finally:
        os.umask(before)
    assert digest(again) == digest(packages["dev"])
    assert again.template.read_bytes() == packages["dev"].template.read_bytes()


def test_both_stages_run_the_same_code(packages: Mapping[str, Artefact]) -> None:
    assert digest(packages["dev"]) == digest(packages["prod"])


def test_all_of_our_code_is_in_it_and_nothing_that_is_not_deployed(
    packages: Mapping[str, Artefact],
) -> None:
    found = {
        name
        for name in names(packages["prod"])
        if name.startswith("chalicelib/") and not name.endswith(".pyc")
    }
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "chalicelib").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert found == wanted
    tops = {PurePosixPath(name).parts[0] for name in names(packages["prod"])}
    assert not tops & {"tests", "samples", "local", "bench", "docs", "build", ".chalice", "bin"}
    assert tops >= OURS


def test_there_are_no_tests_of_others(packages: Mapping[str, Artefact]) -> None:
    for name in names(packages["prod"]):
        assert not {"tests", "test"} & set(PurePosixPath(name).parts), name


def test_every_module_is_compiled_and_nothing_else_is(packages: Mapping[str, Artefact]) -> None:
    found = names(packages["prod"])
    modules = {name for name in found if name.endswith(".py")}
    assert {name for name in found if name.endswith(".pyc")} == set(map(bytecode.place, modules))


def test_python_loads_the_byte_code_as_it_is_and_never_looks_at_the_source(
    packages: Mapping[str, Artefact], tmp_path: Path
) -> None:
    name = "chalicelib/domain/cells/money.py"
    with ZipFile(packages["prod"].archive) as archive:
        source = archive.read(name)
        (tmp_path / "money.pyc").write_bytes(archive.read(bytecode.place(name)))
    made = (tmp_path / "money.pyc").read_bytes()
    assert made == bytecode.compiled(name, source)
    assert made[:4] == importlib.util.MAGIC_NUMBER
    assert int.from_bytes(made[4:8], "little") == UNCHECKED_HASH
    loader = importlib.machinery.SourcelessFileLoader("money", str(tmp_path / "money.pyc"))
    code = loader.get_code("money")
    assert code is not None
    assert code.co_filename == f"/var/task/{name}"


def test_the_sdk_is_packed_with_the_services_that_are_called_and_no_other(
    packages: Mapping[str, Artefact],
) -> None:
    folders = [PurePosixPath(name).parts for name in names(packages["prod"])]
    described = {parts[2] for parts in folders if parts[:2] == DESCRIPTIONS and len(parts) > 4}
    clients = (ROOT / "chalicelib" / "lambdas" / "clients.py").read_text(encoding="utf-8")
    called = set(re.findall(r"""self\._client\(\s*"([a-z0-9-]+)\"""", clients))
    assert described == called == sdk.SERVICES
    # Lambda's image has boto3, which nothing deployed imports.
    assert not {"boto3", "s3transfer"} & set(packages["prod"].sizes)


def test_one_module_makes_clients() -> None:
    for path in (ROOT / "chalicelib").rglob("*.py"):
        if path.name != "clients.py":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"create_client\(|\bimport boto3|boto3\.client", text), path


def test_machine_code_is_for_the_machines_that_it_is_deployed_to(
    packages: Mapping[str, Artefact],
) -> None:
    with ZipFile(packages["prod"].archive) as archive:
        binaries = [name for name in archive.namelist() if PurePosixPath(name).suffix == ".so"]
        assert binaries
        for name in binaries:
            header = archive.read(name)[:20]
            assert int.from_bytes(header[_MACHINE_AT], "little") == AARCH64, name
            if ".cpython-" in name:
                assert ".cpython-313-" in name


def test_machine_code_needs_no_newer_glibc_than_amazon_linux_2023_has(
    packages: Mapping[str, Artefact],
) -> None:
    wanted = set()
    with ZipFile(packages["prod"].archive) as archive:
        for name in archive.namelist():
            if PurePosixPath(name).suffix == ".so":
                found = re.findall(rb"GLIBC_2\.(\d+)\0", archive.read(name))
                wanted |= {int(minor) for minor in found}
    assert wanted
    assert max(wanted) <= GLIBC_MINOR


def test_the_size_report_lists_each_dependency(packages: Mapping[str, Artefact]) -> None:
    made = packages["prod"]
    assert made.size < MAX_BYTES
    assert {"payung", "chalice", "pydantic_core", "python_calamine"} <= set(made.sizes)
    assert 0.9 * made.size < sum(made.sizes.values()) <= made.size
    assert list(size_report(made))[-1].endswith("deployment.zip")


def test_a_dependency_with_another_hash_is_refused(tmp_path: Path) -> None:
    pinned = tmp_path / "requirements.txt"
    pinned.write_text(f"annotated-types==0.8.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(DeployError, match="could not be fetched"):
        wheels.fetch(pinned, "arm64", tmp_path / "wheels")


def test_every_dependency_is_pinned_with_its_hashes() -> None:
    for path in sorted(ROOT.glob("requirements*.txt")):
        blocks = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        pins = [line for line in blocks if line and not line.lstrip().startswith("#")]
        assert pins
        for line in pins:
            assert "==" in line, f"{path.name}: {line[:60]}"
            assert "--hash=sha256:" in line, f"{path.name}: {line[:60]}"
