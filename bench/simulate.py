"""Simulates the time that files take, its bottleneck, and the effect of each parameter.

    python -m bench.simulate [--rows 150000] [--files 1] [--enroll-workers 20] …

Every transaction of every chunk passes in turn through a worker and through DynamoDB. The number of
workers is what the queue allows at that time. DynamoDB limits the units a second of a table, and of
the items of one file, which share a partition key. The simulation uses counted units and measured
CPU (`measured.json`), and AWS's published limits (`prices.toml`). A transaction holds its chunk and
its item of totals for a time; another one that touches the totals then is cancelled, and comes
again after the wait of `chalicelib.deadline`. It is a model: it has no cold starts (those are in
`bench.small_file`), no bursts of DynamoDB and no failures, and the capacity of tables doubles each
half hour.
"""

import argparse
import heapq
import random
import sys
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bench import small_file
from bench.deployed import sending_pace
from bench.measured import measured
from bench.prices import known
from chalicelib.adapters.ports import PEOPLE_PER_TRANSACTION
from chalicelib.deadline import wait_after
from chalicelib.domain.file.totals import SHARDS
from chalicelib.errors import Contended
from chalicelib.kinds.confirmations.applying import ROWS_PER_TRANSACTION
from chalicelib.settings import CHUNK_ROWS

_SMS_RATE, _ = sending_pace()
_HOUR, _DAY = 3600.0, 86_400.0
_TITLES = (
    "read", "enrolled", "results written", "all SMS sent", "conflicts", "bottleneck", "confirmed",
)  # fmt: skip
_ENDLESS = 1e12
_STEP_UNITS = 2.0
"""The write units of a person's step: an item under 1 KB, in a transaction."""
_ABOVE_NOTHING = (
    "rows", "files", "chunk_rows", "intake_workers", "enroll_workers", "report_workers",
    "intake_mb", "enroll_mb", "report_mb", "table_units", "partition_units", "sms_a_second",
    "accounts", "people_a_transaction",
)  # fmt: skip


def _found(name: str) -> Any:
    return field(default_factory=lambda: measured()[name])


def _limit(name: str) -> Any:
    return field(default_factory=lambda: float(known()["limits"][name]))


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of the simulation.

    - `…_us`: microseconds of this machine's core, for a row or a message.
    - `person_units`: write units for a person in the enrollments table.
    - `group_units`: write units for a transaction in the batches table.
    - `table_units`: units a second that each table accepts at first.
    - `partition_units`: units a second for the items of one file.
    - `held_ms`: how long a transaction holds its items.
    - `accounts`: among how many banks and schemes the files are divided; each has its own totals.
    - `people_a_transaction`: how many people a transaction enrolls.
    - `confirm_us`, `confirm_units`: CPU and write units of a confirmed row, over both tables.
    - `begins`: the hour of the day at which the files arrive.
    - `opens`, `closes`: the hours between which messages go out.
    """

    rows: int = 150_000
    files: int = 1
    chunk_rows: int = CHUNK_ROWS
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
    held_ms: float = field(default_factory=lambda: float(known()["assumed"]["held_ms"]))
    accounts: int = 1
    people_a_transaction: int = PEOPLE_PER_TRANSACTION
    confirm_us: float = _found("confirm_us")
    confirm_units: float = _found("confirm_units")
    sms_a_second: float = _SMS_RATE
    begins: float = 9.0
    opens: float = 8.0
    closes: float = 20.0


@dataclass(frozen=True, slots=True)
class SimulatedTimes:
    """Seconds from the uploads until everything is read, enrolled, reported and sent.

    `conflicts` is how many transactions were cancelled because of another one.
    """

    read: float
    enrolled: float
    reported: float
    sent: float
    conflicts: int = 0


class _Bucket:
    """A limit of units a second. With `doubles`, as for a table, it doubles each half hour."""

    def __init__(self, a_second: float, *, doubles: bool = False) -> None:
        self._a_second = a_second
        self._doubles = doubles
        self._free = 0.0

    def take(self, at: float, units: float) -> float:
        """Return the time when units that are requested at `at` are accepted."""
        begins = max(self._free, at)
        speed = self._a_second
        if self._doubles:
            speed *= 2 ** int(begins / known()["limits"]["doubles_every_seconds"])
        self._free = begins + units / speed
        return self._free


def simulate(parameters: Parameters) -> SimulatedTimes:
    """Simulate the files."""
    read = _parallel([_reading(parameters)] * parameters.files, parameters.intake_workers)
    enrolled, conflicts = _enrolled(parameters, read)
    reporting = parameters.rows * parameters.report_us / 1e6 * _core(parameters.report_mb)
    reported = max(
        _parallel([reporting] * parameters.files, parameters.report_workers, since=enrolled)
    )
    messages = parameters.rows * parameters.files / parameters.sms_a_second
    sent = max(_in_the_window(parameters, min(enrolled), messages), *enrolled)
    return SimulatedTimes(max(read), max(enrolled), reported, sent, conflicts)


def confirmed(parameters: Parameters) -> float:
    """Return the seconds from the upload of confirmations of everybody until all is recorded.

    The way of such a file is the same: what differs are the CPU, the units and the groups.
    """
    case = replace(
        parameters,
        people_a_transaction=ROWS_PER_TRANSACTION,
        enroll_us=max(0.0, parameters.confirm_us - parameters.intake_us),
        person_units=_STEP_UNITS,
        group_units=(parameters.confirm_units - _STEP_UNITS) * ROWS_PER_TRANSACTION,
    )
    return simulate(case).enrolled


def bottleneck(parameters: Parameters) -> str:
    """Return the bottleneck of enrolling: without it, all people would be enrolled soonest."""
    without = {
        "write units of the tables": replace(parameters, table_units=_ENDLESS),
        "partition of one file": replace(parameters, partition_units=_ENDLESS),
        "enroll workers": replace(parameters, enroll_workers=100_000, enroll_us=0.0),
        "intake": replace(parameters, intake_us=0.0),
    }
    ends = {name: simulate(case).enrolled for name, case in without.items()}
    return min(ends, key=lambda name: ends[name])


def _core(megabytes: int) -> float:
    """Return how many times slower than here a function of that memory is."""
    share = min(1.0, megabytes / known()["limits"]["full_core_mb"])
    return float(known()["assumed"]["slower"]) / share


def _reading(parameters: Parameters) -> float:
    chunks = -(-parameters.rows // parameters.chunk_rows)
    working = parameters.rows * parameters.intake_us / 1e6 * _core(parameters.intake_mb)
    return float(working + chunks * known()["assumed"]["s3_ms"] / 1000)


def _parallel(jobs: list[float], workers: int, *, since: list[float] | None = None) -> list[float]:
    """Return the end time of each job. Jobs start in the order of their arrival."""
    free = [0.0] * workers
    ends = []
    for takes, comes in sorted(zip(jobs, since or [0.0] * len(jobs), strict=True), key=_second):
        begins = max(comes, heapq.heappop(free))
        ends.append(begins + takes)
        heapq.heappush(free, begins + takes)
    return ends


def _second(pair: tuple[float, float]) -> float:
    return pair[1]


class _Held:
    """The items of totals that transactions hold: for each, until when."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: dict[tuple[int, int], float] = {}
        self._random = random.Random(0)  # noqa: S311  # the same in each run
        self.conflicts = 0

    def take(self, item: tuple[int, int], committed: float) -> bool:
        """Hold an item until then; False if another transaction holds it."""
        if self._until.get(item, 0.0) > committed - self._seconds:
            self.conflicts += 1
            return False
        self._until[item] = committed
        return True

    def wait(self, tries: int) -> float:
        """Return the seconds until a cancelled transaction comes again."""
        return wait_after(Contended("held"), tries, uniform=self._random.uniform)


def _enrolled(parameters: Parameters, read: list[float]) -> tuple[list[float], int]:
    """Return the time when the last chunk of each file is enrolled, and the number of conflicts.

    Every transaction is simulated in turn.
    """
    assumed = known()["assumed"]
    people = _Bucket(parameters.table_units, doubles=True)
    files = _Bucket(parameters.table_units, doubles=True)
    partitions = [_Bucket(parameters.partition_units) for _ in read]
    waiting = [(at, file) for at, file in sorted(zip(read, range(len(read)), strict=True))]
    full, rest = (
        -(-parameters.chunk_rows // parameters.people_a_transaction),
        -(-(parameters.rows % parameters.chunk_rows) // parameters.people_a_transaction),
    )
    sizes = [full] * (parameters.rows // parameters.chunk_rows) + [rest] * bool(rest)
    jobs = [
        (at, file, groups, (file % parameters.accounts, chunk % SHARDS))
        for at, file in waiting
        for chunk, groups in enumerate(sizes, 1)
    ]
    held = _Held(parameters.held_ms / 1000)
    working = (
        parameters.people_a_transaction * parameters.enroll_us / 1e6 * _core(parameters.enroll_mb)
    )
    around = (8 * assumed["single_ms"] + 3 * assumed["s3_ms"] + 8 * assumed["sqs_ms"]) / 1000
    done = [0.0] * len(read)
    # The next event of each worker: its time, its file, the number of groups left, the item of
    # totals of its chunk, and how often its transaction was cancelled.
    at_work = [(begins, -1, 0, (0, 0), 0) for begins in _workers(parameters, read[0])]
    heapq.heapify(at_work)
    jobs.reverse()
    while at_work:
        now, file, left, item, tries = heapq.heappop(at_work)
        if left:
            requested = now + (0.0 if tries else working)
            committed = max(
                people.take(requested, parameters.people_a_transaction * parameters.person_units),
                files.take(requested, parameters.group_units),
                partitions[file].take(requested, parameters.group_units),
                requested + assumed["dynamodb_ms"] / 1000,
            )
            if held.take(item, committed):
                heapq.heappush(at_work, (committed, file, left - 1, item, 0))
            else:
                again = committed + held.wait(tries + 1)
                heapq.heappush(at_work, (again, file, left, item, tries + 1))
            continue
        if file >= 0:
            done[file] = max(done[file], now)
        if jobs:
            comes, next_file, groups, item = jobs.pop()
            heapq.heappush(at_work, (max(now, comes) + around, next_file, groups, item, 0))
    return done, held.conflicts


def _workers(parameters: Parameters, since: float) -> list[float]:
    """Return the start time of each worker: five at once, and more every minute."""
    limits = known()["limits"]
    first, more = int(limits["queue_workers_at_once"]), limits["queue_workers_more_a_minute"]
    return [since + max(0, each - first) * 60 / more for each in range(parameters.enroll_workers)]


def _in_the_window(parameters: Parameters, begins: float, takes: float) -> float:
    """Return the end of work that takes `takes` seconds and pauses outside the window."""
    opens, closes = parameters.opens * _HOUR, parameters.closes * _HOUR
    at = parameters.begins * _HOUR + begins
    while True:
        day = at // _DAY * _DAY
        at = max(at, day + opens)
        open_for = day + closes - at
        if open_for >= takes:
            return at + takes - parameters.begins * _HOUR
        takes -= max(0.0, open_for)
        at = day + _DAY + opens


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for each in fields(Parameters):
        kind = float if each.type is float or each.type == "float" else int
        parser.add_argument(f"--{each.name.replace('_', '-')}", type=kind, default=None)
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    parameters = replace(Parameters(), **given)
    nothing = [each.name for each in fields(Parameters) if getattr(parameters, each.name) < 0]
    nothing += [name for name in _ABOVE_NOTHING if not getattr(parameters, name)]
    if nothing:
        parser.error(f"must be above 0: {', '.join(nothing)}")
    if not parameters.opens < parameters.closes:
        parser.error("the window opens before it closes, on the same day")
    print(table(parameters))
    return 0


def table(parameters: Parameters) -> str:
    """Return the table of this case and of the effect of each parameter."""
    warm, many = 10 * parameters.table_units, 4 * parameters.enroll_workers
    cases = {
        "as deployed": parameters,
        f"{many} enroll workers": replace(parameters, enroll_workers=many),
        "tables warmed to 10 x": replace(parameters, table_units=warm),
        f"warmed, {many} workers": replace(parameters, table_units=warm, enroll_workers=many),
        "warmed, workers of 1,769 MB": replace(parameters, table_units=warm, enroll_mb=1_769),
        "chunks of half the rows": replace(parameters, chunk_rows=parameters.chunk_rows // 2),
        "transactions held 5 times as long": replace(parameters, held_ms=5 * parameters.held_ms),
        "100 messages a second": replace(parameters, sms_a_second=100.0),
    }
    lines = [
        f"| | {' | '.join(_TITLES)} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, case in cases.items():
        ends = simulate(case)
        times = (ends.read, ends.enrolled, ends.reported, ends.sent)
        cells = (
            *map(_time, times),
            f"{ends.conflicts:,}",
            bottleneck(case),
            _time(confirmed(case)),
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def page() -> str:
    """Return the tables for a province and for the whole country."""
    return "\n\n".join(
        (
            "150,000 recipients in one file, at 09:00:",
            table(Parameters()),
            "12,800,000 recipients in 86 files, at 09:00, all of one bank and scheme:",
            table(Parameters(rows=148_837, files=86)),
            f"A file of {small_file.ROWS} rows, in seconds:",
            small_file.table(),
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
