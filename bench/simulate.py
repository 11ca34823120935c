"""How long files take, what holds them up, and what each knob changes.

    python -m bench.simulate [--rows 150000] [--files 1] [--enroll-workers 20] …

From counted calls and units, measured CPU, and AWS's published limits (`prices.toml`). Functions
run as many side by side as their queues allow; DynamoDB takes so many write units a second, and SNS
so many messages. It is a model: cold starts, retries and throttling's back-off are left out.
"""

import argparse
import heapq
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_PRICES = Path(__file__).with_name("prices.toml")
_GROUP = 98


@dataclass(frozen=True, slots=True)
class Knobs:
    """What can be set; times are µs of this machine's core a row, units are DynamoDB's."""

    rows: int = 150_000
    files: int = 1
    chunk_rows: int = 1_960
    intake_workers: int = 5
    enroll_workers: int = 20
    intake_mb: int = 3_008
    enroll_mb: int = 1_024
    report_mb: int = 1_024
    intake_us: float = 32.0
    enroll_us: float = 68.0
    report_us: float = 26.0
    units_a_row: float = 2.05
    table_units: float = 4_000.0
    sms_a_second: float = 20.0


@dataclass(frozen=True, slots=True)
class Told:
    """Seconds from the uploads until all of it is read, enrolled, reported and told."""

    read: float
    enrolled: float
    reported: float
    told: float
    bottleneck: str


def simulate(knobs: Knobs) -> Told:
    """Let the files go through, chunk by chunk."""
    known = tomllib.loads(_PRICES.read_text(encoding="utf-8"))
    assumed, limits = known["assumed"], known["limits"]

    def core(megabytes: int) -> float:
        return float(assumed["slower"]) / min(1.0, megabytes / limits["full_core_mb"])

    reading = knobs.rows * knobs.intake_us / 1e6 * core(knobs.intake_mb)
    read = _side_by_side([(0.0, reading)] * knobs.files, knobs.intake_workers)
    groups = -(-knobs.chunk_rows // _GROUP)
    working = knobs.chunk_rows * knobs.enroll_us / 1e6 * core(knobs.enroll_mb)
    waiting = (groups * assumed["dynamodb_ms"] + 8 * assumed["single_ms"]) / 1000
    waiting += (3 * assumed["s3_ms"] + groups * 4 / 10 * assumed["sqs_ms"]) / 1000
    chunks = -(-knobs.rows // knobs.chunk_rows)
    arriving = [(at, working + waiting) for at in read for _ in range(chunks)]
    alone = _side_by_side(arriving, knobs.enroll_workers)
    done = _through_the_table(alone, knobs.chunk_rows * knobs.units_a_row, knobs.table_units)
    enrolled = max(done)
    reporting = knobs.rows * knobs.report_us / 1e6 * core(knobs.report_mb)
    reported = enrolled + reporting
    told = max(enrolled, min(done) + knobs.rows * knobs.files / knobs.sms_a_second)
    return Told(max(read), enrolled, reported, told, _slowest(read, alone, done))


def _side_by_side(jobs: Sequence[tuple[float, float]], workers: int) -> list[float]:
    """Return when each job (when it comes, how long it takes) is done."""
    free = [0.0] * workers
    ends = []
    for comes, takes in sorted(jobs):
        begins = max(comes, heapq.heappop(free))
        ends.append(begins + takes)
        heapq.heappush(free, begins + takes)
    return ends


def _through_the_table(ends: Sequence[float], units: float, a_second: float) -> list[float]:
    """Return when each is done where the table takes no more than so many units a second."""
    table = 0.0
    done = []
    for end in sorted(ends):
        table = max(table, end - units / a_second) + units / a_second
        done.append(max(end, table))
    return done


def _slowest(read: Sequence[float], alone: Sequence[float], done: Sequence[float]) -> str:
    if max(done) > 1.05 * max(alone):
        return "the table's write units"
    return "reading the file" if max(read) > max(alone) / 2 else "the workers that enroll"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in Knobs.__dataclass_fields__:
        kind = type(getattr(Knobs(), name))
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=None)
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    knobs = replace(Knobs(), **given)
    print(table(knobs))
    return 0


def table(knobs: Knobs) -> str:
    """Return the table of this case and of what each knob changes in it."""
    cases = {
        "as deployed": knobs,
        "enroll workers x 4": replace(knobs, enroll_workers=4 * knobs.enroll_workers),
        "table warmed to x 10": replace(knobs, table_units=10 * knobs.table_units),
        "both": replace(
            knobs,
            enroll_workers=4 * knobs.enroll_workers,
            table_units=10 * knobs.table_units,
        ),
        "enroll at 1,769 MB": replace(knobs, enroll_mb=1_769),
        "SMS at 100 a second": replace(knobs, sms_a_second=100.0),
    }
    lines = [
        f"{knobs.rows:,} rows in each of {knobs.files} file(s)",
        "",
        "| | read | all enrolled | results written | all told | held up by |",
        "|---|---|---|---|---|---|",
    ]
    for name, case in cases.items():
        told = simulate(case)
        times = (told.read, told.enrolled, told.reported, told.told)
        lines.append(f"| {name} | {' | '.join(map(_time, times))} | {told.bottleneck} |")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    minute, hour, day = 60, 3600, 86_400
    if seconds < 2 * minute:
        return f"{seconds:.0f} s"
    if seconds < 2 * hour:
        return f"{seconds / minute:.0f} min"
    return f"{seconds / hour:.1f} h" if seconds < 2 * day else f"{seconds / day:.1f} d"


if __name__ == "__main__":
    sys.exit(main())
