"""How a person's message moves on, held against the fake, moto and the real engine alike."""

from datetime import timedelta

import pytest
from builders import NOW, PROGRAMME, a_batch, a_recipient, an_account, an_enrollment, replace

from chalicelib.adapters.protocols import Billed, Checkpoint, SmsChange
from chalicelib.domain.enrollment import Enrollment, Erasure, Sms, SmsEvent
from chalicelib.domain.outcome import Tally

LATER = NOW + timedelta(hours=5)
MONTH = "2026-11"


@pytest.fixture
def batch(stores):
    return stores.batches.claim(a_batch())


@pytest.fixture
def pair(stores, batch) -> list[Enrollment]:
    """Two people of one chunk: the one with a phone, the other without."""
    people = [
        an_enrollment(1, batch=batch.id),
        an_enrollment(2, batch=batch.id, recipient=a_recipient(2, phone=None)),
    ]
    tally = Tally(accepted=2, not_possible=1)
    stores.enrollments.commit(people, Checkpoint(batch.id, 1, 0, 2, tally, an_account()))
    return people


@pytest.fixture
def one(pair):
    return pair[0]


def find(stores, enrollment: Enrollment) -> Enrollment:
    return stores.enrollments.find(PROGRAMME, enrollment.recipient.nik)


def send(stores, enrollment, state=Sms.SENT, *, claim="a", now=NOW, **how) -> Enrollment:
    nik = enrollment.recipient.nik
    claimed = stores.enrollments.claim_sms(PROGRAMME, nik, claim=claim, now=now)
    assert stores.enrollments.record_sms(claimed, state, now=now, **how)
    return find(stores, enrollment)


def to(state: Sms, before: Enrollment, *, at=LATER, phone=None, by=None, why=None) -> SmsChange:
    event = SmsEvent(at, state, why, by, phone_corrected=phone is not None)
    return SmsChange(
        before,
        replace(
            before,
            recipient=replace(before.recipient, phone=phone or before.recipient.phone),
            sms=state,
            sms_at=at,
            sms_reason=None if by else why,
            sms_log=(*before.sms_log, event),
        ),
    )


def again(before: Enrollment, **how) -> SmsChange:
    return to(Sms.PENDING, before, by="petugas-1", why="Nomor “lama” salah", **how)


def test_what_became_of_a_message_is_kept_in_its_order(stores, one):
    failed = send(stores, one, Sms.FAILED, reason="opted_out")
    assert stores.enrollments.change_sms([again(failed, phone="+6281299999999")])
    sent = send(stores, one, claim="b", now=LATER, message_id="m-1")

    assert sent.sms_log == (
        SmsEvent(NOW, Sms.FAILED, "opted_out"),
        SmsEvent(LATER, Sms.PENDING, "Nomor “lama” salah", "petugas-1", phone_corrected=True),
        SmsEvent(LATER, Sms.SENT),
    )
    assert sent.asked_at == LATER


def test_a_message_that_was_claimed_or_given_back_tells_nothing(stores, one):
    given_back = send(stores, one, Sms.PENDING)
    assert given_back.sms_log == ()


def test_a_message_leads_to_its_person_as_that_one_stands_now(stores, one):
    assert stores.enrollments.of_message("m-1") is None
    send(stores, one, message_id="m-1")
    sent = stores.enrollments.of_message("m-1")
    assert (sent.sms, sent.sms_message_id) == (Sms.SENT, "m-1")

    stores.enrollments.change_sms([to(Sms.DELIVERED, sent)])

    assert stores.enrollments.of_message("m-1") == find(stores, one)


def test_an_earlier_message_still_leads_to_its_person(stores, one):
    sent = send(stores, one, message_id="m-1")
    failed = to(Sms.FAILED, sent, why="unreachable")
    stores.enrollments.change_sms([failed])
    stores.enrollments.change_sms([again(find(stores, one))])
    now = send(stores, one, claim="b", message_id="m-2")

    assert stores.enrollments.of_message("m-1") == now
    assert now.sms_message_id == "m-2"


def test_no_message_leads_to_someone_erased(stores, one):
    send(stores, one, Sms.SENT, message_id="m-1")
    stores.enrollments.change_sms([again(find(stores, one))])
    latest = send(stores, one, claim="b", now=LATER, message_id="m-2")

    assert stores.enrollments.erase(latest, Erasure(LATER, "petugas", "permintaan"))

    assert stores.enrollments.of_message("m-1") is None
    assert stores.enrollments.of_message("m-2") is None


def test_someone_who_has_moved_on_since_is_not_erased(stores, one):
    sent = send(stores, one)
    stores.enrollments.change_sms([again(sent)])
    send(stores, one, claim="b", now=LATER)

    assert not stores.enrollments.erase(sent, Erasure(LATER, "petugas", "permintaan"))


def test_a_receipt_changes_the_state_and_nothing_else(stores, one, batch):
    sent = send(stores, one, message_id="m-1")
    change = to(Sms.FAILED, sent, why="unreachable")

    assert stores.enrollments.change_sms([change])

    found = find(stores, one)
    assert found == change.after
    assert (found.sms_claim, found.sms_message_id) == (sent.sms_claim, "m-1")
    progress = stores.batches.chunk(batch.id, 1)
    assert (progress.sms.sent, progress.sms.failed, progress.sms_pending) == (0, 1, 0)
    assert stores.batches.get(batch.id).reopened == 0


def test_what_a_message_cost_is_added_to_its_month(stores, pair):
    stores.enrollments.change_sms([again(pair[1], phone="+6281299999999")])
    for place, each in enumerate(pair):
        sent = send(stores, each)
        billed = Billed(MONTH, 45_000 + place)
        assert stores.enrollments.change_sms([to(Sms.DELIVERED, sent)], billed=billed)

    assert stores.gates.read(MONTH).billed == 90_001
    assert stores.gates.read("2026-12").billed == 0


def test_whoever_is_to_be_told_again_loses_claim_and_message(stores, one):
    sent = send(stores, one, Sms.FAILED, message_id="m-1", reason="unreachable")

    stores.enrollments.change_sms([again(sent)])

    found = find(stores, one)
    assert (found.sms, found.sms_at, found.sms_reason) == (Sms.PENDING, LATER, None)
    assert (found.sms_claim, found.sms_message_id) == (None, None)
    nik = one.recipient.nik
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="b", now=LATER) is not None


def test_someone_without_phone_can_be_told_once_there_is_one(stores, pair, batch):
    phone = "+6281299999999"

    assert stores.enrollments.change_sms([again(pair[1], phone=phone)])

    found = find(stores, pair[1])
    assert (found.recipient, found.sms) == (replace(pair[1].recipient, phone=phone), Sms.PENDING)
    progress = stores.batches.chunk(batch.id, 1)
    assert (progress.tally.not_possible, progress.sms_pending) == (0, 2)


def test_a_file_is_opened_again_for_whoever_is_to_be_told_again(stores, one, batch):
    failed = send(stores, one, Sms.FAILED)
    stores.batches.finish(batch, receipts_due=LATER)

    stores.enrollments.change_sms([again(failed)])

    opened = stores.batches.get(batch.id)
    # Others of the file may still be waited for.
    assert (opened.reopened, opened.receipts_due) == (1, LATER)
    assert list(stores.batches.unfinished()) == [batch.id]
    assert list(stores.batches.awaiting_receipts()) == []


def test_a_file_stays_where_it_is_while_receipts_come(stores, one, batch):
    sent = send(stores, one)
    stores.batches.finish(batch, receipts_due=LATER)

    stores.enrollments.change_sms([to(Sms.DELIVERED, sent)])

    assert list(stores.batches.awaiting_receipts()) == [batch.id]


def test_nobody_changes_where_one_is_no_longer_as_read(stores, pair, batch):
    stale = again(pair[0])
    send(stores, pair[0])

    done = stores.enrollments.change_sms(
        [again(pair[1], phone="+6281299999999"), stale], billed=Billed(MONTH, 1)
    )

    assert not done
    assert find(stores, pair[1]) == pair[1]
    progress = stores.batches.chunk(batch.id, 1)
    assert (progress.tally.not_possible, progress.sms.sent) == (1, 1)
    assert stores.batches.get(batch.id).reopened == 0
    assert stores.gates.read(MONTH).billed == 0


@pytest.mark.parametrize("mine", ["phone", "sms_at"])
def test_a_person_who_differs_from_what_was_read_does_not_change(stores, one, mine):
    sent = send(stores, one)
    if mine == "phone":
        read = replace(sent, recipient=replace(sent.recipient, phone="+6281211111111"))
    else:
        read = replace(sent, sms_at=LATER)

    assert not stores.enrollments.change_sms([to(Sms.DELIVERED, read)])

    assert find(stores, one) == sent


def test_someone_erased_meanwhile_does_not_change(stores, one):
    sent = send(stores, one)
    stores.enrollments.erase(sent, Erasure(NOW, "petugas", "permintaan"))
    assert not stores.enrollments.change_sms([again(sent)])
    assert find(stores, one) is None


def test_a_change_whose_answer_was_lost_may_be_repeated(stores, one, batch):
    change = again(send(stores, one, Sms.FAILED))

    assert stores.enrollments.change_sms([change])
    assert stores.enrollments.change_sms([change])

    assert stores.batches.get(batch.id).reopened == 1
    assert stores.batches.chunk(batch.id, 1).sms_pending == 1


def test_a_repeated_change_stands_even_where_the_message_has_gone_on(stores, one):
    change = again(send(stores, one, Sms.FAILED))
    stores.enrollments.change_sms([change])
    sent = send(stores, one, claim="b", now=LATER)

    assert stores.enrollments.change_sms([change])

    assert find(stores, one) == sent


def test_another_ones_order_is_not_taken_for_ours(stores, one):
    failed = send(stores, one, Sms.FAILED)
    stores.enrollments.change_sms([to(Sms.PENDING, failed, by="petugas-2", why="lain")])

    assert not stores.enrollments.change_sms([again(failed)])


def test_ninety_people_change_at_once(stores, batch):
    people = [an_enrollment(n, batch=batch.id, chunk=2) for n in range(11, 101)]
    step = Checkpoint(batch.id, 2, 0, 90, Tally(accepted=90), an_account())
    stores.enrollments.commit(people, step)
    failed = [send(stores, each, Sms.FAILED, message_id=each.reference) for each in people]

    assert stores.enrollments.change_sms([again(each) for each in failed])

    assert stores.batches.chunk(batch.id, 2).sms_pending == 90
    assert stores.batches.get(batch.id).reopened == 1


def test_people_of_two_chunks_do_not_change_at_once(stores, one):
    other = an_enrollment(3, batch=one.batch, chunk=2)
    with pytest.raises(ValueError, match="one chunk"):
        stores.enrollments.change_sms([again(one), again(other)])
