"""Measures a complete run of a file in the embedded cloud."""

import resource
import subprocess
import sys
from statistics import median

from bench import made
from bench.measure import ROOT, Figure, Run, wall

_BOUND = 60.0


def embedded(run: Run) -> list[Figure]:
    many = run.rows(10_000, 1_000)
    path = made.csv_file(run.folder / "embedded.csv", many)
    out = run.folder / "out"
    command = [sys.executable, "-m", "local", "run", str(path), "--bank", "002"]
    command += ["--scheme", "BPUM", "--json", "--out", str(out)]

    def through() -> None:
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    took, busy = [], []
    for _ in range(1 if run.small else run.times):
        before = _children()
        took.append(wall(through))
        busy.append(_children() - before)
    seconds = median(took)
    bound = _BOUND * many / 10_000
    return [
        Figure(
            f"complete run of {many:,} rows in the embedded cloud",
            f"{seconds:.1f} s",
            f"<= {bound:.1f} s",
            seconds <= bound,
            f"of which {median(busy):.1f} s CPU",
        )
    ]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
