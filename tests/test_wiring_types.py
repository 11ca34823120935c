"""Wrong wiring is a type error: mypy refuses each of these mutants of the wiring and of a kind."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLIENTS = Path("chalicelib/lambdas/clients.py")
HANDLERS = Path("chalicelib/api/handlers.py")
ENROLL = Path("chalicelib/lambdas/enroll.py")
KIND = Path("chalicelib/kinds/recipients/kind.py")
ROWS = Path("chalicelib/kinds/recipients/rows.py")
REGISTRY = Path("chalicelib/kinds/registry.py")
WIRING = Path("chalicelib/lambdas/wiring.py")
MUTANTS = {
    "a list of numbers as one text": (
        CLIENTS,
        """def only_to(self) -> frozenset[str]:
        \"\"\"The numbers that alone are sent anything; empty for everybody.\"\"\"
        return _listed(self._read(settings.Sender).sms_only_to)""",
        "def only_to(self) -> str:\n        return self._read(settings.Sender).sms_only_to",
    ),
    "a number as the pace": (
        CLIENTS,
        """def pace(self) -> Pace:
        \"\"\"This worker's share of the rate at which the messages of files go out.\"\"\"
        return Pace(self.sending.files_rate / self._read(settings.Sender).sms_workers)""",
        "def pace(self) -> float:\n        return self.sending.rate",
    ),
    "two queues exchanged": (
        CLIENTS,
        "sms=lambda: read(settings.SmsUrl).sms_queue_url",
        "sms=lambda: read(settings.ReportUrl).report_queue_url",
    ),
    "people in the place of files": (
        ENROLL,
        "return EnrollChunk(\n        batches=at.batches",
        "return EnrollChunk(\n        batches=at.enrollments",
    ),
    "a port that is forgotten": (
        ENROLL,
        "ledger=at.ledger,\n        objects=at.objects,\n        outbox=at.outbox,\n",
        "ledger=at.ledger,\n        objects=at.objects,\n",
    ),
    "a keyword that no operation has": (
        HANDLERS,
        "        cursors=call.ports.cursors,\n    )\n\n\ndef show_batch",
        "        pages=call.ports.cursors,\n    )\n\n\ndef show_batch",
    ),
    "the carrier in the place of its list": (
        HANDLERS,
        "opt_outs=ports.opt_outs",
        "opt_outs=ports.sms_sender",
    ),
    "a kind of file without a stage": (KIND, "def applying(", "def applies("),
    "a kind of file whose stage takes something else": (
        KIND,
        '"type[RecipientReading]"',
        '"type[RecipientReporting]"',
    ),
    "outcomes in the place of rows": (
        ROWS,
        "ChunkStore(objects, RecipientRow, RecipientOutcome)",
        "ChunkStore(objects, RecipientOutcome, RecipientRow)",
    ),
}


CACHE = ".mypy_cache"


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """Give a copy of the files that mypy reads, with a warm cache: that of `make lint`, if any."""
    root = tmp_path_factory.mktemp("mutants")
    if (ROOT / CACHE).is_dir():
        shutil.copytree(ROOT / CACHE, root / CACHE)
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(
        ROOT / "chalicelib", root / "chalicelib", ignore=shutil.ignore_patterns("__pycache__")
    )
    done = mypy(root)
    assert done.returncode == 0, done.stdout
    return root


def mypy(root: Path) -> subprocess.CompletedProcess[str]:
    # Follow no imports into libraries' sources: their stubs are cached, ours are what is checked.
    return subprocess.run(
        [sys.executable, "-m", "mypy", "app.py", "chalicelib"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mypy_refuses_wrong_wiring(copy, mutant):
    path, right, wrong = MUTANTS[mutant]
    source = (copy / path).read_text()
    assert source.count(right) == 1, "the mutant no longer fits the source"
    (copy / path).write_text(source.replace(right, wrong))
    try:
        done = mypy(copy)
    finally:
        (copy / path).write_text(source)
    assert done.returncode == 1, done.stdout
    found_in = {KIND: REGISTRY, CLIENTS: WIRING}.get(path, path)  # or where it is used
    assert path.as_posix() in done.stdout or found_in.as_posix() in done.stdout
