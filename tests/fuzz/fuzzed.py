"""Runs one target of `make fuzz`: atheris changes seeds, and keeps the bytes that fail."""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by the make target only

ROOT = Path(__file__).resolve().parents[2]


def fuzz(take: Callable[[bytes], None], seeds: Iterable[bytes], *, longest: int = 2_048) -> None:
    """Fuzz for the number of seconds on the command line; bytes that fail are in build/fuzz.

    `take` raises an exception if something is wrong. No input has more bytes than `longest`.
    """
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    name = Path(sys.argv[0]).stem.removeprefix("fuzz_")
    found = ROOT / "build" / "fuzz"
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            Path(corpus, str(number)).write_bytes(seed)
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={longest}",
            f"-artifact_prefix={found}/{name}-",
        ]
        atheris.Setup([sys.argv[0], *options, corpus], take)
        atheris.Fuzz()
