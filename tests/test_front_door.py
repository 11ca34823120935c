"""The first documents and installations of a newcomer, checked against the repository."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
CALLERS = [*PAGES, ".ci/run", ".github/workflows/ci.yml", ".pre-commit-config.yaml"]
REQUIREMENTS = ROOT / "requirements"
IN_FILES = [ROOT / "requirements.in", *sorted(REQUIREMENTS.glob("*.in"))]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
DIRECT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
OURS = {"app", "bench", "chalicelib", "local", "tests"}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def pins(lock: Path) -> dict[str, str]:
    return {normal(name): version for name, version in PIN.findall(lock.read_text("utf-8"))}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z0-9-]*):", text("Makefile"), re.MULTILINE))


def needed(target: str) -> set[str]:
    """Return the prerequisites of a target, direct and indirect."""
    rules = dict(re.findall(r"^([^\s:#]+): *([^#=\n]*)", text("Makefile"), re.MULTILINE))
    found: set[str] = set()
    waiting = [target]
    while waiting:
        new = set(rules.get(waiting.pop(), "").split()) - found
        found |= new
        waiting += new
    return found


def imported(folder: Path) -> Iterator[str]:
    """Yield the top names that the modules import when they run, not only for types."""
    for path in [folder] if folder.suffix else sorted(folder.rglob("*.py")):
        for node in running(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield node.module.partition(".")[0]


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below one, without the bodies of `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
            continue
        yield child
        yield from running(child)


def foreign(folders: list[str]) -> dict[str, set[str]]:
    """Return the distributions of each module that is neither ours nor Python's."""
    names = {name for folder in folders for name in imported(ROOT / folder)}
    owners = packages_distributions()
    return {
        name: {normal(owner) for owner in owners.get(name, [name])}
        for name in names - OURS - set(sys.stdlib_module_names)
    }


@pytest.mark.parametrize("page", CALLERS)
def test_every_make_target_that_is_named_exists(page):
    code = "\n".join(re.findall(r"`[^`\n]+`|```.*?```", text(page), re.DOTALL))
    named = set(
        re.findall(r"\bmake (?:[A-Z]+=\S+ )*([a-z][a-z-]*)", code if page in PAGES else text(page))
    )
    assert named <= targets()


def test_each_page_and_ci_name_targets():
    assert "make check" in text("CONTRIBUTING.md")
    assert needed("check") >= {"lint", "test"}
    commands = text(".ci/run").splitlines()
    assert {"make lint", "make coverage"} <= {each.partition("  #")[0] for each in commands}
    assert "make test-quick" in text(".github/workflows/ci.yml")


def test_contributing_names_every_target_with_tests():
    tests = {name for name in targets() if name.startswith("test-")} - {"test-artefact"}
    assert {name for name in tests if f"make {name}`" not in text("CONTRIBUTING.md")} == set()


def test_every_target_is_phony_or_a_file():
    phony = {
        name
        for line in re.findall(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
        for name in line.split()
    }
    assert phony == targets()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text(page))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page):
    named = re.findall(
        r"`((?:chalicelib|local|tests|docs|requirements|\.ci)/[\w./-]*)`", text(page)
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("asked", IN_FILES, ids=lambda path: path.name)
def test_every_requirements_file_is_locked_with_hashes(asked):
    lines = asked.with_suffix(".txt").read_text("utf-8").splitlines()
    entries = [at for at, line in enumerate(lines) if re.match(r"\w", line)]
    assert [lines[at] for at in entries if not PIN.match(lines[at])] == []
    assert [lines[at] for at in entries if "--hash=sha256:" not in lines[at + 1]] == []
    direct = {normal(name) for name in DIRECT.findall(asked.read_text("utf-8"))}
    assert direct <= set(pins(asked.with_suffix(".txt")))


def test_no_lock_file_names_where_packages_come_from():
    locks = [path.with_suffix(".txt") for path in IN_FILES]
    assert [
        path.name for path in locks if re.search(r"//|^-", path.read_text(), re.MULTILINE)
    ] == []


def test_every_lock_file_has_what_it_is_made_from():
    locks = {path.with_suffix(".txt").name for path in IN_FILES}
    assert {path.name for path in REQUIREMENTS.glob("*.txt")} == locks - {"requirements.txt"}


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("requirements.txt", "requirements/run.txt"),
        ("requirements/run.txt", "requirements/dev.txt"),
    ],
)
def test_packages_of_the_first_lock_file_keep_their_versions(smaller, larger):
    assert pins(ROOT / smaller).items() <= pins(ROOT / larger).items()


def test_a_run_needs_no_more_than_the_run_time_set():
    locked = pins(REQUIREMENTS / "run.txt")
    missing = {
        name: owners
        for name, owners in foreign(["app.py", "chalicelib", "local"]).items()
        if not owners & set(locked)
    }
    assert missing == {}


def test_tests_and_benchmarks_import_only_listed_requirements():
    texts = [path.read_text("utf-8") for path in IN_FILES]
    asked = {normal(name) for each in texts for name in DIRECT.findall(each)}
    missing = {name for name, owners in foreign(["tests", "bench"]).items() if not owners & asked}
    # boto3 brings botocore, urllib3 and jmespath; pytest-cov brings coverage; `make fuzz` installs
    # atheris, `make mutants` cosmic-ray; samtranslator runs in build/tools, not here.
    assert missing <= {
        "botocore", "urllib3", "jmespath", "coverage", "atheris", "cosmic_ray", "samtranslator",
    }  # fmt: skip


def test_a_run_installs_the_run_time_set_only():
    assert "$(RUN)" in needed("run")
    assert "$(DEV)" not in needed("run")
    recipe = text("Makefile").partition("\n$(RUN): requirements/run.txt\n")[2].partition("\n\n")[0]
    assert recipe.index("@echo") < recipe.index("$(INSTALL)")


def test_lint_installs_no_browser_and_no_database():
    assert "$(DEV)" in needed("lint")
    assert "engine" not in needed("lint")
    assert {"lint", "engine"} <= needed("check")


def test_the_licence_is_the_one_that_is_named():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert project["license"] == "Apache-2.0"
    assert project["license-files"] == ["LICENSE"]
    assert re.search(r"Apache License\s+Version 2\.0, January 2004", text("LICENSE"))
    assert "END OF TERMS AND CONDITIONS" in text("LICENSE")


def test_the_same_pythons_are_named_everywhere():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    named = re.findall(r":: (3\.\d+)", "\n".join(project["classifiers"]))
    assert project["requires-python"] == f">={named[0]}"
    assert (
        re.findall(
            r"python(3\.\d+)", text("Makefile").partition("PYTHONS ?=")[2].partition("\n")[0]
        )
        == named
    )
    workflow = yaml.safe_load(text(".github/workflows/ci.yml"))
    assert workflow["jobs"]["quick"]["strategy"]["matrix"]["python"] == named


def test_the_hooks_and_the_workflow_use_no_third_party_code():
    hooks = yaml.safe_load(text(".pre-commit-config.yaml"))
    assert {repository["repo"] for repository in hooks["repos"]} == {"local"}
    workflow = yaml.safe_load(text(".github/workflows/ci.yml"))
    assert workflow["permissions"] == {"contents": "read"}
    used = [
        step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step
    ]
    assert used
    assert [
        each for each in used if not re.fullmatch(r"actions/[a-z-]+@v\d+\.\d+\.\d+", each)
    ] == []
