"""Simulates how long a bank waits for the results of a small file, cold and warm.

    python -m bench.small_file [--s3-event-ms 1000] …

A file of 200 rows is one chunk, so it passes each function once: intake, enroll, report. A
function takes the time until its message is received, its start if it is cold, its calls to AWS one
after the other, and its own work. Calls are counted (`measured.json`), starts are measured (the
import, the first client and the first call, from the package). The rest is in `prices.toml`.

No setting of the queues makes it wait: the mappings have no batch window, the queues no delay, and
Lambda polls all the time. It is a model: nothing is throttled and nothing fails.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from bench.measure import Figure
from bench.measured import measured
from bench.prices import known

ROWS = 200
FUNCTIONS = ("intake", "enroll", "report")
_WAYS = (("cold", True, 10.0), ("warm", False, 4.0))
MEMORY_MB = {"intake": 3_008, "enroll": 1_024, "report": 1_024}
_TIMES = ("s3_event_ms", "poll_ms", "sandbox_ms", "s3_ms", "single_ms", "sqs_ms", "slower")


@dataclass(frozen=True, slots=True)
class Leg:
    """The seconds of a function on the way from the upload to the results."""

    function: str
    received: float
    started: float
    called: float
    worked: float

    @property
    def seconds(self) -> float:
        return self.received + self.started + self.called + self.worked


def legs(*, cold: bool, assumed: Mapping[str, float] | None = None) -> list[Leg]:
    """Return the way of a file of `ROWS` rows. `cold`: no function has run before."""
    times = {**known()["assumed"], **(assumed or {})}
    return [_leg(name, measured(), times, cold=cold) for name in FUNCTIONS]


def _leg(name: str, found: Mapping[str, float], times: Mapping[str, float], *, cold: bool) -> Leg:
    slower = times["slower"] / min(1.0, MEMORY_MB[name] / known()["limits"]["full_core_mb"])
    # The upload is announced by S3; the other messages are sent by the function before.
    begins = times["s3_event_ms"] if name == "intake" else 0.0
    calls = (
        found[f"small_{name}_s3"] * times["s3_ms"]
        + found[f"small_{name}_dynamodb"] * times["single_ms"]
        + found[f"small_{name}_sqs"] * times["sqs_ms"]
    )
    start = times["sandbox_ms"] + found[f"start_{name}_ms"] * slower if cold else 0.0
    return Leg(
        name,
        received=(begins + times["poll_ms"]) / 1000,
        started=start / 1000,
        called=calls / 1000,
        worked=ROWS * found[f"{name}_us"] * slower / 1e6,
    )


def figures() -> list[Figure]:
    """Return both times, by the counts and starts of the last bench that was written."""
    found = []
    for name, cold, bound in _WAYS:
        seconds = sum(each.seconds for each in legs(cold=cold))
        found.append(
            Figure(
                f"upload of {ROWS} rows to its results, {name}, simulated",
                f"{seconds:.1f} s",
                f"<= {bound:.0f} s",
                seconds <= bound,
            )
        )
    return found


def table(assumed: Mapping[str, float] | None = None) -> str:
    """Return the table of both ways, in seconds."""
    lines = [
        "| | received | started | calls | own work | together |",
        "|---|---|---|---|---|---|",
    ]
    for name, cold, bound in _WAYS:
        way = legs(cold=cold, assumed=assumed)
        lines += [
            f"| {name}: {each.function} | {each.received:.2f} | {each.started:.2f} |"
            f" {each.called:.2f} | {each.worked:.2f} | {each.seconds:.2f} |"
            for each in way
        ]
        together = sum(each.seconds for each in way)
        lines.append(f"| **{name}**, target <= {bound:.0f} | | | | | **{together:.1f}** |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in _TIMES:
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=None)
    given = vars(parser.parse_args())
    print(table({name: value for name, value in given.items() if value is not None}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
