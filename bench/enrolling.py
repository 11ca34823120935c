"""Measures client CPU and speed of enrolling, from the file to the committed outcome.

The peers do the same work for comparison.
"""

import gc
import importlib.util
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench import made, stubbed
from bench.measure import Figure, Run, alone, cpu, in_turns, wall
from bench.peers import batch_writer, conditional_put
from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.domain.jobs import ChunkJob
from chalicelib.lambdas import clients, wiring
from chalicelib.settings import CHUNK_ROWS
from tests.support import dynamodb_local
from tests.support.fakes import MemoryObjects
from tests.support.world import World

_CPU_BOUND, _CPU_RATIO = 50.0, 8.0
_SAFE_RATIO, _UNSAFE_RATIO = 5.0, 0.7
_PANDAS = "build/bench"
_WORKERS = 2  # as many as this machine has cores; the queue allows twenty


class FilesOnDisk(MemoryObjects):
    """Objects in memory; only the upload is on disk."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def fetch(self, key: str, version: str | None, into: Any) -> dict[str, str]:  # noqa: ARG002  # the protocol's
        with self._path.open("rb") as file:
            while block := file.read(1 << 20):
                into.write(block)
        into.seek(0)
        return {}


@dataclass(slots=True)
class Parts:
    """The seconds of a file for intake (reading and judging) and for enrolling."""

    clock: Callable[[], float] = time.process_time
    intake: float = 0.0
    enroll: float = 0.0


def enroll(
    path: Path,
    enrollments: Any,
    *,
    batches: Any = None,
    workers: int = 1,
    parts: Parts | None = None,
) -> int:
    """Process a file with intake and enrolling; return the number of its rows.

    The objects are in memory. Without `batches`, the few items of the file itself are in memory
    too. `workers` threads enroll chunks in parallel, as Lambda does.
    """
    parts = parts or Parts()
    before = gc.get_threshold()
    wiring.collect_seldom()
    world = World(objects=FilesOnDisk(path), chunk_rows=CHUNK_ROWS)
    world.enrollments = enrollments
    if batches:
        world.batches = batches
    begun = parts.clock()
    batch = world.take(world.put("", made.KEY, size=path.stat().st_size))
    read = parts.clock()
    jobs = [ChunkJob.model_validate_json(body) for body in world.chunk_queue.bodies]
    if workers == 1:
        for job in jobs:
            world.enroll(job)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(world.enroll, jobs))
    parts.intake, parts.enroll = read - begun, parts.clock() - read
    gc.unfreeze()
    gc.set_threshold(*before)
    return batch.rows


def people_stubbed() -> DynamoEnrollments:
    """Return the enrollments table on a real client without HTTP."""
    client = stubbed.client(clients.PATIENT)
    return DynamoEnrollments(client, table="people", batches_table="batches")


def client_cpu(run: Run) -> list[Figure]:
    many = run.rows(10_000, 2_000)
    path = made.csv_file(run.folder / "cpu.csv", many)
    table = stubbed.table("people")
    ours = people_stubbed()
    parts: list[Parts] = []

    def enrolled() -> None:
        parts.append(Parts())
        enroll(path, ours, parts=parts[-1])

    took = in_turns(
        {
            "ours": enrolled,
            "puts": lambda: conditional_put.load(path, table),
            "batches": lambda: batch_writer.load(path, table),
        },
        times=run.times,
        clock=cpu,
    )
    each = {name: seconds / many * 1e6 for name, seconds in took.items()}
    ratio = each["puts"] / each["ours"]
    intake = median(one.intake for one in parts) / many * 1e6
    run.found |= {"intake_us": intake, "enroll_us": each["ours"] - intake}
    return [
        Figure(
            "client CPU per enrolled row, HTTP stubbed: conditional-put peer / ours",
            f"{ratio:.1f} x",
            f">= {_CPU_RATIO:.0f} x",
            ratio >= _CPU_RATIO,
            f"{each['ours']:.1f} µs against {each['puts']:.0f} µs; "
            f"batch_writer peer {each['batches']:.0f} µs",
        ),
        Figure(
            "client CPU per enrolled row, HTTP stubbed",
            f"{each['ours']:.1f} µs",
            f"<= {_CPU_BOUND:.0f} µs",
            each["ours"] <= _CPU_BOUND,
            f"of which {intake:.1f} µs at intake",
        ),
    ]


def on_the_engine(run: Run) -> list[Figure]:
    """Measure rows a second on AWS's own engine. Each program has its own tables."""
    names = (
        "rows/s on DynamoDB Local, insert if absent: ours (two workers) / conditional-put peer",
        "rows/s on DynamoDB Local: ours (two workers) / batch_writer peer, which overwrites",
    )
    if not dynamodb_local.available():
        return [Figure(name, "not measured: no DynamoDB Local", "", None) for name in names]
    many = run.rows(4 * CHUNK_ROWS, 1_000)
    path = made.csv_file(run.folder / "engine.csv", many)
    with ExitStack() as stack:
        endpoint = stack.enter_context(dynamodb_local.running())
        # Each prepares its own clients and tables, and returns the function to time.
        works: dict[str, Callable[[], Callable[[], object]]] = {
            "ours": lambda: _ours_on(endpoint, path, workers=_WORKERS),
            "alone": lambda: _ours_on(endpoint, path, workers=1),
            "puts": lambda: partial(conditional_put.load, path, _table_on(endpoint)),
            "batches": lambda: partial(batch_writer.load, path, _table_on(endpoint)),
        }
        for prepared in works.values():  # warm up: Java needs some time to reach its full speed
            prepared()()
        took = in_turns(works, times=run.times, clock=lambda prepared: wall(prepared()))
        pandas = _with_pandas(endpoint, path)
    speed = {name: many / seconds for name, seconds in took.items()}
    safe, unsafe = speed["ours"] / speed["puts"], speed["ours"] / speed["batches"]
    others = f"{speed['ours']:.0f} against {speed['batches']:.0f} a second"
    if pandas:
        others += f"; pandas + batch_writer {pandas:.0f}"
    return [
        Figure(
            names[0],
            f"{safe:.1f} x",
            f">= {_SAFE_RATIO:.0f} x",
            safe >= _SAFE_RATIO,
            f"{speed['ours']:.0f} against {speed['puts']:.0f} a second; with one worker "
            f"{speed['alone'] / speed['puts']:.1f} x",
        ),
        Figure(
            names[1], f"{unsafe:.2f} x", f">= {_UNSAFE_RATIO} x", unsafe >= _UNSAFE_RATIO, others
        ),
    ]


def _ours_on(endpoint: str, path: Path, *, workers: int) -> Callable[[], int]:
    client = dynamodb_local.client(endpoint)
    people, files = dynamodb_local.make_tables(client)
    return partial(
        enroll,
        path,
        enrollments=DynamoEnrollments(client, table=people, batches_table=files),
        batches=DynamoBatches(client, table=files),
        workers=workers,
    )


def _table_on(endpoint: str) -> Any:
    import boto3  # noqa: PLC0415  # only the peers use it

    people, _ = dynamodb_local.make_tables(dynamodb_local.client(endpoint))
    return boto3.resource(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="ap-southeast-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106  # the engine accepts any key
    ).Table(people)


def _with_pandas(endpoint: str, path: Path) -> float | None:
    """Return the pandas peer's rows a second, or None if pandas is not installed."""
    if importlib.util.find_spec("pandas") is None and not Path(_PANDAS, "pandas").exists():
        return None
    result = alone("bench.enrolling:pandas_alone", endpoint, str(path))
    return float(result["rows_a_second"])


def pandas_alone(endpoint: str, path: str) -> dict[str, float]:
    import sys  # noqa: PLC0415  # only here

    sys.path.append(_PANDAS)
    from bench.peers import pandas_writer  # noqa: PLC0415  # needs pandas

    many = pandas_writer.load(Path(path), _table_on(endpoint))
    speeds = []
    for _ in range(5):
        work = partial(pandas_writer.load, Path(path), _table_on(endpoint))
        speeds.append(many / wall(work))
    return {"rows_a_second": median(speeds)}
