"""How to measure: several times, with the median as the result.

Programs that are compared run in turns.
"""

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
_ALONE = "import sys; from bench.measure import answer; answer(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    `met` is true if the target is met, and None if there is no target or no measurement. `fixed` is
    true if the figure is the same on every machine. Only such a figure may fail a build.
    """

    name: str
    value: str
    target: str
    met: bool | None
    absolute: str = ""
    fixed: bool = False


@dataclass(slots=True)
class Run:
    """The size of a run: full, or small."""

    folder: Path
    small: bool = False
    times: int = 5
    found: dict[str, float] = field(default_factory=dict)
    """The figures that other modules compute with (see `measured`)."""

    def rows(self, many: int, few: int) -> int:
        return few if self.small else many


def cpu(work: Callable[[], object]) -> float:
    """Return the seconds of this process's CPU that `work` takes."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def wall(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
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
    """Return the median seconds of each work. They run in turns, so that all see the same load."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            took[name].append(clock(work))
    return {name: median(each) for name, each in took.items()}


def alone(function: str, *arguments: object, env: Mapping[str, str] | None = None) -> Any:
    """Call `module:function` in a separate process; return its result.

    If the result is a dictionary, `peak_mb` is added: the peak memory of the process plus that of
    its largest child process.
    """
    command = [sys.executable, "-c", _ALONE, function, json.dumps(arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{function}: {done.stderr.decode()[-3000:]}")
    return json.loads(done.stdout)


def answer(function: str, arguments: str) -> None:
    """Do the work of `alone` in the separate process, and print the result."""
    module, name = function.split(":")
    with redirect_stdout(sys.stderr):
        result = getattr(importlib.import_module(module), name)(*json.loads(arguments))
    if isinstance(result, dict):
        # Child processes count as well: one of them parses workbooks.
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        result["peak_mb"] = _peak_mb() + children
    print(json.dumps(result))


def _peak_mb() -> float:
    # On Linux, ru_maxrss starts with the memory of the parent process, so do not use it.
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    """Describe the machine of the measurement."""
    model = "unknown CPU"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
