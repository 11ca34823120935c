"""The readers of files: the same contract for the fake, moto and the real engine."""

from datetime import timedelta

import pytest

from chalicelib.adapters.ports import Lease
from chalicelib.domain.file.batch import BatchStatus
from tests.support.builders import NOW, a_batch, replace

UNTIL = NOW + timedelta(minutes=15)
LATER = UNTIL + timedelta(seconds=1)
A, B, C = (Lease(name, UNTIL) for name in "abc")


def take(stores, lease: Lease, bank: str = "002", now=NOW) -> bool:
    return stores.readers.take(bank, lease, now=now, share=2)


@pytest.fixture
def batch(stores) -> str:
    found = stores.batches.claim(a_batch())
    splitting = replace(found, status=BatchStatus.SPLITTING)
    assert stores.batches.advance(splitting, BatchStatus.RECEIVED)
    return found.id


def test_a_bank_has_its_share_and_no_more(stores):
    assert [take(stores, each) for each in (A, B, C)] == [True, True, False]
    assert take(stores, C, bank="008")


def test_a_reader_that_was_given_back_is_free(stores):
    take(stores, A)
    take(stores, B)

    stores.readers.free("002", A, share=2)

    assert take(stores, C)
    assert not take(stores, A)


def test_a_reader_is_free_after_its_function_must_have_ended(stores):
    take(stores, A)
    take(stores, B)

    assert take(stores, replace(C, until=LATER + timedelta(minutes=15)), now=LATER)


def test_nobody_gives_the_reader_of_another_back(stores):
    take(stores, A)
    take(stores, B)

    stores.readers.free("002", C, share=2)
    stores.readers.free("008", A, share=2)

    assert not take(stores, C)


def test_a_reader_may_be_taken_and_given_back_twice(stores):
    assert take(stores, A)
    assert take(stores, A)
    assert take(stores, B)

    stores.readers.free("002", A, share=2)
    stores.readers.free("002", A, share=2)

    assert take(stores, C)


def test_a_reading_that_goes_on_is_not_cut_off(stores, batch):
    assert stores.readers.begin(batch, A, now=NOW) == 0
    assert stores.readers.begin(batch, B, now=NOW) == 0
    assert stores.readers.begin(batch, B, now=NOW) == 0


def test_readings_that_did_not_end_were_cut_off(stores, batch):
    stores.readers.begin(batch, A, now=NOW)
    stores.readers.begin(batch, B, now=NOW)
    stores.readers.end(batch, B)

    assert stores.readers.begin(batch, replace(C, until=LATER), now=LATER) == 1


def test_what_was_noted_of_readings_stays_while_the_file_moves(stores, batch):
    stores.readers.begin(batch, A, now=NOW)
    found = stores.batches.get(batch)

    assert stores.batches.advance(replace(found, rows=3), BatchStatus.SPLITTING)
    assert stores.readers.begin(batch, replace(C, until=LATER), now=LATER) == 1


def test_a_file_that_is_not_being_split_has_no_readings(stores):
    received = stores.batches.claim(a_batch()).id

    assert stores.readers.begin(received, A, now=LATER) == 0
    assert stores.readers.begin("AAAAAAAA", A, now=LATER) == 0
    stores.readers.end("AAAAAAAA", A)
    assert stores.batches.get("AAAAAAAA") is None
