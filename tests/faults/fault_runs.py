"""A trial, and its result."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.faults.faulty_aws import Call, Fault, Kind
from tests.faults.fork_runner import Branches, in_a_copy
from tests.faults.harness import Stage
from tests.faults.scenarios import WAYS
from tests.faults.snapshot import Picture

Faults = tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a run: every call, the end, and the logged errors.

    The scenario proper starts after the first `begun` calls. `seen` are forbidden events;
    `aside` is the number of receipt events that Lambda gave up.
    """

    calls: Sequence[Call]
    begun: int
    picture: Picture
    errors: Sequence[str]
    seen: Sequence[str]
    aside: int


class _AllBranchedOff(BaseException):
    """The rest of a scenario does not matter. No code of payung may catch this."""


def play(stage: Stage, way: str) -> RunResult:
    """Process the files of a scenario."""
    # Jitter is the same in every run.
    random.seed(1)
    WAYS[way](stage)
    return RunResult(
        calls=stage.aws.calls,
        begun=stage.aws.of_interest,
        picture=stage.picture(),
        errors=stage.log.errors,
        seen=stage.seen,
        aside=len(stage.aside),
    )


def undisturbed(stage: Stage, way: str) -> RunResult:
    """Return the result of a scenario without faults."""
    return in_a_copy(lambda _: play(stage, way))


def disturbed(
    stage: Stage,
    way: str,
    trials: Iterable[Faults],
    judge: Callable[[RunResult, Faults], list[str]],
) -> list[tuple[Faults, list[str]]]:
    """Run a scenario once for each of these sets of faults; return the judge's complaints for each.

    The trials share their run up to the first fault.
    """
    begun: dict[int, list[Faults]] = {}
    for faults in trials:
        begun.setdefault(min(fault.at for fault in faults), []).append(faults)
    last = max(begun, default=0)

    def go(branches: Branches) -> object:
        faults: Faults = ()

        def branch(number: int, _call: Call) -> None:
            nonlocal faults
            for each in () if branches.is_one else begun.get(number, ()):
                if branches.off(each):
                    faults = each
                    stage.aws.faults = {fault.at: fault for fault in each}
                    return
            if number == last and not branches.is_one:
                raise _AllBranchedOff

        stage.aws.before_each = branch
        try:
            result = play(stage, way)
        except _AllBranchedOff:
            return branches.results
        return judge(result, faults) if branches.is_one else branches.results

    return in_a_copy(go)


_DEAD = {Kind.DIES_BEFORE, Kind.DIES_AFTER}


def may_leave_unknown(call: Call, fault: Fault) -> int:
    """Return how many people's messages this fault may leave `unknown`: one, or none.

    Only a fault between claim and record may: the process dies there, it is unknown
    whether the carrier took the message, or the record fails until the function ends.
    After such a fault, a delivery sends no other message.
    """
    if call.function != "notify":
        return 0
    final = fault.kind in _DEAD or fault.lasting
    happens = {
        "Publish": fault.kind is not Kind.THROTTLED,
        # The claim or the record, and the pointer between them.
        "UpdateItem": final,
        "PutItem": final,
    }
    return int(happens.get(call.operation, False))


def may_leave_reserved(call: Call, fault: Fault) -> int:
    """Return how many deliveries this fault may prevent from releasing their reservation."""
    final = fault.kind in _DEAD or (fault.lasting and call.service == "dynamodb")
    return int(call.function == "notify" and final)
