"""Each function's own step, with the largest chunk that there can be, fits into its memory."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.domain.jobs import ReportJob
from chalicelib.files.limits import Limits
from chalicelib.settings import CHUNK_ROWS
from tests.api.office import Office
from tests.steps.step_memory import STEPS, failed, save
from tests.support.world import HEADER, a_line

ROOT = Path(__file__).parents[2]
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())
MEMORY = {name: each["lambda_memory_size"] for name, each in CONFIG["lambda_functions"].items()} | {
    "api": CONFIG["lambda_memory_size"],
    "outreach": CONFIG["lambda_functions"]["report"]["lambda_memory_size"],
}
"""MB of each function; `report` writes the outreach lists, too."""
BEFORE = {
    "intake": "uploaded",
    "enroll": "read",
    "notify": "enrolled",
    "report": "enrolled",
    "sweep": "reported",
    "receipts": "sent",
    "erase": "sent",
    "api": "sent",
    "resend": "failed",
    "outreach": "failed",
}
WITHOUT_CHUNKS = {"forward", "gate"}
SHAPES = {"few long rows": (90, 9_900), "many rows of many cells": (190, 16)}
"""Cells beside the usual ones, and their characters: each fills a chunk to its most bytes."""


def a_file(cells: int, characters: int) -> str:
    """Return a file of one chunk; what its cells hold cannot be packed."""
    chance = random.Random(1)  # noqa: S311  # the same in every run
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 /"
    pool = "".join(chance.choices(letters, k=200_000))

    def text() -> str:
        start = chance.randrange(len(pool) - characters)
        return pool[start : start + characters]

    a_row = len(a_line(1)) + cells * (characters + 1)
    many = min(CHUNK_ROWS, int(Limits().chunk_bytes * 0.95) // (a_row + 2 * cells + 60))
    lines = [",".join([HEADER, *(f"k{n}" for n in range(cells))])]
    lines += [",".join([a_line(n), *(text() for _ in range(cells))]) for n in range(1, many + 1)]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module", params=SHAPES)
def states(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write what the cloud holds before each step, for a file that is one chunk."""
    folder = tmp_path_factory.mktemp("states")
    office = Office(chunk_rows=CHUNK_ROWS)
    upload = office.put(a_file(*SHAPES[request.param]))
    save(office, folder / "uploaded")
    batch = office.take(upload)
    assert batch.chunks == 1, batch
    save(office, folder / "read")
    office.drive_chunks()
    save(office, folder / "enrolled")
    jobs = list(office.sms_queue.bodies)
    office.report(ReportJob(batch=batch.id))
    save(office, folder / "reported")
    office.sms_queue.bodies[:] = jobs
    office.drive()
    save(office, folder / "sent")
    failed(office, batch.id)
    save(office, folder / "failed")
    return folder


def test_every_function_that_reads_chunks_is_measured():
    assert set(MEMORY) == set(STEPS) | WITHOUT_CHUNKS == set(BEFORE) | WITHOUT_CHUNKS


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_step_fits_into_the_memory_of_its_function(states: Path, step: str):
    done = subprocess.run(
        [sys.executable, "-m", "tests.steps.step_memory", step, states / BEFORE[step]],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 0.8 * MEMORY[step] * 1024
