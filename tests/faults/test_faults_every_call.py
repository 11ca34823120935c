"""Whatever happens to any one call, the end is the same: tables, counts, messages and results.

Every call that the functions make on a file's way is made to fail in every way that is known of
it, one in each trial; the queues deliver again, the sweep runs, and the end is compared with that
of a run in which nothing failed. `make test-faults` tries them all, `make test` a sample.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from books import broken_invariants, reservations_left
from comparison import differences
from counting import CASES
from faulty_aws import Fault, Kind, touches
from stage import PRICE, Stage
from trials import (
    Faults,
    Told,
    disturbed,
    may_leave_reserved,
    may_leave_unknown,
    undisturbed,
)
from ways import WAYS

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
SAMPLED = 269
"""Of so many cases one is tried in `make test`: a prime, so that every kind has its turn."""
PAIRS = 50
"""So many pairs of faults are drawn for each way."""
_OF_INTEREST = {
    "an ordinary way": {"intake": 1, "enroll": 1, "notify": 1, "report": 1, "sweep": 3},
    "a repeated file": {"intake": 1, "report": 3},
    "lost messages": {"sweep": 3, "notify": 5, "report": 5},
    "receipts": {"receipts": 1, "sweep": 3, "report": 5},
    "sent again": {"resend": 1, "notify": 3, "report": 5},
    "paused": {"office": 1, "gate": 1, "notify": 3},
    "erased": {"erase": 1, "report": 5},
}
"""By way, of so many faults of each function's calls one is tried.

Fewer than all where another way shows the same calls, or where they are the same over and over."""

Runs = Mapping[str, Told]


@pytest.fixture(scope="module")
def runs(stage: Stage) -> Runs:
    """Give the ways as they go where nothing fails."""
    found = {way: undisturbed(stage, way) for way in WAYS}
    for way, told in found.items():
        broken = broken_invariants(told.picture, price=PRICE)
        left = reservations_left(told.picture)
        lost = any(told.picture.dead_letters.values()) or told.aside
        assert [*broken, *told.errors, *told.seen, *left] == [], way
        assert not lost, way
    return found


def single_faults(runs: Runs, way: str) -> Iterator[Faults]:
    told = runs[way]
    met = Counter[str]()
    for kind, lasting in KINDS:
        for at, call in enumerate(told.calls, start=1):
            every = _OF_INTEREST[way].get(call.function)
            if at > told.begun and every and touches(kind, call):
                met[call.function] += 1
                if met[call.function] % every == 0:
                    yield (Fault(at, kind, lasting=lasting),)


def pairs(runs: Runs, way: str) -> Iterator[Faults]:
    """Draw two faults each, the second among the calls that mend what the first has broken."""
    chance = random.Random(way)  # noqa: S311  # the same draw in every run is what is wanted
    for _ in range(PAIRS):
        first = chance.randrange(runs[way].begun + 1, len(runs[way].calls))
        places = first, first + chance.randrange(1, 30)
        (one, one_lasts), (other, other_lasts) = chance.choice(KINDS), chance.choice(KINDS)
        yield (
            Fault(places[0], one, lasting=one_lasts),
            Fault(places[1], other, lasting=other_lasts),
        )


@pytest.fixture
def overcome(stage: Stage, runs: Runs, record_property: Callable[[str, object], None]):
    """Fail with every trial of which the end is not as it should be."""

    def all_of(way: str, trials: Sequence[Faults]) -> None:
        told = disturbed(stage, way, trials, lambda end, faults: judged(runs[way], end, faults))
        record_property(CASES, len(told))
        failed = [
            "\n  ".join([f"{faults} [{runs[way].calls[faults[0].at - 1]}]", *complaints])
            for faults, complaints in told
            if complaints
        ]
        assert len(told) == len(trials)
        assert not failed, f"{len(failed)} of {len(told)}\n" + "\n".join(failed)

    return all_of


def judged(undisturbed: Told, told: Told, faults: Faults) -> list[str]:
    """Return what is wrong with how a trial ended."""
    befallen = [
        (told.calls[fault.at - 1], fault) for fault in faults if fault.at <= len(told.calls)
    ]
    unknowns = sum(may_leave_unknown(*each) for each in befallen)
    unsettled = sum(may_leave_reserved(*each) for each in befallen)
    left = reservations_left(told.picture)
    return [
        *broken_invariants(told.picture, price=PRICE),
        *differences(undisturbed.picture, told.picture, unknowns=unknowns),
        *(f"logged: {error}" for error in told.errors),
        *told.seen,
        *(["an event was set aside"] if told.aside and len(faults) == 1 else []),
        *([f"never settled: {left}"] if len(left) > unsettled else []),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("kind", "lasting"), KINDS, ids=[f"{kind.name}{'-FOR-LONG' * long}" for kind, long in KINDS]
)
def test_whatever_befalls_a_call_the_end_is_the_same(overcome, runs, way, kind, lasting):
    every = list(single_faults(runs, way))
    overcome(way, [f for f in every if (f[0].kind, f[0].lasting) == (kind, lasting)])


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_two_faults_on_one_way_are_overcome_as_well(overcome, runs, way):
    overcome(way, list(pairs(runs, way)))


@pytest.mark.parametrize("way", WAYS)
def test_a_sample_of_all_faults_is_overcome(overcome, runs, way):
    every = [*single_faults(runs, way), *pairs(runs, way)]
    overcome(way, every[::SAMPLED])
