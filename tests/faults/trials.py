"""The files that the trials take on their way, and what a trial tells."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from builders import a_nik
from faulty_aws import Call, Fault, Kind
from forked import Branches, in_a_copy
from picture import Picture
from stage import Stage
from world import a_line

OURS, THEIRS = "incoming/002/BPUM/penerima.csv", "incoming/008/BPUM/lebih-dulu.csv"
Faults = tuple[Fault, ...]
_OTHER = "Johannes Lain Sekali"
_REFUSED_PHONE = "+6281200000004"
_THEIR_LINES = tuple(a_line(number) for number in (50, 51, 52))


def _bad(number: int) -> str:
    return a_line(number, nik=a_nik(number)[:-1])


OUR_LINES: Sequence[str] = (
    a_line(1),
    a_line(2),
    a_line(50),  # another bank's
    a_line(3, phone=""),
    _bad(90),
    a_line(1),  # a repetition of the first chunk
    a_line(51, name=_OTHER),  # another bank's, under another name
    a_line(4),  # whom the carrier refuses
    a_line(5),
    a_line(52),
    a_line(2, name=_OTHER),
    a_line(6),
    a_line(7, amount="banyak"),
    a_line(8),
    a_line(9),
    a_line(1),  # a chunk that enrolls nobody
    _bad(91),
    _bad(92),
)


def set_the_stage(stage: Stage) -> None:
    """Take the other bank's file the whole way, before anything goes wrong."""
    stage.aws.refused_phones = frozenset({_REFUSED_PHONE})
    stage.upload(THEIRS, _THEIR_LINES)
    stage.finish()
    stage.aws.calls.clear()


def an_ordinary_way(stage: Stage) -> None:
    stage.upload(OURS, OUR_LINES)
    stage.serve("intake")
    stage.sweep()
    stage.finish()


def a_repeated_file(stage: Stage) -> None:
    stage.upload("incoming/008/BPUM/sekali-lagi.csv", _THEIR_LINES)
    stage.finish()


def lost_messages(stage: Stage) -> None:
    """Let the sweep find what is missing, twice."""
    stage.upload(OURS, OUR_LINES)
    stage.serve("intake")
    stage.lose("ChunkQueue")
    for _ in range(4):
        stage.sweep()
        stage.time.wind_on(300)
    stage.serve("enroll", "report")
    stage.lose("SmsQueue")
    for _ in range(4):
        stage.sweep()
        stage.time.wind_on(300)
    stage.finish()


WAYS: dict[str, Callable[[Stage], None]] = {
    "an ordinary way": an_ordinary_way,
    "a repeated file": a_repeated_file,
    "lost messages": lost_messages,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a run has to tell: every call, the end, and what was logged as an error."""

    calls: Sequence[Call]
    picture: Picture
    errors: Sequence[str]


def play(stage: Stage, way: str) -> Told:
    """Take the files of a way through."""
    # Whoever waits with jitter does so alike in every run.
    random.seed(1)
    WAYS[way](stage)
    return Told(calls=stage.aws.calls, picture=stage.picture(), errors=stage.log.errors)


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

    def go(branches: Branches) -> object:
        faults: Faults = ()

        def branch(number: int, _call: Call) -> None:
            nonlocal faults
            for each in () if branches.is_one else begun.get(number, ()):
                if branches.off(each):
                    faults = each
                    stage.aws.faults = {fault.at: fault for fault in each}
                    return

        stage.aws.before_each = branch
        told = play(stage, way)
        return judge(told, faults) if branches.is_one else branches.told

    return in_a_copy(go)


PEOPLE_A_CHUNK = 3
"""At most so many people of one chunk of `OUR_LINES` are told."""
_DEAD = {Kind.DIES_BEFORE, Kind.DIES_AFTER}


def may_leave_unknown(call: Call, fault: Fault) -> int:
    """Return how many people's messages this fault may leave `unknown`.

    Only one between claim and record may: where the process dies there, where nobody can say
    whether the carrier took it, or where the record cannot be made before the function ends.
    """
    if call.function != "notify":
        return 0
    if call.operation == "Publish":
        long = fault.lasting and fault.kind is not Kind.THROTTLED
        return PEOPLE_A_CHUNK if long else int(fault.kind is not Kind.THROTTLED)
    return int(fault.kind in _DEAD or fault.lasting)
