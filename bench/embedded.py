"""A file through the whole of payung in the embedded cloud, everything included."""

import subprocess
import sys

from bench import made
from bench.measure import ROOT, Figure, Run, wall

_BOUND = 45.0


def embedded(run: Run) -> list[Figure]:
    many = run.rows(10_000, 1_000)
    path = made.csv_file(run.folder / "embedded.csv", many)
    out = run.folder / "out"
    command = [sys.executable, "-m", "local", "run", str(path), "--bank", "002"]
    command += ["--scheme", "BPUM", "--json", "--out", str(out)]

    def through() -> None:
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    seconds = wall(through)
    return [
        Figure(
            f"{many:,} rows through the embedded cloud, everything included",
            f"{seconds:.1f} s",
            f"<= {_BOUND * many / 10_000:.1f} s",
            seconds <= _BOUND * many / 10_000,
            f"{seconds / many * 1000:.2f} ms a row, once",
        )
    ]
