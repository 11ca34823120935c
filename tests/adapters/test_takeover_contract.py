"""Takeovers, and files that are given up: one contract for the fake, moto and the real engine."""

from collections.abc import Callable

import pytest

from chalicelib.adapters.ports import (
    AlreadyEnrolled,
    Checkpoint,
    Committed,
    Reported,
    Superseded,
    Takeover,
)
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms
from chalicelib.domain.person.reference import reference
from tests.support.builders import NOW, PROGRAMME, a_batch, an_account, an_enrollment, replace

FIRST = a_batch("incoming/002/BPUM/a.csv", status=BatchStatus.ENROLLING, rows=2, chunks=1)
SECOND = a_batch("incoming/002/BPUM/b.csv", status=BatchStatus.ENROLLING, rows=2, chunks=1)
NIK = an_enrollment(1).recipient.nik


def tally_of(people: int) -> Tally:
    return Tally(accepted=people, premium_total=33_600 * people, aid_total=1_200_000 * people)


def step(batch: str, start: int, end: int, **changes) -> Checkpoint:
    settled = changes.pop("settled", tally_of(end - start))
    return Checkpoint(batch, 1, start, end, settled, an_account(), **changes)


@pytest.fixture
def enrolled(stores) -> Enrollment:
    """Give the first file two people; the message of the first one was sent."""
    stores.batches.claim(FIRST)
    stores.batches.claim(SECOND)
    people = [an_enrollment(1, batch=FIRST.id), an_enrollment(2, batch=FIRST.id)]
    assert stores.enrollments.commit(people, step(FIRST.id, 0, 2)) == Committed()
    claimed = stores.enrollments.claim_sms(PROGRAMME, NIK, claim="one", now=NOW)
    stores.enrollments.record_sms(claimed, Sms.SENT, now=NOW, message_id="m-1")
    return stores.enrollments.find(PROGRAMME, NIK)


def takeover(before: Enrollment, *, row: int = 7, lost: bool = False) -> Takeover:
    after = replace(
        before,
        batch=SECOND.id,
        row=row,
        reference=reference(SECOND.id, row),
        warned=True,
        earlier=(*before.earlier, before.reference),
    )
    change = Tally(
        accepted=-1,
        duplicate=1,
        premium_total=-before.premium,
        aid_total=-before.recipient.aid,
        codes={"moved_to_later_file": 1},
    )
    return Takeover(before, after, change, lost=lost)


def test_a_takeover_moves_person_counts_and_totals(stores, enrolled):
    move = takeover(enrolled)

    result = stores.enrollments.commit(
        [an_enrollment(3, batch=SECOND.id)], step(SECOND.id, 0, 2), [move]
    )

    assert result == Committed()
    assert stores.enrollments.find(PROGRAMME, NIK) == move.after
    first, second = (stores.batches.chunk(each.id, 1) for each in (FIRST, SECOND))
    assert (first.tally.accepted, first.tally.duplicate, first.tally.rows) == (1, 1, 2)
    assert first.tally.premium_total == 33_600
    assert first.tally.codes == {"moved_to_later_file": 1}
    assert (first.sms.sent, first.sms_pending) == (0, 1)
    assert (second.tally.accepted, second.sms.sent, second.sms_pending) == (2, 1, 1)
    assert (stores.batches.get(FIRST.id).moved, stores.batches.get(SECOND.id).moved) == (
        True,
        False,
    )
    (totals,) = stores.batches.totals(PROGRAMME)
    assert (totals.tally.accepted, totals.tally.duplicate, totals.sms.sent) == (3, 1, 1)
    assert totals.tally.premium_total == 3 * 33_600
    people = totals.regencies[enrolled.counted_regency]
    assert (people.accepted, people.premium_total, people.sms.sent) == (3, 3 * 33_600, 1)


def test_messages_that_were_counted_move_between_chunks_with_the_same_totals(stores, enrolled):
    counted = stores.enrollments.counted(MessageKind.ENROLLED, FIRST.id, 1)
    assert stores.enrollments.count(counted, [enrolled])
    both = [takeover(enrolled), takeover(_second(stores), row=8)]

    assert stores.enrollments.commit([], step(SECOND.id, 0, 2), both) == Committed()

    first, second = (stores.batches.chunk(each.id, 1) for each in (FIRST, SECOND))
    assert (first.sms.sent, second.sms.sent, second.sms_pending) == (0, 1, 1)
    (totals,) = stores.batches.totals(PROGRAMME)
    assert totals.sms.sent == 1
    assert totals.regencies[enrolled.counted_regency].sms.sent == 1


def test_people_of_another_day_move_between_the_totals(stores, enrolled):
    day = enrolled.day.replace(day=enrolled.day.day + 1)
    move = takeover(enrolled)
    move = replace(move, after=replace(move.after, day=day))
    own = replace(an_account(), day=day)

    stores.enrollments.commit([], replace(step(SECOND.id, 0, 1), account=own), [move])

    earlier, later = sorted(stores.batches.totals(PROGRAMME), key=lambda each: each.account.day)
    assert (earlier.tally.accepted, later.tally.accepted) == (1, 1)
    assert (earlier.sms.sent, later.sms.sent) == (0, 1)
    regency = enrolled.counted_regency
    assert (earlier.regencies[regency].accepted, later.regencies[regency].accepted) == (1, 1)


CHANGES: dict[str, Callable] = {
    "claimed": lambda stores: stores.enrollments.claim_sms(
        PROGRAMME, an_enrollment(2).recipient.nik, claim="two", now=NOW
    ),
    "moved": lambda stores: stores.enrollments.commit(
        [], step(SECOND.id, 0, 1), [takeover(_second(stores))]
    ),
}


def _second(stores) -> Enrollment:
    return stores.enrollments.find(PROGRAMME, an_enrollment(2).recipient.nik)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_person_who_has_changed_is_not_moved(stores, enrolled, change):
    move = takeover(_second(stores))
    change(stores)
    now = stores.batches.chunk(SECOND.id, 1).next
    result = stores.enrollments.commit([], step(SECOND.id, now, now + 1), [move])
    assert result == AlreadyEnrolled({_second(stores).recipient.nik: _second(stores)})


def test_a_person_who_is_gone_is_not_moved(stores, enrolled):
    stranger = an_enrollment(9, batch=FIRST.id)
    result = stores.enrollments.commit([], step(SECOND.id, 0, 1), [takeover(stranger)])
    assert result == AlreadyEnrolled({}, frozenset({stranger.recipient.nik}))


def test_nobody_moves_from_a_file_that_reports(stores, enrolled):
    assert stores.batches.seal(FIRST.id).sealed
    result = stores.enrollments.commit([], step(SECOND.id, 0, 1), [takeover(enrolled)])
    assert result == Reported(frozenset({FIRST.id}))
    assert stores.enrollments.find(PROGRAMME, NIK) == enrolled
    assert stores.batches.chunk(SECOND.id, 1).next == 0


def test_the_seal_shows_a_takeover_that_came_before(stores, enrolled):
    stores.enrollments.commit([], step(SECOND.id, 0, 1), [takeover(enrolled)])
    sealed = stores.batches.seal(FIRST.id)
    assert (sealed.moved, sealed.sealed, sealed.id) == (True, True, FIRST.id)
    assert stores.batches.seal("AAAAAAAA") is None


def test_people_of_a_lost_chunk_move_from_a_final_report(stores, enrolled):
    move = takeover(enrolled, lost=True)
    assert stores.enrollments.commit([], step(SECOND.id, 0, 1), [move]) == Reported(
        frozenset({FIRST.id})
    )
    stores.batches.seal(FIRST.id)
    assert stores.batches.lose_chunk(FIRST, stores.batches.chunk(FIRST.id, 1))
    assert stores.enrollments.commit([], step(SECOND.id, 0, 1), [move]) == Committed()
    assert stores.batches.chunk(FIRST.id, 1).tally.accepted == 1


def test_a_chunk_is_lost_once_and_only_as_it_was_read(stores, enrolled):
    early = replace(stores.batches.chunk(FIRST.id, 1), next=1)
    assert not stores.batches.lose_chunk(FIRST, early)
    read = stores.batches.chunk(FIRST.id, 1)
    assert stores.batches.lose_chunk(FIRST, read)
    assert not stores.batches.lose_chunk(FIRST, read)
    chunk = stores.batches.chunk(FIRST.id, 1)
    assert (chunk.lost, chunk.done, chunk.given_up, chunk.sms_pending) == (True, True, 2, 0)
    assert stores.batches.get(FIRST.id).chunks_done == 1


def test_a_chunk_that_was_never_begun_or_is_closed_can_be_lost(stores, enrolled):
    assert stores.batches.lose_chunk(SECOND, stores.batches.chunk(SECOND.id, 1))
    assert stores.batches.chunk(SECOND.id, 1).given_up == 0
    stores.batches.close_chunk(FIRST.id, 1, rows=2)
    assert stores.batches.lose_chunk(FIRST, stores.batches.chunk(FIRST.id, 1))
    chunk = stores.batches.chunk(FIRST.id, 1)
    assert (chunk.lost, chunk.given_up, stores.batches.get(FIRST.id).chunks_done) == (True, None, 1)


def test_nothing_is_applied_to_a_chunk_that_was_given_up(stores, enrolled):
    rejected = Tally(rejected=3)
    given_up = step(FIRST.id, 2, 5, settled=rejected, gives_up=True)
    assert stores.enrollments.commit([], given_up) == Committed()
    chunk = stores.batches.chunk(FIRST.id, 1)
    assert (chunk.next, chunk.given_up, chunk.tally.rejected) == (5, 2, 3)
    late = step(FIRST.id, 5, 6)
    assert stores.enrollments.commit([an_enrollment(5, batch=FIRST.id)], late) == Superseded()


def test_only_a_file_that_is_being_applied_is_given_up(stores):
    assert not stores.batches.give_up("AAAAAAAA", "report")
    stores.batches.claim(FIRST)
    assert stores.batches.give_up(FIRST.id, "chunks: 1")
    assert stores.batches.get(FIRST.id).given_up == "chunks: 1"
    completed = replace(FIRST, status=BatchStatus.COMPLETED, given_up="chunks: 1")
    assert stores.batches.advance(completed, BatchStatus.ENROLLING)
    assert stores.batches.get(FIRST.id).shown_status is BatchStatus.STUCK
    assert not stores.batches.give_up(FIRST.id, "again")


def test_a_completed_file_that_lacks_nothing_was_not_given_up(stores):
    stores.batches.claim(FIRST)
    stores.batches.give_up(FIRST.id, "report")
    stores.batches.advance(replace(FIRST, status=BatchStatus.COMPLETED), BatchStatus.ENROLLING)
    assert stores.batches.get(FIRST.id).given_up is None
