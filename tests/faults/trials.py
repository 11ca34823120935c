"""What a trial is, and what it tells."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from faulty_aws import Call, Fault, Kind
from forked import Branches, in_a_copy
from picture import Picture
from stage import Stage
from ways import WAYS

Faults = tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a run has to tell: every call, the end, and what was logged as an error.

    The way turned on the calls after the first `begun`. `seen` is what may never be, and was;
    `aside` how many receipts' events Lambda gave up.
    """

    calls: Sequence[Call]
    begun: int
    picture: Picture
    errors: Sequence[str]
    seen: Sequence[str]
    aside: int


class _AllBranchedOff(BaseException):
    """What is left of a way is of no matter. No code of payung's may catch it."""


def play(stage: Stage, way: str) -> Told:
    """Take the files of a way through."""
    # Whoever waits with jitter does so alike in every run.
    random.seed(1)
    WAYS[way](stage)
    return Told(
        calls=stage.aws.calls,
        begun=stage.aws.of_interest,
        picture=stage.picture(),
        errors=stage.log.errors,
        seen=stage.seen,
        aside=len(stage.aside),
    )


def undisturbed(stage: Stage, way: str) -> Told:
    """Tell of a way on which nothing fails."""
    return in_a_copy(lambda _: play(stage, way))


def disturbed(
    stage: Stage, way: str, trials: Iterable[Faults], judge: Callable[[Told, Faults], list[str]]
) -> list[tuple[Faults, list[str]]]:
    """Go a way once for each of these sets of faults; return what the judge says of each.

    The trials have their way up to the first fault in common.
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
            told = play(stage, way)
        except _AllBranchedOff:
            return branches.told
        return judge(told, faults) if branches.is_one else branches.told

    return in_a_copy(go)


_DEAD = {Kind.DIES_BEFORE, Kind.DIES_AFTER}
_TAKES_EFFECT = {Kind.DIES_AFTER, Kind.NO_ANSWER, Kind.CONNECTION_LOST}


def may_leave_unknown(call: Call, fault: Fault) -> int:
    """Return how many people's messages this fault may leave `unknown`: one, or none.

    Only one between claim and record may: where the process dies there, where nobody can say
    whether the carrier took it, or where the record cannot be made before the function ends.
    After that one, a delivery sends nothing further.
    """
    if call.function != "notify":
        return 0
    final = fault.kind in _DEAD or fault.lasting
    happens = {
        "Publish": fault.kind is not Kind.THROTTLED,
        # The claim, and the record.
        "UpdateItem": final and fault.kind in _TAKES_EFFECT,
        "TransactWriteItems": final and fault.kind not in _TAKES_EFFECT,
    }
    return int(happens.get(call.operation, False))


def may_leave_reserved(call: Call, fault: Fault) -> int:
    """Return how many deliveries this fault may keep from giving back what they had set aside."""
    final = fault.kind in _DEAD or (fault.lasting and call.service == "dynamodb")
    return int(call.function == "notify" and final)
