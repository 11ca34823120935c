"""The states of a message: the same contract for the fake, moto and the real engine."""

from datetime import timedelta

import pytest

from chalicelib.adapters.ports import Checkpoint, PersonOfMessage, SmsChange
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.person.enrollment import (
    Billed,
    Enrollment,
    Erasure,
    Message,
    MessageKind,
    Sms,
    SmsEvent,
)
from tests.support.builders import (
    NOW,
    PROGRAMME,
    a_batch,
    a_recipient,
    an_account,
    an_enrollment,
    confirmation_of,
    replace,
)
from tests.support.counting import count_now

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
    count_now(stores.enrollments, enrollment)
    return find(stores, enrollment)


def of_message(stores, message_id: str) -> PersonOfMessage | None:
    return stores.enrollments.of_messages([message_id]).get(message_id)


def to(
    state: Sms, before: Enrollment, *, at=LATER, phone=None, by=None, why=None, billed=None
) -> SmsChange:
    event = SmsEvent(at, state, why, by, phone_corrected=phone is not None)
    message = replace(
        confirmation_of(before),
        state=state,
        at=at,
        reason=None if by else why,
        log=(*before.sms_log, event),
        billed=billed,
    )
    who = replace(before.recipient, phone=phone or before.recipient.phone)
    after = replace(before, recipient=who).with_message(MessageKind.ENROLLED, message)
    return SmsChange(before, after)


def again(before: Enrollment, **how) -> SmsChange:
    return to(Sms.PENDING, before, by="petugas-1", why="Nomor “lama” salah", **how)


def test_the_events_of_a_message_are_kept_in_order(stores, one):
    failed = send(stores, one, Sms.FAILED, reason="opted_out")
    assert stores.enrollments.change_sms([again(failed, phone="+6281299999999")])
    sent = send(stores, one, claim="b", now=LATER, message_id="m-1")

    assert sent.sms_log == (
        SmsEvent(NOW, Sms.FAILED, "opted_out"),
        SmsEvent(LATER, Sms.PENDING, "Nomor “lama” salah", "petugas-1", phone_corrected=True),
        SmsEvent(LATER, Sms.SENT),
    )
    assert confirmation_of(sent).ordered_at == LATER


def test_a_claimed_or_postponed_message_has_no_event(stores, one):
    given_back = send(stores, one, Sms.PENDING)
    assert given_back.sms_log == ()


def test_a_message_leads_to_the_current_enrollment_of_its_person(stores, one):
    assert of_message(stores, "m-1") is None
    send(stores, one, message_id="m-1")
    sent = of_message(stores, "m-1").person
    assert (sent.sms, confirmation_of(sent).id) == (Sms.SENT, "m-1")

    stores.enrollments.change_sms([to(Sms.DELIVERED, sent)])

    assert of_message(stores, "m-1").person == find(stores, one)


def test_an_earlier_message_still_leads_to_its_person(stores, one):
    sent = send(stores, one, message_id="m-1")
    failed = to(Sms.FAILED, sent, why="unreachable")
    stores.enrollments.change_sms([failed])
    stores.enrollments.change_sms([again(find(stores, one))])
    now = send(stores, one, claim="b", message_id="m-2")

    assert of_message(stores, "m-1").person == now
    assert confirmation_of(now).id == "m-2"


def test_no_message_leads_to_someone_erased(stores, one):
    send(stores, one, Sms.SENT, message_id="m-1")
    stores.enrollments.change_sms([again(find(stores, one))])
    latest = send(stores, one, claim="b", now=LATER, message_id="m-2")

    assert stores.enrollments.erase(latest, Erasure(LATER, "petugas", "permintaan"))

    assert of_message(stores, "m-1") is None
    assert of_message(stores, "m-2") is None


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
    assert (confirmation_of(found).claim, confirmation_of(found).id) == (
        confirmation_of(sent).claim,
        "m-1",
    )
    progress = stores.batches.chunk(batch.id, 1)
    assert (progress.sms.sent, progress.sms.failed, progress.sms_pending) == (0, 1, 0)
    assert stores.batches.get(batch.id).reopened == 0


def test_what_a_message_cost_is_added_to_its_month(stores, pair):
    stores.enrollments.change_sms([again(pair[1], phone="+6281299999999")])
    for place, each in enumerate(pair):
        sent = send(stores, each)
        change = to(Sms.DELIVERED, sent, billed=Billed(MONTH, 45_000 + place))
        assert stores.enrollments.change_sms([change])

    assert stores.gates.read(MONTH).billed == 90_001
    assert stores.gates.read("2026-12").billed == 0


def test_a_resend_clears_claim_and_message_id(stores, one):
    sent = send(stores, one, Sms.FAILED, message_id="m-1", reason="unreachable")

    stores.enrollments.change_sms([again(sent)])

    found = find(stores, one)
    assert (found.sms, found.sms_at, found.sms_reason) == (Sms.PENDING, LATER, None)
    assert (confirmation_of(found).claim, confirmation_of(found).id) == (None, None)
    nik = one.recipient.nik
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="b", now=LATER) is not None


def test_a_person_without_a_phone_can_get_a_message_after_a_correction(stores, pair, batch):
    phone = "+6281299999999"

    assert stores.enrollments.change_sms([again(pair[1], phone=phone)])

    found = find(stores, pair[1])
    assert (found.recipient, found.sms) == (replace(pair[1].recipient, phone=phone), Sms.PENDING)
    progress = stores.batches.chunk(batch.id, 1)
    assert (progress.tally.not_possible, progress.sms_pending) == (0, 2)


def test_a_resend_opens_the_file_again(stores, one, batch):
    failed = send(stores, one, Sms.FAILED)
    stores.batches.finish(batch, receipts_due=LATER)

    stores.enrollments.change_sms([again(failed)])

    opened = stores.batches.get(batch.id)
    # Other messages of the file may still be pending.
    assert (opened.reopened, opened.receipts_due) == (1, LATER)
    assert stores.batches.unfinished() == [batch.id]
    assert stores.batches.awaiting_receipts() == []


def test_a_file_stays_where_it_is_while_receipts_come(stores, one, batch):
    sent = send(stores, one)
    stores.batches.finish(batch, receipts_due=LATER)

    stores.enrollments.change_sms([to(Sms.DELIVERED, sent)])

    assert stores.batches.awaiting_receipts() == [batch.id]


def test_no_person_changes_if_one_is_not_as_it_was_read(stores, pair, batch):
    stale = again(pair[0])
    send(stores, pair[0])

    done = stores.enrollments.change_sms([again(pair[1], phone="+6281299999999"), stale])

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


def test_a_repeated_change_succeeds_even_if_the_message_has_moved_on(stores, one):
    change = again(send(stores, one, Sms.FAILED))
    stores.enrollments.change_sms([change])
    sent = send(stores, one, claim="b", now=LATER)

    assert stores.enrollments.change_sms([change])

    assert find(stores, one) == sent


def test_the_order_of_another_caller_is_not_taken_for_ours(stores, one):
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


def test_messages_of_two_kinds_to_one_person_do_not_touch_each_other(stores, batch):
    both = {MessageKind.ENROLLED: Message(), MessageKind.ACTIVE: Message()}
    one = an_enrollment(5, batch=batch.id, chunk=3, messages=both)
    step = Checkpoint(batch.id, 3, 0, 1, Tally(accepted=1), an_account())
    stores.enrollments.commit([one], step)
    send(stores, one, message_id="m-1")
    nik, kind = one.recipient.nik, MessageKind.ACTIVE

    claimed = stores.enrollments.claim_sms(PROGRAMME, nik, claim="b", now=LATER, kind=kind)
    assert claimed.messages[MessageKind.ENROLLED] == confirmation_of(find(stores, one))
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="c", now=LATER, kind=kind) is None
    assert stores.enrollments.record_sms(claimed, Sms.SENT, now=LATER, message_id="m-2", kind=kind)

    found = find(stores, one)
    assert found.messages[kind] == Message(
        Sms.SENT, "b", LATER, "m-2", log=(SmsEvent(LATER, Sms.SENT),)
    )
    assert confirmation_of(found).id == "m-1"
    of_both = [of_message(stores, each) for each in ("m-1", "m-2")]
    assert of_both == [PersonOfMessage(found, MessageKind.ENROLLED), PersonOfMessage(found, kind)]


def test_a_person_has_no_message_of_a_kind_that_was_not_created(stores, one):
    nik, kind = one.recipient.nik, MessageKind.WITHDRAWN
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="a", now=NOW, kind=kind) is None
