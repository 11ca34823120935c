"""The import rules: contracts of import-linter (`pyproject.toml`), and rules beyond those."""

import ast
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "chalicelib"
MAKES_CLIENTS = {"boto3", "botocore.session", "botocore.client"}
READS_ENVIRONMENT = re.compile(r"\bos\.environ\b|\bgetenv\b|from os import")
MOST_ENTRIES = 15
"""The maximum of modules and folders in one listing, for a quick overview."""


def packages() -> list[Path]:
    return [
        *sorted(path.parent for path in PACKAGE.rglob("__init__.py")),
        ROOT / "tests" / "support",
    ]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def entries(package: Path) -> set[str]:
    """Return the modules of a package, and its folders of data."""
    modules = {module.name for module in pkgutil.iter_modules([str(package)])}
    folders = {path.name for path in package.iterdir() if path.is_dir()} - {"__pycache__", "page"}
    return modules | folders


def test_the_contracts_of_import_linter_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_one_module_makes_clients():
    makers = [path for path in PACKAGE.rglob("*.py") if MAKES_CLIENTS & set(imports(path))]
    assert makers == [PACKAGE / "lambdas" / "clients.py"]


def test_only_settings_read_the_environment():
    readers = [
        path
        for path in [ROOT / "app.py", *PACKAGE.rglob("*.py")]
        if READS_ENVIRONMENT.search(path.read_text())
    ]
    assert readers == [PACKAGE / "settings.py"]


def test_only_one_module_writes_csv():
    """It neutralises formulas, so nobody can forget to."""
    writers = [
        path
        for path in PACKAGE.rglob("*.py")
        if re.search(r"csv\.(?:Dict)?[Ww]riter", path.read_text())
    ]
    assert writers == [PACKAGE / "files" / "write.py"]


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_map_of_a_package_names_each_of_its_modules_and_nothing_else(package):
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    # A line of the map: a name, two spaces or more, what it is for.
    listed = set(re.findall(r"^ *([a-z_]+)  +\S", text, re.MULTILINE))
    assert listed == entries(package)


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_listing_is_short_enough_to_read(package):
    assert len(entries(package)) <= MOST_ENTRIES
