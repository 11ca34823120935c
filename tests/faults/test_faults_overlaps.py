"""Transactions that overlap do not change the end: DynamoDB cancels one of each two.

The embedded DynamoDB lets each transaction hold its items for a time, and cancels one that comes
meanwhile, as AWS does. The functions run one after the other here, in a time that does not move
while they work: so a transaction meets the one before it, and the seed decides for how long.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from local.moto_patches.overlaps import Overlaps, overlapping
from tests.faults.case_count import CASES
from tests.faults.fault_runs import RunResult, disturbed, play, undisturbed
from tests.faults.fork_runner import in_a_copy
from tests.faults.harness import Stage
from tests.faults.scenarios import WAYS
from tests.faults.trials import judged, single_faults

HELD = {"30 ms": timedelta(milliseconds=30), "a second": timedelta(seconds=1)}
SEEDS = range(1, 6)
SAMPLED = ("an ordinary way", "sent again", "moved, then goes on")
_APART = {
    "a repeated file", "paused", "erased", "who asked", "upload set aside", "report set aside",
}  # fmt: skip
OVERLAPPING = [way for way in WAYS if way not in _APART]
"""The others have no two transactions on one item."""
EVERY = 499
"""One fault in so many is tried while transactions overlap: a prime number."""


@contextmanager
def overlaps(stage: Stage, expected: RunResult, seed: int, held: timedelta) -> Iterator[Overlaps]:
    """Let transactions overlap from where the scenario proper begins: times before it stay."""
    with overlapping(seed, held=timedelta() if expected.begun else held, clock=stage.time) as found:
        begin = stage.aws.of_interest_from_here

        def begin_with_overlaps() -> None:
            begin()
            found.held = held

        stage.aws.of_interest_from_here = begin_with_overlaps  # type: ignore[method-assign]
        try:
            yield found
        finally:
            stage.aws.of_interest_from_here = begin  # type: ignore[method-assign]


def check(stage: Stage, way: str, seed: int, held: timedelta) -> None:
    expected = undisturbed(stage, way)

    def run(_branches: object) -> tuple[RunResult, int]:
        with overlaps(stage, expected, seed, held) as found:
            return play(stage, way), found.cancelled

    result, cancelled = in_a_copy(run)
    assert cancelled, "nothing overlapped"
    assert judged(way, expected, result, ()) == []


@pytest.mark.parametrize("way", SAMPLED)
def test_transactions_that_overlap_do_not_change_the_end(stage: Stage, way: str) -> None:
    check(stage, way, 1, HELD["a second"])


@pytest.mark.slow
@pytest.mark.parametrize("way", OVERLAPPING)
@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_seed_changes_the_end(stage: Stage, way: str, held: str, seed: int) -> None:
    check(stage, way, seed, HELD[held])


@pytest.mark.slow
@pytest.mark.parametrize("way", OVERLAPPING)
def test_faults_while_transactions_overlap_do_not_change_the_end(
    stage: Stage, way: str, record_property: Callable[[str, object], None]
) -> None:
    expected = undisturbed(stage, way)
    with overlaps(stage, expected, 7, HELD["a second"]):
        trials = list(single_faults({way: undisturbed(stage, way)}, way))[::EVERY]
        judgements = disturbed(
            stage, way, trials, lambda end, faults: judged(way, expected, end, faults)
        )
    record_property(CASES, len(judgements))
    assert [each for each in judgements if each[1]] == []
