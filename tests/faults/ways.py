"""The ways that files take, and what people and carriers do to them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from builders import a_nik
from stage import Stage
from world import a_line

from chalicelib import gate
from chalicelib.domain.jobs import OutreachJob, ResendJob
from local.carrier import event_of, line_of

OURS, THEIRS = "incoming/002/BPUM/penerima.csv", "incoming/008/BPUM/lebih-dulu.csv"
_LATER = "incoming/008/BPUM/kemudian.csv"
_OTHER = "Johannes Lain Sekali"
_REFUSED_PHONE = "+6281200000004"
_UNREACHABLE = "Phone is currently unreachable/unavailable"
_NO_NUMBER = "Invalid phone number"
_SOON, _A_DELAY, _RECEIPTS_TAKE = 300.0, 1000.0, 72 * 3600.0  # seconds
_A_DAY = timedelta(days=1)
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


def receipts_of_all_kinds(stage: Stage) -> None:
    """Let carriers tell early, twice, late and never what became of messages."""
    stage.upload(OURS, OUR_LINES)
    stage.finish()
    stage.aws.of_interest_from_here()
    stage.hand_on(_said(stage, {1: None}, ago=0), before_recorded=_phone(1))
    stage.hand_on(_said(stage, {2: None, 5: _UNREACHABLE}, {5: _UNREACHABLE, 6: None}))
    stage.pass_by(_SOON)
    stage.finish()
    stage.pass_by(_RECEIPTS_TAKE)
    stage.finish()
    stage.hand_on(_said(stage, {8: None, 9: _UNREACHABLE, 1: None}, ago=_RECEIPTS_TAKE))
    stage.finish()


def messages_sent_again(stage: Stage) -> None:
    """Have staff order a file's failed messages to be sent again, each chunk's twice."""
    stage.upload(OURS, OUR_LINES)
    stage.finish()
    failed = dict.fromkeys((2, 5, 6, 8), _UNREACHABLE)
    stage.hand_on(_said(stage, failed | {1: None, 9: _NO_NUMBER}))
    stage.finish()
    stage.aws.of_interest_from_here()
    at = stage.time()
    jobs = [
        ResendJob(batch=_batch(stage, OURS), chunk=chunk, by="petugas", reason="diminta", at=at)
        for chunk in (1, 2, 3, 3)
    ]
    stage.put("Resend", *(each.model_dump_json() for each in jobs))
    stage.finish()
    stage.hand_on(_said(stage, {2: None, 5: _UNREACHABLE, 8: None}))
    stage.finish()


def a_pause(stage: Stage) -> None:
    """Have staff pause everything, then a file, and resume both."""
    stage.upload(OURS, OUR_LINES)
    stage.serve("intake", "enroll", "report")
    batch = _batch(stage, OURS)
    stage.aws.of_interest_from_here()
    for paused in (None, batch):
        with _nobody_is_told(stage):
            stage.staff(
                lambda world, deadline, paused=paused: gate.pause(
                    by="petugas",
                    reason="salah teks",
                    gates=world.gates,
                    trigger=world.trigger,
                    clock=world.clock,
                    deadline=deadline,
                    batch=paused,
                )
            )
            stage.serve("notify")
            stage.keep_gate()
            stage.sweep()
            stage.pass_by(_A_DELAY)
            stage.serve("notify")
        stage.staff(
            lambda world, deadline, paused=paused: gate.resume(
                gates=world.gates,
                trigger=world.trigger,
                sending=world.sending,
                clock=world.clock,
                deadline=deadline,
                batch=paused,
            )
        )
    stage.finish()


def an_erasure(stage: Stage) -> None:
    """Have somebody erased who stands in two files and in a list of those not reached."""
    stage.upload(OURS, OUR_LINES)
    stage.finish()
    stage.upload(_LATER, (a_line(4), a_line(60)))
    stage.finish()
    stage.put("Report", OutreachJob(outreach="002").model_dump_json())
    stage.finish()
    stage.aws.of_interest_from_here()
    other = _batch(stage, _LATER)
    stage.ask("erase", {"nik": a_nik(4), "by": "admin", "reason": "diminta", "also_in": [other]})
    stage.finish()


WAYS: dict[str, Callable[[Stage], None]] = {
    "an ordinary way": an_ordinary_way,
    "a repeated file": a_repeated_file,
    "lost messages": lost_messages,
    "receipts": receipts_of_all_kinds,
    "sent again": messages_sent_again,
    "paused": a_pause,
    "erased": an_erasure,
}


def _phone(number: int) -> str:
    """Return the phone of a made-up person, as it is stored."""
    return f"+62812{number:08d}"


def _batch(stage: Stage, key: str) -> str:
    """Return the id of the file that was uploaded there."""
    (batch,) = (each["batch"] for each in stage.picture().batches if each["key"] == key)
    return str(batch)


def _said(
    stage: Stage, *told: dict[int, str | None], ago: float = 180
) -> dict[str, dict[str, str]]:
    """Return the event in which carriers tell of made-up people's latest messages.

    Each is told to be delivered, or why not, and to have been taken so many seconds ago; of whom
    no message was taken nothing is told. One line is of a message that is not ours.
    """
    ids = {phone: id_ for id_, (phone, _) in stage.picture().messages.items()}
    at = stage.time() - timedelta(seconds=ago)
    said = [(ids.get(_phone(number)), number, why) for each in told for number, why in each.items()]
    lines = [
        line_of(id_, _phone(number), at, failure=why, dwell=timedelta(seconds=1))
        for id_, number, why in said
        if id_
    ]
    strange = line_of("not-ours", _phone(99), at - _A_DAY, failure=None, dwell=timedelta())
    return event_of("sns", [*lines, strange], stage.time())


@contextmanager
def _nobody_is_told(stage: Stage) -> Iterator[None]:
    """Have it noted if a message goes out meanwhile."""
    before = len(stage.picture().messages)
    yield
    if len(stage.picture().messages) != before:
        stage.seen.append("a message went out while messages were paused")
