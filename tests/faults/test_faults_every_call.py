"""Whatever happens to any one call, the end is the same: tables, counts, messages and results.

Every call that the functions make on a file's way is made to fail in every way that is known of
it, one in each trial; the queues deliver again, the sweep runs, and the end is compared with that
of a run in which nothing failed. `make test-faults` tries them all, `make test` a sample.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from faulty_aws import Call, Fault, Kind, touches
from forked import TrialFailed, in_a_copy
from picture import Picture, broken_invariants, differences
from stage import Stage
from trials import WAYS, Told, may_leave_unknown, play

KINDS = (
    (Kind.DIES_BEFORE, False),
    (Kind.DIES_AFTER, False),
    (Kind.THROTTLED, False),
    (Kind.CONTENDED, False),
    (Kind.FAILED, False),
    (Kind.NO_ANSWER, False),
    (Kind.CONNECTION_LOST, False),
    (Kind.HALF_AN_ANSWER, False),
    (Kind.HALF_TAKEN, False),
    (Kind.THROTTLED, True),
    (Kind.CONTENDED, True),
    (Kind.FAILED, True),
    (Kind.NO_ANSWER, True),
    (Kind.CONNECTION_LOST, True),
)
SAMPLED = 31
"""Every so many cases one is tried in `make test`: a prime, so that every kind has its turn."""
PAIRS = 300
_LATER = {"lost messages": {"sweep", "notify", "report"}}
"""Ways of which only some functions are of interest, because another way shows the rest."""


@dataclass(frozen=True)
class Undisturbed:
    """A run in which nothing fails."""

    calls: Sequence[Call]
    picture: Picture


@dataclass(frozen=True)
class Case:
    way: str
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return f"{self.way}; {'; '.join(map(str, self.faults))}"


@pytest.fixture(scope="module")
def undisturbed(stage: Stage) -> dict[str, Undisturbed]:
    runs = {way: in_a_copy(lambda way=way: play(stage, way, ())) for way in WAYS}
    for way, told in runs.items():
        assert not [*broken_invariants(told.picture)], way
        assert not told.errors, way
    return {way: Undisturbed(told.calls, told.picture) for way, told in runs.items()}


def single_faults(runs: dict[str, Undisturbed], way: str) -> Iterator[Case]:
    interesting = _LATER.get(way)
    for kind, lasting in KINDS:
        for at, call in enumerate(runs[way].calls, start=1):
            if touches(kind, call) and (interesting is None or call.function in interesting):
                yield Case(way, (Fault(at, kind, lasting),))


def pairs(runs: dict[str, Undisturbed]) -> Iterator[Case]:
    """Draw two faults, the second among the calls that mend what the first has broken."""
    chance = random.Random(1)
    for _ in range(PAIRS):
        way = chance.choice(list(WAYS))
        at = chance.randrange(1, len(runs[way].calls))
        places = at, at + chance.randrange(1, 40)
        yield Case(way, tuple(Fault(place, *chance.choice(KINDS)) for place in places))


def complaints(stage: Stage, case: Case, runs: dict[str, Undisturbed]) -> Iterator[str]:
    """Name what is wrong at the end of a case."""
    try:
        told = in_a_copy(lambda: play(stage, case.way, case.faults))
    except TrialFailed as failure:
        yield str(failure)
        return
    yield from broken_invariants(told.picture)
    unknowns = sum(
        may_leave_unknown(told.calls[fault.at - 1], fault)
        for fault in case.faults
        if fault.at <= len(told.calls)
    )
    yield from differences(runs[case.way].picture, told.picture, unknowns=unknowns)
    yield from unexpected_errors(told)


def unexpected_errors(told: Told) -> Iterator[str]:
    """Name what was logged as a fault of ours, which none of these is."""
    yield from (f"logged: {error}" for error in told.errors)


def tried(stage: Stage, runs: dict[str, Undisturbed], cases: Sequence[Case]) -> None:
    failures = []
    for case in cases:
        if found := list(complaints(stage, case, runs)):
            call = runs[case.way].calls[min(case.faults[0].at, len(runs[case.way].calls)) - 1]
            failures.append("\n  ".join([f"{case} [{call}]", *found]))
    print(f"{len(cases)} cases, {len(failures)} failed")
    assert not failures, "\n" + "\n".join(failures)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "lasting"), KINDS)
def test_whatever_befalls_a_call_the_end_is_the_same(stage, undisturbed, way, kind, lasting):
    cases = [
        case
        for case in single_faults(undisturbed, way)
        if (case.faults[0].kind, case.faults[0].lasting) == (kind, lasting)
    ]
    tried(stage, undisturbed, cases)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(6))
def test_two_faults_on_one_way_are_overcome_as_well(stage, undisturbed, share):
    tried(stage, undisturbed, list(pairs(undisturbed))[share::6])


def test_a_sample_of_all_faults_is_overcome(stage, undisturbed):
    every = [case for way in WAYS for case in single_faults(undisturbed, way)]
    tried(stage, undisturbed, [*every[::SAMPLED], *list(pairs(undisturbed))[::SAMPLED]])
