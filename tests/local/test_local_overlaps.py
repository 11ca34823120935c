"""The embedded DynamoDB cancels transactions that overlap, and payung tries them again soon."""

from datetime import timedelta

import boto3
import pytest

from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.ports import Checkpoint, Committed
from chalicelib.deadline import Deadline, patient
from chalicelib.domain.file.outcome import Tally
from chalicelib.errors import Contended
from local.cloud import REGION, embedded
from local.moto_patches.overlaps import overlapping
from tests.support.builders import NOW, an_account, an_enrollment
from tests.support.dynamodb_local import make_tables

HELD = timedelta(seconds=10)


class Town:
    """Tables, and a clock that moves while somebody waits."""

    def __init__(self) -> None:
        self.now = NOW
        client = boto3.client("dynamodb", region_name=REGION)
        people, files = make_tables(client)
        self.enrollments = DynamoEnrollments(client, table=people, batches_table=files)
        self.conflicts = 0

    def clock(self):
        return self.now

    def deadline(self) -> Deadline:
        return Deadline(lambda: 10**6, sleep=self._sleep, on_conflict=self._noted)

    def _sleep(self, seconds: float) -> None:
        assert seconds <= 0.2, "a wait after a conflict is short"
        self.now += timedelta(seconds=seconds)

    def _noted(self) -> None:
        self.conflicts += 1


@pytest.fixture
def town():
    with embedded(lambda: NOW):
        yield Town()


def enroll(enrollments, number):
    one = an_enrollment(number)
    step = Checkpoint(one.batch, 1, number - 1, number, Tally(accepted=1), an_account())
    return enrollments.commit([one], step)


def test_a_transaction_that_overlaps_another_one_is_cancelled(town):
    with overlapping(1, held=HELD, clock=town.clock) as overlaps:
        enroll(town.enrollments, 1)
        with pytest.raises(Contended):
            enroll(town.enrollments, 2)
        town.now += HELD
        assert enroll(town.enrollments, 2) == Committed()
    assert overlaps.cancelled == 1


def test_the_same_seed_cancels_the_same_transactions(town):
    found = []
    for _ in range(2):
        with overlapping(7, held=HELD, clock=lambda: NOW) as overlaps:
            draws = [overlaps.chance.random() for _ in range(5)]
        found.append(draws)
    assert found[0] == found[1]


def test_a_patient_port_waits_for_a_short_time_and_counts_the_conflicts(town):
    with overlapping(1, held=timedelta(seconds=1), clock=town.clock):
        enroll(town.enrollments, 1)
        assert enroll(patient(town.enrollments, town.deadline()), 2) == Committed()
    assert town.conflicts


def test_without_being_asked_for_nothing_overlaps(town):
    enroll(town.enrollments, 1)
    assert enroll(town.enrollments, 2) == Committed()
