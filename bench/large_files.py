"""How fast and in how much memory large files are read, judged and reported.

    python bench/large_files.py [--rows 150000]

Each format is measured in a process of its own. `Peak` is that process's largest resident set,
`Parser` that of the process in which workbooks are parsed.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import BinaryIO

sys.path.insert(0, str(Path(__file__).parents[1]))

from chalicelib.domain.judgement import Judge, Terms
from chalicelib.domain.outcome import Disposition, Outcome
from chalicelib.domain.programme import load_agreements
from chalicelib.domain.recipient import Judgement
from chalicelib.files.read import open_table
from chalicelib.files.results import answer_of
from chalicelib.files.write import ResultWriter
from local.sample import sample

FORMATS = (".csv", ".xlsx")
FAULTS = 3.0  # per cent of the rows
DAY = date(2026, 11, 22)
MIB = 1024**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=150_000)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.file:
        print(json.dumps(measure(options.file)))
        return
    print(f"{options.rows} rows, Python {platform.python_version()}, {platform.machine()}")
    print("File      MiB   Read rows/s   Read, judged, reported rows/s   Peak MiB   Parser MiB")
    with tempfile.TemporaryDirectory() as folder:
        for suffix in FORMATS:
            path = Path(folder) / f"large{suffix}"
            sample(path, options.rows, seed=1, faults=FAULTS, scheme="BPUM")
            own = [sys.executable, __file__, "--file", str(path)]
            done = subprocess.run(own, check=True, stdout=subprocess.PIPE)
            told = json.loads(done.stdout)
            print(
                f"{suffix[1:]:<5} {path.stat().st_size / MIB:>7.1f} {told['read']:>13,.0f}"
                f" {told['whole']:>31,.0f} {told['peak']:>10.0f} {told['parser']:>12.0f}"
            )


def measure(path: Path) -> dict[str, float]:
    """Read a file once for its rows alone, and once for everything that is done with them."""
    started = time.perf_counter()
    with path.open("rb") as file, open_table(file) as table:
        rows = sum(1 for _ in table.rows())
    read = time.perf_counter()
    with path.open("rb") as file, tempfile.TemporaryFile() as out:
        report(file, out)
    ended = time.perf_counter()
    return {
        "read": rows / (read - started),
        "whole": rows / (ended - read),
        "peak": peak(resource.RUSAGE_SELF),
        "parser": peak(resource.RUSAGE_CHILDREN),
    }


def report(file: BinaryIO, out: BinaryIO) -> None:
    programme = load_agreements().programmes["sulut-2026"]
    terms = Terms.of(programme, "BPUM", DAY)
    with open_table(file) as table:
        judge = Judge(table.columns, terms, width=len(table.header))
        writer = ResultWriter(out, table.header, surplus=True)
        for row in table.rows():
            writer.write(row.cells, answer_of(outcome(judge(row), terms)))


def outcome(judgement: Judgement, terms: Terms) -> Outcome:
    line, who, premium = judgement.row.line, judgement.recipient, judgement.premium
    if who is None or premium is None:
        return Outcome(line, Disposition.REJECTED, judgement.findings)
    return Outcome(
        line=line,
        disposition=Disposition.ACCEPTED,
        findings=judgement.findings,
        premium=premium.total,
        aid=who.aid,
        starts=terms.starts,
        ends=terms.ends,
        reference="00000000-000",
        rule=premium.rule,
    )


def peak(whose: int) -> float:
    """Return the largest resident set in MiB."""
    largest = resource.getrusage(whose).ru_maxrss
    return largest / MIB if sys.platform == "darwin" else largest / 1024


if __name__ == "__main__":
    main()
