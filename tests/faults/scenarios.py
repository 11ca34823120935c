"""The scenarios: files, and the actions of people and carriers."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from chalicelib.adapters import bucket_keys
from chalicelib.domain.jobs import AccessJob, OutreachJob, ResendJob
from chalicelib.domain.money.reversal import Reversal, ReversalState
from chalicelib.lambdas.wiring import Invocation
from chalicelib.steps.gate import Gatekeeper
from chalicelib.steps.staff.access_orders import AccessOrder
from local.carrier import event_of, line_of
from tests.faults import ended_letters, stalled_files
from tests.faults.harness import NIGHT, Stage
from tests.support.builders import a_nik
from tests.support.world import a_line

OURS, THEIRS = "incoming/002/BPUM/penerima.csv", "incoming/008/BPUM/lebih-dulu.csv"
_WRONG = "incoming/002/KONFIRMASI/salah.csv"
_LATER = "incoming/008/BPUM/kemudian.csv"
_OTHER = "Johannes Lain Sekali"
_REFUSED_PHONE = "+6281200000004"
_UNREACHABLE = "Phone is currently unreachable/unavailable"
_NO_NUMBER = "Invalid phone number"
_SOON, _A_DELAY, _RECEIPTS_TAKE = 300.0, 1000.0, 72 * 3600.0  # seconds
_A_DAY = timedelta(days=1)
_CONFIRMATION = "NIK,Status Potong,Jumlah Dipotong,Alasan,No Bukti"
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
    a_line(4),  # a number that the carrier refuses
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
    """Process the other bank's file to the end, before any fault."""
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
    """Let the sweep find missing jobs, twice."""
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
    """Send receipts early, twice, late and never."""
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
    """Order a file's failed messages again, each chunk twice."""
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
    """Pause everything, then a file, and resume both."""
    stage.upload(OURS, OUR_LINES)
    stage.serve("intake", "enroll", "report")
    batch = _batch(stage, OURS)
    stage.aws.of_interest_from_here()
    for paused in (None, batch):
        with _no_message_goes_out(stage):
            stage.staff(
                lambda ports, paused=paused: _gatekeeper(ports).pause(
                    by="petugas", reason="salah teks", batch=paused
                )
            )
            stage.serve("notify")
            stage.keep_gate()
            stage.sweep()
            stage.pass_by(_A_DELAY)
            stage.serve("notify")
        stage.staff(lambda ports, paused=paused: _gatekeeper(ports).resume(batch=paused))
    stage.finish()


def an_erasure(stage: Stage) -> None:
    """Erase a person who is in two files and in an outreach list."""
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


ACCESS_ORDER = AccessOrder(
    id="20261101T173000Z-0123abcd",
    by="petugas",
    at=datetime(2026, 11, 1, 17, 30, tzinfo=UTC),
    reason="diminta",
    since=datetime(2020, 1, 1, tzinfo=UTC),
    until=datetime(2120, 1, 1, tzinfo=UTC),
    zone="Asia/Makassar",
    user="ani",
)


def who_asked(stage: Stage) -> None:
    """Write the file of an order: who asked for whose data."""
    _fill_the_trail(stage)
    key, body = bucket_keys.access_order(ACCESS_ORDER.id), ACCESS_ORDER.model_dump_json()
    stage.s3.put_object(Bucket=stage.cloud.bucket, Key=key, Body=body.encode())
    stage.aws.of_interest_from_here()
    stage.put("Report", AccessJob(access=ACCESS_ORDER.id).model_dump_json())
    stage.finish()


def _fill_the_trail(stage: Stage) -> None:
    """Write lines of the API: enough for a file of several parts."""
    logs, group = stage.session.client("logs"), stage.cloud.made["AuditLog"]["Ref"]
    line = {"at": "2026-11-01T03:00:00+00:00", "who": "ani", "action": "look_up", "outcome": "ok"}
    lines = [{**line, "shown": "masked", "request_id": f"{n * 7919:x}"} for n in range(400)]
    # The service refuses lines that are far from its own time.
    at = int(datetime.now(UTC).timestamp() * 1000)
    logs.create_log_stream(logGroupName=group, logStreamName="trail")
    logs.put_log_events(
        logGroupName=group,
        logStreamName="trail",
        logEvents=[
            {"timestamp": at + n, "message": json.dumps(each)} for n, each in enumerate(lines)
        ],
    )


def _confirmed(
    number: int, status: str, *, amount: str = "", reason: str = "", no: str = ""
) -> str:
    return f"{a_nik(number)},{status},{amount},{reason},{no}"


def confirmations(stage: Stage) -> None:
    """Confirm deductions, with every break; an earlier file has confirmed some of the people."""
    stage.upload(OURS, OUR_LINES)
    stage.finish()
    stage.upload(
        "incoming/002/KONFIRMASI/satu.csv",
        [
            _confirmed(1, "dipotong", no="J-1"),
            _confirmed(2, "gagal", reason="saldo kurang"),
            _confirmed(4, "ditunda"),
            _confirmed(50, "dipotong", no="J-3"),
        ],
        header=_CONFIRMATION,
    )
    stage.finish()
    stage.aws.of_interest_from_here()
    stage.upload(
        "incoming/002/KONFIRMASI/dua.csv",
        [
            _confirmed(1, "dikembalikan"),
            _confirmed(2, "dipotong", no="J-4"),
            _confirmed(3, "gagal", reason="menolak"),
            _confirmed(4, "gagal"),  # no reason
            _confirmed(50, "dipotong", no="J-3"),  # the money that is known to be owed
            _confirmed(51, "dipotong", no="J-7"),  # a duplicate: owed to the person
            _confirmed(8, "dipotong", no="J-5"),
            _confirmed(8, "dipotong", no="J-6"),  # a second booking: owed, too
            _confirmed(5, "dipotong", amount="36100"),
            _confirmed(99, "dipotong"),
            _confirmed(6, "PENDING"),
            _confirmed(9, "dipotong"),
            _confirmed(9, "REVERSAL"),
        ],
        header=_CONFIRMATION,
    )
    stage.finish()


_STATED = (
    _confirmed(1, "dipotong", no="J-1"),
    _confirmed(2, "gagal", reason="saldo kurang"),
    _confirmed(4, "ditunda"),
    _confirmed(51, "dipotong", no="J-7"),  # a duplicate: owed to the person
    _confirmed(5, "dipotong", no="J-2"),
    _confirmed(6, "dipotong", no="J-3"),
    _confirmed(6, "dipotong", no="J-4"),  # a second booking: owed, too
    _confirmed(8, "dipotong", amount="1"),
)


def a_reversal(stage: Stage) -> None:
    """Reverse a confirmation that another file has followed, and hand the same one in again."""
    stage.upload(OURS, OUR_LINES)
    stage.finish()
    stage.upload(_WRONG, _STATED, header=_CONFIRMATION)
    stage.finish()
    stage.upload(
        "incoming/002/KONFIRMASI/sesudahnya.csv",
        [_confirmed(2, "dipotong", no="J-8"), _confirmed(5, "dikembalikan")],
        header=_CONFIRMATION,
    )
    stage.finish()
    batch = _batch(stage, _WRONG)
    # An upload has one time in every run, so it is known before any fault.
    stage.upload("incoming/002/KONFIRMASI/lagi.csv", _STATED, header=_CONFIRMATION)
    notice = stage.take_out("Intake")
    stage.aws.of_interest_from_here()
    proposed = Reversal(ReversalState.PROPOSED, "petugas", NIGHT, "berkas yang salah")
    approved = Reversal(
        ReversalState.CHECKING,
        "petugas",
        NIGHT,
        proposed.reason,
        decided_by="bank",
        decided_at=NIGHT,
    )
    for order in (proposed, approved):
        stage.staff(lambda ports, order=order: _order(ports, batch, order))
    stage.finish()
    stage.put("Intake", *notice)
    stage.finish()


def _order(ports: Invocation, batch: str, order: Reversal) -> None:
    """Store an order, also again; its jobs are left to the sweep if they cannot be queued."""
    found = ports.batches.get(batch)
    if found is None or not (found.reversal == order or ports.reversals.order(found, order)):
        raise AssertionError("nobody else decides")
    if order.state is ReversalState.CHECKING:
        ports.outbox.reverse(batch, range(1, found.chunks + 1))


WAYS: dict[str, Callable[[Stage], None]] = {
    "an ordinary way": an_ordinary_way,
    "a repeated file": a_repeated_file,
    "lost messages": lost_messages,
    "receipts": receipts_of_all_kinds,
    "sent again": messages_sent_again,
    "paused": a_pause,
    "erased": an_erasure,
    "who asked": who_asked,
    "confirmed": confirmations,
    "reversed": a_reversal,
    "moved, then goes on": stalled_files.people_move_and_the_first_file_goes_on,
    "moved, then given up": stalled_files.people_move_and_the_first_file_is_given_up,
    "given up": stalled_files.a_file_is_given_up_before_the_next_one,
    "rows lost": stalled_files.rows_of_a_file_are_lost,
    "upload set aside": lambda stage: ended_letters.an_upload(stage, OUR_LINES),
    "chunk set aside": lambda stage: ended_letters.a_chunk(stage, OUR_LINES),
    "messages set aside": lambda stage: ended_letters.messages(stage, OUR_LINES),
    "report set aside": lambda stage: ended_letters.a_report(stage, OUR_LINES),
}
SAID = dict.fromkeys(
    ("moved, then given up", "given up", "rows lost"), ("file is stuck", "file is given up")
)
"""The errors (their beginnings) that a scenario logs, as it should: staff must see the file."""


def _gatekeeper(ports: Invocation) -> Gatekeeper:
    return Gatekeeper(
        gates=ports.gates,
        event_source=ports.event_source_once,
        sending=ports.sending,
        clock=ports.clock,
    )


def _phone(number: int) -> str:
    """Return the stored phone of a made-up person."""
    return f"+62812{number:08d}"


def _batch(stage: Stage, key: str) -> str:
    """Return the id of the file that was uploaded under a key."""
    return str(stage.file(key)["batch"])


def _said(
    stage: Stage, *receipts: dict[int, str | None], ago: float = 180
) -> dict[str, dict[str, str]]:
    """Return the event with receipts for the latest messages of made-up people.

    Each receipt says delivered, or the reason, and that the message is so many seconds old. People
    without a message get no receipt. One line is about a message that is not ours.
    """
    ids = {phone: id_ for id_, (phone, _) in stage.picture().messages.items()}
    at = stage.time() - timedelta(seconds=ago)
    results = [
        (ids.get(_phone(number)), number, why) for each in receipts for number, why in each.items()
    ]
    lines = [
        line_of(id_, _phone(number), at, failure=why, dwell=timedelta(seconds=1))
        for id_, number, why in results
        if id_
    ]
    strange = line_of("not-ours", _phone(99), at - _A_DAY, failure=None, dwell=timedelta())
    return event_of("sns", [*lines, strange], stage.time())


@contextmanager
def _no_message_goes_out(stage: Stage) -> Iterator[None]:
    """Record a message that goes out in this context."""
    before = len(stage.picture().messages)
    yield
    if len(stage.picture().messages) != before:
        stage.seen.append("a message went out while messages were paused")
