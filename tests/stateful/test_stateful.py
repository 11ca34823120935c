"""Any order, any number of times, and dying anywhere: the invariants hold and all is finished.

`make test-stateful` walks further than `make test`.
"""

import os

import pytest
from builders import a_nik
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from invariants import check_always, check_finished, check_forward
from simulation import HIDDEN, Simulation
from workers import Answer
from world import a_line

from chalicelib import enroll
from chalicelib.domain.batch import BatchStatus

FAR = settings(max_examples=400, stateful_step_count=120)
NEAR = settings(max_examples=12, stateful_step_count=60)
LEAST_STEPS = 25_000
_far = "PAYUNG_STATEFUL_FAR" in os.environ

PEOPLE = 8
BANKS = ("002", "008")
FUNCTIONS = st.sampled_from(sorted(HIDDEN))
PLACES = st.integers(0, 7)
CALLS = st.one_of(st.integers(0, 14), st.just(10**6))
MINUTES = st.sampled_from((1, 2, 5, 7, 13, 100))
WAYS = st.sampled_from(("refused", "lost", "taken without answer", "postponed"))
_OTHER = "Johannes Lain Sekali"

steps_taken = 0


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


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.simulation = Simulation()
        self.stood: dict[str, BatchStatus] = {}

    @rule(bank=st.sampled_from(BANKS), rows=st.lists(a_row(), min_size=1, max_size=9))
    def upload(self, bank, rows):
        number = len(self.simulation.uploads) + 1
        self.simulation.upload(f"incoming/{bank}/BPUM/{number}.csv", rows)

    @precondition(lambda self: self.simulation.uploads)
    @rule(place=PLACES)
    def s3_tells_again(self, place):
        uploads = self.simulation.uploads
        self.simulation.tell_of(uploads[place % len(uploads)])

    @rule(function=FUNCTIONS, place=PLACES, calls=CALLS)
    def deliver(self, function, place, calls):
        if visible := self.simulation.queues[function].visible:
            self.simulation.deliver(function, visible[place % len(visible)], calls)

    @rule(function=FUNCTIONS, place=PLACES, calls=CALLS)
    def deliver_what_is_being_worked_on_as_well(self, function, place, calls):
        if messages := self.simulation.queues[function].messages:
            self.simulation.deliver(function, messages[place % len(messages)], calls)

    @rule(calls=CALLS)
    def sweep(self, calls):
        self.simulation.sweep(calls)

    @precondition(lambda self: self.simulation.running)
    @rule(place=PLACES, calls=CALLS, answer=st.sampled_from(Answer))
    def go_on(self, place, calls, answer):
        running = self.simulation.running
        self.simulation.go_on(running[place % len(running)], calls, answer)

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

    @invariant()
    def all_adds_up(self):
        global steps_taken  # noqa: PLW0603  # over all examples
        steps_taken += 1
        check_always(self.simulation)
        self.stood = check_forward(self.stood, self.simulation)

    def teardown(self):
        simulation = self.simulation
        try:
            simulation.carrier.ways.clear()
            self._come_to_rest()
            # Whatever is not finished now is stuck, and waits for somebody to redrive it.
            for batch in simulation.batches.unfinished():
                assert batch.stuck, "a file is unfinished, and nobody is told"
            for queue in simulation.queues.values():
                queue.redrive()
            self._come_to_rest()
            check_always(simulation)
            check_finished(simulation)
        finally:
            simulation.end()

    def _come_to_rest(self) -> None:
        """Let time pass, work be done and the sweep look, until nothing changes any more."""
        for _ in range(200):
            self.simulation.work_off()
            self.simulation.sweep(10**6)
            self.simulation.work_off()
            waiting = any(queue.messages for queue in self.simulation.queues.values())
            if not waiting and all(b.stuck for b in self.simulation.batches.unfinished()):
                return
            self.simulation.wind_on(5 * 60)
        raise AssertionError("it never comes to rest")


@pytest.fixture(autouse=True, scope="module")
def small_transactions():
    """Have several transactions in a chunk."""
    before, enroll.GROUP = enroll.GROUP, 2
    yield
    enroll.GROUP = before


TestAnyOrder = Machine.TestCase
TestAnyOrder.settings = settings(
    FAR if _far else NEAR,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.skipif(not _far, reason="counted in make test-stateful")
def test_it_was_far_enough():
    assert steps_taken >= LEAST_STEPS
