"""Sequences of events that once ended wrong, each as it was found."""

import json

import pytest

from chalicelib.domain.file.batch import BatchStatus
from tests.stateful.invariants import check_always, check_finished
from tests.stateful.simulation import ALL, Simulation
from tests.stateful.workers import Answer
from tests.support.builders import a_nik
from tests.support.world import a_line


@pytest.fixture
def simulation():
    """Give a file of three enrolled people; its report and messages are pending."""
    made = Simulation()
    made.upload("incoming/002/BPUM/a.csv", [a_line(n) for n in (1, 2, 3)])
    made.work_off(("intake", "enroll"))
    yield made
    made.end()


def deliver(simulation, function, until):
    """Deliver the first message of a function's queue, up to a call; return its worker."""
    simulation.deliver(function, simulation.queues[function].visible[0], ALL, until)
    return simulation.running[-1]


def summary(simulation):
    (key,) = [key for key in simulation.objects.stored if key.endswith("ringkasan.json")]
    return json.loads(simulation.objects.stored[key])


def test_an_overtaken_report_does_not_leave_its_old_counts(simulation):
    late = deliver(simulation, "report", "write")
    simulation.go_on(late, ALL, "write")
    simulation.work_off()
    simulation.go_on(late)

    assert summary(simulation)["sms"]["sent"] == 3
    check_finished(simulation)


def test_a_sweep_that_was_overtaken_does_not_call_a_finished_file_stuck(simulation):
    for _ in range(6):
        simulation.sweep()
        simulation.now = simulation.now.replace(hour=1, day=simulation.now.day + 1)
    simulation.sweep(ALL, "watch")
    simulation.work_off()
    simulation.finish_all_that_runs()

    check_always(simulation)
    check_finished(simulation)


def test_a_stuck_file_that_completes_is_shown_as_completed(simulation):
    for _ in range(8):
        simulation.sweep()
        simulation.now = simulation.now.replace(hour=1, day=simulation.now.day + 1)
    (batch,) = simulation.tables.files.values()
    assert batch.shown_status is BatchStatus.STUCK

    del simulation.queues["report"].messages[1:]  # staff continue it with one message
    simulation.work_off()

    assert summary(simulation)["status"] == "completed"
    check_finished(simulation)


def test_a_record_with_a_lost_answer_is_no_fault(simulation, caplog):
    sender = deliver(simulation, "notify", "record_sms")
    simulation.go_on(sender, ALL, answer=Answer.LOST)
    simulation.work_off()

    check_finished(simulation)
    assert simulation.enrollments.find("sulut-2026", a_nik(1)).sms.value == "sent"
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


def test_a_write_that_overlaps_a_transaction_is_cancelled_and_made_again(simulation):
    """Two senders of one job: the second counts while the first still holds the counts."""
    simulation.queues["notify"].send([simulation.queues["notify"].messages[0].body])
    first = deliver(simulation, "notify", "count")
    simulation.go_on(first, 1)  # it has counted, and stops behind that
    simulation.tell_receipt("message-1", delivered=True)
    simulation.work_off()
    simulation.finish_all_that_runs()

    assert simulation.holds.cancelled
    simulation.work_off()
    check_always(simulation)
    check_finished(simulation)


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("notify", "claim_sms"),
        ("notify", "record_sms"),
        ("notify", "count"),
        ("report", "seal"),
        ("report", "advance"),
    ],
)
def test_a_conflict_is_no_fault(simulation, caplog, function, call):
    stopped = deliver(simulation, function, call)
    simulation.go_on(stopped, answer=Answer.CONFLICT)
    simulation.work_off()

    check_finished(simulation)
    assert not [each for each in caplog.records if each.levelname == "ERROR"]
