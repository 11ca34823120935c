"""How things are measured: several times, the median counts, and what is compared takes turns."""

import gc
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
_ALONE = "import sys; from bench.measure import answer; answer(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    `met` says whether its target is met, None where there is none or where it could not be
    measured; `fixed` whether it is the same on every machine, and so may fail a build.
    """

    name: str
    value: str
    target: str
    met: bool | None
    absolute: str = ""
    fixed: bool = False


@dataclass(slots=True)
class Run:
    """How much is to be measured: everything, or little of it."""

    folder: Path
    small: bool = False
    times: int = 5
    found: dict[str, float] = field(default_factory=dict)
    """What others reckon with (`measured`)."""

    def rows(self, many: int, few: int) -> int:
        return few if self.small else many


def cpu(work: Callable[[], object]) -> float:
    """Return how many seconds of this process's CPU some work takes."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def wall(work: Callable[[], object]) -> float:
    """Return how many seconds some work takes."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turns(
    works: Mapping[str, Callable[[], Any]],
    *,
    times: int,
    clock: Callable[[Any], float] = cpu,
) -> dict[str, float]:
    """Return the median seconds of each work; they take turns, so that all see the same machine."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            took[name].append(clock(work))
    return {name: median(each) for name, each in took.items()}


def alone(function: str, *arguments: object, env: Mapping[str, str] | None = None) -> Any:
    """Call `module:function` in a process of its own; return what it returned.

    To a dictionary it returns, `peak_mb` is added: the most memory that the process has had, and
    the largest of those that it has started.
    """
    command = [sys.executable, "-c", _ALONE, function, json.dumps(arguments)]
    paths = os.pathsep.join((str(ROOT), str(TESTS)))
    environment = {**os.environ, "PYTHONPATH": paths, **(env or {})}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{function}: {done.stderr.decode()[-3000:]}")
    return json.loads(done.stdout)


def answer(function: str, arguments: str) -> None:
    """Do what `alone` asks of the other process."""
    module, name = function.split(":")
    with redirect_stdout(sys.stderr):
        told = getattr(importlib.import_module(module), name)(*json.loads(arguments))
    if isinstance(told, dict):
        # What it started counts as well: workbooks are parsed in a process of their own.
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        told["peak_mb"] = _peak_mb() + children
    print(json.dumps(told))


def _peak_mb() -> float:
    # Linux's ru_maxrss begins with what the parent had when it started this process.
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    """Say on what it was measured."""
    model = "unknown CPU"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
