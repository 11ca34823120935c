"""What of the bench is the same on every machine, at its smallest."""

from bench import made
from bench.enrolling import enroll, people_stubbed
from bench.simulate import Knobs, simulate
from chalicelib.adapters.enrollments import DynamoEnrollments


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


def test_a_table_that_bears_more_ends_sooner():
    cold, warm = simulate(Knobs()), simulate(Knobs(table_units=40_000))
    assert warm.enrolled < cold.enrolled
    assert cold.bottleneck == "the table's write units"


def test_messages_take_as_long_as_their_rate_says():
    told = simulate(Knobs(rows=150_000, sms_a_second=20))
    assert told.told >= 150_000 / 20
