"""The faults to try in each scenario, and the judgement of a trial."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.faults.fault_runs import Faults, RunResult, may_leave_reserved, may_leave_unknown
from tests.faults.faulty_aws import Fault, Kind, touches
from tests.faults.harness import PRICE
from tests.faults.invariants import broken_invariants, reservations_left
from tests.faults.scenarios import SAID
from tests.faults.snapshot_diff import differences

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
PAIRS = 50
"""The number of pairs of faults for each scenario."""
_OF_INTEREST = {
    "an ordinary way": {"intake": 1, "enroll": 1, "notify": 1, "report": 1, "sweep": 3},
    "a repeated file": {"intake": 1, "report": 3},
    "lost messages": {"sweep": 3, "notify": 5, "report": 5},
    "receipts": {"forward": 1, "receipts": 1, "sweep": 3, "report": 5},
    "sent again": {"resend": 1, "notify": 3, "report": 5},
    "paused": {"office": 1, "gate": 1, "notify": 3},
    "erased": {"erase": 1, "report": 5},
    "who asked": {"report": 1},
    "confirmed": {"intake": 1, "enroll": 1, "report": 3, "sweep": 5},
    "reversed": {"office": 1, "enroll": 1, "report": 5, "sweep": 5},
    "moved, then goes on": {"intake": 5, "enroll": 1, "report": 1, "sweep": 3, "notify": 3},
    "moved, then given up": {"enroll": 3, "report": 1, "sweep": 1},
    "given up": {"enroll": 1, "report": 1, "sweep": 3},
    "rows lost": {"enroll": 1, "report": 1, "sweep": 1},
    "upload set aside": {"intake": 1, "report": 1, "sweep": 3},
    "chunk set aside": {"enroll": 1, "report": 1, "sweep": 3, "notify": 5},
    "messages set aside": {"notify": 1, "resend": 1, "receipts": 1, "report": 3, "sweep": 5},
    "report set aside": {"report": 1, "sweep": 3, "notify": 5},
}
"""For each scenario and function: one fault in so many is tried.

It is more than 1 if another scenario has the same calls, or if the calls repeat."""

Runs = Mapping[str, RunResult]


def single_faults(runs: Runs, way: str) -> Iterator[Faults]:
    result = runs[way]
    met = Counter[str]()
    for kind, lasting in KINDS:
        for at, call in enumerate(result.calls, start=1):
            every = _OF_INTEREST[way].get(call.function)
            if at > result.begun and every and touches(kind, call):
                met[call.function] += 1
                if met[call.function] % every == 0:
                    yield (Fault(at, kind, lasting=lasting),)


def pairs(runs: Runs, way: str) -> Iterator[Faults]:
    """Draw two faults each; the second is among the calls that repair the effect of the first."""
    chance = random.Random(way)  # noqa: S311  # the same draw in every run is what is wanted
    for _ in range(PAIRS):
        first = chance.randrange(runs[way].begun + 1, len(runs[way].calls))
        places = first, first + chance.randrange(1, 30)
        (one, one_lasts), (other, other_lasts) = chance.choice(KINDS), chance.choice(KINDS)
        yield (
            Fault(places[0], one, lasting=one_lasts),
            Fault(places[1], other, lasting=other_lasts),
        )


def unexpected(errors: Sequence[str], way: str) -> list[str]:
    """Return the logged errors without those that belong to a scenario."""
    return [each for each in errors if not each.startswith(SAID.get(way, ()))]


def judged(way: str, undisturbed: RunResult, result: RunResult, faults: Faults) -> list[str]:
    """Return the complaints about the end of a trial."""
    befallen = [
        (result.calls[fault.at - 1], fault) for fault in faults if fault.at <= len(result.calls)
    ]
    unknowns = sum(may_leave_unknown(*each) for each in befallen)
    unsettled = sum(may_leave_reserved(*each) for each in befallen)
    left = reservations_left(result.picture)
    return [
        *broken_invariants(result.picture, price=PRICE),
        *differences(undisturbed.picture, result.picture, unknowns=unknowns),
        *(f"logged: {error}" for error in unexpected(result.errors, way)),
        *result.seen,
        *(["an event was set aside"] if result.aside and len(faults) == 1 else []),
        *([f"never settled: {left}"] if len(left) > unsettled else []),
    ]
