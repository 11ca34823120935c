"""A fault in any single call does not change the end: tables, counts, messages and results.

Every call of the functions for a file fails in every known way of its service, one fault in each
trial. The queues deliver again, the sweep runs, and the end is compared with that of a run without
faults. `make test-faults` tries all faults, `make test` a sample.
"""

import os
from collections.abc import Callable, Sequence

import pytest

from tests.faults.case_count import CASES
from tests.faults.fault_runs import Faults, disturbed, undisturbed
from tests.faults.harness import PRICE, Stage
from tests.faults.invariants import broken_invariants, reservations_left
from tests.faults.scenarios import WAYS
from tests.faults.trials import KINDS, Runs, judged, pairs, single_faults, unexpected

EVERY = int(os.environ.get("PAYUNG_FAULTS_EVERY", "1"))
"""`make test-faults` tries one case in so many: all, unless FAULTS_EVERY says otherwise."""
SAMPLED = 269
"""`make test` tries one case in 269: a prime number, so that every kind of fault occurs."""


@pytest.fixture(scope="module")
def runs(stage: Stage) -> Runs:
    """Give the results of the scenarios without faults."""
    found = {way: undisturbed(stage, way) for way in WAYS}
    for way, result in found.items():
        broken = broken_invariants(result.picture, price=PRICE)
        left = reservations_left(result.picture)
        lost = any(result.picture.dead_letters.values()) or result.aside
        assert [*broken, *unexpected(result.errors, way), *result.seen, *left] == [], way
        assert not lost, way
    return found


@pytest.fixture
def overcome(stage: Stage, runs: Runs, record_property: Callable[[str, object], None]):
    """Fail with every trial that has complaints."""

    def all_of(way: str, trials: Sequence[Faults]) -> None:
        judgements = disturbed(
            stage, way, trials, lambda end, faults: judged(way, runs[way], end, faults)
        )
        record_property(CASES, len(judgements))
        failed = [
            "\n  ".join([f"{faults} [{runs[way].calls[faults[0].at - 1]}]", *complaints])
            for faults, complaints in judgements
            if complaints
        ]
        assert len(judgements) == len(trials)
        assert not failed, f"{len(failed)} of {len(judgements)}\n" + "\n".join(failed)

    return all_of


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("kind", "lasting"), KINDS, ids=[f"{kind.name}{'-FOR-LONG' * long}" for kind, long in KINDS]
)
def test_a_fault_in_any_call_does_not_change_the_end(overcome, runs, way, kind, lasting):
    every = list(single_faults(runs, way))
    of_kind = [f for f in every if (f[0].kind, f[0].lasting) == (kind, lasting)]
    overcome(way, of_kind[::EVERY])


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_two_faults_in_one_scenario_do_not_change_the_end(overcome, runs, way):
    overcome(way, list(pairs(runs, way))[::EVERY])


@pytest.mark.parametrize("way", WAYS)
def test_a_sample_of_all_faults_does_not_change_the_end(overcome, runs, way):
    every = [*single_faults(runs, way), *pairs(runs, way)]
    overcome(way, every[::SAMPLED])
