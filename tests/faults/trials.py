"""The files that the trials take on their way, and what a trial tells."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from builders import a_nik
from faulty_aws import Call, Fault, Kind
from picture import Picture
from stage import Stage
from world import a_line

OURS, THEIRS = "incoming/002/BPUM/penerima.csv", "incoming/008/BPUM/lebih-dulu.csv"
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
    """What a trial has to tell: every call, the end, and what was logged at `error` or above."""

    calls: list[Call]
    picture: Picture
    errors: list[str]
    logged: str


def play(stage: Stage, way: str, faults: Sequence[Fault]) -> Told:
    """Take the files of a way through, with these faults."""
    # Whoever waits with jitter, or draws an id, does so alike in every run.
    random.seed(1)
    stage.aws.faults = {fault.at: fault for fault in faults}
    WAYS[way](stage)
    records = stage.log.records
    return Told(
        calls=stage.aws.calls,
        picture=stage.picture(),
        errors=[f"{r.getMessage()} {getattr(r, 'error', '')} {getattr(r, 'at', '')}"
                for r in records if r.levelname == "ERROR"],
        logged="\n".join(str({**vars(r), "message": r.getMessage()}) for r in records),
    )


_CLAIM, _PUBLISH, _RECORD = "UpdateItem", "Publish", "TransactWriteItems"
_DEAD = {Kind.DIES_BEFORE, Kind.DIES_AFTER}


def may_leave_unknown(call: Call, fault: Fault) -> bool:
    """Return whether this fault may leave a person's message `unknown`.

    Only one between claim and record may: where the process dies there, where nobody can say
    whether the carrier took it, or where the record cannot be made before the function ends.
    """
    if call.function != "notify":
        return False
    if call.operation == _PUBLISH:
        return fault.kind is not Kind.THROTTLED
    return fault.kind in _DEAD or fault.lasting
