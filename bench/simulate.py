"""How long files take, what holds them up, and what each knob changes.

    python -m bench.simulate [--rows 150000] [--files 1] [--enroll-workers 20] …

Every transaction of every chunk is let pass in turn: through a worker, of which there are as many
as the queue allows by then, and through what DynamoDB takes a second: of a table, and of one file's
own items, which share a partition key. It reckons with counted units and measured CPU
(`measured.json`) and with AWS's published limits (`prices.toml`). It is a model: cold starts,
DynamoDB's bursts and failures are left out, and what tables take doubles each half hour.
"""

import argparse
import heapq
import sys
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bench.measured import measured
from bench.prices import known
from chalicelib.enroll import GROUP
from chalicelib.settings import Settings

_SETTINGS = Settings()
_HOUR, _DAY = 3600.0, 86_400.0
_ENDLESS = 1e12
_ABOVE_NOTHING = (
    "rows", "files", "chunk_rows", "intake_workers", "enroll_workers", "report_workers",
    "intake_mb", "enroll_mb", "report_mb", "table_units", "partition_units", "sms_a_second",
)  # fmt: skip


def _found(name: str) -> Any:
    return field(default_factory=lambda: measured()[name])


def _limit(name: str) -> Any:
    return field(default_factory=lambda: float(known()["limits"][name]))


@dataclass(frozen=True, slots=True)
class Knobs:
    """What can be set. `…_us` are microseconds of this machine's core, a row or message; `…_units`
    are write units of DynamoDB, a person in the people's table and a transaction in the files'.

    `table_units` is what each table takes a second at first, `partition_units` what one file's own
    items do; `begins` is the hour of the day at which the files come, `opens` and `closes` the
    hours between which messages go out.
    """

    rows: int = 150_000
    files: int = 1
    chunk_rows: int = _SETTINGS.chunk_rows
    intake_workers: int = 5
    enroll_workers: int = 20
    report_workers: int = 5
    intake_mb: int = 3_008
    enroll_mb: int = 1_024
    report_mb: int = 1_024
    intake_us: float = _found("intake_us")
    enroll_us: float = _found("enroll_us")
    report_us: float = _found("report_us")
    person_units: float = _found("person_units")
    group_units: float = _found("group_units")
    table_units: float = _limit("table_write_units")
    partition_units: float = _limit("partition_write_units")
    sms_a_second: float = _SETTINGS.sms_rate
    begins: float = 9.0
    opens: float = 8.0
    closes: float = 20.0


@dataclass(frozen=True, slots=True)
class Told:
    """Seconds from the uploads until all of it is read, enrolled, reported and told."""

    read: float
    enrolled: float
    reported: float
    told: float


class _Bucket:
    """Something that takes so many units a second; a table, twice as many each half hour."""

    def __init__(self, a_second: float, *, doubles: bool = False) -> None:
        self._a_second = a_second
        self._doubles = doubles
        self._free = 0.0

    def take(self, at: float, units: float) -> float:
        """Return when units that are asked for then are taken."""
        begins = max(self._free, at)
        speed = self._a_second
        if self._doubles:
            speed *= 2 ** int(begins / known()["limits"]["doubles_every_seconds"])
        self._free = begins + units / speed
        return self._free


def simulate(knobs: Knobs) -> Told:
    """Let the files go through."""
    read = _side_by_side([_reading(knobs)] * knobs.files, knobs.intake_workers)
    enrolled = _enrolled(knobs, read)
    reporting = knobs.rows * knobs.report_us / 1e6 * _core(knobs.report_mb)
    reported = max(_side_by_side([reporting] * knobs.files, knobs.report_workers, since=enrolled))
    messages = knobs.rows * knobs.files / knobs.sms_a_second
    told = max(_in_the_window(knobs, min(enrolled), messages), *enrolled)
    return Told(max(read), max(enrolled), reported, told)


def held_up_by(knobs: Knobs) -> str:
    """Say what holds enrolling up: that without which all would be enrolled soonest."""
    without = {
        "the tables' write units": replace(knobs, table_units=_ENDLESS),
        "one file's partition": replace(knobs, partition_units=_ENDLESS),
        "the workers that enroll": replace(knobs, enroll_workers=100_000, enroll_us=0.0),
        "reading the files": replace(knobs, intake_us=0.0),
    }
    ends = {name: simulate(case).enrolled for name, case in without.items()}
    return min(ends, key=lambda name: ends[name])


def _core(megabytes: int) -> float:
    """Return how many times as long as here something takes in a function of that memory."""
    share = min(1.0, megabytes / known()["limits"]["full_core_mb"])
    return float(known()["assumed"]["slower"]) / share


def _reading(knobs: Knobs) -> float:
    chunks = -(-knobs.rows // knobs.chunk_rows)
    working = knobs.rows * knobs.intake_us / 1e6 * _core(knobs.intake_mb)
    return float(working + chunks * known()["assumed"]["s3_ms"] / 1000)


def _side_by_side(
    jobs: list[float], workers: int, *, since: list[float] | None = None
) -> list[float]:
    """Return when each job, in the order in which they come, is done."""
    free = [0.0] * workers
    ends = []
    for takes, comes in sorted(zip(jobs, since or [0.0] * len(jobs), strict=True), key=_second):
        begins = max(comes, heapq.heappop(free))
        ends.append(begins + takes)
        heapq.heappush(free, begins + takes)
    return ends


def _second(pair: tuple[float, float]) -> float:
    return pair[1]


def _enrolled(knobs: Knobs, read: list[float]) -> list[float]:
    """Return when each file's last chunk is enrolled, every transaction let pass in turn."""
    assumed = known()["assumed"]
    people = _Bucket(knobs.table_units, doubles=True)
    files = _Bucket(knobs.table_units, doubles=True)
    partitions = [_Bucket(knobs.partition_units) for _ in read]
    waiting = [(at, file) for at, file in sorted(zip(read, range(len(read)), strict=True))]
    full, rest = -(-knobs.chunk_rows // GROUP), -(-(knobs.rows % knobs.chunk_rows) // GROUP)
    sizes = [full] * (knobs.rows // knobs.chunk_rows) + [rest] * bool(rest)
    jobs = [(at, file, groups) for at, file in waiting for groups in sizes]
    working = GROUP * knobs.enroll_us / 1e6 * _core(knobs.enroll_mb)
    around = (8 * assumed["single_ms"] + 3 * assumed["s3_ms"] + 8 * assumed["sqs_ms"]) / 1000
    done = [0.0] * len(read)
    # When a worker is next at something: the time, its file, and how many groups are left to it.
    at_work = [(begins, -1, 0) for begins in _workers(knobs, read[0])]
    heapq.heapify(at_work)
    jobs.reverse()
    while at_work:
        now, file, left = heapq.heappop(at_work)
        if left:
            asked = now + working
            taken = max(
                people.take(asked, GROUP * knobs.person_units),
                files.take(asked, knobs.group_units),
                partitions[file].take(asked, knobs.group_units),
                asked + assumed["dynamodb_ms"] / 1000,
            )
            heapq.heappush(at_work, (taken, file, left - 1))
            continue
        if file >= 0:
            done[file] = max(done[file], now)
        if jobs:
            comes, next_file, groups = jobs.pop()
            heapq.heappush(at_work, (max(now, comes) + around, next_file, groups))
    return done


def _workers(knobs: Knobs, since: float) -> list[float]:
    """Return when each worker is there: five at once, and more every minute."""
    limits = known()["limits"]
    first, more = int(limits["queue_workers_at_once"]), limits["queue_workers_more_a_minute"]
    return [since + max(0, each - first) * 60 / more for each in range(knobs.enroll_workers)]


def _in_the_window(knobs: Knobs, begins: float, takes: float) -> float:
    """Return when something is done that takes so many seconds, and rests outside the window."""
    opens, closes = knobs.opens * _HOUR, knobs.closes * _HOUR
    at = knobs.begins * _HOUR + begins
    while True:
        day = at // _DAY * _DAY
        at = max(at, day + opens)
        open_for = day + closes - at
        if open_for >= takes:
            return at + takes - knobs.begins * _HOUR
        takes -= max(0.0, open_for)
        at = day + _DAY + opens


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for each in fields(Knobs):
        kind = float if each.type is float or each.type == "float" else int
        parser.add_argument(f"--{each.name.replace('_', '-')}", type=kind, default=None)
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    knobs = replace(Knobs(), **given)
    nothing = [each.name for each in fields(Knobs) if getattr(knobs, each.name) < 0]
    nothing += [name for name in _ABOVE_NOTHING if not getattr(knobs, name)]
    if nothing:
        parser.error(f"must be more than nothing: {', '.join(nothing)}")
    if not knobs.opens < knobs.closes:
        parser.error("the window opens before it closes, on the same day")
    print(table(knobs))
    return 0


def table(knobs: Knobs) -> str:
    """Return the table of this case and of what each knob changes in it."""
    warm, many = 10 * knobs.table_units, 4 * knobs.enroll_workers
    cases = {
        "as deployed": knobs,
        f"{many} enroll workers": replace(knobs, enroll_workers=many),
        "tables warmed to 10 x": replace(knobs, table_units=warm),
        f"warmed, {many} workers": replace(knobs, table_units=warm, enroll_workers=many),
        "warmed, workers of 1,769 MB": replace(knobs, table_units=warm, enroll_mb=1_769),
        "chunks of half the rows": replace(knobs, chunk_rows=knobs.chunk_rows // 2),
        "100 messages a second": replace(knobs, sms_a_second=100.0),
    }
    lines = [
        "| | read | all enrolled | results written | all told | enrolling is held up by |",
        "|---|---|---|---|---|---|",
    ]
    for name, case in cases.items():
        told = simulate(case)
        times = (told.read, told.enrolled, told.reported, told.told)
        lines.append(f"| {name} | {' | '.join(map(_time, times))} | {held_up_by(case)} |")
    return "\n".join(lines)


def page() -> str:
    """Return the tables of a province and of the whole country."""
    return "\n\n".join(
        (
            "150,000 recipients in one file, at 09:00:",
            table(Knobs()),
            "12,800,000 recipients in 86 files, at 09:00:",
            table(Knobs(rows=148_837, files=86)),
        )
    )


def _time(seconds: float) -> str:
    minute = 60.0
    if seconds < 2 * minute:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / minute:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.1f} d"


if __name__ == "__main__":
    sys.exit(main())
