"""Any order, any repetition and any crash: the invariants hold, and all work is finished.

`make test-stateful` walks further than `make test`.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.domain.file.batch import BatchStatus
from chalicelib.kinds import reversing
from chalicelib.kinds.confirmations import applying as confirming
from chalicelib.kinds.recipients import applying
from tests.stateful.invariants import check_always, check_finished, check_forward, check_receipts
from tests.stateful.simulation import ALL, HIDDEN, Simulation
from tests.stateful.workers import Answer
from tests.support.builders import a_nik
from tests.support.world import a_line

FAR = settings(max_examples=400, stateful_step_count=120)
NEAR = settings(max_examples=12, stateful_step_count=60)
LEAST_STEPS = 25_000
_far = "PAYUNG_STATEFUL_FAR" in os.environ

PEOPLE = 8
CALLS_OF = {
    "intake": ("claim", "advance", "fetch", "write", "claim_fingerprint", "send"),
    "enroll": (
        "settle", "decided", "of_bank", "chunk", "commit", "owners", "write", "send", "close_chunk",
        "get", "give_up", "check", "progress", "order", "take_back", "close",
    ),
    "notify": (
        "read", "counted", "reserve", "claim_sms", "publish", "record_sms", "release", "count",
        "owners", "chunk", "chunks", "get", "send",
    ),
    "report": ("seal", "chunks", "read", "writer", "write", "advance", "finish", "watch"),
    "resend": ("get", "read", "owners", "change_sms", "send"),
    "receipts": ("of_messages", "counted", "settle_sms", "count", "owners"),
    "sweep": (
        "get", "chunks", "waiting", "owners", "counted", "settle_sms", "count", "give_up", "send",
        "watch",
    ),
    "ask": ("of_person", "is_opted_out", "change_sms", "send"),
}  # fmt: skip
TRANSACTIONS = (
    ("enroll", "commit"),
    ("enroll", "settle"),
    ("enroll", "take_back"),
    ("notify", "count"),
    ("receipts", "count"),
    ("resend", "change_sms"),
)
MOMENTS = [(function, call) for function, calls in CALLS_OF.items() for call in calls]
CALLS = sorted({call for _, call in MOMENTS})
BANKS = ("002", "008")
FUNCTIONS = st.sampled_from(sorted(HIDDEN))
PLACES = st.integers(0, 7)
STOPS = st.one_of(
    st.tuples(st.integers(0, 14)),
    st.tuples(st.just(ALL)),
    st.tuples(st.just(ALL), st.sampled_from(CALLS)),
)
"""The number of calls after which a worker stops, or the name of the call before which it stops."""
MINUTES = st.sampled_from((1, 2, 5, 7, 13, 100))
NEW_PHONES = st.sampled_from((None, None, "0813-1111-2222", "0813-1111-3333"))
WAYS = st.sampled_from(("refused", "lost", "taken without answer", "postponed"))
_OTHER = "Johannes Lain Sekali"

steps_taken = cancelled = 0


@st.composite
def a_row(draw) -> str:
    number = draw(st.integers(1, PEOPLE))
    kind = draw(st.sampled_from(("fit", "fit", "fit", "other name", "no phone", "bad")))
    changes = {
        "fit": {},
        "other name": {"name": _OTHER},
        "no phone": {"phone": ""},
        "bad": {"nik": a_nik(number)[:-1]},
    }[kind]
    return a_line(number, **changes)


STATED = ("dipotong", "gagal", "dikembalikan", "ditunda")
CONFIRMATION = "NIK,Status Potong,No Bukti,Alasan"


@st.composite
def a_confirmed_row(draw) -> str:
    number = draw(st.integers(1, PEOPLE))
    status = draw(st.sampled_from(("dipotong", "gagal", "dikembalikan", "ditunda", "", "PENDING")))
    booking = draw(st.sampled_from(("", "J-1", "J-2")))
    return f"{a_nik(number)},{status},{booking},saldo_kurang"


def _stated(simulation: Simulation) -> list[str]:
    """Return the files of confirmations that are completed."""
    files = simulation.tables.files.values()
    done = BatchStatus.COMPLETED
    return [each.id for each in files if not each.programme and each.status is done]


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.simulation = Simulation()
        self.states = {}

    @rule(bank=st.sampled_from(BANKS), rows=st.lists(a_row(), min_size=1, max_size=9))
    def upload(self, bank, rows):
        number = len(self.simulation.uploads) + 1
        self.simulation.upload(f"incoming/{bank}/BPUM/{number}.csv", rows)

    @precondition(lambda self: self.simulation.tables.people)
    @rule(bank=st.sampled_from(BANKS), rows=st.lists(a_confirmed_row(), min_size=1, max_size=6))
    def a_bank_confirms(self, bank, rows):
        number = len(self.simulation.uploads) + 1
        content = "\n".join((CONFIRMATION, *rows, f"{number},,,")) + "\n"
        self.simulation.upload(f"incoming/{bank}/KONFIRMASI/{number}.csv", content)

    @precondition(lambda self: _stated(self.simulation))
    @rule(place=PLACES, at_once=st.booleans(), approve=st.booleans(), lost=st.booleans())
    def users_reverse_a_confirmation(self, place, at_once, approve, lost):
        """One user proposes it; the other decides at once or later."""
        files = _stated(self.simulation)
        batch = files[place % len(files)]
        if self.simulation.propose_reversal(batch) and at_once:
            self.simulation.decide_reversal(batch, approve=approve, lost=lost)

    @precondition(lambda self: self.simulation.tables.people)
    @rule(
        bank=st.sampled_from(BANKS),
        stated=st.lists(st.sampled_from(STATED), min_size=PEOPLE, max_size=PEOPLE),
        lost=st.booleans(),
    )
    def a_bank_states_what_is_wrong(self, bank, stated, lost):
        """Confirm the bank's people, and reverse that at once; others may work meanwhile."""
        simulation = self.simulation
        people = [each for each in simulation.tables.people.values() if each.bank == bank]
        rows = [
            f"{each.recipient.nik},{status},,saldo_kurang"
            for each, status in zip(people, stated, strict=False)
        ]
        number = len(simulation.uploads) + 1
        content = "\n".join((CONFIRMATION, *rows, f"{number},,,")) + "\n"
        simulation.upload(f"incoming/{bank}/KONFIRMASI/{number}.csv", content)
        simulation.work_off()
        for batch in _stated(simulation)[-1:]:
            if simulation.propose_reversal(batch):
                simulation.decide_reversal(batch, approve=True, lost=lost)

    @precondition(lambda self: self.simulation.reversals.proposed())
    @rule(place=PLACES, approve=st.booleans())
    def the_other_user_decides(self, place, approve):
        proposed = self.simulation.reversals.proposed()
        self.simulation.decide_reversal(proposed[place % len(proposed)], approve=approve)

    @precondition(lambda self: _stated(self.simulation))
    @rule(place=PLACES)
    def a_bank_hands_a_confirmation_in_again(self, place):
        """After a reversal the same statements count again."""
        files = _stated(self.simulation)
        stored = self.simulation.tables.files[files[place % len(files)]]
        number = len(self.simulation.uploads) + 1
        content = self.simulation.objects.stored[stored.upload.key]
        self.simulation.upload(f"incoming/{stored.bank}/KONFIRMASI/{number}.csv", content)

    @precondition(lambda self: self.simulation.uploads)
    @rule(place=PLACES)
    def s3_tells_again(self, place):
        uploads = self.simulation.uploads
        self.simulation.tell_of(uploads[place % len(uploads)])

    @rule(function=FUNCTIONS, place=PLACES, stop=STOPS)
    def deliver(self, function, place, stop):
        if visible := self.simulation.queues[function].visible:
            self.simulation.deliver(function, visible[place % len(visible)], *stop)

    @rule(function=FUNCTIONS, place=PLACES, stop=STOPS)
    def deliver_what_is_being_worked_on_as_well(self, function, place, stop):
        if messages := self.simulation.queues[function].messages:
            self.simulation.deliver(function, messages[place % len(messages)], *stop)

    @precondition(lambda self: self.simulation.tables.people)
    @rule(number=st.integers(1, PEOPLE), phone=NEW_PHONES, stop=STOPS)
    def staff_ask_for_a_resend(self, number, phone, stop):
        self.simulation.ask(a_nik(number), phone, *stop)

    @precondition(lambda self: self.simulation.tables.people)
    @rule(number=st.integers(1, PEOPLE))
    def staff_are_impatient(self, number):
        for _ in range(2):
            self.simulation.ask(a_nik(number), None)
            self.simulation.work_off({"notify", "single"})

    @precondition(lambda self: self.simulation.tables.files)
    @rule(place=PLACES, at_once=st.booleans())
    def the_failed_of_a_file_are_sent_again(self, place, at_once):
        files = list(self.simulation.tables.files)
        self.simulation.order_failed(files[place % len(files)])
        if at_once:
            self.simulation.work_off({"resend"})

    @precondition(lambda self: self.simulation.carrier.taken)
    @rule(places=st.lists(st.integers(0, 15), min_size=1, max_size=4), delivered=st.booleans())
    def receipts_come(self, places, delivered):
        """Some receipts are early, late, repeated or contradictory."""
        messages = list(self.simulation.carrier.taken)
        for place in places:
            self.simulation.tell_receipt(messages[-1 - place % len(messages)], delivered=delivered)
        self.simulation.work_off({"receipts"})

    @rule(place=st.one_of(st.none(), PLACES))
    def staff_pause(self, place):
        files = list(self.simulation.tables.files)
        one = place is not None and bool(files)
        self.simulation.pause(files[place % len(files)] if one else None)

    @precondition(lambda self: self.simulation.tables.pauses)
    @rule()
    def staff_resume(self):
        self.simulation.resume_all()

    @rule(functions=st.sets(FUNCTIONS, min_size=1))
    def work_off(self, functions):
        self.simulation.work_off(functions)

    @rule(stop=STOPS)
    def sweep(self, stop):
        self.simulation.sweep(*stop)

    @rule(moment=st.sampled_from(MOMENTS), time=st.integers(1, 3), place=PLACES)
    def be_overtaken(self, moment, time, place):
        """Stop before a call of that name, let the others do all work, and continue."""
        function, call = moment
        simulation, before = self.simulation, list(self.simulation.running)
        if function == "sweep":
            simulation.sweep(ALL, call)
        elif function == "ask":
            simulation.ask(a_nik(place + 1), None, ALL, call)
        elif visible := simulation.queues[function].visible:
            simulation.deliver(function, visible[place % len(visible)], ALL, call)
        late = [each for each in simulation.running if each not in before]
        for _ in range(time - 1):
            for each in [each for each in late if each in simulation.running]:
                simulation.go_on(each, ALL, call)
        simulation.work_off()
        for each in [each for each in late if each in simulation.running]:
            simulation.go_on(each)

    @rule(transaction=st.sampled_from(TRANSACTIONS), place=PLACES)
    def be_met_behind_a_transaction(self, transaction, place):
        """Hold the items of a transaction while the others do all work."""
        function, call = transaction
        simulation, before = self.simulation, list(self.simulation.running)
        if visible := simulation.queues[function].visible:
            message = visible[place % len(visible)]
            simulation.deliver(function, message, ALL, call)
            held = [each for each in simulation.running if each not in before]
            for each in held:
                simulation.go_on(each, 1)
            simulation.work_off()
            for each in [each for each in held if each in simulation.running]:
                simulation.go_on(each)

    @rule()
    def a_long_weekend(self):
        """No worker runs, and the sweep gives up."""
        for _ in range(9):
            self.simulation.wind_on(7 * 60 * 60)
            self.simulation.sweep()

    @rule(place=PLACES)
    def an_object_is_lost(self, place):
        """Rows of a file are gone, wherever the file is."""
        stored = self.simulation.objects.stored
        rows = sorted(key for key in stored if "/rows/" in key)
        files = self.simulation.tables.files
        # After the report nobody needs the rows, except for messages that are still to be sent.
        open_ = [key for key in rows if files[key.split("/")[1]].status is BatchStatus.ENROLLING]
        if open_:
            del stored[open_[place % len(open_)]]

    @rule()
    def the_time_for_receipts_passes(self):
        for hours in (24, 24, 25):
            self.simulation.wind_on(hours * 60 * 60)
            self.simulation.sweep()

    @precondition(lambda self: self.simulation.running)
    @rule(place=PLACES, stop=STOPS, answer=st.sampled_from(Answer))
    def go_on(self, place, stop, answer):
        running = self.simulation.running
        self.simulation.go_on(running[place % len(running)], *stop, answer=answer)

    @precondition(lambda self: self.simulation.running)
    @rule(place=PLACES)
    def die(self, place):
        running = self.simulation.running
        self.simulation.kill(running[place % len(running)])

    @rule(minutes=MINUTES)
    def wait(self, minutes):
        self.simulation.wind_on(60 * minutes)

    @rule(number=st.integers(1, PEOPLE), way=WAYS)
    def the_carrier_is_difficult(self, number, way):
        self.simulation.carrier.ways[f"+62812{number:08d}"] = way

    @rule()
    def staff_redrive(self):
        for queue in self.simulation.queues.values():
            queue.redrive()

    @rule(function=FUNCTIONS, place=PLACES, at_once=st.booleans())
    def an_administrator_sets_a_letter_aside(self, function, place, at_once):
        self.simulation.queues[function].set_aside(place)
        if at_once:
            self.simulation.work_off({function})

    @invariant()
    def all_adds_up(self):
        global steps_taken  # noqa: PLW0603  # over all examples
        steps_taken += 1
        check_always(self.simulation)
        self.states = check_forward(self.states, self.simulation)

    def teardown(self):
        global cancelled  # noqa: PLW0603  # over all examples
        simulation = self.simulation
        cancelled += simulation.holds.cancelled
        try:
            simulation.carrier.ways.clear()
            simulation.resume_all()
            simulation.drop_proposals()
            self._come_to_rest()
            # An unfinished file is stuck now, and waits until its dead letters are redriven.
            for batch in simulation.batches.unfinished():
                assert simulation.batches.get(batch).stuck, (
                    "a file is unfinished, and nobody is notified"
                )
            for queue in simulation.queues.values():
                queue.redrive()
            self._come_to_rest()
            check_always(simulation)
            check_finished(simulation)
            simulation.wind_on(73 * 60 * 60)
            self._come_to_rest()
            check_always(simulation)
            check_receipts(simulation)
        finally:
            simulation.end()

    def _all_are_stuck(self) -> bool:
        batches = self.simulation.batches
        return all(batches.get(batch).stuck for batch in batches.unfinished())

    def _come_to_rest(self) -> None:
        """Let time pass, work run and the sweep check, until nothing changes."""
        for _ in range(200):
            self.simulation.finish_all_that_runs()
            self.simulation.work_off()
            self.simulation.sweep()
            self.simulation.work_off()
            waiting = any(queue.messages for queue in self.simulation.queues.values())
            if not waiting and self._all_are_stuck():
                return
            self.simulation.wind_on(5 * 60)
        raise AssertionError("it never comes to rest")


@pytest.fixture(autouse=True, scope="module")
def small_transactions():
    """Have several transactions in a chunk."""
    before, applying.PEOPLE_PER_TRANSACTION = applying.PEOPLE_PER_TRANSACTION, 2
    rows, confirming.ROWS_PER_TRANSACTION = confirming.ROWS_PER_TRANSACTION, 2
    taken_back, reversing.ROWS_AT_ONCE = reversing.ROWS_AT_ONCE, 2
    yield
    applying.PEOPLE_PER_TRANSACTION = before
    confirming.ROWS_PER_TRANSACTION = rows
    reversing.ROWS_AT_ONCE = taken_back


def test_any_order():
    run_state_machine_as_test(
        Machine,
        settings=settings(
            FAR if _far else NEAR,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not _far or steps_taken >= LEAST_STEPS
    assert not _far or cancelled, "no transactions overlapped"
