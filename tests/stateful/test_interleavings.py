"""Orders of events that once ended wrong, each as it was found."""

import json

import pytest
from builders import a_nik
from invariants import check_always, check_finished
from simulation import ALL, Simulation
from workers import Answer
from world import a_line

from chalicelib.domain.batch import BatchStatus


@pytest.fixture
def simulation():
    """Give a file of three people, enrolled, its report and its messages still to be done."""
    made = Simulation()
    made.upload("incoming/002/BPUM/a.csv", [a_line(n) for n in (1, 2, 3)])
    made.work_off(("intake", "enroll"))
    yield made
    made.end()


def deliver(simulation, function, until):
    """Deliver the first message of a function's queue, up to a call; return whoever runs it."""
    simulation.deliver(function, simulation.queues[function].visible[0], ALL, until)
    return simulation.running[-1]


def summary(simulation):
    (key,) = [key for key in simulation.objects.stored if key.endswith("ringkasan.json")]
    return json.loads(simulation.objects.stored[key])


def test_a_report_that_was_overtaken_does_not_leave_its_old_counts(simulation):
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


def test_a_file_that_was_stuck_is_told_of_as_completed(simulation):
    for _ in range(8):
        simulation.sweep()
        simulation.now = simulation.now.replace(hour=1, day=simulation.now.day + 1)
    (batch,) = simulation.tables.files.values()
    assert batch.shown_status is BatchStatus.STUCK

    del simulation.queues["report"].messages[1:]  # staff drive it by one message
    simulation.work_off()

    assert summary(simulation)["status"] == "completed"
    check_finished(simulation)


def test_a_record_of_which_the_answer_was_lost_is_no_fault(simulation, caplog):
    sender = deliver(simulation, "notify", "record_sms")
    simulation.go_on(sender, ALL, answer=Answer.LOST)
    simulation.work_off()

    check_finished(simulation)
    assert simulation.enrollments.find("sulut-2026", a_nik(1)).sms.value == "sent"
    assert not [each for each in caplog.records if each.levelname == "ERROR"]
