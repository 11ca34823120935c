"""The parts of the bench that are the same on every machine, with small inputs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import made, small_file
from bench.blocks import put
from bench.calls import Counted
from bench.costs import used
from bench.enrolling import enroll, people_stubbed
from bench.simulate import Parameters, bottleneck, confirmed, simulate
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from local.cloud import read_template

ROOT = Path(__file__).parents[2]


class CountingClient:
    """Takes every transaction, and counts the calls."""

    def __init__(self):
        self.calls = 0
        self.people = 0

    def transact_write_items(self, TransactItems):  # noqa: N803  # boto3's name
        self.calls += 1
        self.people += sum("Put" in each for each in TransactItems)
        return {}


def test_a_chunk_takes_a_transaction_for_98_people(tmp_path):
    client = CountingClient()
    people = DynamoEnrollments(client, table="people", batches_table="batches")
    assert enroll(made.csv_file(tmp_path / "a.csv", 1960), people) == 1960
    assert (client.calls, client.people) == (20, 1960)


def test_made_up_people_are_all_different():
    niks = [row[1] for row in made.rows(130_000)]
    assert len(set(niks)) == len(niks)


def test_a_whole_file_goes_through_a_client_without_http(tmp_path):
    assert enroll(made.csv_file(tmp_path / "a.csv", 200), people_stubbed()) == 200


PARAMETERS = Parameters(
    intake_us=20.0, enroll_us=30.0, report_us=15.0, person_units=2.0, group_units=4.0
)


def test_a_table_with_more_capacity_ends_sooner():
    cold, warm = simulate(PARAMETERS), simulate(replace(PARAMETERS, table_units=40_000))
    assert warm.enrolled < cold.enrolled
    assert bottleneck(PARAMETERS) == "write units of the tables"


def test_a_table_takes_no_more_units_than_it_can():
    ends = simulate(replace(PARAMETERS, rows=98_000, chunk_rows=1_960, table_units=4_000))
    assert ends.enrolled - ends.read >= 98_000 * 2.0 / 4_000


def test_one_file_is_held_up_by_its_own_partition():
    busy = replace(PARAMETERS, group_units=400.0, table_units=1e9)
    assert bottleneck(busy) == "partition of one file"


def test_slow_intake_and_few_workers_are_different_bottlenecks():
    warm = replace(PARAMETERS, table_units=1e9)
    assert bottleneck(replace(warm, intake_us=500.0)) == "intake"
    assert bottleneck(replace(warm, enroll_workers=1)) == "enroll workers"


def test_confirming_takes_its_own_units_and_groups():
    few = replace(PARAMETERS, rows=98_000, chunk_rows=1_960, confirm_us=50.0, confirm_units=2.1)
    dear = replace(few, confirm_units=40.0)
    assert confirmed(dear) > 1.5 * confirmed(few)
    assert confirmed(replace(few, table_units=40_000)) < confirmed(few)


def test_a_table_that_is_held_up_doubles_each_half_hour():
    many = simulate(replace(PARAMETERS, files=100))
    assert many.enrolled - many.read < 100 * 150_000 * 2.0 / 4_000


def test_transactions_that_touch_the_same_totals_are_cancelled_and_come_again():
    # Forty files of one bank at once: all first chunks count in the same item.
    busy = replace(PARAMETERS, rows=98, files=40, intake_workers=40, table_units=1e9)
    none, some, many = (simulate(replace(busy, held_ms=held)) for held in (0.0, 10.0, 50.0))
    assert none.conflicts == 0
    assert 0 < some.conflicts < many.conflicts
    assert many.enrolled > none.enrolled


def test_files_of_different_banks_have_no_conflicts():
    one_chunk = replace(PARAMETERS, rows=98, files=2, table_units=1e9, intake_workers=2)
    assert simulate(replace(one_chunk, held_ms=50.0)).conflicts > 0
    assert simulate(replace(one_chunk, held_ms=50.0, accounts=2)).conflicts == 0


def test_a_small_file_has_its_results_in_time():
    assert [each.met for each in small_file.figures()] == [True, True]


def test_a_cold_function_costs_its_start_and_a_slow_event_its_wait():
    cold, warm = small_file.legs(cold=True), small_file.legs(cold=False)
    assert all(each.started > 1 for each in cold)
    assert not any(each.started for each in warm)
    late = small_file.legs(cold=False, assumed={"s3_event_ms": 5_000})
    gained = sum(each.seconds for each in late) - sum(each.seconds for each in warm)
    assert gained == pytest.approx(4)


def test_messages_wait_outside_the_window():
    # Two hours' worth, an hour before the window closes: the rest waits for the morning.
    late = replace(PARAMETERS, rows=144_000, sms_a_second=20, begins=19.0)
    assert simulate(late).sent == pytest.approx((1 + 12 + 1) * 3600, rel=0.05)
    early = replace(late, begins=6.0)
    assert simulate(early).sent == pytest.approx((2 + 2) * 3600, rel=0.05)


def test_lambda_waits_are_billed_with_every_worker():
    counted = Counted(1000, messages=1000)
    counted.invocations["notify"] = 40
    gb_seconds = used(counted, sms=True)["gb_seconds"]
    # A fiftieth of the rate is kept for single messages.
    assert gb_seconds == pytest.approx(1000 / 19.6 * 5 * 256 / 1024)
    assert used(counted, sms=False)["gb_seconds"] == 0


def test_only_what_queues_feed_is_taken_from_a_queue():
    counted = Counted(1000)
    counted.invocations.update({"enroll": 1, "sweep": 1, "receipts": 1})
    assert used(counted, sms=False)["sqs_requests"] == 2
    assert used(counted, sms=True)["sqs_requests"] == 0


def test_a_measured_part_of_a_page_is_replaced_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("words <!-- table -->old<!-- /table --> more")
    put(page, "table", "new")
    assert page.read_text() == "words <!-- table -->\n\nnew\n\n<!-- /table --> more"
    with pytest.raises(ValueError, match="no place"):
        put(page, "simulation", "new")


def test_the_simulation_knows_what_is_deployed():
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    memory = {name: each["lambda_memory_size"] for name, each in config["lambda_functions"].items()}
    resources = read_template().resources
    for name, megabytes, workers in (
        ("intake", PARAMETERS.intake_mb, PARAMETERS.intake_workers),
        ("enroll", PARAMETERS.enroll_mb, PARAMETERS.enroll_workers),
        ("report", PARAMETERS.report_mb, PARAMETERS.report_workers),
    ):
        assert memory[name] == megabytes == small_file.MEMORY_MB[name]
        events = resources[name.title()].properties["Events"]
        (queue,) = (each for each in events.values() if each["Type"] == "SQS")
        assert queue["Properties"]["ScalingConfig"]["MaximumConcurrency"] == workers
