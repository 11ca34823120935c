"""`python -m bench [--small] [--write] [FIGURE …]`: measure, and write or check the table."""

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import (  # noqa: E402  # see above
    calls,
    confirming,
    costs,
    embedded,
    enrolling,
    judging,
    memory,
    sending,
    simulate,
    starting,
    worst,
)
from bench.blocks import put  # noqa: E402  # see above
from bench.measure import Figure, Run, machine  # noqa: E402  # see above
from bench.measured import keep  # noqa: E402  # see above

PAGE = ROOT / "docs" / "performance.md"
_EVERYTHING = {
    "cpu": enrolling.client_cpu,
    "engine": enrolling.on_the_engine,
    "sending": sending.sending,
    "calls": calls.calls,
    "small": calls.small_file,
    "confirming": confirming.client_cpu,
    "confirmed": confirming.calls_and_units,
    "reading": memory.reading,
    "judging": judging.judging,
    "workbooks": memory.workbooks,
    "package": starting.package,
    "imports": starting.imports,
    "results": memory.results,
    "embedded": embedded.embedded,
    "worst": worst.worst,
    "comments": worst.comments,
}
_VERSIONS = ("boto3", "botocore", "pydantic", "chalice", "moto", "python-calamine")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "figures",
        nargs="*",
        choices=[*_EVERYTHING, []],
        metavar="FIGURE",
    )
    parser.add_argument(
        "--small", action="store_true", help="a small run; fails only on fixed figures"
    )
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md and docs/costs.md"
    )
    options = parser.parse_args()
    if options.write and (options.small or options.figures):
        parser.error("--write needs a full run of all figures")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="payung-bench-") as folder:
        run = Run(Path(folder), small=options.small, times=3 if options.small else 5)
        for name in options.figures or _EVERYTHING:
            for figure in _EVERYTHING[name](run):
                print(line_of(figure), flush=True)
                figures.append(figure)
        if options.write:
            keep(run.found)
            put(PAGE, "table", table(figures))
            put(PAGE, "simulation", simulate.page())
            costs.write(run.folder, run.rows(10_000, 2_000))
    missed = [figure for figure in figures if figure.met is False and figure.fixed]
    return 1 if options.small and missed else 0


def line_of(figure: Figure) -> str:
    met = {True: "yes", False: "**no**", None: "-"}[figure.met]
    return f"| {figure.name} | {figure.value} | {figure.target} | {met} | {figure.absolute} |"


def table(figures: Iterable[Figure]) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    return "\n".join(
        (
            f"Measured on {datetime.now(UTC):%d %B %Y}: {machine()}.",
            f"Python {platform.python_version()}, {versions}.",
            "",
            "| figure | value | target | met | in absolute terms |",
            "|---|---|---|---|---|",
            *map(line_of, figures),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
