"""Changes the rules in small ways, one at a time, and reports the changes that no test notices.

`make mutants` takes a random sample with a fixed seed, so a second run gives the same mutants. Each
mutant runs with the quick tests that execute the changed line. It is a measurement and not a gate:
some survivors change nothing that can be observed.
"""

import argparse
import ast
import os
import random
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome
from coverage import CoverageData

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "mutants"
RULES = [
    "chalicelib/domain",
    "chalicelib/kinds/recipients",
    "chalicelib/steps",
    "chalicelib/api/permissions.py",
]
"""What is changed: the rules about people, money, messages, and who may do what."""
QUICK = [
    "tests/domain",
    "tests/steps",
    "tests/kinds",
    "tests/corpus",
    "tests/api/test_api_permissions.py",
]
"""The tests that may notice it."""
TIMEOUT = 120.0
"""Seconds for the tests of a mutant. A mutant that loops counts as noticed."""
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"]
Tests = dict[str, dict[int, Counter[str]]]
"""For each module and line: the files of tests that execute it, and with how many tests."""


def copy_of_the_project(folder: Path) -> None:
    """Copy what git knows and what is new: mutants never touch the work tree."""
    shutil.rmtree(folder, ignore_errors=True)
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # git of the PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, names.split("\0")):
        source = ROOT / name
        if source.is_file() and not source.is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)


def tests_by_line(modules: list[Path]) -> Tests:
    """Run the quick tests once, unchanged; return which of them execute each line."""
    data = FOLDER / "coverage"
    environment = {**os.environ, "COVERAGE_FILE": str(data), "PYTHONDONTWRITEBYTECODE": "1"}
    measure = ["--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
    subprocess.run([*PYTEST, *measure, *QUICK], env=environment, check=True)
    measured = CoverageData(str(data))
    measured.read()
    return {
        str(module): {
            line: Counter(context.partition("::")[0] for context in contexts if "::" in context)
            for line, contexts in measured.contexts_by_lineno(str(module.resolve())).items()
        }
        for module in modules
    }


def mutants(modules: list[Path]) -> Iterator[MutationSpec]:
    """Yield every mutant of the modules, except those of type annotations."""
    with use_db(str(FOLDER / "mutants.sqlite"), WorkDB.Mode.create) as stored:
        init(modules, stored, {})
        found = [mutation for item in stored.work_items for mutation in item.mutations]
    annotated = {str(module): list(annotations(module)) for module in modules}
    # By place, so that the sample does not depend on the order in which a database returns rows.
    for each in sorted(
        found, key=lambda each: (str(each.module_path), each.operator_name, each.occurrence)
    ):
        spans = annotated[str(each.module_path)]
        if not any(start <= each.start_pos and each.end_pos <= end for start, end in spans):
            yield each


def annotations(module: Path) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the beginning and end (line, column) of each annotation: they change no behaviour."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        for name in ("annotation", "returns"):
            found = getattr(node, name, None)
            if isinstance(found, ast.expr):
                start = (found.lineno, found.col_offset)
                yield start, (found.end_lineno or 0, found.end_col_offset or 0)


def noticing(mutant: MutationSpec, tests: Tests) -> list[str]:
    """Return the files of tests to run, those that execute the line most often first.

    A line that runs at import, such as a constant's, is any test's of its module.
    """
    by_line = tests[str(mutant.module_path)]
    lines = range(mutant.start_pos[0], mutant.end_pos[0] + 1)
    found = sum((by_line.get(line, Counter()) for line in lines), Counter[str]())
    if not found:
        found = sum(by_line.values(), Counter[str]())
    return [name for name, _ in found.most_common()]


def is_noticed(mutant: MutationSpec, files: list[str]) -> tuple[bool, str]:
    """Return whether a test fails with the mutant, and the change."""
    result = mutate_and_test([mutant], shlex.join([*PYTEST, *files]), TIMEOUT)
    return result.test_outcome is not TestOutcome.SURVIVED, result.diff or ""


def main() -> None:
    """Sample, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=60, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    tree = FOLDER / "tree"
    copy_of_the_project(tree)
    os.chdir(tree)
    modules = sorted(
        path
        for rule in RULES
        for path in ([Path(rule)] if rule.endswith(".py") else Path(rule).rglob("*.py"))
    )
    tests = tests_by_line(modules)
    all_of_them = list(mutants(modules))
    # Not for secrets: a fixed seed gives the same sample.
    chosen = random.Random(given.seed).sample(all_of_them, min(given.sample, len(all_of_them)))  # noqa: S311
    survivors, untested = [], []
    for number, mutant in enumerate(chosen, start=1):
        place = f"{mutant.module_path}:{mutant.start_pos[0]}"
        files = noticing(mutant, tests)
        noticed, diff = is_noticed(mutant, files) if files else (False, "")
        print(f"{number}/{len(chosen)} {'noticed' if noticed else 'SURVIVED'} {place}", flush=True)  # noqa: T201  # a command line prints
        if not files:
            untested.append(place)
        elif not noticed:
            survivors.append(diff)
    total = len(chosen)
    noticed_ones = total - len(survivors) - len(untested)
    lines = [
        f"{noticed_ones} of {total} mutants noticed (of {len(all_of_them)}, seed {given.seed}).",
        *(f"No quick test executes {place}." for place in untested),
        *survivors,
    ]
    (FOLDER / "report.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))  # noqa: T201  # as above


if __name__ == "__main__":
    main()
