"""Who may know whom: read from the imports, so that a breach fails here and not in production."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "chalicelib"
OUTSIDE = {"boto3", "botocore", "chalice"}
CLIENTS = {"boto3", "boto3.session", "botocore.session", "botocore.client"}
"""What makes clients."""
STEPS = (
    "intake", "split", "enroll", "notify", "admission", "gate", "report", "sweep", "overdue",
    "people", "erase", "outreach", "receipts", "resend",
)  # fmt: skip
API = (
    "api", "audit", "cursor", "endpoints", "examples", "handlers", "openapi", "permissions",
    "refusals", "site",
)  # fmt: skip
STEP_MAY = (
    "chalicelib.domain",
    "chalicelib.files",
    "chalicelib.adapters.protocols",
    "chalicelib.errors",
    "chalicelib.deadline",
    "chalicelib.pace",
    "chalicelib.faults",
    "chalicelib.split",
    "chalicelib.notify",
    "chalicelib.outreach",
    "chalicelib.report",
    "chalicelib.admission",
    "chalicelib.gate",
    "chalicelib.overdue",
    "chalicelib.people",
)
QUERY_MAY = (
    *STEP_MAY,
    "chalicelib.audit",
    "chalicelib.cursor",
    "chalicelib.outreach",
    "chalicelib.permissions",
    "chalicelib.queries",
    "chalicelib.refusals",
    "chalicelib.resend",
)


def modules(folder: str) -> list[Path]:
    return sorted((PACKAGE / folder).glob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Yield the full names of the modules that a module imports, those for types only too."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    return {name for name in imports(path) if name.split(".")[0] == "chalicelib"}


def foreign(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)} - {"chalicelib"}


@pytest.mark.parametrize("path", modules("domain"), ids=lambda path: path.stem)
def test_the_domain_knows_only_itself(path):
    assert not foreign(path) & (OUTSIDE | {"local"})
    assert all(name.startswith("chalicelib.domain") for name in ours(path))


@pytest.mark.parametrize("path", modules("files"), ids=lambda path: path.stem)
def test_files_know_the_domain_and_themselves(path):
    assert not foreign(path) & (OUTSIDE | {"local"})
    allowed = ("chalicelib.domain", "chalicelib.files", "chalicelib.errors")
    assert all(name.startswith(allowed) for name in ours(path) - {"chalicelib"})


@pytest.mark.parametrize("step", STEPS)
def test_a_step_knows_domain_files_and_protocols(step):
    path = PACKAGE / f"{step}.py"
    assert not foreign(path) & (OUTSIDE | {"os", "local"})
    assert all(name.startswith(STEP_MAY) for name in ours(path) - {"chalicelib"})


@pytest.mark.parametrize("path", modules("queries"), ids=lambda path: path.stem)
def test_a_query_knows_steps_and_permissions_but_not_how_it_is_asked(path):
    assert not foreign(path) & (OUTSIDE | {"os", "local"})
    assert all(name.startswith(QUERY_MAY) for name in ours(path) - {"chalicelib"})


@pytest.mark.parametrize("module", API)
def test_the_api_knows_neither_the_framework_nor_aws(module):
    path = PACKAGE / f"{module}.py"
    assert not foreign(path) & (OUTSIDE | {"os", "local"})


@pytest.mark.parametrize("path", modules("functions"), ids=lambda path: path.stem)
def test_a_function_knows_neither_the_framework_nor_aws(path):
    assert not foreign(path) & (OUTSIDE | {"os", "local"})


@pytest.mark.parametrize("path", modules("adapters"), ids=lambda path: path.stem)
def test_adapters_know_the_domain_and_botocore_but_make_no_client(path):
    assert not foreign(path) & {"boto3", "chalice", "os", "local"}
    assert not CLIENTS & set(imports(path))
    allowed = ("chalicelib.domain", "chalicelib.adapters", "chalicelib.errors")
    assert all(name.startswith(allowed) for name in ours(path) - {"chalicelib"})


def test_only_wiring_makes_clients():
    makers = [p for p in PACKAGE.rglob("*.py") if CLIENTS & set(imports(p))]
    assert makers == [PACKAGE / "wiring.py"]


def test_only_settings_read_the_environment():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in [ROOT / "app.py", *PACKAGE.rglob("*.py")]
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    }
    assert readers == {"chalicelib/settings.py"}


def test_only_the_app_knows_chalice():
    knowers = [p for p in PACKAGE.rglob("*.py") if "chalice" in foreign(p)]
    assert knowers == []


def test_every_module_of_the_package_is_held_to_a_rule():
    free = {
        "__init__", "deadline", "deliveries", "errors", "faults", "needs", "pace", "settings",
        "telemetry", "wiring",
    }  # fmt: skip
    top = {path.stem for path in PACKAGE.glob("*.py")}
    assert top == free | set(STEPS) | set(API)
