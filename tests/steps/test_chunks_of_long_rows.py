"""A chunk closes at its rows or its bytes, so that every function can read it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.row import JudgedRow, SourceRow
from chalicelib.files.limits import Limits
from chalicelib.files.work import encode_lines, pack_rows
from tests.support.builders import a_batch
from tests.support.world import HEADER

ROOT = Path(__file__).parents[2]
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())
NAME = "N" * 3_000
WITHOUT_CHUNKS = {"forward", "gate", "notify", "receipts"}
_READ = """
import pathlib, sys
from chalicelib.adapters.objects import S3Objects  # what the functions load anyway
from chalicelib.domain.file.outcome import Disposition
from chalicelib.files import work
from chalicelib.kinds.recipients.rows import RecipientOutcome, RecipientRow
body = open(sys.argv[1], "rb").read()
rows = work.decode_rows(body, RecipientRow)
outcomes = [RecipientOutcome(row.source.line, Disposition.REJECTED) for row in rows]
packed = work.encode_outcomes(outcomes)
pairs = list(zip(rows, work.decode_outcomes(packed, RecipientOutcome), strict=True))
again = work.encode_rows(rows)
status = pathlib.Path("/proc/self/status").read_text()
print(len(pairs), next(each for each in status.splitlines() if each.startswith("VmHWM")).split()[1])
"""
# VmHWM and not `ru_maxrss`: the latter begins with the memory of the process that started this one.


def chunk_sizes(world, batch: Batch) -> list[int]:
    from chalicelib.kinds.recipients.rows import recipient_store  # noqa: PLC0415  # as its steps do

    store = recipient_store(world.objects)
    return [len(store.rows(batch.id, chunk)) for chunk in range(1, batch.chunks + 1)]


def test_a_chunk_closes_before_its_most_bytes(world, line):
    world.limits = Limits(chunk_bytes=10_000)
    wide = [f"{line(number)},{NAME}" for number in range(1, 8)]

    batch = world.run(wide)

    assert chunk_sizes(world, batch) == [3, 3, 1]
    assert (batch.starts, batch.status) == ((0, 3, 6), BatchStatus.COMPLETED)


def test_chunks_of_usual_rows_have_no_starts(world, line):
    world.chunk_rows = 3

    batch = world.run([line(number) for number in range(1, 8)])

    assert (chunk_sizes(world, batch), batch.starts) == ([3, 3, 1], ())


def test_a_row_alone_may_have_more_bytes_than_a_chunk(world, line):
    world.limits = Limits(chunk_bytes=100)

    batch = world.run([line(number) for number in range(1, 4)])

    assert (batch.chunks, batch.status) == (3, BatchStatus.COMPLETED)


def test_a_repeated_row_finds_its_first_in_chunks_of_any_size(world, line):
    world.limits = Limits(chunk_bytes=10_000)
    wide = [f"{line(number)},{NAME}" for number in range(1, 6)]

    batch = world.run("\n".join([f"{HEADER},Keterangan", *wide, wide[4], wide[0]]))

    summary = json.loads(world.result(batch, "ringkasan.json"))
    assert (summary["accepted"], summary["duplicate"]) == (5, 2)
    assert batch.starts


@pytest.mark.parametrize(
    ("starts", "row", "place"),
    [((), 7, (3, 1)), ((), 0, (1, 0)), ((0, 2, 7), 1, (1, 1)), ((0, 2, 7), 7, (3, 0))],
)
def test_the_place_of_a_row(starts, row, place):
    assert a_batch(chunk_rows=3, starts=starts).place_of(row) == place


@pytest.mark.parametrize("cell", ["ab", "", "x" * 9_999, "\U0001f600" + "x" * 9_000, "\x01" * 900])
def test_the_largest_chunk_fits_into_every_function(tmp_path, cell):
    """Of a chunk of the most bytes, each function holds rows, outcomes and one more copy."""
    many = 90 if len(cell) > 100 else 30_000
    row = encode_lines([JudgedRow(SourceRow(7, (cell,) * many), ())])
    path = tmp_path / "chunk"
    path.write_bytes(pack_rows([row] * (Limits().chunk_bytes // len(row))))

    done = subprocess.run(
        [sys.executable, "-c", _READ, path], cwd=ROOT, check=True, capture_output=True, text=True
    )
    read, kilobytes = map(int, done.stdout.split())

    least = min(each["lambda_memory_size"] for each in _with_chunks().values())
    assert read > 0
    assert kilobytes < 0.8 * least * 1024


def _with_chunks() -> dict:
    api = {"api_handler": {"lambda_memory_size": CONFIG["lambda_memory_size"]}}
    functions = CONFIG["lambda_functions"] | api
    return {name: functions[name] for name in functions if name not in WITHOUT_CHUNKS}
